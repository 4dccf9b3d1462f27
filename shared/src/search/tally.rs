//! The points of all documents while a query is answered: how those of words, similar words and shared letters add up.
//!
//! The weights were measured on labelled questions to help centres and encyclopedias in eight languages, one set of weights
//! for all (`cargo xtask eval-search`). Around these values the figures hardly move. It must not look words up; `rank` and
//! `expand` do.

use super::Hit;
use super::expand::{Similar, Variant, exact};
use super::index::Index;
use super::number::{by_greatest, raised, rarity, saturated};
use super::query::Word;
use super::script::is_hiragana;
use super::token::Kind;

/// At so many occurrences, weighted, a word has half of its full worth. One in a title of average length
/// is then worth as much as five in a body.
const SATURATION: f32 = 5.0;

/// What a word of grammar or courtesy is worth against one that means something.
const WEAK: f32 = 0.7;

/// What a pair of characters is worth that begins in Japanese grammar and ends in the word after it (`をダ`): no word at all,
/// and rare for that reason alone.
const STRADDLING: f32 = 0.5;

/// What similar words together are worth against the word itself, how soon they saturate, and what each letter of a word
/// beyond the third adds: long words that agree agree by no chance.
const SIMILAR: f32 = 0.7;
const SIMILAR_SATURATION: f32 = 1.2;
const SIMILAR_LETTER: f32 = 0.1;
const SIMILAR_LETTERS_MAX: usize = 8;

/// How much more they are worth while the word is being written and no article has it as it stands.
const SIMILAR_OPEN: f32 = 1.8;

/// Least share, and least different letters, with which a similar word alone makes a document a hit, if the base has no other
/// word for what was typed. Less is chance (two of the lists of letters may fall together, `grams`), and a search that finds
/// nothing should say so.
const SIMILAR_ALONE: f32 = 0.6;
const SIMILAR_ALONE_LETTERS: usize = 4;

/// What a document that shares letters alone must have of the score of the best one to be a hit.
const LETTERS_ALONE: f32 = 0.03;

/// What three shared letters, or a character of a script without spaces, are worth against a word, and how soon they saturate.
const LETTERS: f32 = 0.4;
const LETTERS_SATURATION: f32 = 1.0;

/// What a document without any of the words would lose of its score, in a query of few words: whoever
/// types two means both.
const COORDINATION: f32 = 0.6;

/// From so many words on, coordination fades: half of the words of a whole sentence are padding.
const COORDINATION_WORDS: f32 = 4.0;

/// The same for similar words and shared letters, which stand for missing words: up to two words, both are meant.
const PAIR_WORDS: f32 = 2.0;

/// What a title is worth that the query covers.
const TITLE_COVERED: f32 = 1.0;

/// Most postings that one query looks at for similar words and for shared letters: keeps the slowest keystroke over
/// thousands of articles within its time (W3). Bases of hundreds never come near it.
const POSTINGS_MAX: usize = 30_000;

/// Points of all documents while a query is answered.
pub(super) struct Tally {
    scores: Vec<f32>,
    /// Points for similar words and letters.
    extra: Vec<f32>,
    /// Similar words by which alone a document is a hit.
    alike: Vec<f32>,
    /// Rarity of the words that each document has, and that its title has.
    shares: Vec<f32>,
    titles: Vec<f32>,
    /// Rarity of all words that occur anywhere, and their number.
    total: f32,
    words: f32,
    /// Postings that may still be looked at for what is not the words themselves.
    left: usize,
    /// What the word at hand adds to each document, and to its title; zeros between words.
    gains: Vec<f32>,
    title_gains: Vec<f32>,
    /// Documents to which the word at hand adds.
    gaining: Vec<u32>,
}

