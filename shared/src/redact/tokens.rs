//! Tokens and keys: by how the known ones begin, and by how random the others look.

use super::diagnostics::{Found, Place, run};

const SIGN: &str = "[token]";

/// How keys begin that say whose they are, and how many letters follow at the least. From the pages of those who issue
/// them; the last ones are our own.
const KNOWN: [(&str, usize); 64] = [
    ("sk_live_", 8),
    ("sk_test_", 8),
    ("pk_live_", 8),
    ("pk_test_", 8),
    ("rk_live_", 8),
    ("rk_test_", 8),
    ("whsec_", 16),
    ("sk-", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("gldt-", 16),
    ("glrt-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 16),
    ("GOCSPX-", 16),
    ("npm_", 24),
    ("pypi-", 16),
    ("dop_v1_", 16),
    ("doo_v1_", 16),
    ("shpat_", 16),
    ("shpss_", 16),
    ("shpca_", 16),
    ("SG.", 20),
    ("key-", 24),
    ("hf_", 20),
    ("gsk_", 20),
    ("rzp_live_", 10),
    ("rzp_test_", 10),
    ("sq0atp-", 16),
    ("sq0csp-", 16),
    ("EAAC", 24),
    ("NRAK-", 16),
    ("lin_api_", 16),
    ("figd_", 16),
    ("dckr_pat_", 16),
    ("dp.pt.", 16),
    ("hvs.", 20),
    ("atlasv1.", 16),
    ("PMAK-", 16),
    ("sntrys_", 16),
    ("phc_", 20),
    ("phx_", 20),
    ("secret_", 20),
    ("ntn_", 20),
    ("pat-", 24),
    ("r8_", 20),
    ("AGE-SECRET-KEY-", 20),
    ("SK", 32),
    ("AC", 32),
    ("bv1.", 16),
    ("ba1.", 16),
];

/// Letters from which a word of small and large letters and digits, all mixed, is nobody's word.
const MIXED_MIN: usize = 20;
/// Letters from which a word of hexadecimal digits is a key. Content hashes in names of files and short names of commits
/// have fewer.
const HEX_MIN: usize = 32;
/// Digits that such a word has at the least: names in programs have one or two.
const DIGITS_MIN: usize = 3;

fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_".contains(letter)
}

/// A key that says by its beginning what it is, a bot's, or a whole private key.
pub(super) fn known(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() {
        return None;
    }
    if let Some(end) = private_key(place.rest) {
        return Some(Found { start: 0, end, sign: SIGN });
    }
    let is_one = |&&(start, letters): &&(&str, usize)| {
        let tail = place.rest.strip_prefix(start).map(|tail| run(tail, |letter| is_of_token(letter) || letter == '.'));
        tail.is_some_and(|tail| tail.len() >= letters && (letters < 24 || has_digits(tail, 1)))
    };
    if KNOWN.iter().find(is_one).is_some() {
        return Some(whole(place, |letter| is_of_token(letter) || ".+/=".contains(letter)));
    }
    // A bot's: number, colon, 35 letters.
    let number = place.run(|letter| letter.is_ascii_digit());
    let tail = place.rest.get(number.len()..)?.strip_prefix(':').map(|tail| run(tail, is_of_token).len());
    ((8..=10).contains(&number.len()) && tail == Some(35)).then_some(Found {
        start: 0,
        end: number.len() + 36,
        sign: SIGN,
    })
}

/// Where a private key ends that a text begins with, in the form of PEM: behind its last line, over as many as it has.
pub(super) fn private_key(text: &str) -> Option<usize> {
    let kind = run(text.strip_prefix("-----BEGIN ")?, |letter| letter.is_ascii_uppercase() || letter == ' ');
    if !kind.contains("PRIVATE KEY") {
        return None;
    }
    let end = text.find("-----END ").map_or(text.len(), |at| at + 9);
    let tail = run(text.get(end..)?, |letter| letter.is_ascii_uppercase() || " -".contains(letter));
    Some(end + tail.len())
}

/// Two or three parts of base64 between dots, of which the first is a JSON object.
pub(super) fn jwt(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() || !place.rest.starts_with("eyJ") {
        return None;
    }
    let found = whole(place, |letter| is_of_token(letter) || ".=".contains(letter));
    let is_long = found.end >= 16;
    let has_parts = place.rest.get(..found.end)?.contains('.');
    (is_long && (has_parts || found.end >= 40)).then_some(found)
}

/// A word that nobody would write: long, and of small and large letters and digits, or of hexadecimal digits alone.
pub(super) fn unknown(place: &Place<'_>) -> Option<Found> {
    if !place.is_boundary() {
        return None;
    }
    let word = place.run(is_of_token);
    let (has_small, has_large) = (
        word.contains(|letter: char| letter.is_ascii_lowercase()),
        word.contains(|letter: char| letter.is_ascii_uppercase()),
    );
    let is_mixed =
        word.len() >= MIXED_MIN && has_small && has_large && has_digits(word, DIGITS_MIN) && !is_spoken(word);
    let hex = place.run(|letter| letter.is_ascii_hexdigit());
    let is_hex = hex.len() >= HEX_MIN && hex.len() == word.len() && has_digits(hex, DIGITS_MIN);
    (is_mixed || is_hex).then(|| whole(place, |letter| is_of_token(letter) || "+/=".contains(letter)))
}

/// Whether it is made of words: parts between dashes of one case, or a capital and small letters, with digits at their
/// end alone.
fn is_spoken(word: &str) -> bool {
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let tail = letters.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
        tail.chars().all(|letter| letter.is_ascii_lowercase())
    };
    word.split(['-', '_']).all(is_word)
}

fn has_digits(word: &str, least: usize) -> bool {
    word.chars().filter(char::is_ascii_digit).count() >= least
}

/// To its very end, however long.
fn whole(place: &Place<'_>, is_of_kind: impl Fn(char) -> bool) -> Found {
    let end = place.rest.find(|letter| !is_of_kind(letter)).unwrap_or(place.rest.len());
    let word = place.rest.get(..end).unwrap_or_default().trim_end_matches(['.', '/']);
    Found { start: 0, end: word.len(), sign: SIGN }
}
