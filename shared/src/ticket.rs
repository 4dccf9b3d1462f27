//! Tickets: what a customer asked, how far the answer is, and which steps between states are legal (T1, T2).

#[cfg(feature = "server")]
mod answer_mail;
mod context;
mod draft;
mod events;
#[cfg(any(feature = "server", feature = "schema"))]
mod fields;
mod life;
mod view;

#[cfg(feature = "server")]
pub use answer_mail::*;
pub use context::*;
pub use draft::*;
pub use events::*;
pub use life::*;
pub use view::*;

use crate::id::{MessageId, UploadId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a ticket is (T2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Nobody has taken it yet.
    Open,
    /// Somebody of the team works on it.
    InProgress,
    /// We wait for the customer; the resolution clock is paused (P3).
    Pending,
    /// Solved, unless the customer says otherwise.
    Solved,
    /// Done for good: confirmed, or quiet for the policy's number of days.
    Closed,
}

/// Who wants a change of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The customer whose ticket it is.
    Requester,
    /// A member of the team.
    Agent,
    /// A rule of the policy.
    Automation,
}

impl TicketStatus {
    /// Every status, in the order of a ticket's life.
    pub const ALL: [Self; 5] = [Self::Open, Self::InProgress, Self::Pending, Self::Solved, Self::Closed];

    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Pending => "pending",
            Self::Solved => "solved",
            Self::Closed => "closed",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether somebody still owes something: neither solved nor closed.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Open | Self::InProgress | Self::Pending)
    }

    /// Whether `actor` may move a ticket from here to `next`. A closed ticket stays closed: a new matter is a new
    /// ticket. Closing takes the customer's word or days of quiet (T2), so agents solve and never close. Customers confirm
    /// or reopen, nothing else. Rules close what is solved and never reopen.
    #[must_use]
    pub fn may_become(self, next: Self, actor: Actor) -> bool {
        use TicketStatus::{Closed, InProgress, Open, Pending, Solved};
        match actor {
            Actor::Agent => self != Closed && self != next && !matches!(next, Open | Closed),
            Actor::Requester => matches!(
                (self, next),
                (Pending | Solved, Open) | (Open | InProgress | Pending, Solved) | (Solved, Closed)
            ),
            Actor::Automation => matches!((self, next), (Open, InProgress | Solved) | (Solved, Closed)),
        }
    }

    /// The status after the customer wrote: what was solved or waiting is open again (T2).
    #[must_use]
    pub const fn after_requester_wrote(self) -> Self {
        match self {
            Self::Pending | Self::Solved => Self::Open,
            unchanged => unchanged,
        }
    }
}

/// Where a ticket came from (T6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The panel in a page, or the public API.
    Widget,
    /// A Telegram chat.
    Telegram,
    /// A mail.
    Email,
    /// An alert.
    Alert,
    /// An agent on somebody's behalf.
    Agent,
}

impl Origin {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Widget => "widget",
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::Alert => "alert",
            Self::Agent => "agent",
        }
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// The customer.
    Requester,
    /// A member of the team.
    Agent,
    /// A rule of the policy.
    Automation,
}

/// Who wrote a message, as the other side may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Author {
    /// On which side of the desk they sit.
    pub kind: AuthorKind,
    /// The name to show, when one is known.
    pub name: Option<String>,
}

/// A file that came with a message; its bytes are at `uploads/<id>/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attachment {
    /// The file's id.
    pub id: UploadId,
    /// Its name, cleaned.
    pub name: String,
    /// Its type, checked against its first bytes.
    pub content_type: String,
    /// Its length in bytes.
    pub size: u32,
}

/// One message of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// Its place in the thread, from 1, without gaps among what is stored; the cursor of the live connection.
    pub seq: u32,
    /// Who wrote it.
    pub author: Author,
    /// What it says, as plain text.
    pub body: String,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// An internal note: only the team sees it, a visitor's answer never contains one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// When it was stored.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use TicketStatus::{Closed, InProgress, Open, Pending, Solved};

    #[test]
    fn legal_steps_are_exactly_these() {
        let legal: &[(Actor, TicketStatus, &[TicketStatus])] = &[
            (Actor::Agent, Open, &[InProgress, Pending, Solved]),
            (Actor::Agent, InProgress, &[Pending, Solved]),
            (Actor::Agent, Pending, &[InProgress, Solved]),
            (Actor::Agent, Solved, &[InProgress, Pending]),
            (Actor::Agent, Closed, &[]),
            (Actor::Requester, Open, &[Solved]),
            (Actor::Requester, InProgress, &[Solved]),
            (Actor::Requester, Pending, &[Open, Solved]),
            (Actor::Requester, Solved, &[Open, Closed]),
            (Actor::Requester, Closed, &[]),
            (Actor::Automation, Open, &[InProgress, Solved]),
            (Actor::Automation, InProgress, &[]),
            (Actor::Automation, Pending, &[]),
            (Actor::Automation, Solved, &[Closed]),
            (Actor::Automation, Closed, &[]),
        ];
        for &(actor, from, allowed) in legal {
            for to in TicketStatus::ALL {
                assert_eq!(from.may_become(to, actor), allowed.contains(&to), "{actor:?}: {from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn a_customers_reply_reopens_a_solved_ticket() {
        for (before, after) in
            [(Open, Open), (InProgress, InProgress), (Pending, Open), (Solved, Open), (Closed, Closed)]
        {
            assert_eq!(before.after_requester_wrote(), after);
        }
    }

    #[test]
    fn a_status_is_the_same_word_in_storage_and_on_the_wire() {
        for status in TicketStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(TicketStatus::parse(status.as_str()), Some(status));
        }
    }
}
