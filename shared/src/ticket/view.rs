//! Tickets as people see them: the requester, and the team.

use super::{AuthorKind, AutoAnswerOutcome, Message, Origin, PageContext, RootCause, TicketStatus};
use crate::id::{CustomerId, EventId, TicketId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An answer that no person wrote (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AutoAnswer {
    /// The policy's rule that matched.
    pub rule: String,
    /// How sure the rule is, in percent.
    pub confidence: u8,
    /// What the customer reads.
    pub body: String,
}

/// A ticket as its requester sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ticket {
    /// The ticket's id.
    pub id: TicketId,
    /// The number people say, counted per site.
    pub number: u32,
    /// How far it is.
    pub status: TicketStatus,
    /// Key of one of the policy's priorities.
    pub priority: String,
    /// Key of one of the policy's categories.
    pub category: String,
    /// Key of the customer's tier.
    pub tier: String,
    /// One line: what it is about.
    pub subject: String,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// By when we promised a first answer; null when the policy promises none.
    pub first_response_due_at: Option<Timestamp>,
    /// When a person of the team first answered.
    pub first_responded_at: Option<Timestamp>,
    /// By when we promised a solution; null when the policy promises none.
    pub resolution_due_at: Option<Timestamp>,
    /// The answer a rule gave at once, if one did.
    pub auto_answer: Option<AutoAnswer>,
    /// What became of it; null when there is none.
    #[serde(default)]
    pub auto_answer_outcome: Option<AutoAnswerOutcome>,
    /// The requester's rating, from 1 to 10, once it was given.
    #[serde(default)]
    pub rating: Option<u8>,
    /// The thread, oldest first.
    pub messages: Vec<Message>,
}

/// A ticket as one line of its requester's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketSummary {
    /// The ticket's id.
    pub id: TicketId,
    /// The number people say.
    pub number: u32,
    /// How far it is.
    pub status: TicketStatus,
    /// Key of the priority.
    pub priority: String,
    /// Key of the category.
    pub category: String,
    /// One line: what it is about.
    pub subject: String,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// By when we promised a first answer.
    pub first_response_due_at: Option<Timestamp>,
    /// When a person of the team first answered.
    pub first_responded_at: Option<Timestamp>,
    /// How many answers the requester has not seen.
    pub unread: u32,
}

/// Who asks, as the team sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Requester {
    /// The customer's id with us.
    pub id: CustomerId,
    /// The customer's id with the site, when they are signed in there.
    pub external_id: Option<String>,
    /// The name to address them by.
    pub name: Option<String>,
    /// Where to write to them.
    pub email: Option<String>,
    /// Whether the site vouched for all this by a signed identity.
    pub verified: bool,
}

/// One fact of a ticket's history (T5): who did what, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TicketEvent {
    /// The fact's id.
    pub id: EventId,
    /// What happened, such as `ticket.created` or `status.changed`.
    pub kind: String,
    /// On which side of the desk it was done.
    pub actor: AuthorKind,
    /// The name of who did it, when one is known.
    pub actor_name: Option<String>,
    /// Particulars, by kind.
    pub data: serde_json::Value,
    /// The ticket's version that it led to; 0 for facts from before versions were counted.
    #[serde(default)]
    pub version: u32,
    /// When.
    pub created_at: Timestamp,
}

/// What only the team sees of a ticket's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Desk {
    /// Counts the ticket's changes; sent back with a change, it tells that nobody else changed it meanwhile.
    pub version: u32,
    /// Who has it.
    pub assignee: Option<String>,
    /// Where it waits.
    pub queue: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Why it happened, once it is solved.
    pub root_cause: Option<RootCause>,
    /// What was done, once it is solved.
    pub resolution_summary: Option<String>,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// When it was escalated.
    pub escalated_at: Option<Timestamp>,
    /// The ticket it was merged into.
    pub merged_into: Option<TicketId>,
    /// When the nearest running promise ends; null when none runs.
    pub due_at: Option<Timestamp>,
    /// Whether a promise was missed, now or before.
    pub breached: bool,
}

/// A ticket as the team sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentTicket {
    /// What the requester sees too, with internal notes among the messages.
    #[serde(flatten)]
    pub ticket: Ticket,
    /// What only the team sees of its state.
    #[serde(flatten)]
    pub desk: Desk,
    /// What the requester wrote beside the rating.
    #[serde(default)]
    pub rating_comment: Option<String>,
    /// Who asks.
    pub requester: Requester,
    /// The language they read.
    pub locale: String,
    /// Where the ticket came from.
    pub origin: Origin,
    /// The page it was sent from, and the technical details that its user agreed to send.
    pub context: PageContext,
    /// What the category's form asked besides, by key.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The history, oldest first.
    pub events: Vec<TicketEvent>,
}

/// A ticket as one line of the team's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentTicketSummary {
    /// The ticket's id.
    pub id: TicketId,
    /// The number people say.
    pub number: u32,
    /// How far it is.
    pub status: TicketStatus,
    /// Key of the priority.
    pub priority: String,
    /// Key of the category.
    pub category: String,
    /// Key of the customer's tier.
    pub tier: String,
    /// One line: what it is about.
    pub subject: String,
    /// What only the team sees of its state.
    #[serde(flatten)]
    pub desk: Desk,
    /// Who asks.
    pub requester: Requester,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// By when we promised a first answer.
    pub first_response_due_at: Option<Timestamp>,
    /// When a person of the team first answered.
    pub first_responded_at: Option<Timestamp>,
}
