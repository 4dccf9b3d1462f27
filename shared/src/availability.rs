//! How long the product may be down in a month, and what more than that costs (P5).
//!
//! Everything is computed from the percentage and the length of the month, in whole milliseconds: a percentage with
//! two decimals of a month is always a whole number of them, so nothing is rounded.

use crate::policy::{Hundredths, Policy};
use crate::time::{Timestamp, days_in_month};

/// Milliseconds of a day; availability is counted by UTC months, whose days are all this long.
const DAY_MS: i64 = 86_400_000;
/// 100 percent in hundredths of a percent.
const WHOLE: i64 = 10_000;

/// A month of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i64,
    month: i64,
}

impl Month {
    /// A month of a year; none when there is no such month.
    #[must_use]
    pub const fn new(year: i64, month: i64) -> Option<Self> {
        if year >= 1970 && year <= 9999 && month >= 1 && month <= 12 { Some(Self { year, month }) } else { None }
    }

    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-').filter(|_| text.len() == 7 && text.is_ascii())?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(year) || !is_number(month) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// The month of an instant.
    #[must_use]
    pub fn of(at: Timestamp) -> Option<Self> {
        at.to_rfc3339().get(..7).and_then(Self::parse)
    }

    /// The month before.
    #[must_use]
    pub const fn before(self) -> Option<Self> {
        if self.month == 1 { Self::new(self.year - 1, 12) } else { Self::new(self.year, self.month - 1) }
    }

    /// Its number in the year, from 1.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.month
    }

    /// Its year.
    #[must_use]
    pub const fn year(self) -> i64 {
        self.year
    }

    /// When it begins and when the next one does, in milliseconds since 1970.
    #[must_use]
    pub fn bounds(self) -> (i64, i64) {
        let begin = Timestamp::of_day(self.year, self.month, 1).as_millis();
        (begin, begin + self.millis())
    }

    /// Its length in milliseconds.
    #[must_use]
    pub fn millis(self) -> i64 {
        days_in_month(self.year, self.month) * DAY_MS
    }
}

/// Milliseconds that the product may be down in a month without missing the target.
#[must_use]
pub fn allowed_downtime_ms(target: Hundredths, month: Month) -> i64 {
    month.millis() / WHOLE * (WHOLE - i64::from(target.get())).max(0)
}

/// Percent of the next invoice that a customer of `tier` is owed for a month with so much downtime: nothing while the
/// target was kept, else what the table says for the availability reached. Listed, not paid.
#[must_use]
pub fn credit_percent(policy: &Policy, tier: &str, month: Month, downtime_ms: i64) -> u8 {
    let target = policy.tiers.iter().find(|known| known.key == tier).and_then(|tier| tier.availability);
    let missed = |percentage: Hundredths| downtime_ms > allowed_downtime_ms(percentage, month);
    if !target.is_some_and(missed) {
        return 0;
    }
    policy.service_credits.iter().filter(|row| missed(row.below)).map(|row| row.percent).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn downtime(percentage: &str, year: i64, month: i64) -> i64 {
        allowed_downtime_ms(Hundredths::parse(percentage).unwrap(), Month::new(year, month).unwrap())
    }

    #[test]
    fn p5_allowed_downtime_follows_from_percentage_and_month() {
        for (percentage, year, month, minutes_tenths) in [
            ("99.9", 2026, 11, 432), // 30 days: 43.2 minutes
            ("99.5", 2026, 11, 2_160),
            ("99.95", 2026, 11, 216),
            ("99.5", 2026, 2, 2_016),
            ("99.5", 2024, 2, 2_088),
            ("100", 2026, 1, 0),
        ] {
            assert_eq!(downtime(percentage, year, month), minutes_tenths * 6_000, "{percentage} of {year}-{month}");
        }
        assert_eq!(downtime("99.95", 2026, 10), 1_339_200, "22.32 minutes of 31 days, to the millisecond");
    }

    #[test]
    fn a_month_reads_back_and_knows_its_bounds() {
        for (text, begin, days) in [
            ("2026-10", "2026-10-01", 31),
            ("2026-11", "2026-11-01", 30),
            ("2026-02", "2026-02-01", 28),
            ("2028-02", "2028-02-01", 29),
        ] {
            let month = Month::parse(text).unwrap();
            let (from, until) = month.bounds();
            assert_eq!(Timestamp::from_millis(from).to_rfc3339()[..10], *begin);
            assert_eq!((until - from) / DAY_MS, days);
            assert_eq!(Month::of(Timestamp::from_millis(until - 1)), Some(month));
            assert_ne!(Month::of(Timestamp::from_millis(until)), Some(month));
        }
        assert_eq!(Month::parse("2026-01").and_then(Month::before), Month::parse("2025-12"));
        for text in ["", "2026", "2026-13", "2026-1", "+026-01", "2026-1x", "2026/01"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn there_is_no_thirteenth_month() {
        assert_eq!(Month::new(2026, 13), None);
        assert_eq!(Month::new(2026, 0), None);
    }
}
