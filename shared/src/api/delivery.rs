//! Where news goes (C2): destinations of a site, what was sent to them, what was laid aside.

use crate::secret::Secret;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Destinations of one site: each event may become as many rows.
pub const DESTINATIONS_MAX: usize = 20;

/// Kinds of destinations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DestinationKind {
    /// An address of the customer's own, by Standard Webhooks.
    Webhook,
    /// A chat, by the agents' bot.
    Telegram,
    /// A channel, by an incoming webhook.
    Slack,
    /// A service, by Events API v2.
    #[serde(rename = "pagerduty")]
    PagerDuty,
    /// A mailbox.
    Email,
    /// A project of an issue tracker.
    Jira,
    /// A Zendesk that is kept.
    Zendesk,
}

impl DestinationKind {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::PagerDuty => "pagerduty",
            Self::Email => "email",
            Self::Jira => "jira",
            Self::Zendesk => "zendesk",
        }
    }

    /// Whether its address is one that a person gave, to be checked before it is called.
    #[must_use]
    pub const fn has_own_address(self) -> bool {
        matches!(self, Self::Webhook | Self::Slack | Self::Jira | Self::Zendesk)
    }
}

/// A destination to add.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DestinationDraft {
    /// What it is.
    pub kind: DestinationKind,
    /// What the team calls it.
    #[serde(default)]
    pub name: String,
    /// An address to call, a chat's number, a mailbox; for PagerDuty left out.
    #[serde(default)]
    pub address: String,
    /// PagerDuty's routing key; `name:token` of Jira and Zendesk; the signing secret of the Slack app whose address this is,
    /// so that pages come with a button. A webhook's secret is made here and shown once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// Jira: the key of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Telegram: whether each ticket gets a forum topic of its own.
    #[serde(default)]
    pub topics: bool,
    /// Which events: their types, or `*` for all.
    #[serde(default)]
    pub events: Vec<String>,
    /// The language its readers read; left out, the site's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// What is to change of a destination; what is left out stays.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DestinationPatch {
    /// What the team calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which events: their types, or `*` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Whether anything is sent there. Switching on forgets past failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Destination {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: DestinationKind,
    /// What the team calls it.
    pub name: String,
    /// Where it is; of an address that is itself a secret, the host.
    pub address: String,
    /// Jira: the key of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Telegram: whether each ticket gets a forum topic of its own.
    pub topics: bool,
    /// Which events.
    pub events: Vec<String>,
    /// The language its readers read.
    pub locale: String,
    /// Whether anything is sent there.
    pub enabled: bool,
    /// Why nothing is, where the desk decided so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// Attempts that failed in a row.
    pub failures: u32,
    /// Until when it is left in peace because it seems to be down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resting_until: Option<Timestamp>,
    /// Deliveries that are still tried.
    pub pending: u32,
    /// Deliveries that were laid aside.
    pub dead: u32,
}

/// A destination and, where one was made, its secret: shown here and never again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewDestination {
    /// The destination.
    pub destination: Destination,
    /// Signs what is sent there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried, or tried again.
    Pending,
    /// It has arrived.
    Delivered,
    /// It was laid aside: refused, or tried often enough.
    Dead,
}

impl DeliveryState {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Dead].into_iter().find(|state| state.as_str() == word)
    }
}

/// One event on its way to one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delivery {
    /// The event: `webhook-id` of a webhook.
    pub event: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where to.
    pub destination: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next one comes, while it is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// The HTTP status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_status: Option<u16>,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
}

/// What came of trying a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DestinationTrial {
    /// Whether it was taken.
    pub delivered: bool,
    /// The HTTP status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Which deliveries of a destination are tried again: one, or all that were laid aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// The event; left out, everything that was laid aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// How many are tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplayReport {
    /// Deliveries that wait for an attempt again.
    pub replayed: u32,
}
