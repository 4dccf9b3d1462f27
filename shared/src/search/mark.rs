//! Marking: which words of a title or a text made it a result, and which part of a text to show for it.
//!
//! The reader sees why an article is there, so the rule is the rule of the search: same stem, or the
//! beginning that is being typed. It must not change the text; it gives places in it.

use super::index::Index;
use super::query::Word;
use super::token::{Token, tokens};

/// What stands where a text goes on before or after the part that is shown.
const CUT_BEFORE: &str = "… ";
const CUT_AFTER: &str = " …";

/// A part of a text that shows why it is a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// First byte of the part.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    /// Words that match, as byte ranges of the whole text, in ascending order.
    pub marks: Vec<(usize, usize)>,
}

/// A text, and the words in it that the reader asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// What to show.
    pub text: String,
    /// Its words that match, as byte ranges, in ascending order.
    pub marks: Vec<(usize, usize)>,
}

impl Index {
    /// Byte ranges of `text` whose words match `query`, in ascending order, never touching one another.
    ///
    /// ```
    /// # use buoy_shared::search::{Index, build};
    /// let index = Index::load(&build("en", &[]))?;
    /// assert_eq!(index.marks("Reset your passwords", "password rese"), [(0, 5), (11, 20)]);
    /// # Ok::<(), buoy_shared::search::IndexError>(())
    /// ```
    pub fn marks(&self, text: &str, query: &str) -> Vec<(usize, usize)> {
        let wanted = self.understand(query);
        let mut found: Vec<(usize, usize)> = Vec::new();
        tokens(text, &mut |token| {
            let stem = self.stems.of(token.text);
            if wanted.iter().any(|word| matches(word, &token, &stem)) {
                add(&mut found, token.start, token.end);
            }
        });
        found
    }

    /// A text with its words that match `query`.
    pub fn marked(&self, text: &str, query: &str) -> Marked {
        Marked { text: text.to_owned(), marks: self.marks(text, query) }
    }

    /// What shows best why an article is a result: its summary or, where that has less of what was asked, the part of its text,
    /// of about `bytes`, that has most of it.
    pub fn excerpt(&self, summary: &str, text: &str, query: &str, bytes: usize) -> Marked {
        let wanted = self.understand(query);
        let Snippet { start, end, marks } = self.snippet(text, query, bytes);
        let part = text.get(start..end).unwrap_or_default();
        if self.letters_asked(part, &wanted) <= self.letters_asked(summary, &wanted) {
            return self.marked(summary, query);
        }
        let before = if start == 0 { "" } else { CUT_BEFORE };
        let after = if end == text.len() { "" } else { CUT_AFTER };
        let place = |at: usize| at - start + before.len();
        Marked {
            text: [before, part.trim_end(), after].concat(),
            marks: marks.into_iter().map(|(start, end)| (place(start), place(end))).collect(),
        }
    }

    /// How many letters of the query's words stand in a text, each word once: what is long says more than grammar does.
    fn letters_asked(&self, text: &str, wanted: &[Word]) -> usize {
        let mut is_there = vec![false; wanted.len()];
        tokens(text, &mut |token| {
            let stem = self.stems.of(token.text);
            for (word, is_there) in wanted.iter().zip(&mut is_there) {
                *is_there |= matches(word, &token, &stem);
            }
        });
        wanted.iter().zip(is_there).filter(|(_, is_there)| *is_there).map(|(word, _)| word.typed.len()).sum()
    }

    /// The part of `text`, of about `bytes`, that has most of what `query` asks, beginning and ending between words.
    pub fn snippet(&self, text: &str, query: &str, bytes: usize) -> Snippet {
        let marks = self.marks(text, query);
        let within = |start: usize| {
            let seen = marks.iter().filter(move |mark| mark.0 >= start && mark.1 <= start + bytes);
            // Words of grammar are marked too; what is long says more.
            seen.map(|mark| mark.1 - mark.0).sum::<usize>()
        };
        let starts = core::iter::once(0).chain(marks.iter().map(|mark| mark.0.saturating_sub(bytes / 4)));
        // Of equals the first: a text says best at its beginning what it is about.
        let best = starts.rev().max_by_key(|&start| within(start)).unwrap_or(0);
        let start = word_boundary(text, best);
        let end = word_boundary(text, start.saturating_add(bytes)).max(start);
        let marks = marks.into_iter().filter(|mark| mark.0 >= start && mark.1 <= end).collect();
        Snippet { start, end, marks }
    }
}

/// The last place between words up to `at`.
fn word_boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let before = text.get(..at).unwrap_or_default();
    // Scripts without spaces are cut between characters.
    const WORD_BYTES: usize = 64;
    let space = before.rfind(char::is_whitespace).filter(|&space| at - space <= WORD_BYTES);
    let after =
        space.and_then(|space| before.get(space..)).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    space.map_or(at, |space| space + after)
}

fn matches(word: &Word, token: &Token<'_>, stem: &str) -> bool {
    word.stem == stem || (word.unfinished && token.text.starts_with(&word.typed))
}

/// Adds a range; one that touches ranges before it swallows them. Tokens come in the order of their
/// ends, so only the last ranges can be concerned.
fn add(found: &mut Vec<(usize, usize)>, mut start: usize, end: usize) {
    while let Some(&(last_start, last_end)) = found.last() {
        if last_end < start {
            break;
        }
        start = start.min(last_start);
        found.pop();
    }
    found.push((start, end));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::build;
    use proptest::prelude::*;

    fn index(locale: &str) -> Index {
        Index::load(&build(locale, &[])).expect("what was built can be read")
    }

    fn marked(text: &str, query: &str, locale: &str) -> String {
        let mut out = text.to_owned();
        for (start, end) in index(locale).marks(text, query).into_iter().rev() {
            out.insert(end, ']');
            out.insert(start, '[');
        }
        out
    }

    #[test]
    fn the_reader_sees_which_words_matched() {
        for (locale, query, expected) in [
            ("en", "", "How to reset your password"),
            ("en", "passwords", "How to reset your [password]"),
            ("en", "pass", "How to reset your [password]"),
            ("en", "pass ", "How to reset your password"),
            ("en", "resetting my passw", "How to [reset] your [password]"),
            ("en", "apikey ", "Rotate [API-keys]"),
            ("en", "api key", "Rotate [API-keys]"),
            ("en", "key ", "Rotate API-[keys]"),
            ("en", "resume", "Upload a [Résumé]!"),
            ("ru", "учетная запись", "[Учётные] [записи] и роли"),
            ("ru", "webhook ", "Подпись [webhooks]"),
            ("ja", "再設定", "パスワードを[再設定]する"),
        ] {
            let text: String = expected.chars().filter(|letter| !"[]".contains(*letter)).collect();
            // Parts of a compound are marked one by one; the compound covers them.
            assert_eq!(marked(&text, query, locale).replace("[API]-[keys]", "[API-keys]"), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn marks_ascend_and_cut_no_character(text in "\\PC{0,40}|[a-c日本\\- ']{0,30}", query in "\\PC{0,10}|[a-c日本\\- ']{0,10}") {
            let mut last = 0;
            for (start, end) in index("en").marks(&text, &query) {
                prop_assert!(start >= last && start < end && text.get(start..end).is_some());
                last = end;
            }
        }
    }
}
