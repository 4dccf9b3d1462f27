//! What a support team promises, as data: one policy per site.
//!
//! Code knows the mechanisms, presets hold the numbers. The form on paper is `policy.toml` (see `policy_file`, which
//! reads and checks it); this module is the checked form, as the edge stores it and hands parts of it to pages.

mod alert_rules;
mod desk;
mod escalation;
mod fields;
mod incidents;
mod lifecycle;
mod promises;
mod quality;
mod replies;
mod search;
mod span;
mod suggestions;
mod triage_rules;

pub use alert_rules::*;
pub use desk::*;
pub use escalation::*;
pub use fields::*;
pub use incidents::*;
pub use lifecycle::*;
pub use promises::*;
pub use quality::*;
pub use replies::*;
pub use search::*;
pub use span::*;
pub use suggestions::*;

use crate::ticket::Origin;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
pub use triage_rules::{AnswerRule, CategoryRule, Queue, QueueRule, RaiseRule, TagRule, TriageRules};

/// A text in several languages, by language tag.
pub type Localized = BTreeMap<String, String>;

/// The text for a locale: the locale itself, its language, the fallback, anything.
#[must_use]
pub fn localized<'a>(texts: &'a Localized, locale: &str, fallback: &str) -> &'a str {
    let language = locale.split('-').next().unwrap_or(locale);
    let found = [locale, language, fallback].into_iter().find_map(|tag| texts.get(tag));
    found.or_else(|| texts.values().next()).map_or("", String::as_str)
}

/// A checked policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The site as its visitors see it.
    pub site: SiteSettings,
    /// What a ticket may be about.
    pub categories: Vec<Category>,
    /// Where tickets wait for the people who answer them (R1).
    #[serde(default)]
    pub queues: Vec<Keyed>,
    /// How urgent a ticket may be, most urgent first.
    pub priorities: Vec<Priority>,
    /// Kinds of customers, in no order.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// What may break.
    #[serde(default)]
    pub components: Vec<Keyed>,
    /// Office hours, by name.
    pub calendars: BTreeMap<String, CalendarSpec>,
    /// The promises.
    pub sla: Vec<SlaRow>,
    /// When a promise calls for attention (P1, P2).
    #[serde(default)]
    pub alerts: Alerts,
    /// What a month below its tier's availability costs, by the availability reached, best first (P5).
    #[serde(default)]
    pub service_credits: Vec<ServiceCredit>,
    /// The clocks of a disputed invoice; left out, it is a ticket like any other (D).
    #[serde(default)]
    pub billing_disputes: Option<BillingDisputes>,
    /// What time alone does to a ticket (T2, R3, R7).
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// When a ticket goes to somebody else; left out, only by hand (E1, E2).
    #[serde(default)]
    pub escalation: Option<Escalation>,
    /// What alerts of other systems become, the first rule that fits (C1).
    #[serde(default, skip_serializing_if = "AlertRules::is_empty")]
    pub alert_rules: AlertRules,
    /// Signs that a customer is about to leave; left out, nobody watches (E3).
    #[serde(default)]
    pub churn: Option<Churn>,
    /// Who is woken; left out, nobody is (E4).
    #[serde(default)]
    pub on_call: Option<OnCall>,
    /// What is an incident, and what the team does about one (I).
    #[serde(default)]
    pub incidents: IncidentRules,
    /// What customers are asked; left out, nothing (U).
    #[serde(default)]
    pub surveys: Option<Surveys>,
    /// What reports flag; left out, nothing (D).
    #[serde(default)]
    pub reports: Option<Reports>,
    /// Addresses that the texts below name as `{{name}}`, written once: of the product's console, its documentation.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Prepared texts (M).
    #[serde(default)]
    pub macros: Vec<Macro>,
    /// How the team speaks (M).
    #[serde(default)]
    pub replies: Replies,
    /// How the knowledge base is searched (K3).
    #[serde(default)]
    pub search: Search,
    /// Which articles help on which page (W3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// What may be attached to a message.
    #[serde(default)]
    pub attachments: Attachments,
    /// How much may come in.
    #[serde(default)]
    pub limits: Limits,
    /// How a text is sorted and answered.
    pub triage: TriageRules,
}

/// The site as its visitors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// The language when nothing else is known.
    pub default_locale: String,
    /// The languages it speaks.
    pub locales: Vec<String>,
    /// Colour of launcher and buttons, `#rrggbb`.
    pub accent: String,
    /// The tier of customers whose identity names none.
    pub default_tier: String,
    /// Versions of the script tag, such as `0.1.0`, that stay away from the site's pages; `*` is every version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widget_off: Vec<String>,
}

impl SiteSettings {
    /// Versions that a policy may switch off by name. More releases than pages still run; whoever has more says `*`.
    pub const WIDGET_OFF_MAX: usize = 20;

    /// Which versions stay away, as a pattern for the script tag to test its own version with; empty when none does.
    #[must_use]
    pub fn off_pattern(&self) -> String {
        match self.widget_off.as_slice() {
            [] => String::new(),
            versions if versions.iter().any(|version| version == "*") => ".".to_owned(),
            versions => format!("^({})$", versions.join("|").replace('.', "\\.")),
        }
    }
}

