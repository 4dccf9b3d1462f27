//! Office hours: how far counted time reaches, and how much of it lies between two instants (P3).
//!
//! Hours are written in a zone's local time, with split shifts and holidays, and the zone's clock may jump. The rule
//! here: an instant counts when the clock on the wall then shows a time within the hours of that local date, which is
//! no holiday. So on the night a clock goes back, an hour that comes twice counts twice; one that is skipped, never.
//!
//! Working days are counted by dates instead: the same local time on the next date that opens at all.

mod office;
mod open_times;

use crate::policy::{CalendarSpec, Span};
use crate::time::Timestamp;
use crate::zones;
use jiff::civil::Date;
use jiff::tz::TimeZone;
pub use office::Office;
use open_times::{OpenTime, OpenTimes, midnight};

/// How many days ahead a deadline is looked for; a calendar that is closed so long is a mistake, not a promise.
const DAYS_AHEAD_MAX: usize = 3 * 366;
/// Milliseconds of a day on a clock that does not jump.
const DAY_MS: i64 = 86_400_000;
/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// The days of a week as a policy names them, Monday first.
const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Opening hours that were checked and can be counted with.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    always: bool,
    /// Shifts by day, Monday first, in order and without overlap.
    week: [Vec<Shift>; 7],
    holidays: Vec<Holiday>,
}

/// From a local time to a later one the same day, in milliseconds since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shift {
    start_ms: i64,
    end_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holiday {
    Once(Date),
    Yearly { month: i8, day: i8 },
}

/// Why hours cannot be counted with; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarError {
    field: String,
    message: String,
}

impl CalendarError {
    fn new(field: &str, message: String) -> Self {
        Self { field: field.to_owned(), message }
    }

    /// Where in the calendar: `zone`, `always`, `holidays`, or a day such as `hours.mon`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl std::fmt::Display for CalendarError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Calendar {
    /// Checks a policy's calendar.
    ///
    /// # Errors
    /// A sentence that names the zone, day, shift or holiday that is wrong.
    pub fn new(spec: &CalendarSpec) -> Result<Self, CalendarError> {
        let zone = zones::zone(&spec.zone).ok_or_else(|| {
            CalendarError::new("zone", format!("no time zone {:?}; use an IANA name such as Europe/Moscow", spec.zone))
        })?;
        if spec.always != spec.hours.is_empty() {
            return Err(CalendarError::new("always", "write either always = true or the opening hours".to_owned()));
        }
        if spec.always && !spec.holidays.is_empty() {
            return Err(CalendarError::new("holidays", "always = true knows no holidays; leave them out".to_owned()));
        }
        let mut week: [Vec<Shift>; 7] = Default::default();
        for (name, shifts) in &spec.hours {
            let place = DAY_NAMES.iter().position(|day| day == name).and_then(|at| week.get_mut(at));
            let Some(day) = place else {
                let message = format!("no day {name:?}; use mon, tue, wed, thu, fri, sat, sun");
                return Err(CalendarError::new(&format!("hours.{name}"), message));
            };
            *day = parse_day(name, shifts)?;
        }
        let holidays = spec.holidays.iter().map(|text| parse_holiday(text)).collect::<Result<_, _>>()?;
        Ok(Self { zone, always: spec.always, week, holidays })
    }

    /// The instant at which `span` has passed since `start`; none when the calendar does not open long enough within
    /// three years.
    ///
    /// Minutes pass while the calendar is open. Working days lead from the first open instant to the same local time
    /// so many opening dates later: is the office closed then, to its next opening that date, and after the last one
    /// to the end of that date's hours. In a calendar that is always open a day is 24 hours.
    #[must_use]
    pub fn add_working_time(&self, start: Timestamp, span: Span) -> Option<Timestamp> {
        match span.as_days() {
            Some(days) if !self.always => self.add_days(start, days),
            _ => self.add_counted(start, span.as_millis()),
        }
    }

