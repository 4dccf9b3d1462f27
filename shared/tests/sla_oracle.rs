//! Office hours against an oracle that knows nothing but a clock on a wall.
//!
//! The oracle goes through time minute by minute, reads the local time of each in the zone's database, looks whether
//! the hours of that date hold it, and counts. It shares no code with `business_hours`, which reckons in stretches
//! between jumps of the clock. Every zone of the bundled database takes part; where a zone's clock still jumps, about
//! half of its cases begin near a jump. `BUOY_SEED=…` gives other cases; a failure names its seed and case.
#![expect(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use buoy_shared::business_hours::Calendar;
use buoy_shared::policy::{CalendarSpec, Span};
use buoy_shared::time::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// As many as the requirement asks for, and a fifth more.
const CASES: u64 = 120_000;
/// The cases that everybody runs.
const SEED: u64 = 20_261_121;

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;
const DAY_MS: i64 = DAY_MINUTES * MINUTE_MS;
/// Further than any generated span reaches: no calendar here is closed for longer than some weeks.
const WALK_MINUTES_MAX: i64 = 200 * DAY_MINUTES;

/// SplitMix64: small, known, the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).expect("low is not above high") + 1;
        low + i64::try_from(self.next() % width).expect("less than the width")
    }

    fn one_in(&mut self, number: i64) -> bool {
        self.between(1, number) == 1
    }
}

/// Opening hours as the oracle knows them.
#[derive(Debug, Clone, Default)]
struct Hours {
    always: bool,
    /// Minutes of the day from, and until, by day, Monday first.
    week: [Vec<(i64, i64)>; 7],
    holidays: Vec<Date>,
    /// Month and day.
    yearly: Vec<(i8, i8)>,
}

impl Hours {
    fn generate(chance: &mut Chance, near: Date) -> Self {
        let mut hours = Self { always: chance.one_in(25), ..Self::default() };
        if hours.always || chance.one_in(50) {
            return hours; // around the clock, or never
        }
        let every_day = chance.one_in(3);
        for day in &mut hours.week {
            if every_day || chance.between(1, 10) <= 7 {
                *day = shifts(chance);
            }
        }
        if hours.week.iter().all(Vec::is_empty) {
            hours.week[6] = vec![(60, 240)]; // Sunday nights, when most clocks jump
        }
        for _ in 0..chance.between(0, 3) {
            hours.holidays.push(near.checked_add(jiff::Span::new().days(chance.between(-1, 4))).expect("a date"));
        }
        if chance.one_in(4) {
            hours.yearly.push((2, 29));
        }
        if chance.one_in(4) {
            hours.yearly.push((near.month(), near.day()));
        }
        hours
    }

    fn is_empty(&self) -> bool {
        !self.always && self.week.iter().all(Vec::is_empty)
    }

    /// Minutes that a week is open.
    fn weekly_minutes(&self) -> i64 {
        self.week.iter().flatten().map(|(from, until)| until - from).sum()
    }

    fn spec(&self, zone: &str) -> CalendarSpec {
        let time = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let text = |(from, until): &(i64, i64)| format!("{}-{}", time(*from), time(*until));
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let days = names.into_iter().zip(&self.week);
        let hours = days.map(|(name, shifts)| (name.to_owned(), shifts.iter().map(text).collect())).collect();
        let once = self.holidays.iter().map(Date::to_string);
        let yearly = self.yearly.iter().map(|(month, day)| format!("{month:02}-{day:02}"));
        CalendarSpec {
            zone: zone.to_owned(),
            always: self.always,
            hours: if self.always { [].into() } else { hours },
            holidays: if self.always { Vec::new() } else { once.chain(yearly).collect() },
        }
    }
}

/// One to three shifts of a day, often at the hours when clocks jump.
fn shifts(chance: &mut Chance) -> Vec<(i64, i64)> {
    let mut marks: Vec<i64> = (0..2 * chance.between(1, 3))
        .map(|_| match chance.between(1, 4) {
            1 => chance.between(0, 16) * 15,
            2 => chance.between(0, DAY_MINUTES),
            3 => chance.between(0, 24) * 60,
            _ => chance.between(20 * 4, 24 * 4) * 15,
        })
        .collect();
    marks.sort_unstable();
    marks.chunks(2).map(|pair| (pair[0], pair[1])).filter(|(from, until)| from < until).collect()
}

/// A clock on a wall in a zone.
struct Wall<'a> {
    zone: &'a TimeZone,
    hours: &'a Hours,
    /// The hour that was read last, and the offsets in minutes at its start and end.
    hour: i64,
    offsets: (i64, i64),
    /// The local day that was read last, and whether it is a holiday.
    day: i64,
    is_holiday: bool,
}

impl<'a> Wall<'a> {
    fn new(zone: &'a TimeZone, hours: &'a Hours) -> Self {
        Self { zone, hours, hour: i64::MIN, offsets: (0, 0), day: i64::MIN, is_holiday: false }
    }

