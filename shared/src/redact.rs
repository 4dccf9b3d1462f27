//! Takes out of a text what could say who somebody is or open a door: addresses, numbers, tokens (K4, W4).
//!
//! [`redact`] is for what is kept although nobody meant to send it, such as words that were looked for. It errs on the side
//! of taking out too much: a product's version may become a number, a name is never guessed at. [`redact_diagnostics`] is
//! for what a user consents to send; it takes out secrets alone, so that the rest is still of use.

mod addresses;
mod diagnostics;
mod named;
mod numbers;
mod quoted;
mod tokens;

pub use diagnostics::redact_diagnostics;

/// Characters of a query that are kept.
const KEPT_CHARS_MAX: usize = 120;
/// Digits in a word from which it is a number of something: a phone, an order, a card. Fewer are HTTP statuses and years.
const DIGITS_MIN: usize = 5;
/// Letters from which a word that mixes digits and letters is a token.
const TOKEN_CHARS_MIN: usize = 12;
/// Letters from which any word without spaces is a token, in scripts that have spaces: longer than what people type.
const WORD_CHARS_MAX: usize = 40;

/// The text in lower case with single spaces, without addresses, numbers and tokens.
#[must_use]
pub fn redact(text: &str) -> String {
    let line = crate::text::clean_line(text).to_lowercase();
    let mut kept = String::new();
    let mut digits_before = 0;
    for word in line.split(' ') {
        let digits = word.chars().filter(|letter| letter.is_numeric()).count();
        // A number is often typed in groups: 4111 1111 1111 1111.
        let is_group = digits > 0 && word.chars().all(|letter| letter.is_numeric() || "+-().".contains(letter));
        digits_before = if is_group { digits_before + digits } else { 0 };
        let sign = if is_group && digits_before >= DIGITS_MIN && digits_before > digits {
            // The groups before it belong to it.
            let text = kept.trim_end_matches(|letter: char| letter.is_numeric() || " +-().".contains(letter));
            kept.truncate(text.len());
            if kept.ends_with("[number]") { continue } else { "[number]" }
        } else {
            sign_of(word, digits).unwrap_or(word)
        };
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(sign);
    }
    kept.chars().take(KEPT_CHARS_MAX).collect()
}

fn sign_of(word: &str, digits: usize) -> Option<&'static str> {
    let letters = word.chars().count();
    let alphanumeric = word.chars().filter(|letter| letter.is_alphanumeric()).count();
    if word.contains('@') {
        return Some("[email]");
    }
    if word.contains("://") {
        return Some("[address]");
    }
    if digits > 0 && digits < alphanumeric && letters >= TOKEN_CHARS_MIN {
        return Some("[token]");
    }
    if digits >= DIGITS_MIN {
        return Some("[number]");
    }
    let is_unspaced = word.chars().any(|letter| u32::from(letter) >= 0x0e00);
    (letters > WORD_CHARS_MAX && !is_unspaced).then_some("[token]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k4_what_is_kept_of_a_query_says_nothing_about_a_person() {
        for (text, kept) in [
            ("How do I Pay?", "how do i pay?"),
            ("error 429 since 2025", "error 429 since 2025"),
            ("invoice 1234567 missing", "invoice [number] missing"),
            ("mail to Jo.Doe+x@example.com, please", "mail to [email] please"),
            ("card 4111 1111 1111 1111 declined", "card [number] declined"),
            ("+49 (30) 123-45-67", "[number]"),
            ("key sk_live_51H8xQ2eZvKY refused", "key [token] refused"),
            ("eyJhbGciOiJIUzI1NiJ9.e30.abc", "[token]"),
            ("https://x.example/?token=1 broken", "[address] broken"),
            ("как оплатить", "как оплатить"),
            ("رقمي ٠٥٠١٢٣٤٥٦٧", "رقمي [number]"),
            ("パスワードを忘れました", "パスワードを忘れました"),
            ("  two   spaces ", "two spaces"),
            ("", ""),
        ] {
            assert_eq!(redact(text), kept, "{text}");
        }
        assert_eq!(redact(&"word ".repeat(100)).chars().count(), KEPT_CHARS_MAX);
    }
}
