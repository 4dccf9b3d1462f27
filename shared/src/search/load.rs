//! Reading an index: its first part, and the rest where it is there, put together as if they had never been apart.
//!
//! Loading copies what it needs and computes what does not depend on a query: a posting becomes one number, its weight; the
//! terms are listed by the letters that they share. Memory stays within a small multiple of the bytes, whatever these claim.

use super::codec::{IndexError, Reader, split};
use super::fields::Fields;
use super::grams::Grams;
use super::index::{DOCS_MAX, Index, Posting};
use super::number::rarity;
use super::postings::{Kinds, PostingsReader};
use super::stems::Stems;
use super::synonyms::Synonyms;
use super::texts::Texts;
use core::cmp::Ordering;

impl Index {
    /// Reads what [`build`](super::build) wrote, whole or its [first part](super::first_part) alone. Any other bytes give an
    /// error.
    pub fn load(bytes: &[u8]) -> Result<Self, IndexError> {
        let (first, rest) = split(bytes)?;
        let mut reader = Reader::new(first);
        let head = reader.head()?;
        let docs = reader.count()?;
        let mut index = Self {
            locale: head.locale.to_owned(),
            stems: Stems::new(head.rules, head.foreign),
            weak: head.weak.split(' ').map(str::to_owned).collect(),
            docs,
            slugs: reader.texts(docs)?,
            titles: reader.texts(docs)?,
            is_whole: rest.is_some(),
            ..Self::default()
        };
        let fields = Fields::new(&reader.lengths(docs)?);
        let kinds = Kinds::read(&mut reader)?;
        let here = Here::read(reader, &kinds)?;
        let mut synonyms = "";
        let there = match rest {
            Some(bytes) => {
                let mut reader = Reader::new(bytes);
                synonyms = reader.text()?;
                index.summaries = reader.texts(docs)?;
                There::read(reader, &kinds)?
            }
            None => There { terms: Texts::default(), having: Vec::new(), postings: PostingsReader::none() },
        };
        Merge { index: &mut index, fields, buffer: Vec::new() }.run(here, there)?;
        index.synonyms = Synonyms::new(synonyms, &index.terms);
        index.grams = Grams::new(&index.terms);
        Ok(index)
    }
}

/// The words of a first part.
struct Here<'a> {
    terms: Texts,
    /// In how many documents each is, of those that are here, and of those that are in the rest.
    having: Vec<u32>,
    missing: Vec<u32>,
    postings: PostingsReader<'a>,
}

impl<'a> Here<'a> {
    fn read(mut reader: Reader<'a>, kinds: &'a [super::PerField]) -> Result<Self, IndexError> {
        let terms = reader.terms()?;
        let having = reader.numbers(terms.len())?;
        let missing = reader.numbers(terms.len())?;
        Ok(Self { terms, having, missing, postings: PostingsReader::new(reader, kinds)? })
    }
}

/// The words of a rest.
struct There<'a> {
    terms: Texts,
    having: Vec<u32>,
    postings: PostingsReader<'a>,
}

impl<'a> There<'a> {
    fn read(mut reader: Reader<'a>, kinds: &'a [super::PerField]) -> Result<Self, IndexError> {
        let terms = reader.terms()?;
        let having = reader.numbers(terms.len())?;
        Ok(Self { terms, having, postings: PostingsReader::new(reader, kinds)? })
    }
}

/// Both on their way into an index.
struct Merge<'a> {
    index: &'a mut Index,
    fields: Fields,
    /// Postings of a term that has some in both parts, until they are put together.
    buffer: Vec<Posting>,
}

