//! The loaded index: what a panel keeps in memory while somebody searches.
//!
//! Loading copies what it needs and computes what does not depend on a query: a posting becomes one
//! number, its worth. Many short texts share one allocation, because thousands of small ones are what
//! makes a load slow in a browser. It must not score a query; `rank` does.

use super::codec::{IndexError, Reader};
use super::rank::Fields;
use super::stem::Stemmer;

/// Texts shown for a document: slug, title, summary.
const SHOWN: usize = 3;

/// A loaded index: answers queries, and knows what to show for an answer.
#[derive(Clone, Debug, Default)]
pub struct Index {
    locale: String,
    pub(super) stemmer: Stemmer,
    docs: usize,
    /// Slug, title and summary of each document in turn.
    shown: Texts,
    /// All stems, ascending.
    pub(super) terms: Texts,
    /// Where the postings of each stem end.
    ends: Vec<u32>,
    postings: Vec<Posting>,
}

/// One document in which a stem occurs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Posting {
    pub(super) doc: u32,
    /// How much the document is about the stem, from 0 to 1.
    pub(super) worth: f32,
}

impl Index {
    /// Reads what [`build`](super::build) wrote. Any other bytes give an error; memory stays within a
    /// small multiple of the bytes given, whatever they claim.
    pub fn load(bytes: &[u8]) -> Result<Self, IndexError> {
        let (mut reader, locale) = Reader::new(bytes)?;
        let mut index = Self { locale: locale.to_owned(), stemmer: Stemmer::for_locale(locale), ..Self::default() };
        let fields = index.load_docs(&mut reader)?;
        index.load_terms(&mut reader)?;
        index.load_postings(&mut reader, &fields)?;
        if reader.is_done() { Ok(index) } else { Err(IndexError::Corrupt) }
    }

    fn load_docs(&mut self, reader: &mut Reader<'_>) -> Result<Fields, IndexError> {
        self.docs = reader.docs()?;
        let mut lengths = Vec::with_capacity(self.docs);
        for _ in 0..self.docs {
            for _ in 0..SHOWN {
                self.shown.push(reader.text()?);
            }
            lengths.push(reader.per_field()?);
        }
        Ok(Fields::new(&lengths))
    }

    fn load_terms(&mut self, reader: &mut Reader<'_>) -> Result<(), IndexError> {
        let terms = reader.terms()?;
        self.ends.reserve(terms);
        let mut term = String::new();
        let mut end = 0_u32;
        for _ in 0..terms {
            reader.term(&mut term)?;
            self.terms.push(&term);
            end = end.checked_add(reader.number()?).ok_or(IndexError::Corrupt)?;
            self.ends.push(end);
        }
        Ok(())
    }

    fn load_postings(&mut self, reader: &mut Reader<'_>, fields: &Fields) -> Result<(), IndexError> {
        let all = self.ends.last().map_or(0, |&end| end as usize);
        // Every posting takes a byte at least.
        if all > reader.left() {
            return Err(IndexError::Corrupt);
        }
        self.postings.reserve(all);
        for &end in &self.ends {
            let mut next = 0_u32;
            while self.postings.len() < end as usize {
                let (distance, occurrences) = reader.posting()?;
                let doc = next.checked_add(distance).ok_or(IndexError::Corrupt)?;
                let worth = fields.worth(doc, occurrences).ok_or(IndexError::Corrupt)?;
                self.postings.push(Posting { doc, worth });
                next = doc + 1;
            }
        }
        Ok(())
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
        if doc < self.docs { self.shown.get(doc * SHOWN + which) } else { "" }
    }

    /// The documents in which a stem occurs, ascending.
    pub(super) fn postings(&self, term: usize) -> &[Posting] {
        let (start, end) = span(&self.ends, term);
        self.postings.get(start..end).unwrap_or_default()
    }
}

/// Many texts in one allocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn get(&self, number: usize) -> &str {
        let (start, end) = span(&self.ends, number);
        self.all.get(start..end).unwrap_or_default()
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
