//! The dates of front matters, in the forms that people and tools write them.

use crate::month_names;

/// A date as `2026-11-21`, from that form (with or without a time after it), `11/21/2026` or `November 21, 2026`.
pub(super) fn date(text: &str) -> Option<String> {
    let (year, month, day) = iso(text).or_else(|| slashes(text)).or_else(|| words(text))?;
    let valid = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    valid.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

type Parts = (u32, u32, u32);

fn iso(text: &str) -> Option<Parts> {
    let (date, rest) = text.split_at_checked(10)?;
    let ends = rest.chars().next().is_none_or(|letter| !letter.is_ascii_digit());
    let mut parts = date.split('-').map(|part| part.parse().ok());
    let found = (parts.next()??, parts.next()??, parts.next()??);
    (ends && parts.next().is_none()).then_some(found)
}

fn slashes(text: &str) -> Option<Parts> {
    let mut parts = text.trim().split('/').map(|part| part.parse().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some((year, month, day))
}

fn words(text: &str) -> Option<Parts> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let (name, day, year) = (words.next()?, words.next()?, words.next()?);
    // Site generators print the English names, whole or short.
    let name = name.get(..3)?;
    let month = month_names::SHORT_ENGLISH.iter().position(|month| month.eq_ignore_ascii_case(name))? + 1;
    Some((year.parse().ok()?, u32::try_from(month).ok()?, day.parse().ok()?))
}

const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_forms_people_write() {
        for (text, expected) in [
            ("2021-08-05", Some("2021-08-05")),
            ("2021-08-05 10:00:00 -0400", Some("2021-08-05")),
            ("2021-08-05T10:00:00Z", Some("2021-08-05")),
            ("08/5/2021", Some("2021-08-05")),
            ("August 5, 2021", Some("2021-08-05")),
            ("Feb 29, 2024", Some("2024-02-29")),
            ("Feb 29, 2023", None),
            ("2021-13-01", None),
            ("yesterday", None),
            ("", None),
            ("ав 1 2020", None),
        ] {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
    }
}