impl Tally {
    pub(super) fn new(docs: usize) -> Self {
        let zeros = || vec![0.0; docs];
        Self {
            scores: zeros(),
            extra: zeros(),
            alike: zeros(),
            shares: zeros(),
            titles: zeros(),
            total: 0.0,
            words: 0.0,
            left: POSTINGS_MAX,
            gains: zeros(),
            title_gains: zeros(),
            gaining: Vec::new(),
        }
    }

    /// Adds what a word is worth: in each document the best of its variants.
    pub(super) fn add_word(&mut self, index: &Index, word: &Word, weak: bool, variants: &[Variant]) {
        let kind = if weak { WEAK } else { worth_of_kind(index, &word.stem) };
        let whole = exact(variants).map(|term| index.rarity_of(term));
        for variant in variants {
            let own = index.rarity_of(variant.term);
            // A beginning is what it becomes: `wha` a word of grammar, `inv` none.
            let kind = if word.unfinished { worth_of_kind(index, index.terms.get(variant.term)) } else { kind };
            let factor = variant.worth * kind * raised(whole.map_or(own, |whole| own.min(whole)));
            for posting in index.postings(variant.term) {
                let doc = posting.doc();
                let (Some(gain), Some(title)) = (self.gains.get_mut(doc), self.title_gains.get_mut(doc)) else {
                    continue;
                };
                if *gain == 0.0 {
                    self.gaining.push(doc as u32);
                }
                *gain = gain.max(factor * saturated(posting.weight, SATURATION));
                if posting.in_title() {
                    *title = title.max(factor);
                }
            }
        }
        // A compound repeats words that were counted already: it helps, but is not missed.
        let counts = word.kind != Kind::Compound && !self.gaining.is_empty();
        let weight = if counts { kind * rarity(self.gaining.len(), self.scores.len()) } else { 0.0 };
        if counts {
            self.total += weight;
            self.words += 1.0;
        }
        for doc in self.gaining.drain(..) {
            let doc = doc as usize;
            add(&mut self.scores, doc, take(&mut self.gains, doc));
            add(&mut self.titles, doc, take(&mut self.title_gains, doc));
            add(&mut self.shares, doc, weight);
        }
    }

    /// Adds what similar words are worth, as if they were one word.
    pub(super) fn add_similar(&mut self, index: &Index, word: &Word, similar: Similar, variants: &[Variant]) {
        let different = word.typed.char_indices().filter(|&(at, letter)| word.typed.find(letter) == Some(at)).count();
        let alone = variants.is_empty() && different >= SIMILAR_ALONE_LETTERS;
        let (mut says, mut all) = (0.0, 0.0);
        for (share, term) in similar {
            let (term, worth) = (term as usize, share * share);
            let postings = index.postings(term);
            let Some(left) = self.left.checked_sub(postings.len()) else { break };
            self.left = left;
            says += worth * worth * index.rarity_of(term);
            all += worth * worth;
            if alone && share >= SIMILAR_ALONE {
                postings.iter().for_each(|posting| add(&mut self.alike, posting.doc(), share));
            }
            self.gain(postings.iter().map(|posting| (posting.doc(), worth * posting.weight)));
        }
        let letters = word.typed.chars().count().saturating_sub(3).min(SIMILAR_LETTERS_MAX);
        let open = if word.unfinished && exact(variants).is_none() { SIMILAR_OPEN } else { 1.0 };
        let factor =
            if all > 0.0 { SIMILAR * open * says / all * (1.0 + SIMILAR_LETTER * letters as f32) } else { 0.0 };
        self.settle(factor, SIMILAR_SATURATION);
    }

