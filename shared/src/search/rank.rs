//! The order of the answers.
//!
//! What a word weighs in a document is BM25F: occurrences count by field, the more the shorter the
//! field, and ever less the more there are of them. Three rules of a search as you type come on top:
//! the last word stands for what it begins, a word that nobody wrote may be one letter off, and
//! documents with more of the words come first.
//!
//! Arithmetic is the four operations of IEEE 754 and nothing else: libraries differ in the last bit
//! of a logarithm, and then a worker and a browser would sort two articles differently. It must not
//! know how an index is stored.

use super::index::Index;
use super::query::{Word, words};
use super::token::Kind;
use super::typo::{may_be_misspelt, one_edit_apart};
use super::{FIELDS, Hit, PerField};

/// What an occurrence weighs in title, keywords, headings, body. A title says what the article is
/// about; keywords say what people call it; a heading speaks for one section. Measured on labelled
/// support questions in English and Russian, like the numbers below: from 3 to 6 for the title the
/// figures hardly move, at 1 they are clearly worse.
const FIELD_WEIGHTS: [f32; FIELDS] = [5.0, 4.0, 2.0, 1.0];

/// How much the length of a field matters, from 0 (not) to 1 (fully). Titles differ in length by
/// chance, bodies because they hold more.
const FIELD_LENGTH: [f32; FIELDS] = [0.6, 0.6, 0.6, 0.75];

/// At so many occurrences, weighted, a word has half of its full worth. One in a title of average length
/// is then worth as much as five in a body.
const SATURATION: f32 = 4.0;

/// What a document without any of the words would lose of its score, in a query of few words: whoever
/// types two means both.
const COORDINATION: f32 = 0.8;

/// From so many words on, coordination fades: half of the words of a whole sentence are padding.
const COORDINATION_WORDS: f32 = 4.0;

/// What a word is worth that the last word of the query begins, against a word that it is.
const PREFIX_WORTH: f32 = 0.7;

/// What a word is worth that is one letter off, against the right one.
const TYPO_WORTH: f32 = 0.8;

/// Most words that a beginning stands for; the more frequent ones are taken. Bounds the time of `a`.
const PREFIX_WORDS_MAX: usize = 32;

/// Most words that a misspelling stands for.
const TYPO_WORDS_MAX: usize = 8;

/// Least letters of a stem that stands for a longer beginning (`run` for `runni`).
const STEM_LETTERS_MIN: usize = 3;

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
        // An average below one word would make a field count for more than it can hold.
        let averages = sums.map(|sum| (sum as f32 / docs).max(1.0));
        let weigh = |lengths: &PerField| {
            let mut weights = FIELD_WEIGHTS;
            let rules = FIELD_LENGTH.iter().zip(lengths).zip(averages);
            for (weight, ((&matters, &length), average)) in weights.iter_mut().zip(rules) {
                *weight /= 1.0 - matters + matters * (length as f32 / average);
            }
            weights
        };
        Self { per_doc: lengths.iter().map(weigh).collect() }
    }

    /// How much `doc` is about a word that occurs so often in its fields, from 0 to 1; `None` if there
    /// is no such document.
    pub(super) fn worth(&self, doc: u32, occurrences: PerField) -> Option<f32> {
        let weights = self.per_doc.get(doc as usize)?;
        let weighted: f32 = weights.iter().zip(occurrences).map(|(weight, count)| weight * count as f32).sum();
        Some(weighted / (weighted + SATURATION))
    }
}

/// A stem that stands for a word of the query, and its worth against the word itself.
struct Variant {
    term: usize,
    worth: f32,
    rarity: f32,
}

/// The scores of all documents while a query is answered.
struct Tally {
    scores: Vec<f32>,
    /// Rarity of the words that each document has.
    shares: Vec<f32>,
    /// Rarity of all words that occur anywhere, and their number.
    total: f32,
    words: f32,
    /// What the word at hand adds to each document; zeros between words.
    gains: Vec<f32>,
    /// Documents to which the word at hand adds.
    gaining: Vec<u32>,
}

