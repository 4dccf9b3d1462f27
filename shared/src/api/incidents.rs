//! Incidents as the team handles them, and what they cost.

use super::Choice;
use crate::id::{DraftId, IncidentId};
use crate::incident::{Incident, IncidentDraft, Severity};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Drafts of incidents that are listed; whoever has more waiting has not looked for long.
pub const DRAFTS_LISTED_MAX: u32 = 100;

/// Somebody said that an incident affects them too. A second time says no more than the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MeTooReceipt {
    /// The incident.
    pub incident: IncidentId,
    /// When they said so first.
    pub at: Timestamp,
}

/// What an incident may be, for a form (I2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncidentForm {
    /// The severities, the worst first.
    pub severities: Vec<SeverityInfo>,
    /// What is no incident.
    pub not_incidents: Vec<String>,
    /// What may break.
    pub components: Vec<Choice>,
    /// Whom a banner may concern.
    pub tiers: Vec<Choice>,
    /// The languages of the site.
    pub locales: Vec<String>,
}

/// A severity and what it asks of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeverityInfo {
    /// The severity.
    pub key: Severity,
    /// Its name.
    pub label: String,
    /// What makes an incident so severe.
    pub criteria: Vec<String>,
    /// Minutes after which the team is reminded to say something.
    pub update_every_minutes: u32,
    /// Whether it ends with a post-mortem.
    pub postmortem: bool,
}

/// One incident as the team sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentIncident {
    /// What everybody sees.
    #[serde(flatten)]
    pub incident: Incident,
    /// Who declared it, and is reminded.
    pub owner: Option<String>,
    /// How many people said that it affects them too (I9).
    pub me_too: u32,
    /// When an update is due (I4).
    pub update_due_at: Option<Timestamp>,
    /// When the post-mortem is due (I6).
    pub postmortem_due_at: Option<Timestamp>,
}

/// A post-mortem as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostmortemDocument {
    /// The incident.
    pub incident: IncidentId,
    /// The text, Markdown.
    pub body: String,
    /// Whether it was saved; else this is its beginning, made from the timeline.
    pub saved: bool,
    /// When it was published.
    pub published_at: Option<Timestamp>,
}

/// What may become an incident when a person says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DraftedIncident {
    /// Its id.
    pub id: DraftId,
    /// Who drafted it: a person's name, or what sent the alert.
    pub source: String,
    /// What would be declared.
    pub draft: IncidentDraft,
    /// When it was drafted.
    pub created_at: Timestamp,
}

/// How available everything was in a month, and what that costs (I7, P5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AvailabilityReport {
    /// The month, such as `2026-11`.
    pub month: String,
    /// Whether it is not over: then what has passed of it counts.
    pub running: bool,
    /// The components.
    pub components: Vec<ComponentUptime>,
    /// The tiers.
    pub tiers: Vec<TierAvailability>,
}

/// How available a component was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComponentUptime {
    /// The policy's key.
    pub key: String,
    /// Percent of the time that it was up, such as `99.95`, rounded down to three decimals.
    pub uptime: String,
    /// Seconds that it failed for all.
    pub major_seconds: i64,
    /// Seconds that it failed for some; three tenths of them count.
    pub partial_seconds: i64,
}

/// What a tier was promised of a month, and what it is owed. Listed, not paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TierAvailability {
    /// The tier's key.
    pub key: String,
    /// Percent of the time that was promised; nothing where nothing was.
    pub target: Option<String>,
    /// Percent of the time that everything was up.
    pub uptime: String,
    /// Seconds of downtime, as they count.
    pub downtime_seconds: i64,
    /// Seconds of it that the promise allows in the whole month.
    pub allowed_seconds: Option<i64>,
    /// Percent of the next invoice that is owed.
    pub credit_percent: u8,
}
