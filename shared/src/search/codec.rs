//! The bytes of an index: the one published form of it, version 1.
//!
//! ```text
//! "BUOY", version (1 byte), locale (text)
//! count of documents; each: slug, title, summary (texts), lengths of title, keywords, headings, body
//! count of terms;     each: bytes shared with the term before, the rest (text), count of postings
//! the postings of the first term, of the second, …; each:
//!     (distance from the document before) × 4 + kind, then occurrences:
//!     kind 0: once in the body; 1: body; 2: title; 3: title, keywords, headings, body
//! ```
//!
//! Numbers are LEB128 of at most 32 bits, a text is its length in bytes and UTF-8. Terms ascend. It is
//! compact before compression and better after it, since like stands beside like.
//!
//! The bytes come over a network and out of caches: reading checks every count against what is left
//! before it reserves memory, and answers damaged bytes with an error. It must not rank.

use super::token::TOKEN_BYTES_MAX;
use super::{FIELDS, PerField};

/// First bytes of every index.
const MAGIC: &[u8; 4] = b"BUOY";

/// Version of the format. A panel meets another one when a deploy happens while it is open.
const VERSION: u8 = 1;

/// Least bytes of a document: three lengths of texts and four of fields.
const DOC_BYTES_MIN: usize = 7;

/// Least bytes of a term: what it shares, its length, one letter, its count of postings.
const TERM_BYTES_MIN: usize = 4;

/// How a posting says its occurrences; see the module's text.
const KIND_BODY_ONCE: u32 = 0;
const KIND_BODY: u32 = 1;
const KIND_TITLE: u32 = 2;
const KIND_FIELDS: u32 = 3;

/// Why bytes are not an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexError {
    /// The bytes do not begin as an index does.
    NotAnIndex,
    /// The index was written in this version of the format, which is not ours.
    Version(u8),
    /// The bytes end too early or contradict themselves.
    Corrupt,
}

impl core::fmt::Display for IndexError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str(match self {
            Self::NotAnIndex => "these bytes are not a search index",
            Self::Version(_) => "this search index has another version",
            Self::Corrupt => "this search index is damaged",
        })
    }
}

impl core::error::Error for IndexError {}

