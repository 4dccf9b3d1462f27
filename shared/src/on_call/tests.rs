//! The table of turns (A7): handover minutes, changes of the clocks, hours through the night, months of every length.

use super::*;
use crate::policy::Localized;
use crate::policy::Span as Promise;

const BERLIN: &str = "Europe/Berlin";

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant")
}

fn level(rotation: Rotation, hours: Option<&str>) -> OnCallLevel {
    OnCallLevel { key: "support".into(), label: Localized::new(), rotation, hours: hours.map(str::to_owned) }
}

fn roster(since: &str, people: &[&str]) -> Roster {
    Roster { level: "support".into(), people: people.iter().map(|&name| name.to_owned()).collect(), since: at(since) }
}

fn whose(level: &OnCallLevel, roster: &Roster, when: &str) -> Option<String> {
    on_duty(level, roster, BERLIN, at(when)).map(|turn| turn.person)
}

#[test]
fn e4_a_week_changes_hands_at_its_minute_and_not_a_moment_before() {
    // Monday, 9:00 in Berlin.
    let (weekly, three) = (level(Rotation::Weekly, None), roster("2026-03-02T08:00:00Z", &["ann", "bob", "cem"]));
    for (when, person) in [
        ("2026-03-02T07:59:59.999Z", None),
        ("2026-03-02T08:00:00Z", Some("ann")),
        ("2026-03-09T07:59:59.999Z", Some("ann")),
        ("2026-03-09T08:00:00Z", Some("bob")),
        ("2026-03-16T08:00:00Z", Some("cem")),
        ("2026-03-23T08:00:00Z", Some("ann")),
        ("2027-03-01T08:00:00Z", Some("bob")),
    ] {
        assert_eq!(whose(&weekly, &three, when).as_deref(), person, "{when}");
    }
}

#[test]
fn a7_the_handover_keeps_its_hour_of_the_wall_clock_when_the_clocks_change() {
    let weekly = level(Rotation::Weekly, None);
    let two = roster("2026-03-23T08:00:00Z", &["ann", "bob"]);
    // Clocks go forward on 29 March: nine o'clock is now 7:00 UTC. They go back on 25 October.
    for (when, person) in [
        ("2026-03-30T06:59:59Z", "ann"),
        ("2026-03-30T07:00:00Z", "bob"),
        ("2026-10-19T06:59:59Z", "bob"),
        ("2026-10-19T07:00:00Z", "ann"),
        ("2026-10-26T07:59:59Z", "ann"),
        ("2026-10-26T08:00:00Z", "bob"),
    ] {
        assert_eq!(whose(&weekly, &two, when).as_deref(), Some(person), "{when}");
    }
    let turn = turn(&weekly, &two, BERLIN, at("2026-03-24T00:00:00Z")).expect("a turn");
    assert_eq!(turn.until.as_millis() - turn.from.as_millis(), (7 * 24 - 1) * 3_600_000, "a week with an hour less");
}

#[test]
fn a7_a_handover_in_an_hour_that_is_skipped_or_comes_twice_happens_once() {
    let weekly = level(Rotation::Weekly, None);
    // Sundays at 2:30, which does not exist on 29 March and comes twice on 25 October.
    let two = roster("2026-03-22T01:30:00Z", &["ann", "bob"]);
    for (when, person) in [
        ("2026-03-29T00:59:59Z", "ann"),
        ("2026-03-29T01:29:59Z", "ann"),
        ("2026-03-29T01:30:00Z", "bob"),
        ("2026-10-25T00:29:59Z", "ann"),
        ("2026-10-25T00:30:00Z", "bob"),
        ("2026-10-25T01:30:00Z", "bob"),
    ] {
        assert_eq!(whose(&weekly, &two, when).as_deref(), Some(person), "{when}");
    }
}

#[test]
fn e4_support_is_on_call_through_the_night_only() {
    let nightly = level(Rotation::Weekly, Some("17:00-09:00"));
    let one = roster("2026-06-01T15:00:00Z", &["ann"]);
    for (when, person) in [
        ("2026-06-01T14:59:59Z", None),
        ("2026-06-01T15:00:00Z", Some("ann")),
        ("2026-06-02T00:00:00Z", Some("ann")),
        ("2026-06-02T06:59:59Z", Some("ann")),
        ("2026-06-02T07:00:00Z", None),
        ("2026-06-02T12:00:00Z", None),
    ] {
        assert_eq!(whose(&nightly, &one, when).as_deref(), person, "{when}");
    }
}

