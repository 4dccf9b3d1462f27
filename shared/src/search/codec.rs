//! The bytes of an index: the one published form of it, version 2.
//!
//! ```text
//! "BUOY", version (1 byte)
//! locale, rules, rules for foreign words, weak stems, synonyms: texts, see `language`
//! count of documents; then their slugs, titles, summaries (texts), then the lengths of titles, keywords, headings, bodies
//! terms: their count; bytes that each shares with the one before; bytes that follow; all that follows (a text)
//! how many documents have each term
//! the bits of the postings of the first term, of the second, …; each:
//!     distance from the document before, in Rice code (`bits`)
//!     0: once in the body; 10 and n: n + 1 times in the body; 11 and four counts: title, keywords, headings, body, each + 1
//! ```
//!
//! Numbers are LEB128 of at most 32 bits, a text is its length in bytes and UTF-8. Terms ascend. Like stands beside like, for
//! the sake of compression; postings are as small as they become by themselves.
//!
//! The bytes come over a network and out of caches: reading checks every count against what is left before it reserves
//! memory, and answers damaged bytes with an error. It must not rank.

use super::bits::{BitReader, BitWriter, rice};
use super::token::TOKEN_BYTES_MAX;
use super::{FIELDS, PerField};

/// First bytes of every index.
const MAGIC: &[u8; 4] = b"BUOY";

/// Version of the format. A panel meets another one when a deploy happens while it is open.
pub const VERSION: u8 = 2;

/// Least bytes of a document: three lengths of texts and four of fields.
const DOC_BYTES_MIN: usize = 7;

/// Least bytes of a term: what it shares, its length, one letter.
const TERM_BYTES_MIN: usize = 3;

/// Least bits of a posting: one for its distance, one for its occurrences.
const POSTING_BITS_MIN: usize = 2;

/// Most occurrences of a word in a field that are told apart: relevance hardly grows after a few.
const COUNT_MAX: u32 = 15;

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

/// What an index says before its documents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) locale: &'a str,
    pub(super) rules: &'a str,
    pub(super) foreign: &'a str,
    pub(super) weak: &'a str,
    pub(super) synonyms: &'a str,
}

/// Writes the parts of an index.
pub(super) struct Writer {
    bytes: Vec<u8>,
    bits: BitWriter,
}

impl Writer {
    pub(super) fn new(head: &Head<'_>) -> Self {
        let mut writer = Self::bare();
        writer.bytes.extend(MAGIC);
        writer.bytes.push(VERSION);
        for text in [head.locale, head.rules, head.foreign, head.weak, head.synonyms] {
            writer.text(text);
        }
        writer
    }

    /// Without magic, for what is no index.
    pub(super) fn bare() -> Self {
        Self { bytes: Vec::new(), bits: BitWriter::default() }
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

    /// Ascending terms.
    pub(super) fn terms<'a>(&mut self, terms: impl Iterator<Item = &'a str>) {
        let (mut shared, mut lengths, mut letters) = (Vec::new(), Vec::new(), String::new());
        let mut before = "";
        for term in terms {
            let same = before.chars().zip(term.chars()).take_while(|(a, b)| a == b);
            let start = same.map(|(letter, _)| letter.len_utf8()).sum();
            let rest = term.get(start..).unwrap_or_default();
            shared.push(start);
            lengths.push(rest.len());
            letters.push_str(rest);
            before = term;
        }
        self.count(shared.len());
        shared.into_iter().chain(lengths).for_each(|count| self.count(count));
        self.text(&letters);
    }

    /// The postings of the next term.
    pub(super) fn postings(&mut self, docs: usize, postings: &[(u32, PerField)]) {
        let rice = rice(docs, postings.len());
        let mut next = 0;
        for &(doc, fields) in postings {
            self.bits.gap(doc - next, rice);
            next = doc + 1;
            self.occurrences(fields.map(|count| count.min(COUNT_MAX)));
        }
    }

