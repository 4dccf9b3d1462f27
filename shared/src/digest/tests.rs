//! The turns of the day by the school's hours (10:00 to 18:00 in Moscow, Monday to Friday), and what is said then.

use super::*;
use crate::policy::CalendarSpec;
use crate::policy_file::parse;

const SCHOOL: &str = include_str!("../../../presets/school/policy.toml");

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant")
}

fn school() -> Policy {
    parse(SCHOOL).expect("a good policy")
}

#[test]
fn c3_each_digest_is_due_at_its_turn_of_the_day_and_no_later_than_two_hours_after() {
    let policy = school();
    let whichs = |now: &str| due(&policy, at(now)).into_iter().map(|due| due.which).collect::<Vec<_>>();
    use Which::{Monthly, Morning, ShiftEnd, Weekly};
    // 2026-11-23 is a Monday.
    for (now, expected) in [
        ("2026-11-23T06:59:59Z", vec![]),
        ("2026-11-23T07:00:00Z", vec![Morning, Weekly]),
        ("2026-11-23T08:59:59Z", vec![Morning, Weekly]),
        ("2026-11-23T09:00:00Z", vec![]),
        ("2026-11-23T14:59:59Z", vec![]),
        ("2026-11-23T15:00:00Z", vec![ShiftEnd]),
        ("2026-11-24T07:00:00Z", vec![Morning]),
        ("2026-11-28T07:00:00Z", vec![]),
        // 4 November is a holiday, a Wednesday: Thursday opens no new week.
        ("2026-11-04T07:00:00Z", vec![]),
        ("2026-11-05T07:00:00Z", vec![Morning]),
        // The first of December is a Tuesday; February begins on a Monday.
        ("2026-12-01T07:00:00Z", vec![Morning, Monthly]),
        ("2026-12-02T07:00:00Z", vec![Morning]),
        ("2027-02-01T07:00:00Z", vec![Morning, Weekly, Monthly]),
    ] {
        assert_eq!(whichs(now), expected, "{now}");
    }
}

#[test]
fn c3_each_digest_covers_the_time_since_the_turn_before() {
    let monday = due(&school(), at("2026-11-23T07:10:00Z"));
    let periods: Vec<_> = monday.iter().map(|due| (due.from, due.to)).collect();
    let opens = at("2026-11-23T07:00:00Z");
    assert_eq!(periods, [(at("2026-11-20T15:00:00Z"), opens), (at("2026-11-16T07:00:00Z"), opens)]);
    let december = due(&school(), at("2026-12-01T07:10:00Z"));
    assert_eq!((december[1].from, december[1].to), (at("2026-11-01T00:00:00Z"), at("2026-12-01T07:00:00Z")));
    let evening = due(&school(), at("2026-11-23T15:10:00Z"));
    assert_eq!((evening[0].from, evening[0].to), (opens, at("2026-11-23T15:00:00Z")));
}

/// A desk that is open from 9:00 to 18:00 on these days.
fn desk(zone: &str, days: &[&str]) -> Policy {
    let mut policy = school();
    let hours = days.iter().map(|day| ((*day).to_owned(), vec!["09:00-18:00".to_owned()])).collect();
    let spec = CalendarSpec { zone: zone.into(), always: false, hours, holidays: vec![] };
    policy.calendars.values_mut().for_each(|calendar| *calendar = spec.clone());
    policy
}

