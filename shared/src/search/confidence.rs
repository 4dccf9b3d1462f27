//! How sure an answer is: one number that means the same for every query and every knowledge base.
//!
//! The score of a hit orders the hits of one query and says nothing across queries: rare words score high, and so does
//! every word in a large base. What tells an answer from the least bad article is the score against how much a word of the
//! question says on average, words that no article has included, and against the size of the base; and whether what is
//! written about the words is in this article rather than everywhere.
//! It must not change the order of hits.

use super::Hit;
use super::expand::{Variant, exact};
use super::index::Index;
use super::number::{ln, rarity};
use super::query::Word;
use super::token::Kind;

/// From this confidence on, the best hit may be sent as an answer; below it, say that nothing surely fits, and offer the hits as
/// what they are. Chosen for automatic answers, where a wrong one costs more than none: of messages to two live support desks,
/// half of those that an article answers are above it, and one in eight of those that none answers.
pub const CONFIDENCE_MIN: f32 = 0.35;

/// What a weak word counts of what a question says.
const WEAK: f32 = 0.2;

/// How much each of these counts, as a logarithm: the score, what a word says on average, how much of what is written about the
/// words is in the best hit, and the size of the base. And what makes the bound above what it is. The first three are near a
/// logistic regression on the messages of one support desk and hold on the other; the size lets the same bound refuse
/// questions to other desks, in bases of twenty articles and of nine hundred.
const BY_SCORE: f32 = 1.6;
const BY_RARITY: f32 = -3.2;
const BY_SHARE: f32 = 0.3;
const BY_SIZE: f32 = -0.2;
const OFFSET: f32 = -1.1;

/// Best hits, and how sure the best one is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// As [`Index::search`] gives them.
    pub hits: Vec<Hit>,
    /// From 0 to 1: how likely it is that the best hit answers the query. Comparable across queries and bases.
    pub confidence: f32,
    /// Whether the last word is none of the articles' yet, and begins one of theirs: somebody is in the middle of it.
    pub half_typed: bool,
}

impl Answer {
    /// Whether the best hit is an answer at all. A search box still shows the hits; an automatic answer must not send them.
    pub fn fits(&self) -> bool {
        self.confidence >= CONFIDENCE_MIN
    }

    /// Whether a search box should say that none of the hits surely fits. Not in the middle of a word: what it will be is what
    /// the question is about.
    pub fn is_doubtful(&self) -> bool {
        !self.hits.is_empty() && !self.half_typed && !self.fits()
    }
}

/// What the words of a query say.
#[derive(Default)]
pub(super) struct Evidence {
    /// Rarity of all words.
    said: f32,
    /// Words that are not of grammar.
    words: f32,
    /// What each word says, and the term that stands for it.
    terms: Vec<(f32, usize)>,
}

impl Evidence {
    pub(super) fn add(&mut self, index: &Index, word: &Word, weak: bool, variants: &[Variant]) {
        if word.kind == Kind::Compound {
            return;
        }
        // A word that no article has says most of all: it is what the question is about.
        let having = exact(variants).map_or(0, |term| index.frequency(term));
        let says = rarity(having, index.len()) * if weak { WEAK } else { 1.0 };
        self.said += says;
        self.terms.extend(variants.first().map(|first| (says, first.term)));
        self.words += if weak { 0.0 } else { 1.0 };
    }

    pub(super) fn confidence(&self, index: &Index, best: Option<&Hit>) -> f32 {
        let Some(best) = best else { return 0.0 };
        let mean = self.said / (1.0 + self.words);
        let share: f32 = self.terms.iter().map(|&(says, term)| says * index.share(term, best.doc)).sum();
        let size = index.len() as f32;
        let by = [(BY_SCORE, best.score), (BY_RARITY, mean), (BY_SHARE, share), (BY_SIZE, size)];
        squashed(by.into_iter().map(|(counts, number)| counts * ln(1.0 + number)).sum::<f32>() + OFFSET)
    }
}

/// A number from 0 to 1 that grows with `x` and is a half at zero.
fn squashed(x: f32) -> f32 {
    0.5 + 0.5 * x / (1.0 + x.abs())
}
