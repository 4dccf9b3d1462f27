//! Marking: which words of a title or a summary made it a result.
//!
//! The reader sees why an article is there, so the rule is the rule of the search: same stem, or the
//! beginning that is being typed. It must not change the text; it gives places in it.

use super::query::{Word, words};
use super::stem::Stemmer;
use super::token::{Token, tokens};

/// Byte ranges of `text` whose words match `query`, in ascending order, never touching one another.
///
/// ```
/// # use buoy_shared::search::marks;
/// let text = "Reset your passwords";
/// assert_eq!(marks(text, "password rese", "en"), [(0, 5), (11, 20)]);
/// ```
pub fn marks(text: &str, query: &str, locale: &str) -> Vec<(usize, usize)> {
    let stemmer = Stemmer::for_locale(locale);
    let wanted = words(query, stemmer);
    let mut found: Vec<(usize, usize)> = Vec::new();
    tokens(text, &mut |token| {
        let mut stem = token.text.to_owned();
        stemmer.stem(&mut stem);
        if wanted.iter().any(|word| matches(word, &token, &stem)) {
            add(&mut found, token.start, token.end);
        }
    });
    found
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
    use proptest::prelude::*;

    fn marked(text: &str, query: &str, locale: &str) -> String {
        let mut out = text.to_owned();
        for (start, end) in marks(text, query, locale).into_iter().rev() {
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
            for (start, end) in marks(&text, &query, "en") {
                prop_assert!(start >= last && start < end && text.get(start..end).is_some());
                last = end;
            }
        }
    }
}
