//! The preset of a product with AI agents and CRM integrations.

use crate::{MON_TO_FRI, Row, common, hold, keys, optional, promise, row, week, weekdays};
use buoy_shared::policy::Policy;
use buoy_shared::ticket::Origin;

const TEXT: &str = include_str!("../../../presets/saas/policy.toml");

/// What each channel promises, by priority.
const PROMISES: [(&str, Origin, &str, &str); 14] = [
    ("p0", Origin::Telegram, "15m", "always"),
    ("p1", Origin::Telegram, "15m", "always"),
    ("p0", Origin::Widget, "2h", "always"),
    ("p1", Origin::Widget, "2h", "always"),
    ("p2", Origin::Widget, "2h", "business"),
    ("p3", Origin::Widget, "2h", "business"),
    ("p0", Origin::Email, "4h", "business"),
    ("p1", Origin::Email, "4h", "business"),
    ("p2", Origin::Email, "4h", "business"),
    ("p3", Origin::Email, "4h", "business"),
    // Whatever comes otherwise: alerts, agents.
    ("p0", Origin::Alert, "15m", "always"),
    ("p1", Origin::Alert, "15m", "always"),
    ("p2", Origin::Alert, "4h", "business"),
    ("p3", Origin::Alert, "4h", "business"),
];

fn duties(policy: &Policy, priority: &str) -> String {
    let priority = policy.priorities.iter().find(|known| known.key == priority).expect("priority");
    format!("{:?}", priority.duties)
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = common::rows();
    rows.extend(common::credits());
    for (priority, channel, first, calendar) in PROMISES {
        let read = move |p: &Policy| {
            let row = promise(p, priority, "basic", channel);
            format!("{} {}", row.first_response, row.calendar)
        };
        rows.push(row(format!("P {priority} by {channel:?}: {first} {calendar}"), read, format!("{first} {calendar}")));
        let read = move |p: &Policy| optional(promise(p, priority, "basic", channel).next_response);
        rows.push(row(format!("ours: {priority} by {channel:?}, later answers as the first"), read, first));
    }
    let urgent = "[PageOnDuty, UpdateStatusPage, PostMortem]";
    rows.extend([
        common::availability("basic", "99.5"),
        common::availability("pro", "99.9"),
        common::availability("enterprise", "99.95"),
        row("P0 pages at once, updates the status page, needs a post-mortem", |p| duties(p, "p0"), urgent),
        row("P1 pages at once, updates the status page, needs a post-mortem", |p| duties(p, "p1"), urgent),
        row("P2 where needed a task in the issue tracker", |p| duties(p, "p2"), "[OfferTask]"),
        row("P3 into the knowledge base", |p| duties(p, "p3"), "[OfferArticle]"),
        row("business days", |p| week(p, "business"), weekdays("Europe/Moscow", &MON_TO_FRI, "09:00-18:00")),
        row("around the clock", |p| week(p, "always"), "UTC always"),
        row("priorities, most urgent first", |p| keys(&p.priorities), "p0 p1 p2 p3"),
        row("categories", |p| keys(&p.categories), "billing integrations ai-response incident"),
        row("tiers", |p| keys(&p.tiers), "basic pro enterprise"),
        row("E1 enterprise?", |p| p.escalation.as_ref().expect("escalation").tiers.join(" "), "enterprise"),
        row("English and Russian", |p| p.site.locales.join(" "), "en ru"),
    ]);
    rows
}

#[test]
fn the_saas_keeps_every_number() {
    hold(TEXT, &rows());
}
