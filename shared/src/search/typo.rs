//! Misspellings: which words may be one, and how many slips of a finger two words are apart.
//!
//! Only a word that no article has is taken for a misspelling, so a right word never loses to a guess.
//! It must not look anything up; `expand` does.

use super::query::Word;
use super::token::Kind;

/// Shortest word, in letters, that may have one wrong letter: shorter ones are all one letter apart.
const ONE_EDIT_LETTERS: usize = 4;

/// Shortest word, in letters, that may have two.
const TWO_EDITS_LETTERS: usize = 8;

/// Longest word, in letters, that is compared: no word of a language is longer, and it bounds the work.
const LETTERS_MAX: usize = 32;

/// How many slips a word may have. Codes and numbers have none: `402` is not `401`.
pub(super) fn edits_allowed(word: &Word) -> usize {
    let letters = word.typed.chars().count();
    if word.kind != Kind::Word || word.typed.contains(|letter: char| letter.is_ascii_digit()) {
        return 0;
    }
    match letters {
        ONE_EDIT_LETTERS..TWO_EDITS_LETTERS => 1,
        TWO_EDITS_LETTERS..=LETTERS_MAX => 2,
        _ => 0,
    }
}

/// Whether two words that begin with the same letter look one slip apart: between their common beginning and their common
/// end is no more than two letters. It passes some that are further apart, and none too few; most words fail it at once.
pub(super) fn looks_one_edit_apart(a: &str, b: &str) -> bool {
    let letter = a.chars().next().map_or(1, char::len_utf8);
    if a.len().abs_diff(b.len()) > letter {
        return false;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    before + after + 2 * letter >= a.len().max(b.len())
}

/// How many letters must be added, left out or changed, or neighbours swapped, to make `a` of `b`, if it is at most `most`
/// (the distance of Damerau and Levenshtein, without moving a swapped letter again).
pub(super) fn edits_apart(a: &[char], b: &str, most: usize) -> Option<usize> {
    let width = b.chars().count();
    if width.abs_diff(a.len()) > most || width > LETTERS_MAX || a.len() > LETTERS_MAX {
        return None;
    }
    let mut letters = ['\0'; LETTERS_MAX];
    letters.iter_mut().zip(b.chars()).for_each(|(place, letter)| *place = letter);
    // Rows of the table: the one before the last, the last, and the one being filled.
    let mut rows = [[0_usize; LETTERS_MAX + 1]; 3];
    let [_, last, _] = &mut rows;
    last.iter_mut().enumerate().for_each(|(column, cell)| *cell = column);
    for (row, &letter) in a.iter().enumerate() {
        let [older, last, new] = &mut rows;
        let at = |cells: &[usize; LETTERS_MAX + 1], column: usize| cells.get(column).copied().unwrap_or(most + 1);
        let letter_at = |column: usize| letters.get(column).copied();
        let before = row.checked_sub(1).and_then(|before| a.get(before)).copied();
        let mut least = row + 1;
        let mut left = row + 1;
        for (column, cell) in new.iter_mut().enumerate().take(width + 1) {
            if column > 0 {
                let changed = usize::from(letter_at(column - 1) != Some(letter));
                let mut best = (at(last, column) + 1).min(left + 1).min(at(last, column - 1) + changed);
                let swapped = column > 1
                    && before.is_some()
                    && letter_at(column - 1) == before
                    && letter_at(column - 2) == Some(letter);
                if swapped {
                    best = best.min(at(older, column - 2) + 1);
                }
                left = best;
            }
            *cell = left;
            least = least.min(left);
        }
        if least > most {
            return None;
        }
        rows.rotate_left(1);
    }
    let [_, last, _] = &rows;
    last.get(width).copied().filter(|&edits| edits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_one_letter_or_two_neighbours() {
        for (a, b, apart) in [
            ("password", "password", Some(0)),
            ("password", "pasword", Some(1)),
            ("pasword", "password", Some(1)),
            ("password", "passwird", Some(1)),
            ("password", "passwrod", Some(1)),
            ("password", "apssword", Some(1)),
            ("password", "qassword", Some(1)),
            ("password", "passwords", Some(1)),
            ("password", "pasworde", Some(2)),
            ("password", "psasowrd", Some(2)),
            ("password", "psaswodr", Some(2)),
            ("password", "basworde", None),
            ("подписк", "подпсик", Some(1)),
            ("", "a", Some(1)),
            ("", "", Some(0)),
            ("ab", "", Some(2)),
        ] {
            let letters: Vec<char> = a.chars().collect();
            assert_eq!(edits_apart(&letters, b, 2), apart, "{a} {b}");
            let begin_alike = a.chars().next() == b.chars().next();
            assert!(!begin_alike || apart.is_none_or(|apart| apart > 1) || looks_one_edit_apart(a, b), "{a} {b}");
        }
    }
}
