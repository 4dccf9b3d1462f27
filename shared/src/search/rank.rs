//! The order of the answers.
//!
//! A document has points for each word of the query, of three kinds. For the **word** itself, or the best of what stands for
//! it (`expand`): BM25F over the fields, the rarer the word the more. For **similar** words together: those that share most
//! letters with it. For each three **letters** that they share, as if these were words: what holds together the languages
//! that glue words to one another, and half of a search as you type. Then documents with more of the words go first, and
//! titles that the query covers.
//!
//! Arithmetic is that of `number`, so that every platform gives the same order. It must not know how an index is stored.
//!
//! The weights were measured on labelled questions to help centres and encyclopedias in eight languages, one set of weights
//! for all (`cargo xtask eval-search`). Around these values the figures hardly move.

use super::confidence::{Answer, Evidence};
use super::expand::{Similar, Variant};
use super::index::Index;
pub(super) use super::number::rarity;
use super::number::{ln, raised, saturated};
use super::query::Word;
use super::token::Kind;
use super::{FIELDS, Hit, PerField};

/// What an occurrence weighs in title, keywords, headings, body. A title says what the article is
/// about; keywords say what people call it; a heading speaks for one section.
const FIELD_WEIGHTS: [f32; FIELDS] = [5.0, 4.0, 2.0, 1.0];

/// How much the length of a field matters, from 0 (not) to 1 (fully). Titles differ in length by
/// chance, bodies because they hold more.
const FIELD_LENGTH: [f32; FIELDS] = [0.6, 0.6, 0.6, 0.75];

/// At so many occurrences, weighted, a word has half of its full worth. One in a title of average length
/// is then worth as much as five in a body.
const SATURATION: f32 = 4.0;

/// What a word of grammar or courtesy is worth against one that means something.
const WEAK: f32 = 0.7;

/// What similar words together are worth against the word itself, how soon they saturate, and what each letter of a word
/// beyond the third adds: long words that agree agree by no chance.
const SIMILAR: f32 = 0.7;
const SIMILAR_SATURATION: f32 = 1.2;
const SIMILAR_LETTER: f32 = 0.1;
const SIMILAR_LETTERS_MAX: usize = 8;

/// Least share of its letters that a word must have in common with another to be similar, and most such words.
const SIMILAR_SHARE_MIN: f32 = 0.2;
const SIMILAR_WORDS_MAX: usize = 64;

/// Least share, and least letters, with which a similar word alone makes a document a hit, if the base has no other word for
/// what was typed. Less is chance, and a search that finds nothing should say so.
const SIMILAR_ALONE: f32 = 0.6;
const SIMILAR_ALONE_LETTERS: usize = 5;

/// What a document that shares letters alone must have of the score of the best one to be a hit.
const LETTERS_ALONE: f32 = 0.1;

/// What letters that no word of the base has count in that share: a misspelling has some.
const UNKNOWN_LETTERS: f32 = 0.5;

/// What three shared letters are worth against a word, and how soon they saturate.
const LETTERS: f32 = 0.3;
const LETTERS_SATURATION: f32 = 1.0;

/// What a document without any of the words would lose of its score, in a query of few words: whoever
/// types two means both.
const COORDINATION: f32 = 0.8;

/// From so many words on, coordination fades: half of the words of a whole sentence are padding.
const COORDINATION_WORDS: f32 = 4.0;

/// The same for similar words and shared letters, which stand for missing words: up to two words, both are meant.
const PAIR_WORDS: f32 = 2.0;

/// What a title is worth that the query covers.
const TITLE_COVERED: f32 = 0.8;

/// Most postings that one query looks at for similar words and for shared letters: keeps the slowest keystroke over
/// thousands of articles within its time (W3). Bases of hundreds never come near it.
const POSTINGS_MAX: usize = 30_000;

/// Most answers of one search: nobody reads on, and it bounds the sorting.
pub const HITS_MAX: usize = 100;

/// What makes an occurrence in a field of a document count: weights over lengths.
pub(super) struct Fields {
    per_doc: Vec<[f32; FIELDS]>,
}

impl Fields {
    /// From the lengths, in words, of the fields of every document.
    pub(super) fn new(lengths: &[PerField]) -> Self {
        let mut sums = [0_u64; FIELDS];
        for length in lengths {
            for (sum, &length) in sums.iter_mut().zip(length) {
                *sum += u64::from(length);
            }
        }
        let docs = lengths.len().max(1) as f32;
        let averages = sums.map(|sum| sum as f32 / docs);
        let per_doc = lengths.iter().map(|length| {
            let mut factors = [0.0; FIELDS];
            let known = averages.iter().zip(FIELD_LENGTH).zip(FIELD_WEIGHTS).zip(length);
            for (factor, (((&average, matters), weight), &length)) in factors.iter_mut().zip(known) {
                let relative = if average > 0.0 { length as f32 / average } else { 1.0 };
                *factor = weight / (1.0 - matters + matters * relative);
            }
            factors
        });
        Self { per_doc: per_doc.collect() }
    }

    /// What occurrences in a document weigh together.
    pub(super) fn weight(&self, doc: u32, occurrences: PerField) -> f32 {
        let factors = self.per_doc.get(doc as usize).copied().unwrap_or_default();
        factors.iter().zip(occurrences).map(|(factor, count)| factor * count as f32).sum()
    }
}

