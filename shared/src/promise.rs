//! A due time as the customer's own clock shows it (P4), for mails and chats. The panel formats its own.

use crate::month_names;
use crate::time::Timestamp;
use crate::zones;
use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days ahead that are called by their weekday: with a seventh, two days would have one name.
const WEEKDAY_DAYS_MAX: i32 = 6;

const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAYS_RU: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];

/// The due time in words as short as they can be: `14:30`, `tomorrow 14:30`, `Mon 14:30`, `2 Dec 14:30`, with the year
/// when it is another one, by the customer's own clock. An unknown zone is UTC, and says so. Languages other than Russian
/// read English.
#[must_use]
pub fn by(due: Timestamp, now: Timestamp, zone: &str, locale: &str) -> String {
    match zones::zone(zone) {
        Some(zone) => told(due, now, &zone, locale, ""),
        None => told(due, now, &TimeZone::UTC, locale, " UTC"),
    }
}

/// The same by a clock that may not be the customer's: it says how far from UTC that clock is at the due time, such as
/// `tomorrow 14:30 UTC+3`. An unknown zone is UTC.
#[must_use]
pub fn by_office_clock(due: Timestamp, now: Timestamp, zone: &str, locale: &str) -> String {
    let zone = zones::zone(zone).unwrap_or(TimeZone::UTC);
    let offset = local(due, &zone).map_or(0, |due| due.offset().seconds() / 60);
    let sign = if offset < 0 { '\u{2212}' } else { '+' };
    let suffix = match (offset.abs() / 60, offset.abs() % 60) {
        (0, 0) => " UTC".to_owned(),
        (hours, 0) => format!(" UTC{sign}{hours}"),
        (hours, minutes) => format!(" UTC{sign}{hours}:{minutes:02}"),
    };
    told(due, now, &zone, locale, &suffix)
}

fn told(due: Timestamp, now: Timestamp, zone: &TimeZone, locale: &str, suffix: &str) -> String {
    let (Some(due), Some(now)) = (local(due, zone), local(now, zone)) else { return String::new() };
    let russian = locale.split('-').next() == Some("ru");
    let time = format!("{:02}:{:02}", due.hour(), due.minute());
    let day = day(due.date(), now.date(), russian);
    match day {
        Some(day) => format!("{day} {time}{suffix}"),
        None => format!("{time}{suffix}"),
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()))
}

/// What to say of the day; nothing today.
fn day(due: Date, today: Date, russian: bool) -> Option<String> {
    let days_ahead = due.since(today).ok()?.get_days();
    let name = |list: &[&str], at: i8| list.get(usize::from(at.unsigned_abs())).copied().unwrap_or_default().to_owned();
    match days_ahead {
        0 => None,
        1 => Some(if russian { "завтра" } else { "tomorrow" }.to_owned()),
        2..=WEEKDAY_DAYS_MAX => {
            Some(name(if russian { &DAYS_RU } else { &DAYS_EN }, due.weekday().to_monday_zero_offset()))
        }
        _ => {
            let month =
                name(if russian { &month_names::OF_RUSSIAN } else { &month_names::SHORT_ENGLISH }, due.month() - 1);
            let year = if due.year() == today.year() { String::new() } else { format!(" {}", due.year()) };
            Some(format!("{} {month}{year}", due.day()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_the_customer_sees_the_promise_in_their_own_time() {
        // A Friday; 12:00 in London, 15:00 in Moscow, 4:00 in Los Angeles.
        let now = "2026-11-20T12:00:00Z";
        for (due, zone, locale, text) in [
            ("2026-11-20T14:30:00Z", "Europe/London", "en", "14:30"),
            ("2026-11-20T14:30:00Z", "Europe/Moscow", "ru", "17:30"),
            ("2026-11-20T22:30:00Z", "Europe/Moscow", "ru-RU", "завтра 01:30"),
            ("2026-11-20T22:30:00Z", "America/Los_Angeles", "en", "14:30"),
            ("2026-11-21T14:30:00Z", "Europe/London", "en", "tomorrow 14:30"),
            ("2026-11-23T14:30:00Z", "Europe/London", "en-GB", "Mon 14:30"),
            ("2026-11-23T14:30:00Z", "Europe/Moscow", "ru", "пн 17:30"),
            ("2026-11-26T14:30:00Z", "Europe/London", "en", "Thu 14:30"),
            ("2026-11-27T14:30:00Z", "Europe/London", "en", "27 Nov 14:30"),
            ("2026-12-02T09:05:00Z", "Europe/Moscow", "ru", "2 декабря 12:05"),
            ("2027-01-02T09:05:00Z", "Europe/London", "de", "2 Jan 2027 09:05"),
            ("2026-11-19T14:30:00Z", "Europe/London", "en", "19 Nov 14:30"),
            ("2026-11-20T14:30:00Z", "Mars/Olympus", "en", "14:30 UTC"),
            ("2026-11-20T14:30:00Z", "Asia/Kathmandu", "en", "20:15"),
        ] {
            let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
            assert_eq!(by(at(due), at(now), zone, locale), text, "{due} in {zone}");
        }
    }

    #[test]
    fn p4_a_clock_that_may_not_be_the_customers_says_which_it_is() {
        let now = "2026-11-20T12:00:00Z";
        for (due, zone, locale, text) in [
            ("2026-11-20T14:30:00Z", "Europe/Moscow", "ru", "17:30 UTC+3"),
            ("2026-11-20T22:30:00Z", "Europe/Moscow", "en", "tomorrow 01:30 UTC+3"),
            ("2026-11-20T22:30:00Z", "America/Los_Angeles", "en", "14:30 UTC\u{2212}8"),
            ("2027-04-02T09:05:00Z", "America/Los_Angeles", "en", "2 Apr 2027 02:05 UTC\u{2212}7"),
            ("2026-11-20T14:30:00Z", "Asia/Kathmandu", "en", "20:15 UTC+5:45"),
            ("2026-11-20T14:30:00Z", "Europe/London", "en", "14:30 UTC"),
            ("2026-11-20T14:30:00Z", "UTC", "en", "14:30 UTC"),
            ("2026-11-20T14:30:00Z", "Mars/Olympus", "en", "14:30 UTC"),
        ] {
            let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
            assert_eq!(by_office_clock(at(due), at(now), zone, locale), text, "{due} in {zone}");
        }
    }
}
