//! The bytes of an index: the one published form of it, version 3.
//!
//! An index has two parts, one after the other. The **first** answers by itself, as well as its words allow: all of titles,
//! keywords and headings, and what tells each text best from the others (`prune`). The **rest** has everything else; both
//! together are the whole index. A panel fetches the first when it opens and the rest after that.
//!
//! ```text
//! "BUOY", version (1 byte), bytes of the first part and a mark of the rest (4 bytes each, lowest first)
//! first: locale, rules, rules for foreign words, weak stems: texts, see `language`
//!        count of documents; slugs, titles: lines; then the lengths of all titles, keywords, headings, bodies
//!        kinds of occurrences (`postings`); terms: count, bytes that each shares with the one before, what follows: lines
//!        in how many documents each is here; in how many more it is in the rest; postings
//! rest:  its mark; synonyms: a text; summaries: lines; terms that are not in the first part, and in how many documents; postings
//! postings of all terms: count of bytes; the distance from the document before, of each; then the kind of each (`postings`)
//! ```
//!
//! Numbers are LEB128 of at most 32 bits. A text is its length in bytes and UTF-8; lines are a text in which every line ends
//! with a line feed. Terms ascend. Numbers are whole bytes, and like stands beside like: so brotli, through which every
//! reader gets them, makes them smaller than codes of single bits would be, and they are read faster.
//!
//! The bytes come over a network and out of caches: reading checks every count against what is left before it reserves
//! memory, and answers damaged bytes with an error. It must not rank.

use super::texts::Texts;
use super::token::TOKEN_BYTES_MAX;
use super::{FIELDS, PerField};

/// First bytes of every index.
const MAGIC: &[u8; 4] = b"BUOY";

/// Version of the format. A panel meets another one when a deploy happens while it is open.
pub const VERSION: u8 = 3;

/// Bytes before the first part's own: magic, version, length of the first part, mark of the rest.
const START_BYTES: usize = 13;

/// A rest of at most so many bytes travels with the first part: that is what a new connection sends in one round trip, ten
/// packets of 1,460 bytes (RFC 6928), and a second request would take another.
const REST_BYTES_MIN: usize = 14_600;

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
}

/// Puts both parts together.
pub(super) fn join(first: &[u8], rest: &[u8]) -> Vec<u8> {
    let mark = mark_of(rest).to_le_bytes();
    let length = u32::try_from(START_BYTES + first.len()).unwrap_or(u32::MAX).to_le_bytes();
    [MAGIC, &[VERSION][..], &length, &mark, first, &mark, rest].concat()
}

/// A number by which a rest knows its first part: FNV-1a.
fn mark_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash: u32, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// How many bytes of an index are downloaded first: its first part, which answers by itself, or all of it where the rest is
/// too small for a request of its own.
///
/// ```
/// # use buoy_shared::search::{Index, build, first_part};
/// let bytes = build("en", &[]);
/// let first = Index::load(&bytes[..first_part(&bytes)?])?;
/// assert!(first.is_whole(), "of a small base everything comes first");
/// # Ok::<(), buoy_shared::search::IndexError>(())
/// ```
pub fn first_part(bytes: &[u8]) -> Result<usize, IndexError> {
    let (first, rest) = split(bytes)?;
    let first = START_BYTES + first.len();
    Ok(if rest.is_some_and(|rest| rest.len() > REST_BYTES_MIN) { first } else { bytes.len() })
}

/// The first part and, if it is there, the rest, both without what stands before them.
pub(super) fn split(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), IndexError> {
    let after = bytes.strip_prefix(MAGIC).ok_or(IndexError::NotAnIndex)?;
    let (&version, after) = after.split_first().ok_or(IndexError::Corrupt)?;
    if version != VERSION {
        return Err(IndexError::Version(version));
    }
    let (length, after) = after.split_first_chunk().ok_or(IndexError::Corrupt)?;
    let (mark, parts) = after.split_first_chunk::<4>().ok_or(IndexError::Corrupt)?;
    let length = (u32::from_le_bytes(*length) as usize).checked_sub(START_BYTES).ok_or(IndexError::Corrupt)?;
    let (first, rest) = parts.split_at_checked(length).ok_or(IndexError::Corrupt)?;
    if rest.is_empty() {
        return Ok((first, None));
    }
    Ok((first, Some(rest.strip_prefix(mark).ok_or(IndexError::Corrupt)?)))
}