    /// The instant at which so many counted milliseconds have passed; `start` itself when none are left.
    #[must_use]
    pub fn add_counted(&self, start: Timestamp, millis: i64) -> Option<Timestamp> {
        if self.always || millis <= 0 {
            return Some(start.plus_millis(millis.max(0)));
        }
        let mut left = millis;
        for time in OpenTimes::new(self, start.as_millis(), DAYS_AHEAD_MAX)? {
            let length = time.closes - time.opens;
            if left <= length {
                return Some(Timestamp::from_millis(time.opens + left));
            }
            left -= length;
        }
        None
    }

    /// Counted milliseconds from one instant to a later one; 0 when it is not later.
    #[must_use]
    pub fn working_time_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let (from, to) = (from.as_millis(), to.as_millis());
        if self.always || to <= from {
            return (to - from).max(0);
        }
        // One date more at either end, since local dates do not begin at UTC's midnight.
        let days = usize::try_from((to - from) / DAY_MS).unwrap_or_default() + 3;
        let times = OpenTimes::new(self, from, days).into_iter().flatten();
        times.take_while(|time| time.opens < to).map(|time| time.closes.min(to) - time.opens).sum()
    }

    /// The times between two instants at which people are at work, breaks of less than `night_ms` milliseconds left in;
    /// none in a calendar that is always open. A time that began before is cut at `from`.
    #[must_use]
    pub fn office_days(&self, from: Timestamp, to: Timestamp, night_ms: i64) -> Vec<(Timestamp, Timestamp)> {
        let days = usize::try_from((to.as_millis() - from.as_millis()) / DAY_MS).unwrap_or_default() + 3;
        let times = if self.always { None } else { OpenTimes::new(self, from.as_millis(), days) };
        let mut found: Vec<(Timestamp, Timestamp)> = Vec::new();
        for time in times.into_iter().flatten().take_while(|time| time.opens < to.as_millis()) {
            let (opens, closes) = (Timestamp::from_millis(time.opens), Timestamp::from_millis(time.closes));
            match found.last_mut() {
                Some((_, end)) if time.opens - end.as_millis() < night_ms => *end = closes,
                _ => found.push((opens, closes)),
            }
        }
        found
    }

    /// What the clock on the office's wall shows at an instant, as if it showed UTC: for the dates there.
    #[must_use]
    pub fn on_the_wall(&self, at: Timestamp) -> Option<Timestamp> {
        let instant = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(at.plus_millis(i64::from(self.zone.to_offset(instant).seconds()) * 1_000))
    }

    /// What a span usually is in counted minutes: a working day as long as this calendar's days are on average.
    #[must_use]
    pub fn usual_minutes(&self, span: Span) -> u32 {
        let Some(days) = span.as_days().filter(|_| !self.always) else { return span.as_minutes() };
        let shifts = self.week.iter().flatten();
        let weekly = shifts.map(|shift| shift.end_ms - shift.start_ms).sum::<i64>() / MINUTE_MS;
        let open_days = i64::try_from(self.week.iter().filter(|day| !day.is_empty()).count()).unwrap_or(1).max(1);
        u32::try_from(i64::from(days) * weekly / open_days).unwrap_or(u32::MAX)
    }

    fn add_days(&self, start: Timestamp, days: u16) -> Option<Timestamp> {
        let first = OpenTimes::new(self, start.as_millis(), DAYS_AHEAD_MAX)?.next()?;
        let begun = jiff::Timestamp::from_millisecond(first.opens).ok()?;
        let local_time = self.zone.to_datetime(begun).time();
        let mut date = first.date;
        let mut left = days;
        for _ in 0..DAYS_AHEAD_MAX {
            date = date.tomorrow().ok()?;
            let times = self.open_times_on(date)?;
            let Some(last) = times.last() else { continue };
            left -= 1;
            if left > 0 {
                continue;
            }
            // A local time that a clock skips is the instant of the jump's far side, one that comes twice its first
            // coming (the "compatible" rule of RFC 5545).
            let wanted = self.zone.to_ambiguous_zoned(date.to_datetime(local_time)).compatible().ok()?;
            let wanted = wanted.timestamp().as_millisecond();
            let reached = times.iter().find(|time| wanted <= time.closes);
            return Some(Timestamp::from_millis(reached.map_or(last.closes, |time| wanted.max(time.opens))));
        }
        None
    }

    /// A date's open times.
    fn open_times_on(&self, date: Date) -> Option<Vec<OpenTime>> {
        /// Local time is never further from UTC than this.
        const OFFSET_MS_MAX: i64 = 26 * 3_600_000;
        if self.shifts_on(date).is_empty() {
            return Some(Vec::new());
        }
        let midnight = midnight(date)?;
        let until = midnight + DAY_MS + OFFSET_MS_MAX;
        let times = OpenTimes::new(self, midnight - OFFSET_MS_MAX, 6)?;
        Some(times.take_while(|time| time.opens < until).filter(|time| time.date == date).collect())
    }

    /// A date's shifts; none on a holiday.
    fn shifts_on(&self, date: Date) -> &[Shift] {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        match self.week.get(weekday) {
            Some(shifts) if !shifts.is_empty() && !self.is_holiday(date) => shifts,
            _ => &[],
        }
    }

    fn is_holiday(&self, date: Date) -> bool {
        self.holidays.iter().any(|holiday| match *holiday {
            Holiday::Once(day) => day == date,
            Holiday::Yearly { month, day } => (month, day) == (date.month(), date.day()),
        })
    }
}

