//! The preset of a course platform.

use crate::{MON_TO_FRI, Row, common, hold, keys, promise, row, week, weekdays};
use buoy_shared::ticket::Origin;

const TEXT: &str = include_str!("../../../presets/school/policy.toml");

pub(crate) fn rows() -> Vec<Row> {
    let first = |priority: &'static str| {
        move |p: &buoy_shared::policy::Policy| {
            let row = promise(p, priority, "standard", Origin::Widget);
            format!("{} {}", row.first_response, row.calendar)
        }
    };
    let mut rows = common::rows();
    rows.extend([
        row("P0 mass outage: 15 min around the clock", first("p0"), "15m always"),
        row("P1 blocks one user: 2 h around the clock", first("p1"), "2h always"),
        row("P2 has a workaround: 8 h in business hours", first("p2"), "8h business"),
        row("P3 question or wish: 24 h", first("p3"), "24h always"),
        row(
            "P2's 8 h are one business day",
            |p| week(p, "business"),
            weekdays("Europe/Moscow", &MON_TO_FRI, "10:00-18:00"),
        ),
        row("P0 and P1 around the clock", |p| week(p, "always"), "Europe/Moscow always"),
        row("priorities, most urgent first", |p| keys(&p.priorities), "p0 p1 p2 p3"),
        row("categories", |p| keys(&p.categories), "login payment lesson zoom homework recording other"),
        row("Russian first, English second", |p| p.site.locales.join(" "), "ru en"),
        row("Russian by default", |p| p.site.default_locale.clone(), "ru"),
    ]);
    rows
}

#[test]
fn the_school_keeps_every_number() {
    hold(TEXT, &rows());
}
