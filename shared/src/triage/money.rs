//! Amounts of money in a text: a number beside the sign or the name of a currency (E1).

/// What stands for a currency, folded; longer names by their beginnings.
const CURRENCIES: [&str; 17] =
    ["$", "€", "£", "¥", "₽", "₴", "₸", "usd", "eur", "gbp", "rub", "dollar", "euro", "pound", "руб", "доллар", "евро"];
/// What multiplies the number before it.
const MULTIPLES: [(&str, u64); 9] = [
    ("k", 1_000),
    ("thousand", 1_000),
    ("тыс", 1_000),
    ("к", 1_000),
    ("m", 1_000_000),
    ("mln", 1_000_000),
    ("million", 1_000_000),
    ("млн", 1_000_000),
    ("миллион", 1_000_000),
];
/// Digits of an amount that are read; nobody owes more.
const DIGITS_MAX: usize = 15;

/// The largest amount that a text names, in whole units.
pub(super) fn largest_amount(text: &str) -> Option<u64> {
    let mut largest = None;
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, after) = read_number(from);
        let (number, after) = read_multiple(number, after);
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

fn read_multiple(number: u64, after: &str) -> (u64, &str) {
    let trimmed = after.trim_start_matches([' ', '\u{a0}']);
    let word: String = trimmed.chars().take_while(|letter| letter.is_alphabetic()).collect();
    let folded = word.to_lowercase();
    let fits = |(name, _): &&(&str, u64)| folded == *name || (name.chars().count() > 3 && folded.starts_with(name));
    match MULTIPLES.iter().find(fits) {
        Some((_, factor)) => {
            let behind = trimmed.get(word.len()..).unwrap_or_default();
            (number.saturating_mul(*factor), behind.strip_prefix('.').unwrap_or(behind))
        }
        None => (number, after),
    }
}

fn begins_with_currency(after: &str) -> bool {
    let word: String = after.trim_start().chars().take(8).flat_map(char::to_lowercase).collect();
    CURRENCIES.iter().any(|currency| word.starts_with(currency))
}

fn ends_with_currency(before: &str) -> bool {
    let word: String = before.trim_end().chars().rev().take(4).flat_map(char::to_lowercase).collect();
    let word: String = word.chars().rev().collect();
    CURRENCIES.iter().any(|currency| word.ends_with(currency))
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
        ] {
            assert_eq!(largest_amount(text), expected, "{text}");
        }
    }
}