/// Writes the parts of an index.
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn new(locale: &str) -> Self {
        let mut writer = Self { bytes: MAGIC.to_vec() };
        writer.bytes.push(VERSION);
        writer.text(locale);
        writer
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(super) fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7F) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A term, given the one before it.
    pub(super) fn term(&mut self, before: &str, term: &str) {
        let same = before.chars().zip(term.chars()).take_while(|(a, b)| a == b);
        let shared = same.map(|(letter, _)| letter.len_utf8()).sum();
        self.count(shared);
        self.text(term.get(shared..).unwrap_or_default());
    }

    /// A posting, given its distance from the one before it.
    pub(super) fn posting(&mut self, distance: u32, occurrences: PerField) {
        match occurrences {
            [0, 0, 0, 1] => self.number(distance << 2 | KIND_BODY_ONCE),
            [0, 0, 0, body] => {
                self.number(distance << 2 | KIND_BODY);
                self.number(body);
            }
            [title, 0, 0, 0] => {
                self.number(distance << 2 | KIND_TITLE);
                self.number(title);
            }
            fields => {
                self.number(distance << 2 | KIND_FIELDS);
                for occurrences in fields {
                    self.number(occurrences);
                }
            }
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads the parts of an index in the order in which they were written.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks magic and version; gives the locale as well.
    pub(super) fn new(bytes: &'a [u8]) -> Result<(Self, &'a str), IndexError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(IndexError::NotAnIndex)?;
        let mut reader = Self { rest };
        match reader.byte()? {
            VERSION => {}
            other => return Err(IndexError::Version(other)),
        }
        let locale = reader.text()?;
        Ok((reader, locale))
    }

    fn byte(&mut self) -> Result<u8, IndexError> {
        let (&first, rest) = self.rest.split_first().ok_or(IndexError::Corrupt)?;
        self.rest = rest;
        Ok(first)
    }

    pub(super) fn number(&mut self) -> Result<u32, IndexError> {
        let mut number = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            let bits = u32::from(byte & 0x7F);
            if shift == 28 && bits > 0xF {
                return Err(IndexError::Corrupt);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(IndexError::Corrupt)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, IndexError> {
        let length = self.length(1)?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or(IndexError::Corrupt)?;
        self.rest = rest;
        core::str::from_utf8(text).map_err(|_| IndexError::Corrupt)
    }

    /// A count of things of at least `bytes_min` bytes each: never more than the rest can hold.
    fn length(&mut self, bytes_min: usize) -> Result<usize, IndexError> {
        let count = usize::try_from(self.number()?).map_err(|_| IndexError::Corrupt)?;
        let room = self.rest.len() / bytes_min.max(1);
        if count <= room { Ok(count) } else { Err(IndexError::Corrupt) }
    }

    pub(super) fn docs(&mut self) -> Result<usize, IndexError> {
        self.length(DOC_BYTES_MIN)
    }

    pub(super) fn terms(&mut self) -> Result<usize, IndexError> {
        self.length(TERM_BYTES_MIN)
    }

    /// Fills the lengths of the fields of one document.
    pub(super) fn per_field(&mut self) -> Result<PerField, IndexError> {
        let mut fields = [0; FIELDS];
        for field in &mut fields {
            *field = self.number()?;
        }
        Ok(fields)
    }

    /// A term into `term`, which holds the one before it; they must ascend.
    pub(super) fn term(&mut self, term: &mut String) -> Result<(), IndexError> {
        let shared = usize::try_from(self.number()?).map_err(|_| IndexError::Corrupt)?;
        let rest = self.text()?;
        let tail = term.get(shared..).ok_or(IndexError::Corrupt)?;
        if rest <= tail || shared + rest.len() > TOKEN_BYTES_MAX {
            return Err(IndexError::Corrupt);
        }
        term.truncate(shared);
        term.push_str(rest);
        Ok(())
    }

    /// A posting: its distance from the one before it, and the occurrences.
    pub(super) fn posting(&mut self) -> Result<(u32, PerField), IndexError> {
        let head = self.number()?;
        let fields = match head & 3 {
            KIND_BODY_ONCE => [0, 0, 0, 1],
            KIND_BODY => [0, 0, 0, self.number()?],
            KIND_TITLE => [self.number()?, 0, 0, 0],
            _ => self.per_field()?,
        };
        Ok((head >> 2, fields))
    }

    /// Whether all bytes were read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes still to read.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Index, SearchDoc, build};
    use proptest::prelude::*;

    fn sample() -> Vec<u8> {
        let one = SearchDoc {
            slug: "pay",
            title: "Pay by card",
            headings: "Cards",
            body: "card card bank",
            keywords: "card",
            summary: "S",
        };
        build("en", &[one, SearchDoc { slug: "é", title: "Über", body: "bank", ..SearchDoc::default() }])
    }

    /// Panels keep an index for as long as its page is open, and the edge serves it for as long as it
    /// is cached: bytes once released must stay readable, or the version must change.
    #[test]
    fn the_form_of_an_index_is_pinned() {
        let mut expected = b"BUOY\x01\x02en\x02".to_vec();
        expected.extend(b"\x03pay\x0bPay by card\x01S\x03\x01\x01\x03");
        expected.extend("\x02é\x05Über\x00\x01\x00\x00\x01".as_bytes());
        expected.extend(b"\x05\x00\x04bank\x02\x01\x01y\x01\x00\x04card\x01\x00\x03pay\x01\x00\x04uber\x01");
        expected.extend(b"\x00\x00\x02\x01\x03\x01\x01\x01\x02\x02\x01\x06\x01");
        assert_eq!(sample(), expected);
    }

    #[test]
    fn bytes_that_are_no_index_are_named_as_such() {
        for (bytes, error) in [
            (&b""[..], IndexError::NotAnIndex),
            (b"BUO", IndexError::NotAnIndex),
            (b"<!doctype html>", IndexError::NotAnIndex),
            (b"BUOY", IndexError::Corrupt),
            (b"BUOY\x02", IndexError::Version(2)),
            (b"BUOY\x01\x00\x00\x00 ", IndexError::Corrupt),
            // A hundred million documents in a dozen bytes.
            (b"BUOY\x01\x00\xFF\xFF\xFF\x2F", IndexError::Corrupt),
            (b"BUOY\x01\x00\xFF\xFF\xFF\xFF\x1F", IndexError::Corrupt),
            (b"BUOY\x01\x00\xFF\xFF\xFF\xFF\xFF\x0F", IndexError::Corrupt),
        ] {
            assert_eq!(Index::load(bytes).err(), Some(error), "{bytes:?}");
        }
        assert!(Index::load(b"BUOY\x01\x00\x00\x00").is_ok_and(|index| index.is_empty()));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = sample();
        for end in 0..bytes.len() {
            assert!(Index::load(&bytes[..end]).is_err(), "{end}");
        }
    }

    /// Some corruptions give another valid index; what counts is that all of them can be lived with.
    #[test]
    fn no_damaged_byte_brings_the_panel_down() {
        let bytes = sample();
        for at in 0..bytes.len() {
            for value in 0..=u8::MAX {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                if let Ok(index) = Index::load(&damaged) {
                    let hits = index.search("bank card pai u", 10);
                    assert!(hits.iter().all(|hit| hit.score.is_finite() && (hit.doc as usize) < index.len()));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn random_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut headed = b"BUOY\x01".to_vec();
            headed.extend(&bytes);
            for bytes in [bytes, headed] {
                if let Ok(index) = Index::load(&bytes) {
                    index.search("any thing", 10);
                }
            }
        }

        #[test]
        fn numbers_come_back(number: u32) {
            let mut writer = Writer { bytes: Vec::new() };
            writer.number(number);
            let mut reader = Reader { rest: &writer.bytes };
            prop_assert_eq!(reader.number(), Ok(number));
            prop_assert!(reader.is_done());
        }

        #[test]
        fn postings_come_back(distance in 0..1_u32 << 30, occurrences in proptest::array::uniform4(prop_oneof![Just(0_u32), any::<u32>()])) {
            let mut writer = Writer { bytes: Vec::new() };
            writer.posting(distance, occurrences);
            let mut reader = Reader { rest: &writer.bytes };
            prop_assert_eq!(reader.posting(), Ok((distance, occurrences)));
        }
    }
}