#[test]
fn c3_weeks_and_months_turn_by_the_date_at_the_office_wherever_that_is() {
    const WORKDAYS: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];
    const ALL: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    use Which::{Monthly, Morning, Weekly};
    for (zone, days, now, expected) in [
        // 30 June 2026 is a Tuesday; in Los Angeles its office hours end on 1 July in UTC.
        ("America/Los_Angeles", &WORKDAYS[..], "2026-06-30T16:00:00Z", vec![Morning]),
        ("America/Los_Angeles", &WORKDAYS, "2026-07-01T16:00:00Z", vec![Morning, Monthly]),
        ("America/Los_Angeles", &WORKDAYS, "2026-07-02T16:00:00Z", vec![Morning]),
        // 31 July is a Friday: week and month turn together on Monday.
        ("America/Los_Angeles", &WORKDAYS, "2026-07-31T16:00:00Z", vec![Morning]),
        ("America/Los_Angeles", &WORKDAYS, "2026-08-03T16:00:00Z", vec![Morning, Weekly, Monthly]),
        // On Sunday the office hours of Los Angeles end on Monday in UTC.
        ("America/Los_Angeles", &ALL, "2026-07-05T16:00:00Z", vec![Morning]),
        ("America/Los_Angeles", &ALL, "2026-07-06T16:00:00Z", vec![Morning, Weekly]),
        ("America/Los_Angeles", &ALL, "2026-08-01T16:00:00Z", vec![Morning, Monthly]),
        ("Europe/Moscow", &WORKDAYS, "2026-06-30T06:00:00Z", vec![Morning]),
        ("Europe/Moscow", &WORKDAYS, "2026-07-01T06:00:00Z", vec![Morning, Monthly]),
        ("Europe/Moscow", &ALL, "2026-07-05T06:00:00Z", vec![Morning]),
        ("Europe/Moscow", &ALL, "2026-07-06T06:00:00Z", vec![Morning, Weekly]),
        // Where Monday opens while it is Sunday in UTC, and the first while it is the last of the month before.
        ("Pacific/Auckland", &WORKDAYS, "2026-07-05T21:00:00Z", vec![Morning, Weekly]),
        ("Pacific/Auckland", &WORKDAYS, "2026-06-30T21:00:00Z", vec![Morning, Monthly]),
        ("Pacific/Auckland", &ALL, "2026-07-31T21:00:00Z", vec![Morning, Monthly]),
    ] {
        let found = due(&desk(zone, days), at(now));
        assert_eq!(found.iter().map(|due| due.which).collect::<Vec<_>>(), expected, "{zone} {now}");
        let month = found.iter().find(|due| due.which == Monthly);
        if let Some(month) = month {
            let begun = if now < "2026-07-02" { "2026-06-01T00:00:00Z" } else { "2026-07-01T00:00:00Z" };
            assert_eq!((month.from, month.to), (at(begun), at(now)), "{zone} {now}");
        }
    }
}

#[test]
fn a_desk_that_is_always_open_has_no_turns() {
    let mut policy = school();
    policy.calendars.retain(|_, spec| spec.always);
    assert_eq!(due(&policy, at("2026-11-23T07:00:00Z")), []);
}

fn stats() -> Stats {
    serde_json::from_value(serde_json::json!({
        "by_status": {}, "first_response_overdue": 1, "open_incidents": 1, "from": "2026-11-20T16:00:00Z",
        "to": "2026-11-23T07:00:00Z", "new": 4, "solved": 2, "open": 3, "pending": 1, "reopened": 0, "escalated": 1,
        "first_response": { "count": 2, "median_minutes": 12, "average_minutes": 20 },
        "resolution": { "count": 0, "median_minutes": null, "average_minutes": null },
        "sla": { "met": 3, "missed": 1, "missed_tickets": [7] }, "automation_percent": 0,
        "csat": { "count": 0, "average_hundredths": null, "promoters": 0, "passives": 0, "detractors": 0 },
    }))
    .expect("figures")
}

fn line() -> Line {
    Line {
        number: 12,
        subject: "Cannot pay".into(),
        customer: Some("Ann".into()),
        priority: "p1".into(),
        status: "open".into(),
        due_at: Some(at("2026-11-23T08:00:00Z")),
        needs: Needs::FirstAnswer,
        assignee: None,
    }
}

#[test]
fn c3_the_text_names_figures_near_misses_incidents_known_issues_and_what_is_handed_over() {
    let (stats, tickets) = (stats(), [line(), Line { number: 13, needs: Needs::Solution, due_at: None, ..line() }]);
    let incidents = [("Payments fail".to_owned(), true), ("Slow".to_owned(), false)];
    let due = Due { which: Which::ShiftEnd, from: at("2026-11-23T07:00:00Z"), to: at("2026-11-23T16:00:00Z") };
    let digest =
        Digest { due, stats: &stats, tickets: &tickets, besides: 0, near_misses: &[5, 9], incidents: &incidents };
    assert_eq!(
        digest.text(false),
        "End of shift: 23.11 07:00 UTC – 23.11 16:00 UTC\nNew 4, solved 2, reopened 0, escalated 1\n\
         Open now 3, waiting 1, first answer overdue 1\nSLA: met 3, missed 1\nNearly late: #5, #9\nIncidents: Slow\n\
         Known issues: Payments fail\n\n#12 Cannot pay · Ann · p1 · open · first answer by 23.11 08:00 UTC · nobody\n\
         #13 Cannot pay · Ann · p1 · open · solution · nobody"
    );
    let weekly = Digest { due: Due { which: Which::Weekly, ..due }, near_misses: &[], incidents: &[], ..digest };
    assert_eq!(
        weekly.text(true),
        "За неделю: 23.11 07:00 UTC – 23.11 16:00 UTC\nНовых 4, решено 2, открыто снова 0, эскалаций 1\n\
         Сейчас открыто 3, ждут клиента 1, просрочен первый ответ 1\nSLA: выполнено 3, нарушено 1\n\
         Первый ответ 12 мин, решение – мин (медианы), CSAT –"
    );
}

