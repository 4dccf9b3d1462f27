//! What the team does with tickets besides answering them: bulk changes, merges, macros, wishes, availability.

use crate::id::{FeatureId, TicketId};
use crate::problem::ProblemKind;
use crate::text::FieldError;
use crate::ticket::{RootCause, TicketPatch, TicketStatus};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Tickets that one request may change: each is a batch of its own, and a request may take only so many.
pub const BULK_TICKETS_MAX: usize = 100;
/// Skills of one agent.
pub const SKILLS_MAX: usize = 50;
/// Characters of a text that tickets are searched by.
pub const SEARCH_CHARS_MAX: usize = 100;

/// The same change to many tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// The tickets, at most 100.
    pub tickets: Vec<String>,
    /// The change; it names no version.
    pub change: TicketPatch,
}

/// What became of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BulkReport {
    /// In the order of the request.
    pub items: Vec<BulkItem>,
}

/// What became of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BulkItem {
    /// The ticket, as the request named it.
    pub ticket: String,
    /// Whether it was changed.
    pub changed: bool,
    /// Its status afterwards.
    pub status: Option<TicketStatus>,
    /// The type of the problem, when it was not.
    pub problem: Option<String>,
    /// What is wrong, in words.
    pub detail: Option<String>,
    /// The fields that were refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl BulkItem {
    /// One that was refused.
    #[must_use]
    pub fn refused(ticket: &str, kind: ProblemKind, detail: Option<String>, errors: Vec<FieldError>) -> Self {
        let problem = Some(kind.uri().to_owned());
        Self { ticket: ticket.to_owned(), changed: false, status: None, problem, detail, errors }
    }
}

/// Where a ticket is merged into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The ticket that goes on.
    pub into: String,
}

/// A macro to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MacroRequest {
    /// Its key.
    pub key: String,
    /// What the ticket does not know; these win over what it does.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// The status afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TicketStatus>,
    /// Why it happened; asked for when solving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<RootCause>,
    /// What was done, in one to three sentences; asked for when solving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_summary: Option<String>,
}

/// A macro of the policy (M).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MacroInfo {
    /// Its key.
    pub key: String,
    /// What it is for.
    pub label: String,
    /// Its text, with its variables in braces.
    pub body: String,
    /// Whether it becomes an internal note.
    pub internal: bool,
    /// The variables that it needs.
    pub variables: Vec<String>,
}

/// A wish with those who have it (R6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Feature {
    /// Its id.
    pub id: FeatureId,
    /// The wish in one line.
    pub title: String,
    /// How many customers have it.
    pub votes: u32,
    /// Their tickets, at most 50, the first first.
    pub tickets: Vec<TicketId>,
    /// When it was noted.
    pub created_at: Timestamp,
    /// When it last got a vote.
    pub updated_at: Timestamp,
}

/// A wish to note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeatureDraft {
    /// The wish in one line.
    #[serde(default)]
    pub title: String,
    /// The ticket that brought it.
    pub ticket: String,
}

/// One more who has a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeatureVote {
    /// Their ticket.
    pub ticket: String,
}

/// What a member of the team knows, and until when they are there (R5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Availability {
    /// Keys of categories, tiers and queues; empty means a bit of everything.
    #[serde(default)]
    pub skills: Vec<String>,
    /// When the shift ends; null when no roster is kept: then always there.
    #[serde(default)]
    pub on_shift_until: Option<Timestamp>,
}