impl Index {
    /// The documents that fit `query` best, best first, at most `limit` and at most [`HITS_MAX`].
    ///
    /// The last word also stands for the words it begins, unless a separator follows it. Of equals,
    /// the document that was added earlier comes first.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let docs = self.len();
        let mut tally = Tally {
            scores: vec![0.0; docs],
            shares: vec![0.0; docs],
            total: 0.0,
            words: 0.0,
            gains: vec![0.0; docs],
            gaining: Vec::new(),
        };
        for word in words(query, self.stemmer) {
            let variants = self.variants(&word);
            tally.add(self, &word, &variants);
        }
        tally.best(limit.min(HITS_MAX))
    }

    fn variants(&self, word: &Word) -> Vec<Variant> {
        let mut variants = Vec::new();
        if let Some(term) = self.terms.find(&word.stem) {
            variants.push(self.variant(term, 1.0));
        }
        if word.unfinished {
            self.add_beginnings(word, &mut variants);
        }
        if variants.is_empty() {
            if word.unfinished {
                variants.extend(self.longest_stem_within(&word.typed).map(|term| self.variant(term, PREFIX_WORTH)));
            }
            if may_be_misspelt(word) {
                self.add_neighbours(word, &mut variants);
            }
        }
        variants
    }

    fn variant(&self, term: usize, worth: f32) -> Variant {
        Variant { term, worth, rarity: rarity(self.postings(term).len(), self.len()) }
    }

    /// Stems that the word begins; if they are too many, the more frequent ones.
    fn add_beginnings(&self, word: &Word, variants: &mut Vec<Variant>) {
        let exact = variants.first().map(|exact| exact.term);
        let all = self.terms.beginning_with(&word.typed).filter(|&term| Some(term) != exact);
        // Thresholds rise until few enough stems are left; of those below the last one, the first fill up.
        let (mut below, mut frequent) = (0, 1);
        let frequency = |term: &usize| self.postings(*term).len();
        let count = |min: usize| all.clone().filter(|term| frequency(term) >= min).count();
        while count(frequent) > PREFIX_WORDS_MAX {
            (below, frequent) = (frequent, frequent + frequent.div_ceil(2));
        }
        let most = all.clone().filter(|term| frequency(term) >= frequent);
        let fill = all.clone().filter(|term| (below..frequent).contains(&frequency(term)));
        let taken = most.chain(fill).take(PREFIX_WORDS_MAX);
        variants.extend(taken.map(|term| self.variant(term, PREFIX_WORTH)));
    }

    /// The longest stem with which a beginning begins, if it is half of it at least: an ending that is
    /// half typed is no ending yet (`runni`).
    fn longest_stem_within(&self, typed: &str) -> Option<usize> {
        let letters = typed.chars().count();
        let shortest = STEM_LETTERS_MIN.max(letters.div_ceil(2));
        let starts = typed.char_indices().skip(shortest).filter_map(|(end, _)| typed.get(..end));
        starts.filter_map(|start| self.terms.find(start)).last()
    }

    /// Stems one letter off, with the same first letter.
    fn add_neighbours(&self, word: &Word, variants: &mut Vec<Variant>) {
        let Some(first) = word.stem.chars().next() else { return };
        let near = self.terms.beginning_with(first.encode_utf8(&mut [0; 4]));
        let near = near.filter(|&term| one_edit_apart(&word.stem, self.terms.get(term)));
        variants.extend(near.take(TYPO_WORDS_MAX).map(|term| self.variant(term, TYPO_WORTH)));
    }
}

impl Tally {
    /// Adds what a word is worth: in each document the best of its variants.
    fn add(&mut self, index: &Index, word: &Word, variants: &[Variant]) {
        for variant in variants {
            let factor = variant.worth * variant.rarity;
            for posting in index.postings(variant.term) {
                let Some(gain) = self.gains.get_mut(posting.doc as usize) else { continue };
                if *gain == 0.0 {
                    self.gaining.push(posting.doc);
                }
                *gain = gain.max(factor * posting.worth);
            }
        }
        // A compound repeats words that were counted already: it helps, but is not missed.
        let counts = word.kind != Kind::Compound && !self.gaining.is_empty();
        let weight = if counts { rarity(self.gaining.len(), self.scores.len()) } else { 0.0 };
        if counts {
            self.total += weight;
            self.words += 1.0;
        }
        for doc in self.gaining.drain(..) {
            let doc = doc as usize;
            let (Some(gain), Some(score), Some(share)) =
                (self.gains.get_mut(doc), self.scores.get_mut(doc), self.shares.get_mut(doc))
            else {
                continue;
            };
            *score += core::mem::take(gain);
            *share += weight;
        }
    }

    fn best(&self, limit: usize) -> Vec<Hit> {
        let strength = COORDINATION * (COORDINATION_WORDS / self.words.max(COORDINATION_WORDS));
        let mut hits: Vec<Hit> = Vec::with_capacity(limit.min(self.scores.len()) + 1);
        for ((doc, &sum), &share) in (0..).zip(&self.scores).zip(&self.shares) {
            let missing = if self.total > 0.0 { 1.0 - share / self.total } else { 0.0 };
            let score = sum * (1.0 - strength * missing);
            if score <= 0.0 || (hits.len() >= limit && hits.last().is_none_or(|last| score <= last.score)) {
                continue;
            }
            let place = hits.iter().rposition(|hit| hit.score >= score).map_or(0, |better| better + 1);
            hits.insert(place, Hit { doc, score });
            hits.truncate(limit);
        }
        hits
    }
}

/// How much a word says that occurs in `having` of `docs` documents: the inverse document frequency
/// of BM25, ln(1 + (docs − having + ½) / (having + ½)).
fn rarity(having: usize, docs: usize) -> f32 {
    let (having, docs) = (having as f32, docs as f32);
    ln(1.0 + (docs - having + 0.5).max(0.0) / (having + 0.5))
}

/// Natural logarithm for `x` ≥ 1, to five digits: the exponent, and a series for the rest.
fn ln(x: f32) -> f32 {
    const LN_2: f32 = core::f32::consts::LN_2;
    const MANTISSA_BITS: u32 = 23;
    const EXPONENT_BIAS: u32 = 127;
    let bits = x.to_bits();
    let exponent = (bits >> MANTISSA_BITS).saturating_sub(EXPONENT_BIAS);
    let mantissa = f32::from_bits(bits & ((1 << MANTISSA_BITS) - 1) | EXPONENT_BIAS << MANTISSA_BITS);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    2.0 * s * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square / 7.0))) + exponent as f32 * LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_logarithm_is_the_logarithm() {
        for step in 0_u16..2_000 {
            let x = 1.0 + f32::from(step) * f32::from(step) / 37.0;
            assert!((ln(x) - x.ln()).abs() < 2e-5 * (1.0 + x.ln()), "{x}");
        }
    }

    #[test]
    fn rare_words_say_more_and_every_word_says_something() {
        assert!(rarity(1, 100) > rarity(10, 100));
        assert!(rarity(10, 100) > rarity(100, 100));
        assert!(rarity(100, 100) > 0.0);
        assert!(rarity(7, 0) >= 0.0, "a damaged index may count more documents than it has");
    }
}
