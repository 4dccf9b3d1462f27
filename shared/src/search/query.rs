//! Understanding what was typed: the words of a query, and which of them is still being written.
//!
//! Nothing is refused. A query that is too long is cut, punctuation alone is no words. It must not
//! touch an index; `expand` looks the words up, `mark` finds them in a text.

use super::stems::Stems;
use super::token::{Kind, tokens};

/// Longest query in characters; the rest is cut. Whole sentences fit; pasted logs need not.
pub const QUERY_CHARS_MAX: usize = 256;

/// Most words of a query; the rest is ignored. Keeps the slowest query within its time (W3).
pub const QUERY_WORDS_MAX: usize = 24;

/// One word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As typed, folded.
    pub(super) typed: String,
    /// Its stem, as the index has it.
    pub(super) stem: String,
    /// What it was made of.
    pub(super) kind: Kind,
    /// Whether it may go on: it ends where the query ends.
    pub(super) unfinished: bool,
}

impl Word {
    /// What the stems that it begins may begin with: as typed, without what its stem lost in front (`ال`).
    pub(super) fn begun(&self) -> &str {
        // Not `find`: the search of the standard library for a text weighs three kilobytes in a visitor's download.
        let mut rests = self.typed.char_indices().filter_map(|(start, _)| self.typed.get(start..));
        rests.find(|rest| rest.starts_with(&self.stem)).unwrap_or(&self.typed)
    }
}

/// The different words of `query`, in the order in which they were typed.
pub(super) fn words(query: &str, stems: &Stems) -> Vec<Word> {
    let cut = query.char_indices().nth(QUERY_CHARS_MAX).map_or(query.len(), |(at, _)| at);
    let query = query.get(..cut).unwrap_or_default();
    let mut words: Vec<Word> = Vec::new();
    tokens(query, &mut |token| {
        if words.len() >= QUERY_WORDS_MAX {
            return;
        }
        let stem = stems.of(token.text);
        let unfinished = token.end == query.len();
        if let Some(known) = words.iter_mut().find(|word| word.stem == stem) {
            if unfinished {
                known.unfinished = true;
                token.text.clone_into(&mut known.typed);
            }
            return;
        }
        words.push(Word { typed: token.text.to_owned(), stem, kind: token.kind, unfinished });
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::language;

    fn stems(locale: &str) -> Stems {
        let language = language::of(locale);
        Stems::new(language.rules, language.foreign)
    }

    #[test]
    fn a_query_is_its_different_words_and_the_last_may_go_on() {
        for (query, expected) in [
            ("", &[][..]),
            ("reset password", &["reset", "password…"]),
            ("reset password ", &["reset", "password"]),
            ("Passwords? password", &["password…"]),
            ("api-k", &["api", "k…", "apik…"]),
            ("c'est", &["c", "est…", "cest…"]),
        ] {
            let words = words(query, &stems("en"));
            let shown = words.iter().map(|word| format!("{}{}", word.stem, if word.unfinished { "…" } else { "" }));
            assert_eq!(shown.collect::<Vec<_>>(), expected, "{query}");
        }
    }

    #[test]
    fn a_long_query_is_cut_and_never_refused() {
        let long = "щ".repeat(QUERY_CHARS_MAX * 2);
        assert_eq!(words(&long, &stems("ru")).len(), 1);
        let many: String = (0..100).map(|number| format!("{number} ")).collect();
        assert_eq!(words(&many, &Stems::default()).len(), QUERY_WORDS_MAX);
        let limit = "x".repeat(QUERY_CHARS_MAX - 2);
        assert_eq!(words(&format!("{limit} a"), &Stems::default()).len(), 2);
        assert_eq!(words(&format!("{limit}x a"), &Stems::default()).len(), 1);
    }
}
