//! Whether a calendar is open, and when that changes.

use super::open_times::OpenTimes;
use super::{Calendar, DAY_MS, DAYS_AHEAD_MAX};
use crate::time::Timestamp;

/// How far ahead an end of opening is told, in milliseconds: who is there all week is there.
const TOLD_AHEAD_MS: i64 = 7 * DAY_MS;

/// Whether somebody is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Office {
    /// Whether they are.
    pub open: bool,
    /// When that changes next; none when it does not within a week of opening, or never.
    pub changes_at: Option<Timestamp>,
}

impl Calendar {
    /// How the office stands at an instant. Hours that go on past a midnight or a jump of the clock are one stretch.
    #[must_use]
    pub fn office_at(&self, now: Timestamp) -> Office {
        let now = now.as_millis();
        let closed = Office { open: false, changes_at: None };
        if self.always {
            return Office { open: true, changes_at: None };
        }
        let Some(mut times) = OpenTimes::new(self, now, DAYS_AHEAD_MAX) else { return closed };
        let Some(first) = times.next() else { return closed };
        if first.opens > now {
            return Office { changes_at: Some(Timestamp::from_millis(first.opens)), ..closed };
        }
        let mut closes = first.closes;
        for time in times {
            if time.opens > closes || closes - now > TOLD_AHEAD_MS {
                break;
            }
            closes = time.closes;
        }
        let changes_at = (closes - now <= TOLD_AHEAD_MS).then(|| Timestamp::from_millis(closes));
        Office { open: true, changes_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::CalendarSpec;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn office(zone: &str, days: &[(&str, &[&str])], holidays: &[&str]) -> Calendar {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let hours = days.iter().map(|(day, shifts)| ((*day).to_owned(), texts(shifts))).collect();
        Calendar::new(&CalendarSpec { zone: zone.into(), always: false, hours, holidays: texts(holidays) }).unwrap()
    }

    #[test]
    fn an_office_is_open_until_its_hours_end_and_closed_until_they_begin() {
        let day: &[&str] = &["09:00-13:00", "14:00-18:00"];
        let weekdays = ["mon", "tue", "wed", "thu", "fri"].map(|name| (name, day));
        let london = office("Europe/London", &weekdays, &["2026-11-24"]);
        let whole: &[&str] = &["00:00-24:00"];
        let week = office("UTC", &["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|name| (name, whole)), &[]);
        let weekend = office("Europe/London", &["fri", "sat", "sun"].map(|name| (name, whole)), &[]);
        let never = office("UTC", &[("mon", &[])], &[]);
        for (calendar, now, open, changes_at) in [
            (&london, "2026-11-20T10:00:00Z", true, Some("2026-11-20T13:00:00Z")),
            (&london, "2026-11-20T13:00:00Z", false, Some("2026-11-20T14:00:00Z")),
            (&london, "2026-11-20T18:00:00Z", false, Some("2026-11-23T09:00:00Z")),
            (&london, "2026-11-21T12:00:00Z", false, Some("2026-11-23T09:00:00Z")),
            (&london, "2026-11-23T20:00:00Z", false, Some("2026-11-25T09:00:00Z")),
            // The clock goes back in the night to 25 October 2026: nine in the morning is an hour later then.
            (&london, "2026-10-23T20:00:00Z", false, Some("2026-10-26T09:00:00Z")),
            (&london, "2026-10-22T20:00:00Z", false, Some("2026-10-23T08:00:00Z")),
            (&week, "2026-11-20T10:00:00Z", true, None),
            (&weekend, "2026-10-23T12:00:00Z", true, Some("2026-10-26T00:00:00Z")),
            (&never, "2026-11-20T10:00:00Z", false, None),
        ] {
            let expected = Office { open, changes_at: changes_at.map(at) };
            assert_eq!(calendar.office_at(at(now)), expected, "{now}");
        }
    }
}