    fn occurrences(&mut self, occurrences: PerField) {
        match occurrences {
            [0, 0, 0, 1] => self.bits.bit(false),
            [0, 0, 0, body] => {
                self.bits.bit(true);
                self.bits.bit(false);
                self.bits.count(body.max(2) - 1);
            }
            fields => {
                self.bits.bit(true);
                self.bits.bit(true);
                fields.into_iter().for_each(|count| self.bits.count(count + 1));
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.extend(self.bits.finish());
        self.bytes
    }
}

/// Reads the parts of an index in the order in which they were written.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks magic and version; gives what stands before the documents as well.
    pub(super) fn new(bytes: &'a [u8]) -> Result<(Self, Head<'a>), IndexError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(IndexError::NotAnIndex)?;
        let mut reader = Self { rest };
        match reader.byte()? {
            VERSION => {}
            other => return Err(IndexError::Version(other)),
        }
        let head = Head {
            locale: reader.text()?,
            rules: reader.text()?,
            foreign: reader.text()?,
            weak: reader.text()?,
            synonyms: reader.text()?,
        };
        Ok((reader, head))
    }

    /// Without magic, for what is no index.
    pub(super) fn bare(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
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

    /// One number for each field.
    pub(super) fn per_field(&mut self) -> Result<PerField, IndexError> {
        let mut fields = [0; FIELDS];
        for field in &mut fields {
            *field = self.number()?;
        }
        Ok(fields)
    }

    /// The lengths of the fields of so many documents.
    pub(super) fn lengths(&mut self, docs: usize) -> Result<Vec<PerField>, IndexError> {
        let mut lengths = vec![[0; FIELDS]; docs];
        for field in 0..FIELDS {
            for doc in &mut lengths {
                if let Some(length) = doc.get_mut(field) {
                    *length = self.number()?;
                }
            }
        }
        Ok(lengths)
    }

    /// Gives each term to `each`; gives their count. They must ascend.
    pub(super) fn terms(&mut self, each: &mut dyn FnMut(&str)) -> Result<usize, IndexError> {
        let count = self.length(TERM_BYTES_MIN)?;
        let mut heads = Vec::with_capacity(count);
        for _ in 0..count {
            heads.push((self.number()? as usize, 0));
        }
        for head in &mut heads {
            head.1 = self.number()? as usize;
        }
        let mut letters = self.text()?;
        let mut term = String::new();
        for (shared, length) in heads {
            let (rest, after) = letters.split_at_checked(length).ok_or(IndexError::Corrupt)?;
            letters = after;
            let tail = term.get(shared..).ok_or(IndexError::Corrupt)?;
            if rest <= tail || shared + rest.len() > TOKEN_BYTES_MAX {
                return Err(IndexError::Corrupt);
            }
            term.truncate(shared);
            term.push_str(rest);
            each(&term);
        }
        if letters.is_empty() { Ok(count) } else { Err(IndexError::Corrupt) }
    }

    /// The postings, to the end: `each` gets a term, a document and the occurrences.
    pub(super) fn postings(
        self,
        docs: usize,
        counts: &[u32],
        each: &mut dyn FnMut(usize, u32, PerField),
    ) -> Result<(), IndexError> {
        let mut bits = BitReader::new(self.rest);
        for (term, &count) in counts.iter().enumerate() {
            let rice = rice(docs, count as usize);
            let mut next = 0_u32;
            for _ in 0..count {
                let doc = next.checked_add(bits.gap(rice)?).ok_or(IndexError::Corrupt)?;
                if doc as usize >= docs {
                    return Err(IndexError::Corrupt);
                }
                each(term, doc, occurrences(&mut bits)?);
                next = doc + 1;
            }
        }
        if bits.is_done() { Ok(()) } else { Err(IndexError::Corrupt) }
    }

    /// Most postings that the rest can hold.
    pub(super) fn postings_max(&self) -> usize {
        self.rest.len().saturating_mul(8) / POSTING_BITS_MIN
    }

    /// Whether all bytes were read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

fn occurrences(bits: &mut BitReader<'_>) -> Result<PerField, IndexError> {
    if !bits.bit()? {
        return Ok([0, 0, 0, 1]);
    }
    if !bits.bit()? {
        return Ok([0, 0, 0, bits.count()? + 1]);
    }
    let mut fields = [0; FIELDS];
    for field in &mut fields {
        *field = bits.count()? - 1;
    }
    Ok(fields)
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