    fn read_offset(&self, minute: i64) -> i64 {
        let instant = jiff::Timestamp::from_second(minute * 60).expect("a year of ours");
        let seconds = i64::from(self.zone.to_offset(instant).seconds());
        assert_eq!(seconds % 60, 0, "since 2020 every clock is whole minutes away from UTC");
        seconds / 60
    }

    /// Local minutes since 1970 at a minute of UTC. No clock jumps there and back within one hour, so an hour with
    /// the same offset at both ends has it all through.
    fn local(&mut self, minute: i64) -> i64 {
        let hour = minute.div_euclid(60);
        if hour != self.hour {
            self.hour = hour;
            self.offsets = (self.read_offset(hour * 60), self.read_offset(hour * 60 + 60));
        }
        minute + if self.offsets.0 == self.offsets.1 { self.offsets.0 } else { self.read_offset(minute) }
    }

    /// The local day, if the office is open.
    fn open_day(&mut self, minute: i64) -> Option<i64> {
        let local = self.local(minute);
        let day = local.div_euclid(DAY_MINUTES);
        if self.hours.always {
            return Some(day);
        }
        if day != self.day {
            let civil = date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).expect("a date");
            self.day = day;
            self.is_holiday =
                self.hours.holidays.contains(&civil) || self.hours.yearly.contains(&(civil.month(), civil.day()));
        }
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).expect("0 to 6");
        let of_day = local.rem_euclid(DAY_MINUTES);
        let open = self.hours.week[weekday].iter().any(|(from, until)| (*from..*until).contains(&of_day));
        (open && !self.is_holiday).then_some(day)
    }

    fn add_counted(&mut self, start: i64, mut left: i64) -> Option<i64> {
        if self.hours.is_empty() {
            return None;
        }
        let first = start.div_euclid(MINUTE_MS);
        for minute in first..first + WALK_MINUTES_MAX {
            if self.open_day(minute).is_none() {
                continue;
            }
            let from = start.max(minute * MINUTE_MS);
            let length = (minute + 1) * MINUTE_MS - from;
            if left <= length {
                return Some(from + left);
            }
            left -= length;
        }
        panic!("the oracle lost its way");
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        let minutes = from.div_euclid(MINUTE_MS)..=to.div_euclid(MINUTE_MS);
        let open = minutes.filter(|minute| self.open_day(*minute).is_some()).collect::<Vec<_>>();
        open.into_iter().map(|minute| (to.min((minute + 1) * MINUTE_MS) - from.max(minute * MINUTE_MS)).max(0)).sum()
    }

    /// The same local time on the `days`th later date that opens at all.
    fn add_days(&mut self, start: i64, days: i64) -> Option<i64> {
        if self.hours.always {
            return Some(start + days * DAY_MS);
        }
        if self.hours.is_empty() {
            return None;
        }
        let first = start.div_euclid(MINUTE_MS);
        let begun = (first..).find(|minute| self.open_day(*minute).is_some()).expect("it opens");
        let begun_ms = start.max(begun * MINUTE_MS);
        let wanted_of_day = self.local(begun).rem_euclid(DAY_MINUTES);
        // The date, by going on until it came.
        let mut last = self.open_day(begun).expect("open");
        let mut counted = 0;
        let mut minute = begun;
        while counted < days {
            minute += 1;
            assert!(minute < begun + WALK_MINUTES_MAX, "the oracle lost its way");
            if let Some(day) = self.open_day(minute)
                && day > last
            {
                last = day;
                counted += 1;
            }
        }
        // All of that date, and a little more on both sides for clocks that go back at midnight.
        let wanted = last * DAY_MINUTES + wanted_of_day;
        let mut open = Vec::new();
        let mut moment = None;
        let mut before = None;
        let around = wanted - wanted_of_day - self.local(minute) + minute;
        for minute in around - 300..around + DAY_MINUTES + 300 {
            let local = self.local(minute);
            if moment.is_none() {
                moment = match before {
                    _ if local == wanted => Some(minute),
                    // Skipped: as if the clock had not jumped.
                    Some(earlier) if earlier < wanted && local > wanted => Some(minute - 1 + wanted - earlier),
                    _ => None,
                };
            }
            before = Some(local);
            if self.open_day(minute) == Some(last) {
                open.push(minute);
            }
        }
        let wanted_ms =
            moment.expect("the time of day comes or is skipped") * MINUTE_MS + begun_ms.rem_euclid(MINUTE_MS);
        let reached = open.iter().find(|minute| wanted_ms <= (**minute + 1) * MINUTE_MS);
        let closes = (open.last().expect("it opens") + 1) * MINUTE_MS;
        Some(reached.map_or(closes, |minute| wanted_ms.max(minute * MINUTE_MS)))
    }
}

