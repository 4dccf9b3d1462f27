//! How sure an answer is: one number that means the same for every query and every knowledge base.
//!
//! The score of a hit orders the hits of one query and says nothing across queries: long questions score high. What tells
//! an answer from the least bad article is how much of what the question says the best hit has, and how much that is at all.
//! It must not change the order of hits.

use super::Hit;
use super::expand::Variant;
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

/// How much score and coverage count, and where the confidence is a half. Set by hand on the same messages.
const BY_SCORE: f32 = 1.6;
const BY_COVERAGE: f32 = 2.2;
const OFFSET: f32 = -6.2;

/// Best hits, and how sure the best one is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// As [`Index::search`] gives them.
    pub hits: Vec<Hit>,
    /// From 0 to 1: how likely it is that the best hit answers the query. Comparable across queries and bases.
    pub confidence: f32,
}

impl Answer {
    /// Whether the best hit is an answer at all. A search box still shows the hits; an automatic answer must not send them.
    pub fn fits(&self) -> bool {
        self.confidence >= CONFIDENCE_MIN
    }
}

/// What the words of a query say, and what stands for each of them.
#[derive(Default)]
pub(super) struct Evidence {
    words: Vec<(f32, Vec<Variant>)>,
}

impl Evidence {
    pub(super) fn add(&mut self, index: &Index, word: &Word, weak: bool, variants: Vec<Variant>) {
        if word.kind == Kind::Compound {
            return;
        }
        // A word that no article has says most of all: it is what the question is about.
        let having = variants.first().filter(|first| first.worth >= 1.0).map_or(0, |first| index.frequency(first.term));
        let says = rarity(having, index.len()) * if weak { WEAK } else { 1.0 };
        self.words.push((says, variants));
    }

    pub(super) fn confidence(&self, index: &Index, best: Option<&Hit>) -> f32 {
        let Some(best) = best else { return 0.0 };
        let has = |term: usize| {
            index.postings(term).binary_search_by_key(&(best.doc as usize), |posting| posting.doc()).is_ok()
        };
        let (mut said, mut covered) = (0.0, 0.0);
        for (says, variants) in &self.words {
            let worth = variants.iter().filter(|variant| has(variant.term)).map(|variant| variant.worth);
            covered += says * worth.fold(0.0, f32::max);
            said += says;
        }
        let coverage = if said > 0.0 { covered / said } else { 0.0 };
        squashed(BY_SCORE * ln(1.0 + best.score) + BY_COVERAGE * coverage + OFFSET)
    }
}

/// A number from 0 to 1 that grows with `x` and is a half at zero.
fn squashed(x: f32) -> f32 {
    0.5 + 0.5 * x / (1.0 + x.abs())
}