fn parse_day(name: &str, texts: &[String]) -> Result<Vec<Shift>, CalendarError> {
    let mut shifts = Vec::with_capacity(texts.len());
    let mut open_until = 0;
    let wrong = |message: String| CalendarError::new(&format!("hours.{name}"), message);
    for text in texts {
        let shift = parse_shift(text).ok_or_else(|| {
            wrong(format!("{name}: {text:?} must look like \"09:00-13:00\", its end later than its start"))
        })?;
        if shift.start_ms < open_until {
            return Err(wrong(format!(
                "{name}: {text:?} begins before the shift before it ends; write shifts in order"
            )));
        }
        open_until = shift.end_ms;
        shifts.push(shift);
    }
    Ok(shifts)
}

fn parse_shift(text: &str) -> Option<Shift> {
    let (start, end) = text.split_once('-')?;
    let start_ms = parse_time(start)?;
    let end_ms = if end == "24:00" { DAY_MS } else { parse_time(end)? };
    (end_ms > start_ms).then_some(Shift { start_ms, end_ms })
}

/// Reads `09:00` as milliseconds since midnight.
fn parse_time(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse::<i64>().ok()?, minute.parse::<i64>().ok()?);
    (hour < 24 && minute < 60).then_some((hour * 60 + minute) * MINUTE_MS)
}

