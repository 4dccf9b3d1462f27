//! The loaded index: what a panel keeps in memory while somebody searches.
//!
//! It must not score a query; `rank` does. How it is read is in `load`.

use super::grams::Grams;
use super::stems::Stems;
use super::synonyms::Synonyms;
use super::texts::{Texts, span};

/// A loaded index: answers queries, and knows what to show for an answer.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) locale: String,
    pub(super) stems: Stems,
    /// Stems that say little, ascending.
    pub(super) weak: Vec<String>,
    pub(super) synonyms: Synonyms,
    pub(super) docs: usize,
    pub(super) slugs: Texts,
    pub(super) titles: Texts,
    /// None while only the first part is here.
    pub(super) summaries: Texts,
    pub(super) is_whole: bool,
    /// All stems, ascending.
    pub(super) terms: Texts,
    /// Which terms share letters.
    pub(super) grams: Grams,
    /// How many documents have each stem, whether or not its postings are here.
    pub(super) frequencies: Vec<u32>,
    /// Where the postings of each stem end.
    pub(super) ends: Vec<u32>,
    pub(super) postings: Vec<Posting>,
    /// What the postings of each stem weigh together.
    pub(super) sums: Vec<f32>,
    /// Rarity of all words in the title of each document.
    pub(super) title_rarities: Vec<f32>,
}

/// One document in which a stem occurs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Posting {
    /// Its number; the highest bit says whether the title has the stem.
    doc: u32,
    /// How much the document is about the stem: weighted occurrences.
    pub(super) weight: f32,
}

/// The bit of [`Posting::doc`] that says whether the title has the stem.
const IN_TITLE: u32 = 1 << 31;

/// Most documents: their numbers leave that bit free.
pub(super) const DOCS_MAX: usize = IN_TITLE as usize;

impl Posting {
    pub(super) fn new(doc: u32, in_title: bool, weight: f32) -> Self {
        Self { doc: if in_title { doc | IN_TITLE } else { doc }, weight }
    }

    pub(super) fn doc(self) -> usize {
        (self.doc & !IN_TITLE) as usize
    }

    pub(super) fn in_title(self) -> bool {
        self.doc & IN_TITLE != 0
    }
}

impl Index {
    /// Number of documents.
    pub fn len(&self) -> usize {
        self.docs
    }

    /// Whether there is no document to find.
    pub fn is_empty(&self) -> bool {
        self.docs == 0
    }

    /// Whether every word and every summary is here, and not the first part alone.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Locale for which the index was built.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// Address of a document; empty if there is no such document.
    pub fn slug(&self, doc: u32) -> &str {
        self.slugs.get(doc as usize)
    }

    /// Title of a document; empty if there is no such document.
    pub fn title(&self, doc: u32) -> &str {
        self.titles.get(doc as usize)
    }

    /// Summary of a document; empty if there is no such document, and while only the first part is here.
    pub fn summary(&self, doc: u32) -> &str {
        self.summaries.get(doc as usize)
    }

    /// The documents in which a stem occurs, ascending; of a first part, those that it names.
    pub(super) fn postings(&self, term: usize) -> &[Posting] {
        let (start, end) = span(&self.ends, term);
        self.postings.get(start..end).unwrap_or_default()
    }

    /// How much of what is written about a stem, as far as it is here, is in a document: from 0 to 1.
    pub(super) fn share(&self, term: usize, doc: u32) -> f32 {
        let postings = self.postings(term);
        let found = postings.binary_search_by(|posting| posting.doc().cmp(&(doc as usize)));
        let weight = found.ok().and_then(|at| postings.get(at)).map_or(0.0, |posting| posting.weight);
        let sum = self.sums.get(term).copied().unwrap_or(0.0);
        if weight > 0.0 { weight / sum } else { 0.0 }
    }

    /// How many documents have a stem.
    pub(super) fn frequency(&self, term: usize) -> usize {
        self.frequencies.get(term).map_or(0, |&frequency| frequency as usize)
    }

    /// Whether a stem says little about what is asked.
    pub(super) fn is_weak(&self, stem: &str) -> bool {
        self.weak.binary_search_by(|weak| weak.as_str().cmp(stem)).is_ok()
    }
}
