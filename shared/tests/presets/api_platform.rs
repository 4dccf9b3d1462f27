//! The preset of an API product with three kinds of customers.

use crate::{MON_TO_FRI, Row, common, hold, keys, optional, promise, row, week, weekdays};
use buoy_shared::availability::{Month, allowed_downtime_ms, credit_percent};
use buoy_shared::policy::{FormField, Policy};
use buoy_shared::policy_file;
use buoy_shared::ticket::Origin;

const TEXT: &str = include_str!("../../../presets/api-platform/policy.toml");
const PACIFIC: &str = "America/Los_Angeles";

/// First response and solution by severity and tier, and the calendar that counts.
const PROMISES: [(&str, &str, &str, &str, &str); 12] = [
    ("critical", "starter", "24h", "5d", "starter"),
    ("critical", "professional", "4h", "2d", "professional"),
    ("critical", "enterprise", "1h", "8h", "always"),
    ("high", "starter", "8h", "2d", "starter"),
    ("high", "professional", "2h", "8h", "professional"),
    ("high", "enterprise", "30m", "2h", "enterprise"),
    ("medium", "starter", "24h", "7d", "starter"),
    ("medium", "professional", "4h", "1d", "professional"),
    ("medium", "enterprise", "1h", "4h", "enterprise"),
    ("low", "starter", "48h", "none", "starter"),
    ("low", "professional", "24h", "none", "professional"),
    ("low", "enterprise", "4h", "none", "enterprise"),
];

fn attainment(tier: &'static str, percent: &'static str) -> Row {
    let read = move |p: &Policy| {
        let tier = p.tiers.iter().find(|known| known.key == tier).expect("tier");
        tier.attainment.map_or(String::new(), |number| number.to_string())
    };
    row(format!("P {tier}: {percent} % of first responses in time"), read, percent)
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = common::rows();
    rows.extend(common::credits());
    for (severity, tier, first, solution, calendar) in PROMISES {
        let of = move |p: &Policy| promise(p, severity, tier, Origin::Widget).clone();
        rows.extend([
            row(
                format!("P {severity} {tier}: first response {first}"),
                move |p| of(p).first_response.to_string(),
                first,
            ),
            row(format!("P {severity} {tier}: resolution {solution}"), move |p| optional(of(p).resolution), solution),
            row(format!("P {severity} {tier}: counted by {calendar}"), move |p| of(p).calendar, calendar),
            row(
                format!("ours: {severity} {tier}, later answers as the first"),
                move |p| optional(of(p).next_response),
                first,
            ),
        ]);
    }
    let all_week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    rows.extend([
        row("P Starter Mon–Fri 9–17 Pacific", |p| week(p, "starter"), weekdays(PACIFIC, &MON_TO_FRI, "09:00-17:00")),
        row(
            "P Professional Mon–Fri 9–18 Pacific",
            |p| week(p, "professional"),
            weekdays(PACIFIC, &MON_TO_FRI, "09:00-18:00"),
        ),
        row(
            "P Enterprise Mon–Fri 9–18 plus weekends on call",
            |p| week(p, "enterprise"),
            weekdays(PACIFIC, &all_week, "09:00-18:00"),
        ),
        row("P Enterprise critical around the clock", |p| week(p, "always"), format!("{PACIFIC} always")),
        attainment("starter", "90"),
        attainment("professional", "95"),
        attainment("enterprise", "99"),
        common::availability("starter", "99.5"),
        common::availability("professional", "99.9"),
        common::availability("enterprise", "99.95"),
        row("severities, most urgent first", |p| keys(&p.priorities), "critical high medium low"),
        row("categories", |p| keys(&p.categories), "platform feature integration billing other"),
        row("tiers", |p| keys(&p.tiers), "starter professional enterprise"),
        row("an endpoint has at most 200 characters", |p| bound(p, "endpoint", |field| field.max), "200"),
        row("the least HTTP status is 100", |p| bound(p, "http_status", |field| field.min), "100"),
        row("the greatest HTTP status is 599", |p| bound(p, "http_status", |field| field.max), "599"),
    ]);
    rows
}

/// A bound of what an integration's form asks.
fn bound(policy: &Policy, key: &str, read: impl Fn(&FormField) -> Option<i32>) -> String {
    let asked = policy.categories.iter().flat_map(|category| &category.fields).find(|field| field.key == key);
    asked.and_then(read).map_or_else(|| "none".to_owned(), |bound| bound.to_string())
}

#[test]
fn the_api_platform_keeps_every_number() {
    hold(TEXT, &rows());
}

#[test]
fn p5_a_missed_month_costs_what_the_table_says() {
    let policy = policy_file::parse(TEXT).unwrap();
    let november = Month::new(2026, 11).unwrap();
    let target = |tier: &str| policy.tiers.iter().find(|known| known.key == tier).unwrap().availability.unwrap();
    let minutes = |number: i64| number * 60_000;
    assert_eq!(allowed_downtime_ms(target("professional"), november), 2_592_000, "99.9 % of 30 days is 43.2 minutes");
    for (case, tier, downtime_ms, percent) in [
        ("no downtime", "professional", 0, 0),
        ("the last allowed millisecond", "professional", 2_592_000, 0),
        ("one more", "professional", 2_592_001, 10),
        ("an enterprise's month is missed earlier", "enterprise", 1_296_001, 10),
        ("a starter's later", "starter", 2_592_001, 0),
        ("a starter's month missed", "starter", minutes(216) + 1, 10),
        ("exactly 99 %", "starter", minutes(432), 10),
        ("below 99 %", "starter", minutes(432) + 1, 25),
        ("below 95 %", "enterprise", minutes(2_160) + 1, 50),
        ("down all month", "professional", november.millis(), 50),
        ("an unknown tier was promised nothing", "gold", november.millis(), 0),
    ] {
        assert_eq!(credit_percent(&policy, tier, november, downtime_ms), percent, "{case}");
    }
}
