//! Where each stem occurs, as bytes: for each stem, its documents and how often it stands in their fields.
//!
//! Most occurrences are of a few kinds (once in the text; twice; once in title and text …). The most frequent kinds of an
//! index are listed once, and an occurrence is the place of its kind in that list: one byte. Distances between documents
//! stand apart from the kinds, because they are unlike each other. It must not know what a stem is.

use super::codec::{IndexError, Reader, Writer, push_number};
use super::{FIELDS, PerField};
use std::collections::BTreeMap;

/// Most occurrences of a word in a field that are told apart: relevance hardly grows after a few.
pub(super) const COUNT_MAX: u32 = 15;

/// The byte of a kind that is not listed: its four counts follow.
const UNLISTED: u8 = u8::MAX;

/// How often a stem stands in each field of an article, as far as that is told apart: a builder has one for every word of
/// every article, and a worker little memory.
pub(super) type Kind = [u8; FIELDS];

/// The kinds of occurrences of an index, the most frequent ones first.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    listed: Vec<Kind>,
    /// Where each is listed.
    codes: BTreeMap<Kind, u8>,
}

impl Kinds {
    pub(super) fn of<'a>(all: impl Iterator<Item = &'a Kind>) -> Self {
        let mut counts: BTreeMap<Kind, u32> = BTreeMap::new();
        all.for_each(|kind| *counts.entry(*kind).or_default() += 1);
        let mut ranked: Vec<(u32, Kind)> = counts.into_iter().map(|(kind, count)| (u32::MAX - count, kind)).collect();
        ranked.sort_unstable();
        let listed: Vec<Kind> = ranked.into_iter().take(UNLISTED.into()).map(|(_, kind)| kind).collect();
        let codes = listed.iter().copied().zip(0..UNLISTED).collect();
        Self { listed, codes }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.count(self.listed.len());
        self.listed.iter().flatten().for_each(|&count| out.number(count.into()));
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Vec<PerField>, IndexError> {
        let count = reader.count()?;
        if count > UNLISTED.into() {
            return Err(IndexError::Corrupt);
        }
        let kinds: Vec<PerField> = (0..count).map(|_| reader.per_field()).collect::<Result<_, _>>()?;
        let is_possible = kinds.iter().flatten().all(|&count| count <= COUNT_MAX);
        if is_possible { Ok(kinds) } else { Err(IndexError::Corrupt) }
    }
}

/// The kind of so many occurrences.
pub(super) fn told_apart(occurrences: &PerField) -> Kind {
    occurrences.map(|count| count.min(COUNT_MAX) as u8)
}

/// Collects the postings of one stem after the other.
#[derive(Debug)]
pub(super) struct PostingsWriter<'a> {
    kinds: &'a Kinds,
    gaps: Vec<u8>,
    codes: Vec<u8>,
}

impl<'a> PostingsWriter<'a> {
    pub(super) fn new(kinds: &'a Kinds) -> Self {
        Self { kinds, gaps: Vec::new(), codes: Vec::new() }
    }

    /// The postings of the next stem, documents ascending.
    pub(super) fn add<'b>(&mut self, postings: impl Iterator<Item = &'b (u32, Kind)>) {
        let mut next = 0;
        for (doc, kind) in postings {
            push_number(&mut self.gaps, doc - next);
            next = doc + 1;
            match self.kinds.codes.get(kind) {
                Some(&code) => self.codes.push(code),
                None => {
                    self.codes.push(UNLISTED);
                    self.codes.extend(kind);
                }
            }
        }
    }

    pub(super) fn finish(self, out: &mut Writer) {
        out.count(self.gaps.len());
        out.raw(&self.gaps);
        out.raw(&self.codes);
    }
}

/// Reads what [`PostingsWriter`] wrote.
pub(super) struct PostingsReader<'a> {
    gaps: Reader<'a>,
    codes: Reader<'a>,
    kinds: &'a [PerField],
}

impl<'a> PostingsReader<'a> {
    /// From the last part of `reader`.
    pub(super) fn new(mut reader: Reader<'a>, kinds: &'a [PerField]) -> Result<Self, IndexError> {
        let length = reader.count()?;
        let gaps = Reader::new(reader.raw(length)?);
        Ok(Self { gaps, codes: reader, kinds })
    }

    /// Of an index without postings.
    pub(super) fn none() -> Self {
        Self { gaps: Reader::new(&[]), codes: Reader::new(&[]), kinds: &[] }
    }

    /// The postings of the next stem, which has so many, among so many documents.
    #[inline]
    pub(super) fn next(
        &mut self,
        count: u32,
        docs: usize,
        mut each: impl FnMut(u32, &PerField),
    ) -> Result<(), IndexError> {
        let mut next = 0_u32;
        for _ in 0..count {
            let doc = next.checked_add(self.gaps.number()?).ok_or(IndexError::Corrupt)?;
            if doc as usize >= docs {
                return Err(IndexError::Corrupt);
            }
            let code = self.codes.byte()?;
            match self.kinds.get(usize::from(code)) {
                Some(kind) => each(doc, kind),
                None if code == UNLISTED => {
                    let mut kind = [0; FIELDS];
                    for count in &mut kind {
                        *count = u32::from(self.codes.byte()?).min(COUNT_MAX);
                    }
                    each(doc, &kind);
                }
                None => return Err(IndexError::Corrupt),
            }
            next = doc + 1;
        }
        Ok(())
    }

    /// Most postings that there can be: each has a byte.
    pub(super) fn most(&self) -> usize {
        self.codes.left()
    }

    /// Whether all were read.
    pub(super) fn is_done(&self) -> bool {
        self.gaps.is_done() && self.codes.is_done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn postings_come_back(all in proptest::collection::btree_map(0..5_000_u32, proptest::array::uniform4(0..40_u32), 0..300)) {
            let postings: Vec<(u32, Kind)> = all.into_iter().map(|(doc, counts)| (doc, told_apart(&counts))).collect();
            let kinds = Kinds::of(postings.iter().map(|(_, kind)| kind));
            let mut writer = PostingsWriter::new(&kinds);
            writer.add(postings.iter());
            let mut out = Writer::default();
            kinds.write(&mut out);
            writer.finish(&mut out);
            let bytes = out.finish();
            let mut reader = Reader::new(&bytes);
            let kinds = Kinds::read(&mut reader).unwrap();
            let mut reader = PostingsReader::new(reader, &kinds).unwrap();
            let mut read = Vec::new();
            let count = u32::try_from(postings.len()).unwrap();
            prop_assert_eq!(reader.next(count, 5_000, |doc, kind| read.push((doc, *kind))), Ok(()));
            prop_assert!(reader.is_done());
            let expected: Vec<(u32, PerField)> = postings.iter().map(|(doc, kind)| (*doc, kind.map(u32::from))).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..60), count in 0..50_u32) {
            let mut reader = Reader::new(&bytes);
            if let Ok(kinds) = Kinds::read(&mut reader) && let Ok(mut postings) = PostingsReader::new(reader, &kinds) {
                let mut last = None;
                let _ = postings.next(count, 100, |doc, _| {
                    assert!(doc < 100 && last.is_none_or(|last| doc > last));
                    last = Some(doc);
                });
            }
        }
    }
}