/// Office hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// IANA name of the zone the hours are written in.
    pub zone: String,
    /// Around the clock; then hours and holidays mean nothing and must be left out.
    #[serde(default)]
    pub always: bool,
    /// Opening hours by day, `mon` to `sun`, each a list such as `["09:00-13:00", "14:00-18:00"]`.
    #[serde(default)]
    pub hours: BTreeMap<String, Vec<String>>,
    /// Days off: `2026-12-31` once, `01-07` every year.
    #[serde(default)]
    pub holidays: Vec<String>,
}

impl Policy {
    /// Keys of the categories, for checking a draft.
    #[must_use]
    pub fn category_keys(&self) -> Vec<&str> {
        self.categories.iter().map(|category| category.key.as_str()).collect()
    }

    /// Keys of the components, for checking an incident.
    #[must_use]
    pub fn component_keys(&self) -> Vec<&str> {
        self.components.iter().map(|component| component.key.as_str()).collect()
    }

    /// The promise for a ticket: the row of its tier and channel, else of its tier, else of its channel, else the row
    /// for all.
    #[must_use]
    pub fn promise(&self, priority: &str, tier: &str, channel: Origin) -> Option<&SlaRow> {
        self.promise_row(priority, tier, channel).map(|(_, row)| row)
    }

    /// The same, with the row's place in the table, from 0. Of two rows that are equally close the first one holds;
    /// a policy that was checked has no such two.
    #[must_use]
    pub fn promise_row(&self, priority: &str, tier: &str, channel: Origin) -> Option<(usize, &SlaRow)> {
        let rows = self.sla.iter().enumerate().rev();
        rows.filter_map(|(at, row)| Some((row.closeness(priority, tier, channel)?, at, row)))
            .max_by_key(|&(closeness, ..)| closeness)
            .map(|(_, at, row)| (at, row))
    }

    /// The best of the site's languages for what a visitor asked for.
    #[must_use]
    pub fn locale_for<'a>(&'a self, wanted: &str) -> &'a str {
        let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let exact = self.site.locales.iter().find(|tag| tag.eq_ignore_ascii_case(wanted));
        let related = || self.site.locales.iter().find(|tag| language(tag) == language(wanted));
        exact.or_else(related).unwrap_or(&self.site.default_locale)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn the_closest_row_is_the_promise() {
        let row = |tier: Option<&str>, channel: Option<Origin>, minutes: u32| SlaRow {
            priority: "high".into(),
            tier: tier.map(str::to_owned),
            channel,
            first_response: Span::minutes(minutes),
            next_response: None,
            resolution: None,
            calendar: "always".into(),
        };
        let sla = vec![
            row(None, None, 1),
            row(None, Some(Origin::Email), 2),
            row(Some("gold"), None, 3),
            row(Some("gold"), Some(Origin::Email), 4),
        ];
        let policy = Policy { sla, ..empty() };
        for (tier, channel, found) in [
            ("gold", Origin::Email, Some(3)),
            ("gold", Origin::Widget, Some(2)),
            ("tin", Origin::Email, Some(1)),
            ("tin", Origin::Widget, Some(0)),
        ] {
            assert_eq!(policy.promise_row("high", tier, channel).map(|(at, _)| at), found, "{tier} {channel:?}");
        }
        assert_eq!(policy.promise("low", "gold", Origin::Email), None);
    }

    /// What a site stored before there was anything but categories, priorities and first promises.
    const OLD: &str = r##"{"site":{"default_locale":"en","locales":["en"],"accent":"#2b59d9","default_tier":"all"},
        "categories":[{"key":"other","label":{"en":"Other"}}],"priorities":[{"key":"low","label":{"en":"Low"}}],
        "tiers":[{"key":"all","label":{"en":"All"}}],"components":[],
        "calendars":{"always":{"zone":"UTC","always":true,"hours":{},"holidays":[]}},
        "sla":[{"priority":"low","tier":null,"first_response":"24h","resolution":null,"calendar":"always"}],
        "triage":{"default_category":"other","default_priority":"low","raise":[]}}"##;

    pub(crate) fn empty() -> Policy {
        serde_json::from_str(OLD).unwrap()
    }

    #[test]
    fn a_policy_that_was_stored_long_ago_still_reads_and_reads_back() {
        let policy = empty();
        assert_eq!(policy.alerts, Alerts::default());
        assert_eq!(policy.on_call, None);
        let stored = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&stored).unwrap(), policy);
    }

    #[test]
    fn the_versions_that_stay_away_become_a_pattern_for_whole_versions() {
        for (versions, pattern) in [
            (&[][..], ""),
            (&["0.1.0"], r"^(0\.1\.0)$"),
            (&["0.1.0", "0.2.10"], r"^(0\.1\.0|0\.2\.10)$"),
            (&["0.1.0", "*"], "."),
        ] {
            let widget_off = versions.iter().map(|version| (*version).to_owned()).collect();
            assert_eq!(SiteSettings { widget_off, ..empty().site }.off_pattern(), pattern, "{versions:?}");
        }
    }

    #[test]
    fn a_text_falls_back_from_region_to_language_to_default() {
        let texts = Localized::from([("en".into(), "Login".into()), ("ru".into(), "Вход".into())]);
        for (locale, text) in [("ru", "Вход"), ("ru-RU", "Вход"), ("de", "Login"), ("en-GB", "Login")] {
            assert_eq!(localized(&texts, locale, "en"), text);
        }
        assert_eq!(localized(&Localized::from([("ja".into(), "x".into())]), "de", "en"), "x");
    }
}
