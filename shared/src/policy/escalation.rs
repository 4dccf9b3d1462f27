//! When a ticket goes to somebody else, and who is woken for it (E).

use super::{Localized, Span};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Patterns by language, in lower case; their form is that of `TriageRules`.
pub type WordsByLocale = BTreeMap<String, Vec<String>>;

/// The ladder (E1) and the classes of engineering (E2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Name of the calendar that counts working days.
    pub calendar: String,
    /// What is broken for customers of these tiers goes to engineering and customer success at once (E1).
    #[serde(default)]
    pub tiers: Vec<String>,
    /// Investigated longer than this, a ticket goes to engineering together with customer success (E1).
    pub investigation_over: Span,
    /// Investigated longer than this, it is engineering's alone to lead (E1).
    pub long_investigation_over: Span,
    /// More money than this at stake escalates, in whole units of the site's currency (E1).
    pub money_over: u32,
    /// Words that bring a ticket to legal and security (E1).
    pub legal_words: WordsByLocale,
    /// The classes of engineering, most urgent first (E2).
    pub classes: Vec<EngineeringClass>,
}

/// How fast engineering takes a problem over (E2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineeringClass {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
    /// Whether somebody is paged at once.
    #[serde(default)]
    pub pages: bool,
    /// Until there is a call.
    #[serde(default)]
    pub call_within: Option<Span>,
    /// Until there is a plan.
    #[serde(default)]
    pub plan_within: Option<Span>,
    /// Until engineering has answered.
    #[serde(default)]
    pub answer_within: Option<Span>,
    /// A problem of more than this many percent of the platform is of this class.
    #[serde(default)]
    pub platform_percent_over: Option<u8>,
    /// A latency over this many milliseconds is.
    #[serde(default)]
    pub latency_ms_over: Option<u32>,
    /// More than this many percent of errors are.
    #[serde(default)]
    pub errors_percent_over: Option<u8>,
}

/// Signs that a customer is about to leave (E3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Churn {
    /// Words that bring a ticket to the product lead at once.
    pub words: WordsByLocale,
    /// Until the product lead has called, after such words.
    pub words_call_within: Span,
    /// Ratings below this, of 10, concern customer success.
    pub rating_below: u8,
    /// Until customer success has heard of such a rating.
    pub rating_heard_within: Span,
    /// Until customer success has called.
    pub rating_call_within: Span,
    /// Days without activity after which customer success hears of it.
    pub inactive_days: u16,
}

/// Who is woken, and when it is somebody else's turn (E4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnCall {
    /// IANA name of the zone in which shifts change.
    pub zone: String,
    /// A page that nobody has acknowledged by then goes to the next level.
    pub acknowledge_within: Span,
    /// The most urgent kind of incident, not contained by then, pages engineering.
    pub contain_within: Span,
    /// Weeks on call in a quarter for one person, at most.
    pub weeks_a_quarter_max: u8,
    /// Incidents in a week; after more than that, the next week is off.
    pub incidents_a_week_max: u8,
    /// The levels, in the order in which they are paged.
    pub levels: Vec<OnCallLevel>,
}

/// One level of those on call (E4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnCallLevel {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
    /// How long one person stays.
    pub rotation: Rotation,
    /// From when to when each day, such as `17:00-09:00` through the night; left out, around the clock.
    #[serde(default)]
    pub hours: Option<String>,
}

/// How long one person stays on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// A week.
    Weekly,
    /// A month.
    Monthly,
}
