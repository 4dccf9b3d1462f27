//! Office hours: how far a number of counted minutes reaches (P3).
//!
//! Hours are written in a zone's local time, with split shifts and holidays, and the zone's clock may jump. The rule
//! here: a shift runs from the instant its start is reached to the instant its end is, however long that really
//! takes, and only those instants count. On the night a clock goes back, a shift across it is an hour longer.

use crate::policy::{CalendarSpec, Span};
use crate::time::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// How many days ahead a deadline is looked for; a calendar that is closed so long is a mistake, not a promise.
const DAYS_AHEAD_MAX: usize = 3 * 366;

/// The days of a week as a policy names them.
const DAY_NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Opening hours that were checked and can be counted with.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    always: bool,
    /// Shifts by day, Monday first, in order and without overlap.
    week: [Vec<Shift>; 7],
    holidays: Vec<Holiday>,
}

/// From a local time to a later one the same day; no end means midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shift {
    start: Time,
    end: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holiday {
    Once(Date),
    Yearly { month: i8, day: i8 },
}

/// Why hours cannot be counted with; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarError(String);

impl std::fmt::Display for CalendarError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Calendar {
    /// Checks a policy's calendar.
    ///
    /// # Errors
    /// A sentence that names the zone, day, shift or holiday that is wrong.
    pub fn new(spec: &CalendarSpec) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(&spec.zone).map_err(|_| {
            CalendarError(format!("no time zone {:?}; use an IANA name such as Europe/Moscow", spec.zone))
        })?;
        if spec.always != spec.hours.is_empty() {
            return Err(CalendarError("write either always = true or the opening hours".to_owned()));
        }
        let mut week: [Vec<Shift>; 7] = Default::default();
        for (name, shifts) in &spec.hours {
            let place = DAY_NAMES.iter().position(|(day, _)| day == name).and_then(|at| week.get_mut(at));
            let Some(day) = place else {
                return Err(CalendarError(format!("no day {name:?}; use mon, tue, wed, thu, fri, sat, sun")));
            };
            *day = parse_day(name, shifts)?;
        }
        let holidays = spec.holidays.iter().map(|text| parse_holiday(text)).collect::<Result<_, _>>()?;
        Ok(Self { zone, always: spec.always, week, holidays })
    }

    /// The instant at which `span` of counted time since `start` has passed; none when the calendar never opens long
    /// enough within three years.
    #[must_use]
    pub fn add_working_time(&self, start: Timestamp, span: Span) -> Option<Timestamp> {
        let mut left_ms = i64::from(span.as_minutes()) * 60_000;
        if self.always {
            return Some(Timestamp::from_millis(start.as_millis() + left_ms));
        }
        let from = jiff::Timestamp::from_millisecond(start.as_millis()).ok()?;
        // A shift of the day before can still be open when a zone's day begins late; start one day early.
        let mut date = from.to_zoned(self.zone.clone()).date().yesterday().ok()?;
        for _ in 0..DAYS_AHEAD_MAX {
            for (opens, closes) in self.shifts_on(date) {
                let counted_from = opens.max(start.as_millis());
                let length = closes - counted_from;
                if length <= 0 {
                    continue;
                }
                if left_ms <= length {
                    return Some(Timestamp::from_millis(counted_from + left_ms));
                }
                left_ms -= length;
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The day's shifts as instants in milliseconds.
    fn shifts_on(&self, date: Date) -> impl Iterator<Item = (i64, i64)> + '_ {
        let shifts = if self.is_holiday(date) {
            None
        } else {
            self.week.get(usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()))
        };
        shifts.into_iter().flatten().filter_map(move |shift| {
            let opens = self.instant(date, shift.start)?;
            let closes = match shift.end {
                Some(end) => self.instant(date, end)?,
                None => self.instant(date.tomorrow().ok()?, Time::midnight())?,
            };
            Some((opens, closes))
        })
    }

    fn is_holiday(&self, date: Date) -> bool {
        self.holidays.iter().any(|holiday| match *holiday {
            Holiday::Once(day) => day == date,
            Holiday::Yearly { month, day } => (month, day) == (date.month(), date.day()),
        })
    }

    /// A local time as an instant. A time that a clock skips is the instant of the jump's far side; one that comes
    /// twice is its first coming (the "compatible" rule of RFC 5545).
    fn instant(&self, date: Date, time: Time) -> Option<i64> {
        let zoned = self.zone.to_ambiguous_zoned(date.to_datetime(time)).compatible().ok()?;
        Some(zoned.timestamp().as_millisecond())
    }
}

fn parse_day(name: &str, texts: &[String]) -> Result<Vec<Shift>, CalendarError> {
    let mut shifts = Vec::with_capacity(texts.len());
    let mut open_until = Some(Time::midnight());
    for text in texts {
        let shift = parse_shift(text).ok_or_else(|| {
            CalendarError(format!("{name}: {text:?} must look like \"09:00-13:00\", its end later than its start"))
        })?;
        let in_order = open_until.is_some_and(|end| shift.start >= end);
        if !in_order {
            return Err(CalendarError(format!(
                "{name}: {text:?} begins before the shift before it ends; write shifts in order"
            )));
        }
        open_until = shift.end;
        shifts.push(shift);
    }
    Ok(shifts)
}

fn parse_shift(text: &str) -> Option<Shift> {
    let (start, end) = text.split_once('-')?;
    let start = parse_time(start)?;
    let end = if end == "24:00" { None } else { Some(parse_time(end)?) };
    end.is_none_or(|end| end > start).then_some(Shift { start, end })
}

fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn parse_holiday(text: &str) -> Result<Holiday, CalendarError> {
    let wrong = || CalendarError(format!("holiday {text:?} must look like 2026-12-31 or, for every year, 01-07"));
    let date: Option<Date> = if text.len() == 5 { format!("2024-{text}").parse().ok() } else { text.parse().ok() };
    let date = date.filter(|_| text.len() == 5 || text.len() == 10).ok_or_else(wrong)?;
    Ok(if text.len() == 5 { Holiday::Yearly { month: date.month(), day: date.day() } } else { Holiday::Once(date) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn a_minute_by_minute_count_agrees(start_minute in 29_000_000_u32..30_500_000, minutes in 1_u32..3_000, zone in prop::sample::select(vec!["Europe/Moscow", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])) {
            let spec = weekdays(zone, &["08:30-12:15", "13:00-24:00"], &["12-25"]);
            let calendar = Calendar::new(&spec).unwrap();
            let start = Timestamp::from_millis(i64::from(start_minute) * 60_000);
            let due = calendar.add_working_time(start, Span::minutes(minutes)).unwrap();
            let zone = TimeZone::get(zone).unwrap();
            let is_open = |millis: i64| {
                let local = jiff::Timestamp::from_millisecond(millis).unwrap().to_zoned(zone.clone());
                let of_day = i32::from(local.hour()) * 60 + i32::from(local.minute());
                let weekday = local.weekday().to_monday_zero_offset() < 5 && (local.month(), local.day()) != (12, 25);
                weekday && ((510..735).contains(&of_day) || of_day >= 780)
            };
            let counted = (start.as_millis()..due.as_millis()).step_by(60_000).filter(|&millis| is_open(millis)).count();
            prop_assert_eq!(counted, minutes as usize);
        }
    }
}
