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
//! The points are added up in `tally`. The weights were measured on labelled questions to help centres and encyclopedias in eight languages, one set of weights
//! for all (`cargo xtask eval-search`). Around these values the figures hardly move.

use super::Hit;
use super::confidence::{Answer, Evidence};
use super::expand::{Similar, exact};
use super::index::Index;
use super::number::{by_greatest, ln, rarity};
use super::query::Word;
use super::tally::Tally;
use super::token::Kind;

/// Least share of its letters that a word must have in common with another to be similar, and most such words.
const SIMILAR_SHARE_MIN: f32 = 0.2;
const SIMILAR_WORDS_MAX: usize = 64;

/// What letters that no word of the base has count in that share: a misspelling has some.
const UNKNOWN_LETTERS: f32 = 0.5;

/// Most answers of one search: nobody reads on, and it bounds the sorting.
pub const HITS_MAX: usize = 100;

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
        let mut half_typed = false;
        for word in &words {
            let weak = self.says_little(word);
            let similar = self.similar(word, weak, &mut letters);
            let variants = self.variants(word, &similar);
            tally.add_word(self, word, weak, &variants);
            if !weak {
                tally.add_similar(self, word, similar, &variants);
            }
            evidence.add(self, word, weak, &variants);
            // What is joined of words follows the last of them.
            if word.kind != Kind::Compound {
                half_typed = word.unfinished && exact(&variants).is_none() && self.begins_a_term(word);
            }
        }
        tally.add_letters(self, &letters);
        tally.finish(self);
        let hits = tally.best(limit.min(HITS_MAX));
        let confidence = evidence.confidence(self, hits.first());
        Answer { hits, confidence, half_typed }
    }

    /// The terms that share most letters with a word, and the share. The lists of letters go to `letters` too.
    fn similar(&self, word: &Word, weak: bool, letters: &mut Vec<usize>) -> Similar {
        // Codes and numbers are not alike: `402` is not `401`.
        if word.kind == Kind::Compound || word.typed.contains(|letter: char| letter.is_ascii_digit()) {
            return Vec::new();
        }
        let mut lists = Vec::new();
        let text = if word.unfinished { word.begun() } else { &word.stem };
        self.grams.of(text, word.unfinished, &mut lists);
        if !weak {
            let new = lists.iter().filter(|list| !letters.contains(list));
            let new: Vec<usize> = new.copied().collect();
            letters.extend(new);
        }
        // A pair of characters shares them; it is not similar to another pair.
        if word.kind == Kind::Gram {
            return Vec::new();
        }
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
        }
        let share = |term: u32| shares.get(term as usize).copied().unwrap_or(0.0) / all;
        let near = found.into_iter().map(|term| (share(term), term)).filter(|(share, _)| *share >= SIMILAR_SHARE_MIN);
        // The bits of positive numbers are in their order.
        let ranked = by_greatest(near.map(|(share, term)| (share.to_bits(), term)));
        ranked.into_iter().take(SIMILAR_WORDS_MAX).map(|(share, term)| (f32::from_bits(share), term)).collect()
    }

    /// How much a term says.
    pub(super) fn rarity_of(&self, term: usize) -> f32 {
        rarity(self.frequency(term), self.len())
    }
}
