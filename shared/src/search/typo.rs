//! Misspellings: which words may be one, and when two words are one slip of a finger apart.
//!
//! Only a word that no article has is taken for a misspelling, so a right word never loses to a guess.
//! It must not look anything up; `rank` does.

use super::query::Word;
use super::token::Kind;

/// Shortest word, in letters, that may be misspelt: shorter ones are all one letter apart.
const TYPO_LETTERS_MIN: usize = 4;

/// Codes and numbers are not misspelt: `402` is not `401`.
pub(super) fn may_be_misspelt(word: &Word) -> bool {
    word.kind == Kind::Word
        && word.typed.chars().count() >= TYPO_LETTERS_MIN
        && !word.typed.contains(|letter: char| letter.is_ascii_digit())
}

/// Whether one letter added, left out or changed, or two neighbours swapped, makes `a` of `b`.
pub(super) fn one_edit_apart(a: &str, b: &str) -> bool {
    let (mut left, mut right) = (a.chars(), b.chars());
    loop {
        let (left_here, right_here) = (left.as_str(), right.as_str());
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) => {
                let (left_rest, right_rest) = (left.as_str(), right.as_str());
                return left_rest == right_rest
                    || left_here == right_rest
                    || left_rest == right_here
                    || (left.next() == Some(y) && right.next() == Some(x) && left.as_str() == right.as_str());
            }
            (Some(_), None) => return left.as_str().is_empty(),
            (None, Some(_)) => return right.as_str().is_empty(),
            (None, None) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_is_one_letter_or_two_neighbours() {
        for (a, b, apart) in [
            ("password", "password", false),
            ("password", "pasword", true),
            ("pasword", "password", true),
            ("password", "passwird", true),
            ("password", "passwrod", true),
            ("password", "passwords", true),
            ("passwords", "password", true),
            ("password", "pasworde", false),
            ("password", "psasowrd", false),
            ("подписк", "подпсик", true),
            ("подписк", "подписка", true),
            ("", "a", true),
            ("", "", false),
        ] {
            assert_eq!(one_edit_apart(a, b), apart, "{a} {b}");
        }
    }
}
