//! What a visitor's page and the edge say to each other besides tickets themselves: sessions, reading marks, live news.

use crate::ticket::{Message, ThreadEvent, TicketStatus};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Asks for a visitor's token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The site.
    #[serde(default)]
    pub site: String,
    /// A JWT signed by the site's secret; left out, the visitor is anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// A visitor's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// Goes into `Authorization: Bearer`.
    pub token: String,
    /// The customer's id with us.
    pub visitor: String,
    /// When the token ends.
    pub expires_at: Timestamp,
}

/// How far a visitor has read a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeenMark {
    /// Place of the last message that was seen.
    pub seq: u32,
}

/// What the live connection says; the page answers `ping` with nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A message was stored.
    Message {
        /// The message.
        message: Message,
        /// How far the ticket is now.
        status: TicketStatus,
    },
    /// Something became of the ticket that its requester may know.
    Event {
        /// What.
        event: ThreadEvent,
        /// How far the ticket is now.
        status: TicketStatus,
    },
    /// Somebody of the team is writing right now. It is kept nowhere: whoever is not here does not hear of it.
    Typing {
        /// Their name, as messages of theirs bear it.
        name: String,
    },
    /// Everything up to this place was sent; what follows is new.
    CaughtUp {
        /// Place of the newest message.
        seq: u32,
        /// How far the ticket is now.
        status: TicketStatus,
    },
}
