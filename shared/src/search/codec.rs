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
#[path = "codec_tests.rs"]
mod tests;