impl Index {
    /// The documents that fit `query` best, best first, at most `limit` and at most [`HITS_MAX`].
    ///
    /// The last word also stands for the words it begins, unless a separator follows it. Of equals,
    /// the document that was added earlier comes first.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.answer(query, limit).hits
    }

    /// As [`search`](Self::search), with how sure it is that the best of them answers the query.
    pub fn answer(&self, query: &str, limit: usize) -> Answer {
        let words = self.understand(query);
        let mut tally = Tally::new(self.len());
        let mut evidence = Evidence::default();
        let mut letters: Vec<usize> = Vec::new();
        for word in &words {
            let weak = self.says_little(word);
            let similar = self.similar(word, weak, &mut letters);
            let variants = self.variants(word, &similar);
            tally.add_word(self, word, weak, &variants);
            if !weak {
                tally.add_similar(self, word, similar, variants.is_empty());
            }
            evidence.add(self, word, weak, variants);
        }
        tally.add_letters(self, letters);
        tally.finish(self);
        let hits = tally.best(limit.min(HITS_MAX));
        let confidence = evidence.confidence(self, hits.first());
        Answer { hits, confidence }
    }

    /// The terms that share most letters with a word, and the share. The lists of letters go to `letters` too.
    fn similar(&self, word: &Word, weak: bool, letters: &mut Vec<usize>) -> Similar {
        // Codes and numbers are not alike: `402` is not `401`.
        if word.kind != Kind::Word || word.typed.contains(|letter: char| letter.is_ascii_digit()) {
            return Vec::new();
        }
        let mut lists = Vec::new();
        let text = if word.unfinished { &word.typed } else { &word.stem };
        self.grams.of(text, word.unfinished, &mut lists);
        let terms = self.terms.len() as f32;
        let mut shares: Vec<f32> = vec![0.0; self.terms.len()];
        let mut found: Vec<u32> = Vec::new();
        let mut all = 0.0;
        for &list in &lists {
            let having = self.grams.terms(list);
            let says =
                if having.is_empty() { UNKNOWN_LETTERS * ln(terms.max(1.0)) } else { ln(terms / having.len() as f32) };
            all += says;
            for &term in having {
                let Some(share) = shares.get_mut(term as usize) else { continue };
                if *share == 0.0 {
                    found.push(term);
                }
                *share += says;
            }
            if !weak && !letters.contains(&list) {
                letters.push(list);
            }
        }
        let share = |term: u32| shares.get(term as usize).copied().unwrap_or(0.0) / all;
        let mut similar: Similar = found.into_iter().map(|term| (share(term), term)).collect();
        similar.retain(|(share, _)| *share >= SIMILAR_SHARE_MIN);
        similar.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        similar.truncate(SIMILAR_WORDS_MAX);
        similar
    }

    /// How much a term says, if it stands for another: no more than that one.
    fn rarity_of(&self, term: usize) -> f32 {
        rarity(self.frequency(term), self.len())
    }
}

/// Points of all documents while a query is answered.
struct Tally {
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
    fn new(docs: usize) -> Self {
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
    fn add_word(&mut self, index: &Index, word: &Word, weak: bool, variants: &[Variant]) {
        let kind = if weak { WEAK } else { 1.0 };
        let exact = variants.first().filter(|first| first.worth >= 1.0).map(|first| index.rarity_of(first.term));
        for variant in variants {
            let own = index.rarity_of(variant.term);
            let factor = variant.worth * kind * raised(exact.map_or(own, |exact| own.min(exact)));
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
    fn add_similar(&mut self, index: &Index, word: &Word, similar: Similar, unknown: bool) {
        let alone = unknown && word.typed.chars().count() >= SIMILAR_ALONE_LETTERS;
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
        let factor = if all > 0.0 { SIMILAR * says / all * (1.0 + SIMILAR_LETTER * letters as f32) } else { 0.0 };
        self.settle(factor, SIMILAR_SATURATION);
    }

    /// Adds what shared letters are worth, the rarest first. A pair of characters of a script without spaces is such letters
    /// by itself.
    fn add_letters(&mut self, index: &Index, mut lists: Vec<usize>) {
        lists.sort_by_key(|&list| (index.grams.terms(list).len(), list));
        self.left = POSTINGS_MAX;
        for list in lists {
            for &term in index.grams.terms(list) {
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
    fn finish(&mut self, index: &Index) {
        if self.total <= 0.0 {
            return;
        }
        let strength = COORDINATION * (COORDINATION_WORDS / self.words.max(COORDINATION_WORDS));
        let pair = COORDINATION * (PAIR_WORDS / self.words.max(PAIR_WORDS)) * (PAIR_WORDS / self.words.max(PAIR_WORDS));
        let known = self.shares.iter().zip(&self.titles).zip(&index.titles);
        for ((score, extra), ((&share, &title), &whole)) in self.scores.iter_mut().zip(&mut self.extra).zip(known) {
            let present = 1.0 - strength * (1.0 - share / self.total);
            *score *= present;
            *extra *= 1.0 - pair * (1.0 - share / self.total);
            if title > 0.0 && whole > 0.0 {
                *score += TITLE_COVERED * title * (title / whole).min(1.0);
            }
        }
    }

    fn best(&self, limit: usize) -> Vec<Hit> {
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

fn add(sums: &mut [f32], doc: usize, more: f32) {
    if let Some(sum) = sums.get_mut(doc) {
        *sum += more;
    }
}

fn take(values: &mut [f32], doc: usize) -> f32 {
    values.get_mut(doc).map(core::mem::take).unwrap_or(0.0)
}
