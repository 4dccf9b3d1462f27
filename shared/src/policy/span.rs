//! Lengths of counted time, as a policy writes them, and exact decimal numbers.
//!
//! Minutes and working days are different things: eight hours of a calendar that is open eight hours a day end at the
//! same time of day as one working day only while every day is equally long. So a span remembers which one was meant,
//! and `business_hours` counts each its own way.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A day of the wall clock, in minutes.
const DAY_MINUTES: u32 = 24 * 60;
/// A year: nobody promises longer, and sums stay far from overflow.
const MINUTES_MAX: u32 = 366 * DAY_MINUTES;
/// A year of working days.
const DAYS_MAX: u16 = 366;

/// A length of counted time: minutes, written `15m`, `2h` or `1h30m`, or working days, written `2d`.
///
/// Minutes pass only while the calendar is open. A working day leads to the same local time on the next day that the
/// calendar opens; in a calendar that is always open it is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Span(Length);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Minutes(u32),
    Days(u16),
}

impl Span {
    /// A span of this many counted minutes.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self(Length::Minutes(minutes))
    }

    /// A span of this many working days.
    #[must_use]
    pub const fn days(days: u16) -> Self {
        Self(Length::Days(days))
    }

    /// Its length in minutes by the wall clock: a day is 24 hours here, whatever a calendar says of it.
    #[must_use]
    pub fn as_minutes(self) -> u32 {
        match self.0 {
            Length::Minutes(minutes) => minutes,
            Length::Days(days) => u32::from(days) * DAY_MINUTES,
        }
    }

    /// Its length in milliseconds by the wall clock, for waits that no calendar counts.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        i64::from(self.as_minutes()) * 60_000
    }

    /// How many working days, when it was written in days.
    #[must_use]
    pub const fn as_days(self) -> Option<u16> {
        match self.0 {
            Length::Minutes(_) => None,
            Length::Days(days) => Some(days),
        }
    }

    /// Reads `15m`, `2h`, `1h30m` or `2d`; nothing shorter than a minute or longer than a year.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(days) = text.strip_suffix('d') {
            return number(days).and_then(|days| u16::try_from(days).ok()).and_then(|days| {
                let fits = (1..=DAYS_MAX).contains(&days);
                fits.then_some(Self::days(days))
            });
        }
        let (hours, rest) = match text.split_once('h') {
            Some((hours, rest)) => (number(hours)?, rest),
            None => (0, text),
        };
        let minutes = match rest.strip_suffix('m') {
            Some(minutes) => number(minutes)?,
            None if rest.is_empty() && !text.is_empty() => 0,
            None => return None,
        };
        let total = hours.checked_mul(60)?.checked_add(minutes)?;
        (1..=MINUTES_MAX).contains(&total).then_some(Self::minutes(total))
    }
}

/// Digits and nothing else: `+5` is a number to Rust, not to a policy.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Length::Days(days) => write!(f, "{days}d"),
            Length::Minutes(minutes) => match (minutes / 60, minutes % 60) {
                (0, minutes) => write!(f, "{minutes}m"),
                (hours, 0) => write!(f, "{hours}h"),
                (hours, minutes) => write!(f, "{hours}h{minutes}m"),
            },
        }
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

/// A number with at most two decimals, kept as whole hundredths: `"99.95"` is 9995. A policy writes it as a string,
/// because a floating-point number would not be the one that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Hundredths(u32);

impl Hundredths {
    /// From whole hundredths.
    #[must_use]
    pub const fn new(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// As whole hundredths.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Reads `99`, `99.9` or `99.95`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        /// Digits before the point; more is no rating and no percentage.
        const WHOLE_DIGITS_MAX: usize = 6;
        let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        if whole.is_empty() || whole.len() > WHOLE_DIGITS_MAX {
            return None;
        }
        let hundredths = match decimals {
            None => 0,
            Some(decimals) if decimals.len() == 1 => number(decimals)? * 10,
            Some(decimals) if decimals.len() == 2 => number(decimals)?,
            Some(_) => return None,
        };
        Some(Self(number(whole)? * 100 + hundredths))
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, decimals) if decimals % 10 == 0 => write!(f, "{whole}.{}", decimals / 10),
            (whole, decimals) => write!(f, "{whole}.{decimals:02}"),
        }
    }
}

impl From<Hundredths> for String {
    fn from(number: Hundredths) -> Self {
        number.to_string()
    }
}

/// Reads a value from text; whoever writes a bare number is told what to write instead.
struct Written<T> {
    parse: fn(&str) -> Option<T>,
    expected: &'static str,
}

impl<T> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::custom(format_args!("{text:?}: expected {}", self.expected)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a time in quotes such as 15m, 2h or 1h30m, or 2d for working days";
        deserializer.deserialize_str(Written { parse: Self::parse, expected })
    }
}

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a number in quotes with at most two decimals, such as \"99.95\"";
        deserializer.deserialize_str(Written { parse: Self::parse, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_as_people_write_them() {
        for (text, span) in [
            ("15m", Some(Span::minutes(15))),
            ("2h", Some(Span::minutes(120))),
            ("1h30m", Some(Span::minutes(90))),
            ("8784h", Some(Span::minutes(527_040))),
            ("2d", Some(Span::days(2))),
            ("366d", Some(Span::days(366))),
            ("0m", None),
            ("0d", None),
            ("367d", None),
            ("8785h", None),
            ("", None),
            ("h", None),
            ("d", None),
            ("2", None),
            ("1d2h", None),
            ("+5m", None),
            ("-5m", None),
            ("99999999h", None),
        ] {
            assert_eq!(Span::parse(text), span, "{text}");
        }
        for text in ["15m", "2h", "1h30m", "2d"] {
            assert_eq!(String::from(Span::parse(text).unwrap()), text);
        }
    }

    #[test]
    fn a_working_day_is_not_twenty_four_counted_hours() {
        assert_ne!(Span::days(1), Span::minutes(24 * 60));
        assert_eq!(Span::days(1).as_minutes(), 24 * 60, "only by the wall clock");
    }

    #[test]
    fn decimals_are_exact() {
        for (text, hundredths) in [
            ("99.95", Some(9995)),
            ("99.9", Some(9990)),
            ("40", Some(4000)),
            ("0.05", Some(5)),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1.234", None),
            ("-1", None),
            ("1e3", None),
            ("1234567", None),
        ] {
            assert_eq!(Hundredths::parse(text).map(Hundredths::get), hundredths, "{text}");
        }
        for text in ["99.95", "99.9", "40", "0.05"] {
            assert_eq!(Hundredths::parse(text).unwrap().to_string(), text);
        }
    }
}
