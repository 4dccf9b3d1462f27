//! Numbers that are somebody's: cards by their check digit, bank accounts by theirs, phones by how they are written.

use super::diagnostics::{Found, Place, run};

/// Digits of a card (ISO/IEC 7812).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Digits of a phone with its country (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Letters of an account (ISO 13616).
const IBAN_LETTERS: std::ops::RangeInclusive<usize> = 15..=34;

/// How national numbers are grouped that have no plus before them.
const NATIONAL: [&[usize]; 13] = [
    &[3, 3, 4],
    &[1, 3, 3, 4],
    &[1, 3, 3, 2, 2],
    &[3, 3, 2, 2],
    &[2, 2, 2, 2, 2],
    &[3, 4, 4],
    &[4, 3, 4],
    &[4, 3, 3],
    &[5, 6],
    &[4, 7],
    &[3, 8],
    &[4, 4, 4],
    &[3, 4, 3],
];

/// Digits with single spaces, dashes or dots between them.
struct Grouped {
    digits: String,
    groups: Vec<usize>,
    length: usize,
}

fn grouped(text: &str, joints: &str) -> Grouped {
    let (mut digits, mut groups, mut length) = (String::new(), vec![0], 0);
    let mut is_joint = false;
    for (at, letter) in run(text, |letter| letter.is_ascii_digit() || joints.contains(letter)).char_indices() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            if is_joint && groups.last() != Some(&0) {
                groups.push(0);
            }
            if let Some(last) = groups.last_mut() {
                *last += 1;
            }
            length = at + 1;
        }
        is_joint = !letter.is_ascii_digit();
    }
    Grouped { digits, groups, length }
}

/// Whether a number goes on behind this, so that we have seen a part only.
fn goes_on(text: &str, length: usize) -> bool {
    let mut after = text.get(length..).unwrap_or_default().chars();
    match after.next() {
        Some(letter) if letter.is_alphanumeric() || letter == '_' => true,
        Some('.' | ':' | '-' | '/') => after.next().is_some_and(|letter| letter.is_ascii_digit()),
        _ => false,
    }
}

/// 13 to 19 digits that begin as cards do and pass Luhn's check.
pub(super) fn card(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() || matches!(place.before, Some('.' | '+')) {
        return None;
    }
    let Grouped { digits, groups, length } = grouped(place.rest, " -");
    let groups_like_a_card = groups.len() == 1 || groups.iter().all(|&digits| (2..=7).contains(&digits));
    let begins = match digits.len() {
        13 => digits.starts_with('4'),
        14 => ["30", "36", "38", "39"].iter().any(|start| digits.starts_with(start)),
        15 => ["34", "37", "2131", "1800"].iter().any(|start| digits.starts_with(start)),
        16 => digits.starts_with(['2', '3', '4', '5', '6', '8', '9']),
        _ => digits.starts_with(['5', '6', '4']),
    };
    let is_card = CARD_DIGITS.contains(&digits.len()) && begins && groups_like_a_card && passes_luhn(&digits);
    (is_card && !goes_on(place.rest, length)).then_some(Found { start: 0, end: length, sign: "[card]" })
}

/// Every second digit from the right doubled, the digits of all summed: a multiple of ten.
fn passes_luhn(digits: &str) -> bool {
    let values = digits.chars().rev().filter_map(|digit| digit.to_digit(10));
    let sum: u32 =
        values.enumerate().map(|(at, value)| if at % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 }).sum();
    sum.is_multiple_of(10)
}

/// Country, check digits and account, in one word or in groups of four, whose remainder by 97 is one.
pub(super) fn iban(place: &Place<'_>) -> Option<Found> {
    let is_start = place
        .rest
        .chars()
        .zip(0..4)
        .all(|(letter, at)| if at < 2 { letter.is_ascii_alphabetic() } else { letter.is_ascii_digit() });
    if !place.is_boundary() || !is_start {
        return None;
    }
    let word = run(place.rest, |letter| letter.is_ascii_alphanumeric() || letter == ' ' || letter == '-');
    // The account ends where the remainder is one; the longest such end counts, since words may follow.
    let (mut letters, mut found) = (String::new(), None);
    for (at, letter) in word.char_indices() {
        if letter.is_ascii_alphanumeric() {
            letters.push(letter.to_ascii_uppercase());
        } else if !letters.len().is_multiple_of(4) {
            break; // groups are of four
        }
        let is_end =
            !word.get(at + 1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_alphanumeric()));
        if letters.len() > *IBAN_LETTERS.end() {
            break;
        }
        if is_end && IBAN_LETTERS.contains(&letters.len()) && remainder_by_97(&letters) == 1 {
            found = Some(at + 1);
        }
    }
    found.map(|end| Found { start: 0, end, sign: "[iban]" })
}

/// ISO 7064: the first four letters at the end, letters as numbers from ten.
fn remainder_by_97(letters: &str) -> u32 {
    let (head, tail) = letters.split_at_checked(4).unwrap_or_default();
    let values = tail.chars().chain(head.chars()).filter_map(|letter| letter.to_digit(36));
    values.fold(0, |sum, value| (sum * if value < 10 { 10 } else { 100 } + value) % 97)
}

/// With a plus and the country, or grouped as numbers of phones are at home.
pub(super) fn phone(place: &Place<'_>) -> Option<Found> {
    if place.before.is_some_and(|letter| letter.is_alphanumeric() || "_.+-/:#".contains(letter) && letter != ':') {
        return None;
    }
    let has_plus = place.rest.starts_with('+') || place.rest.starts_with("00") && place.rest.get(2..3)? != "0";
    let body = place.rest.strip_prefix('+').unwrap_or(place.rest);
    let skipped = place.rest.len() - body.len();
    if !body.starts_with(|letter: char| letter.is_ascii_digit() || letter == '(') {
        return None;
    }
    let Grouped { digits, groups, length } = grouped(body, " ()-./\u{a0}");
    let has_joints = groups.len() > 1;
    let is_international =
        has_plus && PHONE_DIGITS.contains(&digits.len()) && (skipped > 0 || has_joints || digits.len() >= 11);
    let joints = body.get(..length)?.chars().filter(|letter| !letter.is_ascii_digit());
    let is_decimal = has_joints && joints.clone().all(|letter| letter == '.') && groups.len() < 3;
    let begins = body.starts_with(['0', '(', '8'])
        || joints.clone().any(|letter| letter == '-' || letter == '(')
        || groups.len() > 2;
    let is_national = has_joints && !is_decimal && begins && NATIONAL.contains(&groups.as_slice());
    let is_phone = is_international || is_national;
    (is_phone && !goes_on(body, length)).then_some(Found { start: 0, end: skipped + length, sign: "[phone]" })
}