#[test]
fn e4_months_change_hands_on_their_day_and_short_months_on_their_last() {
    let monthly = level(Rotation::Monthly, None);
    let three = roster("2026-01-31T08:00:00Z", &["ann", "bob", "cem"]);
    for (when, person) in [
        ("2026-02-28T07:59:59Z", "ann"),
        ("2026-02-28T08:00:00Z", "bob"),
        ("2026-03-31T06:59:59Z", "bob"),
        ("2026-03-31T07:00:00Z", "cem"),
        ("2026-04-30T07:00:00Z", "ann"),
        ("2028-02-29T07:59:59Z", "ann"),
        ("2028-02-29T08:00:00Z", "bob"),
    ] {
        assert_eq!(whose(&monthly, &three, when).as_deref(), Some(person), "{when}");
    }
}

#[test]
fn nobody_is_on_call_without_people_or_in_an_unknown_zone() {
    let weekly = level(Rotation::Weekly, None);
    let nobody = roster("2026-03-02T08:00:00Z", &[]);
    assert_eq!(whose(&weekly, &nobody, "2026-03-03T08:00:00Z"), None);
    let one = roster("2026-03-02T08:00:00Z", &["ann"]);
    assert_eq!(on_duty(&weekly, &one, "Moon/Crater", at("2026-03-03T08:00:00Z")), None);
}

#[test]
fn e4_a_page_goes_to_the_next_level_at_which_somebody_is() {
    let mut levels = vec![
        level(Rotation::Weekly, Some("17:00-09:00")),
        level(Rotation::Weekly, None),
        level(Rotation::Monthly, None),
    ];
    for (level, key) in levels.iter_mut().zip(["support", "engineering", "product_lead"]) {
        level.key = key.into();
    }
    let policy = OnCall {
        zone: BERLIN.into(),
        acknowledge_within: Promise::minutes(15),
        contain_within: Promise::minutes(20),
        weeks_a_quarter_max: 4,
        incidents_a_week_max: 3,
        levels,
    };
    let of = |level: &str, person: &str| Roster { level: level.into(), ..roster("2026-06-01T15:00:00Z", &[person]) };
    let rosters = [of("support", "ann"), of("product_lead", "lea")];
    let reached = |from: usize, when: &str| {
        next_level(&policy, &rosters, from, at(when))
            .map(|(place, level, turn)| (place, level.key.clone(), turn.person))
    };
    let night = "2026-06-02T00:00:00Z";
    assert_eq!(reached(0, night), Some((0, "support".into(), "ann".into())));
    assert_eq!(reached(1, night), Some((2, "product_lead".into(), "lea".into())), "engineering has no roster");
    assert_eq!(
        reached(0, "2026-06-02T12:00:00Z"),
        Some((2, "product_lead".into(), "lea".into())),
        "support is off by day"
    );
    assert_eq!(reached(3, night), None);
}

#[test]
fn e4_weeks_on_call_are_counted_by_quarter_over_all_weekly_levels() {
    let named = |key: &str, rotation| OnCallLevel { key: key.into(), ..level(rotation, None) };
    let policy = OnCall {
        zone: BERLIN.into(),
        acknowledge_within: Promise::minutes(15),
        contain_within: Promise::minutes(20),
        weeks_a_quarter_max: 4,
        incidents_a_week_max: 3,
        levels: vec![
            named("support", Rotation::Weekly),
            named("engineering", Rotation::Weekly),
            named("lead", Rotation::Monthly),
        ],
    };
    let of = |level: &str, since: &str, people: &[&str]| Roster { level: level.into(), ..roster(since, people) };
    // 2026-10-05 and 2027-01-04 are Mondays; each turn begins at 9:00 in Berlin.
    let rosters = [
        of("support", "2026-10-05T07:00:00Z", &["ann", "bob"]),
        of("engineering", "2026-10-12T07:00:00Z", &["cem", "ann"]),
        of("lead", "2026-10-01T07:00:00Z", &["ann"]),
    ];
    for (when, week) in [
        ("2026-10-06T00:00:00Z", 1),
        // Ann has support every other week from the 5th, and engineering in the same weeks from the 19th.
        ("2026-10-20T00:00:00Z", 2),
        ("2026-11-17T00:00:00Z", 4),
        ("2026-12-01T00:00:00Z", 5),
        ("2027-01-12T00:00:00Z", 1),
    ] {
        let turn = turn(&policy.levels[0], &rosters[0], BERLIN, at(when)).expect("a turn");
        assert_eq!(turn.person, "ann", "{when}");
        assert_eq!(week_of_quarter(&policy, &rosters, &turn), week, "{when}");
    }
    let alone = [of("support", "2026-10-05T07:00:00Z", &["ann"])];
    let turn = turn(&policy.levels[0], &alone[0], BERLIN, at("2026-12-29T00:00:00Z")).expect("a turn");
    assert_eq!(week_of_quarter(&policy, &alone, &turn), 13, "every week of the quarter since the roster began");
}
