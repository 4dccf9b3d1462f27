//! Who is on call, and the calls for them (E4, E5).

use crate::secret::Secret;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// People who take turns at one level.
pub const ROSTER_PEOPLE_MAX: usize = 50;

/// One level of those on call, at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OnCallNow {
    /// The level's key.
    pub level: String,
    /// The agent who is on duty; null when nobody is.
    pub person: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// When their turn ends.
    pub until: Option<Timestamp>,
}

/// Who takes turns at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RosterDraft {
    /// Agents, in the order of their turns.
    pub people: Vec<String>,
    /// When the first turn begins; every later one begins at this hour of the wall clock.
    pub since: Timestamp,
}

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageDraft {
    /// What it is about, in one line.
    #[serde(default)]
    pub summary: String,
    /// The level to begin at; left out, the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// How a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Nobody has taken it.
    Triggered,
    /// Somebody has.
    Acknowledged,
}

/// A call for somebody on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageInfo {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub summary: String,
    /// The level that is called.
    pub level: String,
    /// The agent who is called; null when nobody is on duty anywhere.
    pub person: Option<String>,
    /// How it stands.
    pub state: PageState,
    /// When it goes to the next level.
    pub climbs_at: Option<Timestamp>,
    /// The agent who has taken it.
    pub acknowledged_by: Option<String>,
    /// Who has taken it in Slack or PagerDuty, as they are called there.
    #[serde(default)]
    pub acknowledged_as: Option<String>,
    /// When it was triggered.
    pub created_at: Timestamp,
}

/// A code that links an agent with the bot (B).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TelegramLink {
    /// What to write to the agents' bot, once.
    pub command: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A token for those who send alerts, shown once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HookToken {
    /// Goes into `Authorization: Bearer`; for a Statuspage into `?key=` of the address.
    pub token: Secret,
}

/// What became of alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HookReport {
    /// Drafts of incidents that were made.
    pub drafts: u32,
    /// Alerts that have a ticket, new or not.
    pub tickets: u32,
    /// Alerts whose end withdrew a draft, or was told to those who published it.
    #[serde(default)]
    pub over: u32,
    /// Alerts that nothing follows from.
    pub ignored: u32,
    /// Alerts that could not be kept, such as the end of one whose ticket is closed.
    pub refused: u32,
}
