//! Numbers: which of them are status codes.
//!
//! `error 401` is one; `401 days ago`, `the 429 plan`, `$429`, `504.20` and `order 500` are not. A number that nothing speaks
//! for is not one either: a wrong automatic answer costs more than a missed one. Looks at most three words to each side.

use super::pattern::normalise;
use super::scan::{Break, Token};
use super::words;

/// How many words before a number may make it a status code, and how many after.
const WORDS_BEFORE: usize = 3;
const WORDS_AFTER: usize = 2;

/// What people hang on a code: `401s`, `429й`.
const ENDINGS: [char; 8] = ['s', 'S', 'й', 'Й', 'я', 'Я', 'е', 'Е'];

/// The sign of the status code that the word is (`#401`), if it is one.
pub(super) fn is_status(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let token = tokens.get(at)?;
    let code = token.word.strip_suffix(ENDINGS).unwrap_or(token.word);
    let is_code = code.len() == 3 && code.starts_with(['4', '5']) && code.bytes().all(|byte| byte.is_ascii_digit());
    if !is_code || token.glued {
        return None;
    }
    let (mut folded, mut stem) = (String::new(), String::new());
    let mut word_says = |number: Option<usize>, says: fn(&str) -> bool| {
        let Some(token) = number.and_then(|number| tokens.get(number)) else { return false };
        normalise(token.word, "", &mut folded, &mut stem);
        !token.address && says(&folded)
    };
    let is_count = word_says(Some(at + 1), words::makes_a_count) && !is_new_text(tokens, at + 1);
    let is_name = token.before == Break::None && word_says(at.checked_sub(1), words::names_by_number);
    if is_count || is_name {
        return None;
    }
    let spoken_of = token.code
        || code.len() < token.word.len()
        || (1..=WORDS_BEFORE).any(|back| word_says(at.checked_sub(back), words::speaks_of_status))
        || (1..=WORDS_AFTER).any(|on| word_says(Some(at + on), words::speaks_of_status));
    spoken_of.then(|| ["#", code].concat())
}

/// Whether the subject ends before this word and the body begins.
fn is_new_text(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.first)
}