/// Writes a part of an index.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn head(&mut self, head: &Head<'_>) {
        for text in [head.locale, head.rules, head.foreign, head.weak] {
            self.text(text);
        }
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(super) fn number(&mut self, number: u32) {
        push_number(&mut self.bytes, number);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.raw(text.as_bytes());
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A line each; a line feed within one becomes a blank.
    pub(super) fn lines<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        let mut text = String::new();
        for line in lines {
            text.extend(line.chars().map(|letter| if letter == '\n' { ' ' } else { letter }));
            text.push('\n');
        }
        self.text(&text);
    }

    /// Ascending terms.
    pub(super) fn terms<'a>(&mut self, terms: impl Iterator<Item = &'a str>) {
        let (mut shared, mut rests) = (Vec::new(), Vec::new());
        let mut before = "";
        for term in terms {
            let same = before.chars().zip(term.chars()).take_while(|(a, b)| a == b);
            let start = same.map(|(letter, _)| letter.len_utf8()).sum();
            shared.push(start);
            rests.push(term.get(start..).unwrap_or_default());
            before = term;
        }
        self.count(shared.len());
        shared.into_iter().for_each(|count| self.count(count));
        self.lines(rests.into_iter());
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

pub(super) fn push_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a part of an index in the order in which it was written.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn head(&mut self) -> Result<Head<'a>, IndexError> {
        Ok(Head { locale: self.text()?, rules: self.text()?, foreign: self.text()?, weak: self.text()? })
    }

    pub(super) fn byte(&mut self) -> Result<u8, IndexError> {
        let (&first, rest) = self.rest.split_first().ok_or(IndexError::Corrupt)?;
        self.rest = rest;
        Ok(first)
    }

    #[inline]
    pub(super) fn number(&mut self) -> Result<u32, IndexError> {
        let byte = self.byte()?;
        if byte < 0x80 { Ok(u32::from(byte)) } else { self.longer_number(u32::from(byte & 0x7F)) }
    }

    fn longer_number(&mut self, mut number: u32) -> Result<u32, IndexError> {
        for shift in [7, 14, 21, 28] {
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

    /// So many bytes.
    pub(super) fn raw(&mut self, length: usize) -> Result<&'a [u8], IndexError> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(IndexError::Corrupt)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, IndexError> {
        let length = self.count()?;
        core::str::from_utf8(self.raw(length)?).map_err(|_| IndexError::Corrupt)
    }

    /// A count of things of at least a byte each: never more than the rest can hold.
    pub(super) fn count(&mut self) -> Result<usize, IndexError> {
        let count = self.number()? as usize;
        if count <= self.rest.len() { Ok(count) } else { Err(IndexError::Corrupt) }
    }

    /// So many numbers.
    pub(super) fn numbers(&mut self, count: usize) -> Result<Vec<u32>, IndexError> {
        if count > self.rest.len() {
            return Err(IndexError::Corrupt);
        }
        (0..count).map(|_| self.number()).collect()
    }

    /// Exactly so many lines.
    pub(super) fn lines(&mut self, count: usize) -> Result<core::str::SplitTerminator<'a, char>, IndexError> {
        let text = self.text()?;
        let ends = text.bytes().filter(|&byte| byte == b'\n').count();
        let is_whole = text.is_empty() || text.ends_with('\n');
        if ends == count && is_whole { Ok(text.split_terminator('\n')) } else { Err(IndexError::Corrupt) }
    }

    /// The same, kept.
    pub(super) fn texts(&mut self, count: usize) -> Result<Texts, IndexError> {
        let lines = self.lines(count)?;
        let mut texts = Texts::with_capacity(count, 0);
        lines.for_each(|line| texts.push(line));
        Ok(texts)
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

    /// Terms; they must ascend.
    pub(super) fn terms(&mut self) -> Result<Texts, IndexError> {
        let count = self.count()?;
        let shared = self.numbers(count)?;
        let rests = self.lines(count)?;
        let mut terms = Texts::with_capacity(count, 0);
        let mut term = String::new();
        for (shared, rest) in shared.into_iter().zip(rests) {
            let shared = shared as usize;
            let tail = term.get(shared..).ok_or(IndexError::Corrupt)?;
            if rest <= tail || shared + rest.len() > TOKEN_BYTES_MAX {
                return Err(IndexError::Corrupt);
            }
            term.truncate(shared);
            term.push_str(rest);
            terms.push(&term);
        }
        Ok(terms)
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Whether all bytes were read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
