//! Months that were computed by hand.

use super::*;
use crate::availability::{allowed_downtime_ms, credit_percent};
use crate::incident::Impact::{Critical, Major, Minor};
use crate::policy::Hundredths;
use proptest::prelude::*;

const MINUTE: i64 = 60_000;

fn at(text: &str) -> i64 {
    Timestamp::parse_rfc3339(&format!("{text}:00Z")).unwrap().as_millis()
}

fn course(components: &[&str], from: &str, until: Option<&str>, said: &[(&str, Impact)]) -> Course {
    let said = said.iter().map(|(when, impact)| Said { at: at(when), impact: *impact, states: ComponentStates::new() });
    Course {
        components: components.iter().map(|key| (*key).to_owned()).collect(),
        tiers: vec![],
        from: at(from),
        until: until.map(at),
        said: said.collect(),
    }
}

fn simple(component: &str, from: &str, until: &str, impact: Impact) -> Course {
    course(&[component], from, Some(until), &[(from, impact)])
}

fn month(year: i64, month: i64) -> Month {
    Month::new(year, month).unwrap()
}

fn figures(courses: &[Course], of: Month) -> (i64, String) {
    let now = Timestamp::parse_rfc3339("2030-01-01T00:00:00Z").unwrap();
    let (down, total) = within_month(&of_component(courses, "api", now), of, now);
    (down.counted_ms() / MINUTE, percent_text(up_millipercent(down, total)))
}

/// A8, months of 31, 30, 28 and 29 days: 44,640, 43,200, 40,320 and 41,760 minutes.
#[test]
fn a8_i7_uptime_of_a_component_is_what_was_computed_by_hand() {
    for (courses, year, of, minutes, percent) in [
        // Nothing happened.
        (vec![], 2026, 10, 0, "100"),
        // 44 of 44,640 minutes: 99.901433… %.
        (vec![simple("api", "2026-10-05T10:00", "2026-10-05T10:44", Critical)], 2026, 10, 44, "99.901"),
        // 43 of 43,200: 99.900462… %; the other component does not count.
        (
            vec![
                simple("api", "2026-11-05T10:00", "2026-11-05T10:43", Critical),
                simple("web", "2026-11-06T10:00", "2026-11-06T20:00", Critical),
            ],
            2026,
            11,
            43,
            "99.9",
        ),
        // 100 minutes of a partial outage count 30 of 40,320: 99.925595… %.
        (vec![simple("api", "2026-02-10T00:00", "2026-02-10T01:40", Major)], 2026, 2, 30, "99.925"),
        // A leap year's February: 418 of 41,760, 98.999042… %.
        (vec![simple("api", "2028-02-29T12:00", "2028-02-29T18:58", Critical)], 2028, 2, 418, "98.999"),
        // What performs badly is up.
        (vec![simple("api", "2026-10-01T00:00", "2026-10-31T00:00", Minor)], 2026, 10, 0, "100"),
        // Two incidents at once count once: 10:00–11:30 is 90 minutes, not 120.
        (
            vec![
                simple("api", "2026-10-05T10:00", "2026-10-05T11:00", Critical),
                simple("api", "2026-10-05T10:30", "2026-10-05T11:30", Critical),
            ],
            2026,
            10,
            90,
            "99.798",
        ),
        // Where a partial one and a full one overlap, the full one counts: 60 partial (18) + 60 full.
        (
            vec![
                simple("api", "2026-10-05T10:00", "2026-10-05T12:00", Major),
                simple("api", "2026-10-05T11:00", "2026-10-05T12:00", Critical),
            ],
            2026,
            10,
            78,
            "99.825",
        ),
        // One incident that was full for 30 minutes, partial for 100 and watched at no impact: 30 + 30.
        (
            vec![course(
                &["api"],
                "2026-10-05T10:00",
                Some("2026-10-05T15:00"),
                &[("2026-10-05T10:10", Critical), ("2026-10-05T10:30", Major), ("2026-10-05T12:10", Impact::None)],
            )],
            2026,
            10,
            60,
            "99.865",
        ),
        // Over the end of a month: its own part alone, here 60 of 120 minutes.
        (vec![simple("api", "2026-10-31T23:00", "2026-11-01T01:00", Critical)], 2026, 10, 60, "99.865"),
        (vec![simple("api", "2026-10-31T23:00", "2026-11-01T01:00", Critical)], 2026, 11, 60, "99.861"),
        // All of a month.
        (vec![simple("api", "2026-01-01T00:00", "2027-01-01T00:00", Critical)], 2026, 2, 40_320, "0"),
    ] {
        assert_eq!(figures(&courses, month(year, of)), (minutes, percent.to_owned()), "{year}-{of} {courses:?}");
    }
}

