//! How long the product may be down in a month, and what more than that costs (P5).
//!
//! Everything is computed from the percentage and the length of the month, in whole milliseconds: a percentage with
//! two decimals of a month is always a whole number of them, so nothing is rounded.

use crate::policy::{Hundredths, Policy};
use crate::time::days_in_month;

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
    fn there_is_no_thirteenth_month() {
        assert_eq!(Month::new(2026, 13), None);
        assert_eq!(Month::new(2026, 0), None);
    }
}
