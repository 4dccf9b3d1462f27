//! The loaded index: what a panel keeps in memory while somebody searches.
//!
//! Loading copies what it needs and computes what does not depend on a query: a posting becomes one number, its weight; the
//! terms are listed by the letters that they share. Many short texts share one allocation, because thousands of small ones
//! are what makes a load slow in a browser. It must not score a query; `rank` does.

use super::codec::{IndexError, Reader};
use super::fields::Fields;
use super::grams::Grams;
use super::number::rarity;
use super::stems::Stems;
use super::synonyms::Synonyms;

/// Texts shown for a document: slug, title, summary.
const SHOWN: usize = 3;

/// A loaded index: answers queries, and knows what to show for an answer.
#[derive(Clone, Debug, Default)]
pub struct Index {
    locale: String,
    pub(super) stems: Stems,
    /// Stems that say little, ascending.
    weak: Vec<String>,
    pub(super) synonyms: Synonyms,
    docs: usize,
    /// All slugs, all titles, all summaries.
    shown: Texts,
    /// All stems, ascending.
    pub(super) terms: Texts,
    /// Which terms share letters.
    pub(super) grams: Grams,
    /// Where the postings of each stem end.
    ends: Vec<u32>,
    postings: Vec<Posting>,
    /// Rarity of all words in the title of each document.
    pub(super) titles: Vec<f32>,
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

impl Posting {
    pub(super) fn doc(self) -> usize {
        (self.doc & !IN_TITLE) as usize
    }

    pub(super) fn in_title(self) -> bool {
        self.doc & IN_TITLE != 0
    }
}

impl Index {
    /// Reads what [`build`](super::build) wrote. Any other bytes give an error; memory stays within a
    /// small multiple of the bytes given, whatever they claim.
    pub fn load(bytes: &[u8]) -> Result<Self, IndexError> {
        let (mut reader, head) = Reader::new(bytes)?;
        let mut index = Self {
            locale: head.locale.to_owned(),
            stems: Stems::new(head.rules, head.foreign),
            weak: head.weak.split(' ').map(str::to_owned).collect(),
            docs: reader.docs()?,
            ..Self::default()
        };
        for _ in 0..index.docs * SHOWN {
            index.shown.push(reader.text()?);
        }
        let fields = Fields::new(&reader.lengths(index.docs)?);
        let terms = reader.terms(&mut |term| index.terms.push(term))?;
        index.synonyms = Synonyms::new(head.synonyms, &index.terms);
        index.grams = Grams::new(&index.terms, terms);
        index.load_postings(reader, terms, &fields)?;
        Ok(index)
    }

    fn load_postings(&mut self, mut reader: Reader<'_>, terms: usize, fields: &Fields) -> Result<(), IndexError> {
        let mut counts = Vec::with_capacity(terms);
        let mut end = 0_u32;
        for _ in 0..terms {
            let count = reader.number()?;
            end = end.checked_add(count).ok_or(IndexError::Corrupt)?;
            counts.push(count);
            self.ends.push(end);
        }
        if end as usize > reader.postings_max() || self.docs > IN_TITLE as usize {
            return Err(IndexError::Corrupt);
        }
        self.postings.reserve_exact(end as usize);
        self.titles = vec![0.0; self.docs];
        let docs = self.docs;
        let (postings, titles) = (&mut self.postings, &mut self.titles);
        reader.postings(docs, &counts, &mut |term, doc, occurrences| {
            let in_title = occurrences.first().is_some_and(|&title| title > 0);
            if in_title && let Some(sum) = titles.get_mut(doc as usize) {
                *sum += rarity(counts.get(term).map_or(0, |&count| count as usize), docs);
            }
            let weight = fields.weight(doc, occurrences);
            postings.push(Posting { doc: if in_title { doc | IN_TITLE } else { doc }, weight });
        })
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.docs
    }

    /// Whether there is no document to find.
    pub fn is_empty(&self) -> bool {
        self.docs == 0
    }

    /// Locale for which the index was built.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// Address of a document; empty if there is no such document.
    pub fn slug(&self, doc: u32) -> &str {
        self.shown(doc, 0)
    }

    /// Title of a document; empty if there is no such document.
    pub fn title(&self, doc: u32) -> &str {
        self.shown(doc, 1)
    }

    /// Summary of a document; empty if there is no such document.
    pub fn summary(&self, doc: u32) -> &str {
        self.shown(doc, 2)
    }

    fn shown(&self, doc: u32, which: usize) -> &str {
        let doc = doc as usize;
        if doc < self.docs { self.shown.get(which * self.docs + doc) } else { "" }
    }

    /// The documents in which a stem occurs, ascending.
    pub(super) fn postings(&self, term: usize) -> &[Posting] {
        let (start, end) = span(&self.ends, term);
        self.postings.get(start..end).unwrap_or_default()
    }

    /// How many documents have a stem.
    pub(super) fn frequency(&self, term: usize) -> usize {
        self.postings(term).len()
    }

    /// Whether a stem says little about what is asked.
    pub(super) fn is_weak(&self, stem: &str) -> bool {
        self.weak.binary_search_by(|weak| weak.as_str().cmp(stem)).is_ok()
    }
}

/// Many texts in one allocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn get(&self, number: usize) -> &str {
        let (start, end) = span(&self.ends, number);
        self.all.get(start..end).unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// In ascending texts: the number of the first that is not below `text`.
    pub(super) fn lower_bound(&self, text: &str) -> usize {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) < text {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// In ascending texts: the number of `text`.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        let at = self.lower_bound(text);
        (at < self.ends.len() && self.get(at) == text).then_some(at)
    }

    /// In ascending texts: the numbers of those that begin with `start`.
    pub(super) fn beginning_with(&self, start: &str) -> core::ops::Range<usize> {
        let first = self.lower_bound(start);
        // The largest character follows whatever may come after `start`.
        let mut after = String::from(start);
        after.push(char::MAX);
        first..self.lower_bound(&after).max(first)
    }
}

/// Where the entry `number` begins and ends, given where every one ends.
fn span(ends: &[u32], number: usize) -> (usize, usize) {
    let at = |number: usize| ends.get(number).map_or(0, |&end| end as usize);
    (number.checked_sub(1).map_or(0, at), at(number))
}