#[test]
fn c3_a_month_says_what_was_missed_and_what_was_solved_by_itself_and_marks_too_much() {
    let due = Due { which: Which::Monthly, from: at("2026-11-01T00:00:00Z"), to: at("2026-12-01T07:00:00Z") };
    for (met, missed, share) in [
        (0, 0, "SLA missed 0 %, automatic answers solved 20 %"),
        (95, 5, "SLA missed 5 %, automatic answers solved 20 %"),
        (94, 6, "‼ SLA missed 6 %, automatic answers solved 20 %"),
        (3, 1, "‼ SLA missed 25 %, automatic answers solved 20 %"),
    ] {
        let (mut stats, ticket) = (Stats { automation_percent: 20, ..stats() }, line());
        (stats.sla.met, stats.sla.missed) = (met, missed);
        let digest = Digest { due, stats: &stats, tickets: &[ticket], besides: 0, near_misses: &[], incidents: &[] };
        let text = digest.text(false);
        assert!(text.starts_with("The month: 01.11 00:00 UTC – 01.12 07:00 UTC\nNew 4, solved 2"), "{text}");
        assert_eq!(text.lines().last(), Some(share));
        assert!(digest.text(true).starts_with("За месяц: "), "in Russian, too");
    }
}

#[test]
fn c3_a_line_says_what_its_ticket_waits_for_and_by_when() {
    let due_at = line().due_at;
    for (needs, due_at, en, ru) in [
        (Needs::FirstAnswer, due_at, "first answer by 23.11 08:00 UTC", "первый ответ до 23.11 08:00 UTC"),
        (Needs::Answer, due_at, "answer by 23.11 08:00 UTC", "ответ до 23.11 08:00 UTC"),
        (Needs::Answer, None, "answer", "ответ"),
        (Needs::Solution, due_at, "solution by 23.11 08:00 UTC", "решение до 23.11 08:00 UTC"),
        (Needs::Solution, None, "solution", "решение"),
    ] {
        let line = Line { needs, due_at, ..line() };
        assert_eq!(line.text(false), format!("#12 Cannot pay · Ann · p1 · open · {en} · nobody"));
        assert_eq!(line.text(true), format!("#12 Cannot pay · Ann · p1 · открыто · {ru} · никто"));
    }
}

#[test]
fn c3_whoever_takes_over_hears_how_many_tickets_are_not_named() {
    let stats = stats();
    let due = Due { which: Which::ShiftEnd, from: at("2026-11-23T07:00:00Z"), to: at("2026-11-23T16:00:00Z") };
    let long = Line { subject: "ж".repeat(200), ..line() };
    for (line, tickets, besides, named, en, ru) in [
        (line(), LINES_MAX, 0, LINES_MAX, "", ""),
        (line(), LINES_MAX, 7, LINES_MAX, "and 7 more", "и ещё 7"),
        (line(), LINES_MAX + 1, 0, LINES_MAX, "and 1 more", "и ещё 1"),
        // So many lines of so many characters fit an event.
        (long.clone(), 10, 0, 10, "", ""),
        (long.clone(), LINES_MAX, 0, 10, "and 10 more", "и ещё 10"),
        (long, LINES_MAX, 30, 10, "and 40 more", "и ещё 40"),
    ] {
        let tickets = vec![line; tickets];
        let digest = Digest { due, stats: &stats, tickets: &tickets, besides, near_misses: &[], incidents: &[] };
        for (text, more) in [(digest.text(false), en), (digest.text(true), ru)] {
            let lines = text.lines().filter(|line| line.starts_with("#12 ")).count();
            let last = text.lines().last().filter(|line| !line.starts_with("#12 ")).unwrap_or_default();
            assert_eq!((lines, last), (named, more), "{text}");
            assert!(text.chars().count() <= TEXT_CHARS_MAX, "{text}");
        }
    }
}

#[test]
fn a_text_stays_within_what_an_event_carries() {
    let (stats, ticket) = (stats(), [line()]);
    let incidents = vec![("ж".repeat(200), true); 50];
    let due = Due { which: Which::Morning, from: at("2026-11-22T16:00:00Z"), to: at("2026-11-23T07:00:00Z") };
    let digest = Digest { due, stats: &stats, tickets: &ticket, besides: 0, near_misses: &[], incidents: &incidents };
    let text = digest.text(true);
    assert_eq!(text.chars().count(), TEXT_CHARS_MAX);
    assert!(text.ends_with('…'), "{text}");
}