impl Merge<'_> {
    fn run(mut self, mut here: Here<'_>, mut there: There<'_>) -> Result<(), IndexError> {
        let terms = here.terms.len() + there.terms.len();
        if self.index.docs > DOCS_MAX {
            return Err(IndexError::Corrupt);
        }
        self.index.terms = Texts::with_capacity(terms, here.terms.bytes() + there.terms.bytes());
        self.index.frequencies.reserve_exact(terms);
        self.index.ends.reserve_exact(terms);
        self.index.sums.reserve_exact(terms);
        self.index.postings.reserve_exact(here.postings.most() + there.postings.most());
        self.index.title_rarities = vec![0.0; self.index.docs];
        let (mut a, mut b) = (0, 0);
        while a < here.terms.len() || b < there.terms.len() {
            let (own, other) = (here.terms.get(a), there.terms.get(b));
            let order = match (a < here.terms.len(), b < there.terms.len()) {
                (true, true) => own.cmp(other),
                (true, false) => Ordering::Less,
                _ => Ordering::Greater,
            };
            let at = |counts: &[u32], number: usize| counts.get(number).copied().unwrap_or(0);
            match order {
                Ordering::Less => {
                    let (having, missing) = (at(&here.having, a), at(&here.missing, a));
                    let all = having.checked_add(missing).ok_or(IndexError::Corrupt)?;
                    let found = if self.index.is_whole { missing } else { 0 };
                    self.term(own, all, (&mut here.postings, having), (&mut there.postings, found))?;
                    a += 1;
                }
                Ordering::Greater => {
                    let having = at(&there.having, b);
                    self.term(other, having, (&mut here.postings, 0), (&mut there.postings, having))?;
                    b += 1;
                }
                Ordering::Equal => return Err(IndexError::Corrupt),
            }
        }
        if here.postings.is_done() && there.postings.is_done() { Ok(()) } else { Err(IndexError::Corrupt) }
    }

    /// Adds a term that `all` documents have, from what both parts know of it.
    fn term(
        &mut self,
        term: &str,
        all: u32,
        (here, having): (&mut PostingsReader<'_>, u32),
        (there, missing): (&mut PostingsReader<'_>, u32),
    ) -> Result<(), IndexError> {
        let docs = self.index.docs;
        if all as usize > docs {
            return Err(IndexError::Corrupt);
        }
        let start = self.index.postings.len();
        let says = rarity(all as usize, docs);
        let (postings, titles, fields) = (&mut self.index.postings, &mut self.index.title_rarities, &self.fields);
        let mut posting = |doc: u32, kind: &super::PerField| {
            let in_title = kind.first().is_some_and(|&title| title > 0);
            if in_title && let Some(sum) = titles.get_mut(doc as usize) {
                *sum += says;
            }
            Posting::new(doc, in_title, fields.weight(doc, *kind))
        };
        here.next(having, docs, |doc, kind| postings.push(posting(doc, kind)))?;
        there.next(missing, docs, |doc, kind| postings.push(posting(doc, kind)))?;
        if having > 0 && missing > 0 {
            let added = postings.get_mut(start..).unwrap_or_default();
            interleave(added, having as usize, &mut self.buffer)?;
        }
        self.index.sums.push(postings.get(start..).unwrap_or_default().iter().map(|posting| posting.weight).sum());
        self.index.terms.push(term);
        self.index.frequencies.push(all);
        self.index.ends.push(u32::try_from(postings.len()).map_err(|_| IndexError::Corrupt)?);
        Ok(())
    }
}

/// Puts two ascending runs, of which the first has so many, into one; no document may be in both.
fn interleave(runs: &mut [Posting], first: usize, buffer: &mut Vec<Posting>) -> Result<(), IndexError> {
    buffer.clear();
    buffer.extend_from_slice(runs);
    let (mut left, mut right) = buffer.split_at_checked(first).ok_or(IndexError::Corrupt)?;
    for place in runs {
        let taken = match (left.split_first(), right.split_first()) {
            (Some((a, _)), Some((b, _))) if a.doc() == b.doc() => return Err(IndexError::Corrupt),
            (Some((a, rest)), b) if b.is_none_or(|(b, _)| a.doc() < b.doc()) => {
                left = rest;
                a
            }
            (_, Some((b, rest))) => {
                right = rest;
                b
            }
            _ => return Err(IndexError::Corrupt),
        };
        *place = *taken;
    }
    Ok(())
}
