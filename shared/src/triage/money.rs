//! Amounts of money in a text: a number beside the sign or the name of a currency (E1).

/// Signs of currencies: before an amount or behind it, with or without a space.
const SIGNS: [char; 7] = ['$', '€', '£', '¥', '₽', '₴', '₸'];
/// Whole words that stand before an amount or behind it, folded.
const SHORT: [&str; 7] = ["usd", "eur", "gbp", "rub", "euro", "руб", "евро"];
/// Whole words that stand behind one, by their stems and endings: `15,000 Europeans` are no money.
const NAMES: [(&str, &[&str]); 7] = [
    ("euro", &["s"]),
    ("dollar", &["", "s"]),
    ("pound", &["", "s"]),
    ("ruble", &["", "s"]),
    ("rouble", &["", "s"]),
    ("рубл", &["ь", "я", "ю", "ем", "ём", "е", "и", "ей", "ям", "ями", "ях"]),
    ("доллар", &["", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах"]),
];
/// What multiplies the number before it; longer words by their beginnings.
const MULTIPLES: [(&str, u64); 7] = [
    ("thousand", 1_000),
    ("тыс", 1_000),
    ("тысяч", 1_000),
    ("mln", 1_000_000),
    ("млн", 1_000_000),
    ("million", 1_000_000),
    ("миллион", 1_000_000),
];
/// Letters that do so when nothing stands between: in `$500 к оплате` the letter is a word.
const LETTERS: [(&str, u64); 3] = [("k", 1_000), ("к", 1_000), ("m", 1_000_000)];
/// Digits of an amount that are read; nobody owes more.
const DIGITS_MAX: usize = 15;

/// The largest amount that a text names, in whole units.
pub(super) fn largest_amount(text: &str) -> Option<u64> {
    let mut largest = None;
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, after) = read_number(from);
        let (number, after) = read_multiple(number, before.trim_end().ends_with(SIGNS), after);
        if ends_with_currency(before) || begins_with_currency(after) {
            largest = largest.max(Some(number));
        }
        rest = after.strip_prefix(|_: char| true).unwrap_or_default();
    }
    largest
}

/// Reads `12,000.50`, `12 000`, `12.000,50` and `12000` alike: a separator with three digits behind it groups, with other
/// counts of digits it begins a fraction, which is dropped. Gives the whole part and what follows.
fn read_number(text: &str) -> (u64, &str) {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(text);
    let mut whole = text.get(..end).unwrap_or_default().to_owned();
    loop {
        let after = text.get(end..).unwrap_or_default();
        let Some(separator) = after.chars().next().filter(|sign| matches!(sign, ',' | '.' | ' ' | '\u{a0}' | '\''))
        else {
            break;
        };
        let behind = after.get(separator.len_utf8()..).unwrap_or_default();
        match digits(behind) {
            3 => {
                whole.push_str(behind.get(..3).unwrap_or_default());
                end += separator.len_utf8() + 3;
            }
            count if count > 0 && matches!(separator, ',' | '.') => {
                end += separator.len_utf8() + count;
                break;
            }
            _ => break,
        }
    }
    whole.truncate(DIGITS_MAX);
    (whole.parse().unwrap_or_default(), text.get(end..).unwrap_or_default())
}

fn read_multiple(number: u64, has_sign: bool, after: &str) -> (u64, &str) {
    let trimmed = after.trim_start_matches([' ', '\u{a0}']);
    let word = first_word(trimmed);
    let folded = word.to_lowercase();
    let behind = trimmed.get(word.len()..).unwrap_or_default();
    let is_glued = trimmed.len() == after.len();
    let by_word = |(name, _): &&(&str, u64)| folded == *name || (name.chars().count() > 3 && folded.starts_with(name));
    // `500 k USD`: what follows says what the letter means; in `$2 M` what stands before, and that it is a capital.
    let is_meant = is_glued || begins_with_currency(behind) || (has_sign && matches!(word, "K" | "M"));
    let by_letter = |(name, _): &&(&str, u64)| folded == *name && is_meant;
    match MULTIPLES.iter().find(by_word).or_else(|| LETTERS.iter().find(by_letter)) {
        Some((_, factor)) => (number.saturating_mul(*factor), behind.strip_prefix('.').unwrap_or(behind)),
        None => (number, after),
    }
}

/// The letters that a text begins with.
fn first_word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn begins_with_currency(after: &str) -> bool {
    let text = after.trim_start();
    let word = first_word(text).to_lowercase();
    let is_name = |(stem, endings): &(&str, &[&str])| word.strip_prefix(stem).is_some_and(|end| endings.contains(&end));
    text.starts_with(SIGNS) || SHORT.contains(&word.as_str()) || NAMES.iter().any(is_name)
}

fn ends_with_currency(before: &str) -> bool {
    let text = before.trim_end();
    let start = text.trim_end_matches(char::is_alphabetic).len();
    let word = text.get(start..).unwrap_or_default().to_lowercase();
    text.ends_with(SIGNS) || SHORT.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::largest_amount;

    #[test]
    fn an_amount_is_a_number_beside_a_currency() {
        for (text, expected) in [
            ("we lose $12,000 an hour", Some(12_000)),
            ("12 000 ₽ списали", Some(12_000)),
            ("€10.500,75", Some(10_500)),
            ("USD 9999.99 and 20k USD", Some(20_000)),
            ("ущерб 15 тыс. рублей", Some(15_000)),
            ("2 миллиона долларов", Some(2_000_000)),
            ("1.5 dollars", Some(1)),
            ("invoice 12000", None),
            ("error 500, 10000 requests", None),
            ("$", None),
            ("", None),
            ("99999999999999999999999999 euros", Some(999_999_999_999_999)),
            ("1,2,3,4 $", Some(3)),
            ("Счёт на $500 к оплате", Some(500)),
            ("Счёт на 500 $ к 15 числу", Some(500)),
            ("счёт на 500 k USD, это 500к₽ и $12M", Some(12_000_000)),
            ("$20 m away", Some(20)),
            ("a contract of $2 M", Some(2_000_000)),
            ("15 тысяч рублей", Some(15_000)),
            ("15000 roubles", Some(15_000)),
            ("20000USD", Some(20_000)),
            ("евро 700", Some(700)),
            ("15,000 European customers cannot log in", None),
            ("20000 Ruby jobs failed", None),
            ("50000 poundage rules, 40000 рублевых платежей", None),
            ("EURUSD 12000", None),
        ] {
            assert_eq!(largest_amount(text), expected, "{text}");
        }
    }
}