fn parse_holiday(text: &str) -> Result<Holiday, CalendarError> {
    let wrong = || {
        let message = format!("holiday {text:?} must look like 2026-12-31 or, for every year, 01-07");
        CalendarError::new("holidays", message)
    };
    let date: Option<Date> = if text.len() == 5 { format!("2024-{text}").parse().ok() } else { text.parse().ok() };
    let date = date.filter(|_| text.len() == 5 || text.len() == 10).ok_or_else(wrong)?;
    Ok(if text.len() == 5 { Holiday::Yearly { month: date.month(), day: date.day() } } else { Holiday::Once(date) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn weekdays(zone: &str, shifts: &[&str], holidays: &[&str]) -> CalendarSpec {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let hours = ["mon", "tue", "wed", "thu", "fri"].iter().map(|day| ((*day).to_owned(), texts(shifts))).collect();
        CalendarSpec { zone: zone.into(), always: false, hours, holidays: texts(holidays) }
    }

    #[test]
    fn minutes_are_counted_only_while_the_office_is_open() {
        let moscow = weekdays("Europe/Moscow", &["09:00-13:00", "14:00-18:00"], &["2026-11-24"]);
        let new_york = weekdays("America/New_York", &["00:00-24:00"], &[]);
        let cases = [
            // 2026-11-20 is a Friday; Moscow is UTC+3 all year.
            (&moscow, "2026-11-20T06:00:00Z", 60, "2026-11-20T07:00:00Z"),
            (&moscow, "2026-11-20T05:00:00Z", 60, "2026-11-20T07:00:00Z"),
            (&moscow, "2026-11-20T09:30:00Z", 60, "2026-11-20T11:30:00Z"),
            (&moscow, "2026-11-20T06:00:00Z", 480, "2026-11-20T15:00:00Z"),
            (&moscow, "2026-11-20T14:30:00Z", 60, "2026-11-23T06:30:00Z"),
            (&moscow, "2026-11-21T12:00:00Z", 1, "2026-11-23T06:01:00Z"),
            (&moscow, "2026-11-23T14:30:00Z", 60, "2026-11-25T06:30:00Z"),
            // The clock goes forward at 2:00 on Sunday 2026-03-08 and back on 2026-11-01: both outside these shifts.
            (&new_york, "2026-03-07T04:30:00Z", 60, "2026-03-09T04:30:00Z"),
            (&new_york, "2026-10-31T03:30:00Z", 60, "2026-11-02T05:30:00Z"),
        ];
        for (spec, start, minutes, expected) in cases {
            let due = Calendar::new(spec).unwrap().add_working_time(at(start), Span::minutes(minutes));
            assert_eq!(due, Some(at(expected)), "{start} + {minutes} min");
        }
    }

    #[test]
    fn a_shift_across_a_clock_change_counts_real_minutes() {
        let sunday = |zone: &str| CalendarSpec {
            zone: zone.into(),
            always: false,
            hours: [("sun".to_owned(), vec!["01:00-04:00".to_owned()])].into(),
            holidays: vec![],
        };
        let calendar = Calendar::new(&sunday("America/New_York")).unwrap();
        // Two real hours on the day an hour is skipped, four on the day one comes twice.
        assert_eq!(
            calendar.add_working_time(at("2026-03-08T06:00:00Z"), Span::minutes(120)),
            Some(at("2026-03-08T08:00:00Z"))
        );
        assert_eq!(
            calendar.add_working_time(at("2026-03-08T06:00:00Z"), Span::minutes(121)),
            Some(at("2026-03-15T05:01:00Z"))
        );
        assert_eq!(
            calendar.add_working_time(at("2026-11-01T05:00:00Z"), Span::minutes(240)),
            Some(at("2026-11-01T09:00:00Z"))
        );
    }

    #[test]
    fn an_office_that_never_opens_promises_nothing() {
        let yearly: Vec<String> = (1..=31).map(|day| format!("01-{day:02}")).collect();
        let only_january_first = CalendarSpec {
            zone: "UTC".into(),
            always: false,
            hours: [("mon".into(), vec![])].into(),
            holidays: yearly,
        };
        assert_eq!(
            Calendar::new(&only_january_first).unwrap().add_working_time(at("2026-01-01T00:00:00Z"), Span::minutes(1)),
            None
        );
    }

    #[test]
    fn wrong_hours_are_refused() {
        for (shifts, holidays) in [
            (&["9:00-18:00"][..], &[][..]),
            (&["18:00-09:00"], &[]),
            (&["09:00-13:00", "12:00-18:00"], &[]),
            (&["09:00"], &[]),
            (&["09:00-18:00"], &["yesterday"]),
            (&["09:00-18:00"], &["13-01"]),
        ] {
            assert!(Calendar::new(&weekdays("UTC", shifts, holidays)).is_err(), "{shifts:?} {holidays:?}");
        }
    }

    #[test]
    fn hours_across_a_clock_change_are_those_on_the_wall() {
        let sunday = |shifts: &[&str]| CalendarSpec {
            zone: "America/New_York".into(),
            always: false,
            hours: [("sun".to_owned(), shifts.iter().map(|text| (*text).to_owned()).collect())].into(),
            holidays: vec![],
        };
        // The clock jumps from 2:00 to 3:00 on 2026-03-08, from 2:00 back to 1:00 on 2026-11-01.
        let cases: &[(&[&str], &str, i64)] = &[
            (&["02:10-02:50"], "2026-03-08T00:00:00Z", 0),
            (&["01:00-02:15", "02:30-03:30"], "2026-03-08T00:00:00Z", 60 + 30),
            (&["01:00-01:30"], "2026-11-01T00:00:00Z", 30 + 30),
            (&["01:30-02:30"], "2026-11-01T00:00:00Z", 30 + 30 + 30),
        ];
        for (shifts, day, minutes) in cases {
            let calendar = Calendar::new(&sunday(shifts)).unwrap();
            let counted = calendar.working_time_between(at(day), at(day).plus_seconds(36 * 3_600));
            assert_eq!(counted, minutes * MINUTE_MS, "{shifts:?} on {day}");
        }
    }

    #[test]
    fn a_working_day_ends_at_the_same_time_on_the_next_day_that_opens() {
        let pacific = weekdays("America/Los_Angeles", &["09:00-17:00"], &["2026-11-26"]);
        let mut friday_short = weekdays("Europe/Moscow", &["10:00-13:00", "14:00-18:00"], &[]);
        friday_short.hours.insert("fri".into(), vec!["12:00-15:00".into()]);
        let always = CalendarSpec { zone: "Europe/Berlin".into(), always: true, hours: [].into(), holidays: vec![] };
        for (rule, spec, start, days, due) in [
            ("Monday to Tuesday", &pacific, "2026-11-23T18:00:00Z", 1, "2026-11-24T18:00:00Z"),
            ("over a holiday", &pacific, "2026-11-25T18:00:00Z", 1, "2026-11-27T18:00:00Z"),
            ("over a weekend", &pacific, "2026-11-20T18:00:00Z", 2, "2026-11-24T18:00:00Z"),
            ("begins when the office opens", &pacific, "2026-11-21T18:00:00Z", 1, "2026-11-24T17:00:00Z"),
            (
                "same time on the wall after the clock jumped",
                &pacific,
                "2026-03-06T18:00:00Z",
                1,
                "2026-03-09T17:00:00Z",
            ),
            ("over a leap day", &pacific, "2028-02-28T18:00:00Z", 2, "2028-03-01T18:00:00Z"),
            ("before it opens: at the opening", &friday_short, "2026-11-19T08:00:00Z", 1, "2026-11-20T09:00:00Z"),
            ("after it closed: at the close", &friday_short, "2026-11-19T14:00:00Z", 1, "2026-11-20T12:00:00Z"),
            ("in the break: when it is over", &friday_short, "2026-11-20T10:30:00Z", 1, "2026-11-23T11:00:00Z"),
            ("always open: 24 hours, clock change or not", &always, "2026-03-28T12:00:00Z", 1, "2026-03-29T12:00:00Z"),
        ] {
            let reached = Calendar::new(spec).unwrap().add_working_time(at(start), Span::days(days));
            assert_eq!(reached, Some(at(due)), "{rule}");
        }
    }

    #[test]
    fn time_between_is_what_was_added() {
        let calendar = Calendar::new(&weekdays("Europe/Moscow", &["09:00-13:00", "14:00-18:00"], &[])).unwrap();
        let start = at("2026-11-20T12:34:56.789Z");
        for millis in [0, 1, 59_999, 60_000, 8 * 3_600_000, 100 * 3_600_000] {
            let due = calendar.add_counted(start, millis).unwrap();
            assert_eq!(calendar.working_time_between(start, due), millis);
            assert_eq!(calendar.working_time_between(due, start), 0, "time does not run backwards");
        }
    }

    #[test]
    fn a_working_day_is_shown_with_its_usual_length() {
        let calendar = Calendar::new(&weekdays("UTC", &["09:00-17:00"], &[])).unwrap();
        assert_eq!(calendar.usual_minutes(Span::days(2)), 2 * 8 * 60);
        assert_eq!(calendar.usual_minutes(Span::minutes(90)), 90);
    }
}
