//! Instants: milliseconds since 1970 in UTC, written as RFC 3339.
//!
//! The few lines of calendar arithmetic are ours because the panel carries them: a date library would cost a visitor
//! more bytes than the rest of this module. Zones and office hours, which are hard, live in `business_hours` on a
//! real time-zone database and never reach the page.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds in a second.
const SECOND_MS: i64 = 1_000;
/// Milliseconds in a day; UTC instants as computers count them have no leap seconds.
const DAY_MS: i64 = 86_400 * SECOND_MS;

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first instant that RFC 3339 can write, year 0.
    pub const MIN: Self = Self(-62_167_219_200_000);
    /// The last instant that RFC 3339 can write, year 9999.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// An instant from milliseconds since 1970, kept within what RFC 3339 can write.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Midnight of a date of the Gregorian calendar.
    #[must_use]
    pub fn of_day(year: i64, month: i64, day: i64) -> Self {
        Self::from_millis(days_from_civil(year, month, day) * DAY_MS)
    }

    /// Midnight of its day in UTC.
    #[must_use]
    pub const fn start_of_day(self) -> Self {
        Self::from_millis(self.0.div_euclid(DAY_MS) * DAY_MS)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant this many seconds later (earlier when negative), kept within the writable range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(SECOND_MS)))
    }

    /// The instant this many milliseconds later, kept within the writable range.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// RFC 3339 with milliseconds and `Z`, always 24 bytes, so that text order is time order.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY_MS));
        let of_day = self.0.rem_euclid(DAY_MS);
        let parts = [
            (year, 4, b'-'),
            (month, 2, b'-'),
            (day, 2, b'T'),
            (of_day / 3_600_000, 2, b':'),
            (of_day / 60_000 % 60, 2, b':'),
            (of_day / SECOND_MS % 60, 2, b'.'),
            (of_day % SECOND_MS, 3, b'Z'),
        ];
        let mut text = String::with_capacity(24);
        for (value, width, end) in parts {
            push_padded(&mut text, value, width);
            text.push(char::from(end));
        }
        text
    }

    /// Reads RFC 3339 with any offset and any number of fractional digits (beyond milliseconds they are dropped).
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        if separators.iter().any(|&(at, separator)| bytes.get(at) != Some(&separator))
            || !matches!(bytes.get(10), Some(b'T' | b't' | b' '))
        {
            return None;
        }
        let number = |from: usize, to: usize| digits(bytes.get(from..to)?);
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let in_range = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !in_range {
            return None;
        }
        let (millis, zone) = fraction(bytes.get(19..)?)?;
        let offset_minutes = offset(zone)?;
        let seconds =
            days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset_minutes * 60;
        Some(Self::from_millis(seconds * SECOND_MS + millis))
    }
}

fn push_padded(text: &mut String, value: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = (value / 10_i64.pow(place)).rem_euclid(10);
        text.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Splits `.123Z` into milliseconds and what follows.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(after_dot) = rest.strip_prefix(b".") else { return Some((0, rest)) };
    let length = after_dot.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let (written, zone) = after_dot.split_at_checked(length)?;
    let kept = written.get(..length.min(3))?;
    let scale = 10_i64.pow(3 - u32::try_from(kept.len()).ok()?);
    Some((digits(kept)? * scale, zone))
}

/// Minutes east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && rest.get(2) == Some(&b':') => {
            let (hours, minutes) = (digits(rest.get(0..2)?)?, digits(rest.get(3..5)?)?);
            let value = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
            Some(if *sign == b'-' { -value } else { value })
        }
        _ => None,
    }
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

/// How many days a month of the Gregorian calendar has.
pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar; a year that begins in March puts the leap
/// day last, which makes every month's start a linear formula.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written)
    }
}

/// Reads the text while the parser knows where it stands, so that a refusal names its place.
struct Written;

impl Visitor<'_> for Written {
    type Value = Timestamp;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a time such as 2026-11-21T09:30:00Z")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        Timestamp::parse_rfc3339(text).ok_or_else(|| E::custom("expected a time such as 2026-11-21T09:30:00Z"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339, UTC" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_instants_are_written_as_rfc3339() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_224_591_042, "2026-11-21T01:29:51.042Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (Timestamp::MAX.as_millis(), "9999-12-31T23:59:59.999Z"),
            (Timestamp::MIN.as_millis(), "0000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Timestamp::from_millis(millis).to_rfc3339(), text);
            assert_eq!(Timestamp::parse_rfc3339(text), Some(Timestamp::from_millis(millis)));
        }
    }

    #[test]
    fn offsets_and_fractions_are_understood() {
        for (text, same) in [
            ("2026-11-21T04:29:51+03:00", "2026-11-21T01:29:51Z"),
            ("2026-11-20T15:29:51.5-10:00", "2026-11-21T01:29:51.500Z"),
            ("2026-11-21T01:29:51.123456789Z", "2026-11-21T01:29:51.123Z"),
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text), Timestamp::parse_rfc3339(same), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "now",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T01:29:51",
            "2026-11-21T01:29:51.Z",
            "2026-11-21T01:29:51+3:00",
            "2026-1a-21T01:29:51Z",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_reads_back(millis in Timestamp::MIN.as_millis()..=Timestamp::MAX.as_millis()) {
            let instant = Timestamp::from_millis(millis);
            prop_assert_eq!(Timestamp::parse_rfc3339(&instant.to_rfc3339()), Some(instant));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Timestamp::parse_rfc3339(&text);
        }

        #[test]
        fn the_calendar_agrees_with_a_time_library(seconds in -60_000_000_000_i64..250_000_000_000) {
            let ours = Timestamp::from_millis(seconds * 1_000).to_rfc3339();
            let oracle = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            prop_assert_eq!(ours.replace(".000Z", "Z"), oracle);
        }
    }
}
