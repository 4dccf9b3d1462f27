//! When an office is open, as instants in order.
//!
//! An instant is open when the clock on the wall of the office then shows a time within that date's hours. That holds
//! for every instant, also on the nights when the clock jumps: an hour that is skipped is not open, an hour that comes
//! twice is open twice. So time is walked through in stretches between two jumps, and within one stretch local time
//! and UTC differ by a constant.

use super::{Calendar, DAY_MS};
use jiff::civil::Date;
use jiff::tz::Offset;

/// A stretch of time without interruption, within one local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenTime {
    /// The local date.
    pub(super) date: Date,
    /// Its first millisecond.
    pub(super) opens: i64,
    /// The millisecond after its last one.
    pub(super) closes: i64,
}

/// Walks through open times from an instant on.
#[derive(Debug)]
pub(super) struct OpenTimes<'a> {
    calendar: &'a Calendar,
    /// The stretch between two jumps of the clock: from, until (exclusive), and local time less UTC.
    from: i64,
    until: i64,
    offset_ms: i64,
    /// The local date within it, and its midnight as a number of local milliseconds.
    date: Date,
    midnight: i64,
    /// The next shift of that date.
    shift: usize,
    /// How many more dates to look at.
    days_left: usize,
}

impl<'a> OpenTimes<'a> {
    /// From `from` on, over at most `days` dates. None beyond the years that can be written.
    pub(super) fn new(calendar: &'a Calendar, from: i64, days: usize) -> Option<Self> {
        let date = Date::constant(1970, 1, 1);
        let mut times =
            Self { calendar, from, until: from, offset_ms: 0, date, midnight: 0, shift: 0, days_left: days };
        times.enter(from)?;
        Some(times)
    }

    /// Enters the stretch that begins at, or holds, this instant.
    fn enter(&mut self, from: i64) -> Option<()> {
        let zone = &self.calendar.zone;
        let instant = jiff::Timestamp::from_millisecond(from).ok()?;
        let offset = zone.to_offset(instant);
        self.from = from;
        self.until = zone.following(instant).next().map_or(i64::MAX, |jump| jump.timestamp().as_millisecond());
        self.offset_ms = i64::from(offset.seconds()) * 1_000;
        self.date = offset.to_datetime(instant).date();
        self.midnight = midnight(self.date)?;
        self.shift = 0;
        Some(())
    }
}

impl Iterator for OpenTimes<'_> {
    type Item = OpenTime;

    fn next(&mut self) -> Option<OpenTime> {
        while self.days_left > 0 {
            while let Some(shift) = self.calendar.shifts_on(self.date).get(self.shift) {
                self.shift += 1;
                let opens = (self.midnight + shift.start_ms - self.offset_ms).max(self.from);
                let closes = (self.midnight + shift.end_ms - self.offset_ms).min(self.until);
                if opens < closes {
                    return Some(OpenTime { date: self.date, opens, closes });
                }
            }
            if self.midnight + DAY_MS - self.offset_ms >= self.until {
                self.enter(self.until)?;
            } else {
                self.date = self.date.tomorrow().ok()?;
                self.midnight += DAY_MS;
                self.shift = 0;
                self.days_left -= 1;
            }
        }
        None
    }
}

/// A date's midnight, as milliseconds of a clock that has never jumped.
pub(super) fn midnight(date: Date) -> Option<i64> {
    Some(Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()?.as_millisecond())
}