    /// Adds what shared letters are worth, the rarest first.
    pub(super) fn add_letters(&mut self, index: &Index, lists: &[usize]) {
        let rare = |list: usize| u32::MAX - index.grams.terms(list).len() as u32;
        let lists = by_greatest(lists.iter().map(|&list| (rare(list), list as u32)));
        self.left = POSTINGS_MAX;
        for (_, list) in lists {
            for &term in index.grams.terms(list as usize) {
                let postings = index.postings(term as usize);
                let Some(left) = self.left.checked_sub(postings.len()) else {
                    self.settle(0.0, 1.0);
                    return;
                };
                self.left = left;
                self.gain(postings.iter().map(|posting| (posting.doc(), posting.weight)));
            }
            let says = rarity(self.gaining.len(), self.scores.len());
            self.settle(LETTERS * says, LETTERS_SATURATION);
        }
    }

    /// Collects what adds to documents.
    fn gain(&mut self, gains: impl Iterator<Item = (usize, f32)>) {
        for (doc, weight) in gains {
            let Some(gain) = self.gains.get_mut(doc) else { continue };
            if *gain == 0.0 {
                self.gaining.push(doc as u32);
            }
            *gain += weight;
        }
    }

    /// Adds what was collected.
    fn settle(&mut self, factor: f32, saturation: f32) {
        for doc in self.gaining.drain(..) {
            let doc = doc as usize;
            let weight = take(&mut self.gains, doc);
            add(&mut self.extra, doc, factor * saturated(weight, saturation));
        }
    }

    /// When everything is counted: documents with more of the words, and titles.
    pub(super) fn finish(&mut self, index: &Index) {
        if self.total <= 0.0 {
            return;
        }
        let strength = COORDINATION * (COORDINATION_WORDS / self.words.max(COORDINATION_WORDS));
        let pair = COORDINATION * (PAIR_WORDS / self.words.max(PAIR_WORDS)) * (PAIR_WORDS / self.words.max(PAIR_WORDS));
        let known = self.shares.iter().zip(&self.titles).zip(&index.title_rarities);
        for ((score, extra), ((&share, &title), &whole)) in self.scores.iter_mut().zip(&mut self.extra).zip(known) {
            let present = 1.0 - strength * (1.0 - share / self.total);
            *score *= present;
            *extra *= 1.0 - pair * (1.0 - share / self.total);
            if title > 0.0 && whole > 0.0 {
                *score += TITLE_COVERED * title * (title / whole).min(1.0);
            }
        }
    }

    /// The documents with most points, best first.
    pub(super) fn best(&self, limit: usize) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::with_capacity(limit.min(self.scores.len()) + 1);
        let points = self.scores.iter().zip(&self.extra).zip(&self.alike);
        let sums = self.scores.iter().zip(&self.extra).map(|(words, extra)| words + extra);
        let least = LETTERS_ALONE * sums.fold(0.0, f32::max);
        // Without any word, or one most like it, there is nothing that letters could be added to.
        let any = self.scores.iter().chain(&self.alike).any(|&points| points > 0.0);
        for (doc, ((&words, &extra), &alike)) in (0..).zip(points) {
            let score = words + extra;
            let is_hit = words > 0.0 || alike > 0.0 || (any && score > least);
            if !is_hit || (hits.len() >= limit && hits.last().is_none_or(|last| score <= last.score)) {
                continue;
            }
            let place = hits.iter().rposition(|hit| hit.score >= score).map_or(0, |better| better + 1);
            hits.insert(place, Hit { doc, score });
            hits.truncate(limit);
        }
        hits
    }
}

/// What a stem is worth by its kind.
fn worth_of_kind(index: &Index, stem: &str) -> f32 {
    let mut letters = stem.chars();
    let straddles =
        letters.next().is_some_and(is_hiragana) && letters.next().is_some_and(|letter| !is_hiragana(letter));
    if index.is_grammar(stem) {
        WEAK
    } else if straddles {
        STRADDLING
    } else {
        1.0
    }
}

fn add(sums: &mut [f32], doc: usize, more: f32) {
    if let Some(sum) = sums.get_mut(doc) {
        *sum += more;
    }
}

fn take(values: &mut [f32], doc: usize) -> f32 {
    values.get_mut(doc).map(core::mem::take).unwrap_or(0.0)
}