/// An instant of 2020 to 2040: near a jump of the zone's clock, near a leap day, or anywhere.
fn start(chance: &mut Chance, zone: &TimeZone) -> i64 {
    let from = date(2020, 1, 1).at(0, 0, 0, 0).in_tz("UTC").expect("a date").timestamp().as_millisecond();
    let until = date(2040, 12, 31).at(0, 0, 0, 0).in_tz("UTC").expect("a date").timestamp().as_millisecond();
    let anywhere = chance.between(from, until);
    let instant = jiff::Timestamp::from_millisecond(anywhere).expect("a year of ours");
    let jump = match chance.between(1, 4) {
        1 => zone.following(instant).next().map(|jump| jump.timestamp().as_millisecond()),
        2 => zone.preceding(instant).next().map(|jump| jump.timestamp().as_millisecond()),
        _ => None,
    };
    let base = match jump.filter(|jump| (from..until).contains(jump)) {
        Some(jump) => jump + chance.between(-30 * 60, 4 * 60) * MINUTE_MS,
        None if chance.one_in(6) => {
            let year = i16::try_from(2020 + 4 * chance.between(0, 5)).expect("a year");
            let leap = date(year, 2, 29).at(0, 0, 0, 0).in_tz("UTC").expect("a date").timestamp().as_millisecond();
            leap + chance.between(-DAY_MINUTES, DAY_MINUTES) * MINUTE_MS
        }
        None => anywhere,
    };
    if chance.one_in(2) { base.div_euclid(MINUTE_MS) * MINUTE_MS } else { base + chance.between(0, MINUTE_MS - 1) }
}

#[test]
fn deadlines_agree_with_a_minute_by_minute_count_in_every_zone() {
    let seed = std::env::var("BUOY_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(SEED);
    #[expect(clippy::disallowed_methods, reason = "a test on this machine may say how long it took")]
    let begun = std::time::Instant::now();
    let zones: Vec<(String, TimeZone)> = jiff::tz::db()
        .available()
        .map(|name| (name.to_string(), TimeZone::get(name.as_str()).expect("it is in the database")))
        .collect();
    assert!(zones.len() > 500, "the whole database is here, not {} zones", zones.len());
    let mut chance = Chance(seed);
    let mut counts = [0_u64; 5];
    for case in 0..CASES {
        let (name, zone) = &zones[usize::try_from(case).expect("small") % zones.len()];
        let start = start(&mut chance, zone);
        let near = zone.to_datetime(jiff::Timestamp::from_millisecond(start).expect("a year of ours")).date();
        let hours = Hours::generate(&mut chance, near);
        let spec = hours.spec(name);
        let calendar = Calendar::new(&spec).expect("generated hours are right");
        let mut wall = Wall::new(zone, &hours);
        let at = Timestamp::from_millis(start);
        let what = |said: String| format!("seed {seed}, case {case}: {said} from {} by {spec:?}", at.to_rfc3339());
        let kind = chance.between(1, 5);
        if kind <= 3 {
            let most = if hours.always { 5_000 } else { 600.min(2 * hours.weekly_minutes()).max(1) };
            let minutes = chance.between(1, most);
            let span = Span::minutes(u32::try_from(minutes).expect("small"));
            let expected = wall.add_counted(start, minutes * MINUTE_MS).map(Timestamp::from_millis);
            let due = calendar.add_working_time(at, span);
            assert_eq!(due, expected, "{}", what(format!("{minutes} minutes")));
            if let Some(due) = due {
                assert_eq!(calendar.working_time_between(at, due), minutes * MINUTE_MS, "{}", what("back".to_owned()));
            }
            counts[0] += 1;
            counts[4] += u64::from(due.is_none());
        } else if kind == 4 {
            let days = chance.between(1, 4);
            let expected = wall.add_days(start, days).map(Timestamp::from_millis);
            let due = calendar.add_working_time(at, Span::days(u16::try_from(days).expect("small")));
            assert_eq!(due, expected, "{}", what(format!("{days} days")));
            counts[1] += 1;
            counts[4] += u64::from(due.is_none());
        } else {
            let to = start + chance.between(0, 4 * DAY_MS);
            let expected = wall.between(start, to);
            let counted = calendar.working_time_between(at, Timestamp::from_millis(to));
            assert_eq!(counted, expected, "{}", what(format!("until {to}")));
            counts[2] += 1;
        }
        let ahead = jiff::Timestamp::from_millisecond(start - DAY_MS).expect("a year of ours");
        let jumps = zone.following(ahead).next().is_some_and(|jump| jump.timestamp().as_millisecond() < start + DAY_MS);
        counts[3] += u64::from(jumps);
    }
    let [minutes, days, spans, jumps, never] = counts;
    println!(
        "seed {seed}: {CASES} cases in {} zones ({minutes} by minutes, {days} by days, {spans} between instants; {jumps} \
         within a day of a jump; {never} never due) in {:.1} s",
        zones.len(),
        begun.elapsed().as_secs_f64()
    );
    assert!(jumps > CASES / 10 && never > 100, "the cases are the hard ones");
}
