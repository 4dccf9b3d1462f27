//! What is kept of one person: told in full, and forgotten, by one call each.

use crate::survey::{ExitReason, SurveyKind};
use crate::ticket::Attachment;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that is kept of one customer. Long lists are flat, each row naming its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerExport {
    /// Who they are.
    pub customer: CustomerProfile,
    /// Their sessions; the tokens themselves are kept nowhere.
    pub sessions: Vec<ExportedSession>,
    /// Their tickets, the oldest first.
    pub tickets: Vec<ExportedTicket>,
    /// What was written in them, by both sides, notes of the team too.
    pub messages: Vec<ExportedMessage>,
    /// What happened in them, ratings included.
    pub events: Vec<ExportedEvent>,
    /// The files they sent.
    pub attachments: Vec<ExportedAttachment>,
    /// What they wished for.
    pub wishes: Vec<ExportedWish>,
    /// What they were asked and said.
    pub surveys: Vec<ExportedSurvey>,
    /// Incidents that they said affect them too.
    #[serde(default)]
    pub me_too: Vec<ExportedMeToo>,
    /// News of the public status that their address hears.
    #[serde(default)]
    pub subscriptions: Vec<ExportedSubscription>,
    /// False when there was more than one answer can carry.
    pub complete: bool,
}

/// Who a customer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomerProfile {
    /// Their id with us.
    pub id: String,
    /// Their id with the site.
    pub external_id: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their tier.
    pub tier: String,
    /// Their plan.
    pub plan: Option<String>,
    /// The language they read.
    pub locale: Option<String>,
    /// Whether the site vouched for all this.
    pub verified: bool,
    /// When they first came.
    pub created_at: Timestamp,
    /// When any of this last changed.
    pub updated_at: Timestamp,
    /// When they were erased.
    pub erased_at: Option<Timestamp>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedSession {
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A question that was put to them, as it is kept; answers without a name are nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedSurvey {
    /// Its id.
    pub id: String,
    /// Which question.
    pub kind: SurveyKind,
    /// The ticket that it was about.
    pub ticket: Option<String>,
    /// The score.
    pub score: Option<u8>,
    /// Why they leave.
    pub reason: Option<ExitReason>,
    /// In their words.
    pub comment: Option<String>,
    /// When they were asked.
    pub asked_at: Timestamp,
}

/// A ticket, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedTicket {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: u32,
    /// How far it is.
    pub status: String,
    /// Its priority.
    pub priority: String,
    /// Its category.
    pub category: String,
    /// The customer's tier at the time.
    pub tier: String,
    /// One line: what it is about.
    pub subject: String,
    /// The language.
    pub locale: String,
    /// Where it came from.
    pub origin: String,
    /// The page it was sent from.
    pub context: serde_json::Value,
    /// What the category's form asked besides.
    #[serde(default)]
    pub fields: serde_json::Value,
    /// What was done in the end.
    pub resolution_summary: Option<String>,
    /// How content they were, from 1 to 10.
    pub rating: Option<u8>,
    /// What they said about it.
    pub rating_comment: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
}

/// A message, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedMessage {
    /// Its ticket.
    pub ticket: String,
    /// Its id.
    pub id: String,
    /// Its place in the thread.
    pub seq: u32,
    /// On which side of the desk it was written.
    pub author: String,
    /// The author's name.
    pub author_name: Option<String>,
    /// What it says.
    pub body: String,
    /// Whether it is a note of the team.
    pub internal: bool,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// A fact of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedEvent {
    /// Its ticket.
    pub ticket: String,
    /// Its id.
    pub id: String,
    /// What happened.
    pub kind: String,
    /// On which side of the desk.
    pub actor: String,
    /// Particulars.
    pub data: serde_json::Value,
    /// When.
    pub created_at: Timestamp,
}

/// Something they wished for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedWish {
    /// In a few words.
    pub title: String,
    /// The ticket that says so.
    pub ticket: String,
    /// When.
    pub created_at: Timestamp,
}

/// They said that an incident affects them too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedMeToo {
    /// The incident.
    pub incident: String,
    /// When.
    pub created_at: Timestamp,
}

/// News of the public status that is mailed to their address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedSubscription {
    /// Keys of the components that they chose; none is all.
    pub components: Vec<String>,
    /// The language.
    pub locale: String,
    /// When they confirmed it, if they did.
    pub confirmed_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A file; its bytes are at `uploads/<id>/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedAttachment {
    /// The file.
    #[serde(flatten)]
    pub file: Attachment,
    /// Its ticket, when it was attached.
    pub ticket: Option<String>,
    /// When it was sent.
    pub created_at: Timestamp,
}

/// How far an erasure is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Erasure {
    /// The customer.
    pub customer: String,
    /// When it was first asked for.
    pub erased_at: Timestamp,
    /// False when there is more than one call can do: call again.
    pub complete: bool,
}