#[test]
fn i5_a_state_of_its_own_counts_instead_of_the_impact() {
    let mut one =
        course(&["api", "web"], "2026-10-05T10:00", Some("2026-10-05T11:00"), &[("2026-10-05T10:00", Critical)]);
    one.said[0].states = [("api".to_owned(), ComponentStatus::PartialOutage)].into();
    assert_eq!(figures(&[one], month(2026, 10)).0, 18, "an hour of a partial outage");
}

#[test]
fn i7_a_month_that_is_not_over_counts_what_has_passed_and_an_open_incident_lasts() {
    let now = Timestamp::from_millis(at("2026-10-02T00:00"));
    let open = course(&["api"], "2026-10-01T12:00", None, &[("2026-10-01T12:00", Critical)]);
    let (down, total) = within_month(&of_component(&[open], "api", now), month(2026, 10), now);
    assert_eq!((down.major_ms, total), (720 * MINUTE, 1_440 * MINUTE));
    assert_eq!(percent_text(up_millipercent(down, total)), "50");
    assert_eq!(within_month(&[], month(2027, 1), now).1, 0, "a month to come");
    assert_eq!(up_millipercent(Down::default(), 0), 100_000);
}

/// P5: the table of preset saas is 10 % below 99.95, 25 % below 99, 50 % below 95.
#[test]
fn a8_p5_a_missed_month_owes_each_tier_what_the_table_says() {
    let policy = crate::policy_file::parse(include_str!("../../../presets/saas/policy.toml")).unwrap();
    let day = |number: i64, minutes: i64| {
        let from = at(&format!("2026-11-{number:02}T00:00"));
        let until = Some(from + minutes * MINUTE);
        let said = vec![Said { at: from, impact: Critical, states: ComponentStates::new() }];
        Course { components: vec!["website".into()], tiers: vec![], from, until, said }
    };
    let of_pro = |course: Course| Course { tiers: vec!["pro".into()], ..course };
    let november = month(2026, 11);
    // 30 days allow 216 minutes at 99.5 %, 43.2 at 99.9 %, 21.6 at 99.95 %; 432 are 1 %, 2,160 are 5 %.
    for (courses, basic, pro, enterprise) in [
        (vec![day(1, 21)], 0, 0, 0),
        (vec![day(1, 22)], 0, 0, 10),
        (vec![day(1, 44)], 0, 10, 10),
        (vec![day(1, 217)], 10, 10, 10),
        (vec![day(1, 217), day(2, 216)], 25, 25, 25),
        (vec![day(1, 1_440), day(2, 721)], 50, 50, 50),
        (vec![of_pro(day(1, 44)), day(2, 21)], 0, 10, 0),
        (vec![day(1, 22), day(1, 22)], 0, 0, 10),
    ] {
        let now = Timestamp::parse_rfc3339("2030-01-01T00:00:00Z").unwrap();
        let owed = ["basic", "pro", "enterprise"].map(|tier| {
            let (down, _) = within_month(&of_tier(&courses, tier, now), november, now);
            credit_percent(&policy, tier, november, down.counted_ms())
        });
        assert_eq!(owed, [basic, pro, enterprise], "{courses:?}");
    }
    assert_eq!(allowed_downtime_ms(Hundredths::parse("99.9").unwrap(), november), 432 * 6_000);
}

#[test]
fn an_incident_that_names_no_component_concerns_the_product_and_no_component() {
    let now = Timestamp::from_millis(at("2026-12-01T00:00"));
    let all = course(&[], "2026-11-01T00:00", Some("2026-11-01T01:00"), &[("2026-11-01T00:00", Critical)]);
    assert!(of_component(std::slice::from_ref(&all), "api", now).is_empty());
    assert_eq!(Down::within(&of_tier(&[all], "basic", now), i64::MIN, i64::MAX).major_ms, 60 * MINUTE);
}

const STATES: [ComponentStatus; 4] = [
    ComponentStatus::Operational,
    ComponentStatus::DegradedPerformance,
    ComponentStatus::PartialOutage,
    ComponentStatus::MajorOutage,
];

proptest! {
    /// The oracle looks at each moment by itself.
    #[test]
    fn merged_spells_say_at_each_moment_what_the_worst_of_them_says(
        raw in proptest::collection::vec((0_i64..60, 1_i64..30, 0_usize..4), 0..12)
    ) {
        let spells: Vec<Spell> =
            raw.iter().map(|&(from, length, state)| Spell { status: STATES[state], from, until: from + length }).collect();
        let merged = worst_of(&spells);
        for pair in merged.windows(2) {
            prop_assert!(pair[0].until <= pair[1].from, "in order and apart: {merged:?}");
        }
        let worst = |spells: &[Spell], at: i64| {
            let there = spells.iter().filter(|spell| spell.from <= at && at < spell.until);
            there.map(|spell| spell.status).max().unwrap_or(ComponentStatus::Operational)
        };
        for moment in -1..100 {
            prop_assert_eq!(worst(&merged, moment), worst(&spells, moment), "at {}", moment);
        }
    }
}
