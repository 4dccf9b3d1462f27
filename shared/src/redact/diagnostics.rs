//! Takes out of a line of diagnostics what opens a door or says who somebody is, and leaves everything else as it is (W4).
//!
//! The page does it before the user sees what would be sent, the edge does it again before anything is kept: one code, so
//! both say the same. It looks for shapes only, asks nobody and keeps nothing. Each look ahead ends after
//! [`LOOK_AHEAD_MAX`] bytes, so that the work grows with the text and no faster.

use super::{addresses, named, numbers, tokens};

/// Bytes that are looked at from one place. Longer secrets are found by how they begin.
pub(super) const LOOK_AHEAD_MAX: usize = 320;

/// Where we look: what stands before, and the text from here on.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) before: Option<char>,
    pub(super) rest: &'a str,
}

impl<'a> Place<'a> {
    /// Whether a word may begin here.
    pub(super) fn is_boundary(&self) -> bool {
        self.before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_')
    }

    /// The letters from here on that are all of a kind, as far as we look.
    pub(super) fn run(&self, is_of_kind: impl Fn(char) -> bool) -> &'a str {
        run(self.rest, is_of_kind)
    }
}

/// The letters at the beginning of a text that are all of a kind, as far as we look.
pub(super) fn run(text: &str, is_of_kind: impl Fn(char) -> bool) -> &str {
    run_of(text, &is_of_kind)
}

/// The same, compiled once for all kinds: page and edge pay for its bytes.
fn run_of<'a>(text: &'a str, is_of_kind: &dyn Fn(char) -> bool) -> &'a str {
    let mut letters = text.char_indices().take_while(|&(at, letter)| at < LOOK_AHEAD_MAX && is_of_kind(letter));
    let end = letters.by_ref().last().map_or(0, |(at, letter)| at + letter.len_utf8());
    text.get(..end).unwrap_or_default()
}

/// A secret: how much before it stays, where it ends, and what stands there instead.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) sign: &'static str,
}

/// Who knows a kind of secret. The first that finds one has it, so what is certain comes before what is likely.
const FINDERS: [fn(&Place<'_>) -> Option<Found>; 10] = [
    addresses::password,
    tokens::known,
    tokens::jwt,
    addresses::email,
    named::value,
    named::scheme,
    numbers::iban,
    numbers::card,
    numbers::phone,
    tokens::unknown,
];

/// The text with signs such as `[token]` and `[email]` in place of tokens, passwords, keys, cards, accounts, addresses of
/// mail and numbers of phones.
#[must_use]
pub fn redact_diagnostics(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut place = Place { before: None, rest: text };
    while let Some(letter) = place.rest.chars().next() {
        let found = FINDERS.iter().find_map(|find| find(&place));
        let (start, end, sign) = match found {
            Some(Found { start, end, sign }) if end > start => (start, end, sign),
            _ => (letter.len_utf8(), letter.len_utf8(), ""),
        };
        kept.push_str(place.rest.get(..start).unwrap_or_default());
        kept.push_str(sign);
        let last = place.rest.get(..end).and_then(|gone| gone.chars().next_back());
        place = Place { before: last, rest: place.rest.get(end..).unwrap_or_default() };
    }
    kept
}
