//! Holds every number of the three presets, one named row each (P, E, D, U).
//!
//! Each row says in words what was promised, and reads it from the preset in the way the product does. A second test
//! changes every number of every preset, one at a time, and finds the one row that says otherwise: so no number
//! stands without a row, and no row fails for a number that is not its own.
#![expect(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail by panicking")]

mod api_platform;
mod changed;
mod common;
mod saas;
mod school;

use buoy_shared::policy::{Policy, SlaRow, Span};
use buoy_shared::policy_file;
use buoy_shared::ticket::Origin;

/// One promise of a preset.
struct Row {
    /// In words.
    says: String,
    /// How the product finds it.
    read: Box<dyn Fn(&Policy) -> String>,
    /// What it is.
    expected: String,
}

fn row(says: impl Into<String>, read: impl Fn(&Policy) -> String + 'static, expected: impl Into<String>) -> Row {
    Row { says: says.into(), read: Box::new(read), expected: expected.into() }
}

/// The rows that a policy breaks.
fn broken<'a>(rows: &'a [Row], policy: &Policy) -> Vec<(&'a str, String, &'a str)> {
    rows.iter()
        .map(|row| (row.says.as_str(), (row.read)(policy), row.expected.as_str()))
        .filter(|(_, found, expected)| found != expected)
        .collect()
}

/// Fails with the rows that a preset breaks.
fn hold(text: &str, rows: &[Row]) {
    let policy = policy_file::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let broken = broken(rows, &policy);
    assert!(broken.is_empty(), "{broken:#?}");
}

fn promise<'a>(policy: &'a Policy, priority: &str, tier: &str, channel: Origin) -> &'a SlaRow {
    policy.promise(priority, tier, channel).expect("every ticket has a promise")
}

fn optional(span: Option<Span>) -> String {
    span.map_or("none".to_owned(), String::from)
}

/// A calendar's week, such as `America/Los_Angeles mon 09:00-17:00, tue …`.
fn week(policy: &Policy, calendar: &str) -> String {
    let spec = &policy.calendars[calendar];
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let hours: Vec<String> =
        days.iter().filter_map(|day| Some(format!("{day} {}", spec.hours.get(*day)?.join(" ")))).collect();
    if spec.always { format!("{} always", spec.zone) } else { format!("{} {}", spec.zone, hours.join(", ")) }
}

/// The same hours from Monday to the last of these days.
fn weekdays(zone: &str, days: &[&str], hours: &str) -> String {
    let week: Vec<String> = days.iter().map(|day| format!("{day} {hours}")).collect();
    format!("{zone} {}", week.join(", "))
}

const MON_TO_FRI: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];

fn keys<T: buoy_shared::policy::Named>(list: &[T]) -> String {
    list.iter().map(|entry| entry.key()).collect::<Vec<_>>().join(" ")
}
