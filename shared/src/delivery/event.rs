//! What is told: an event with an id that stays the same however often it is sent, and what it is about.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of a message's text that an event carries; readers of the whole read the ticket. Standard Webhooks asks for
/// bodies below 20 kB, and a letter may take four bytes.
pub const TEXT_CHARS_MAX: usize = 3_000;
/// Bytes of an event's body.
pub const BODY_BYTES_MAX: usize = 20_000;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word on the wire: a promise.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// Somebody asks.
    TicketCreated = "ticket.created",
    /// Somebody wrote in a ticket; internal notes are not told.
    MessageCreated = "message.created",
    /// A ticket changed hands, or found none to change to.
    TicketReassigned = "ticket.reassigned",
    /// Somebody above must look.
    TicketEscalated = "ticket.escalated",
    /// A customer is not content.
    TicketRatedLow = "ticket.rated_low",
    /// An automatic answer did not help.
    AutoAnswerFailed = "ticket.auto_answer_failed",
    /// A promise ends soon.
    SlaWarning = "sla.warning",
    /// A promise was missed.
    SlaBreached = "sla.breached",
    /// An incident was declared, updated or resolved.
    IncidentUpdated = "incident.updated",
    /// Nothing was said of an open incident for too long.
    IncidentUpdateDue = "incident.update_due",
    /// A post-mortem is late.
    PostmortemDue = "incident.postmortem_due",
    /// Somebody must decide whether this is an incident.
    IncidentDrafted = "incident.drafted",
    /// The alert behind a draft is over: the draft is withdrawn, or the incident that it became waits for somebody to end it.
    AlertOver = "incident.alert_over",
    /// Planned work was announced, began, went on or ended.
    MaintenanceUpdated = "maintenance.updated",
    /// Somebody on call is wanted.
    PageTriggered = "page.triggered",
    /// Somebody on call has taken it.
    PageAcknowledged = "page.acknowledged",
    /// Another person is on call now.
    OnCallHandoff = "on_call.handoff",
    /// Figures of a day, a shift, a week or a month.
    DigestCreated = "digest.created",
    /// Somebody tries a destination.
    Ping = "ping",
}

impl EventKind {
    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

/// A ticket in a few fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketBrief {
    /// The ticket.
    pub id: String,
    /// Its number, as people say it.
    pub number: u32,
    /// What it is about.
    pub subject: String,
    /// How far it is.
    pub status: String,
    /// How urgent it is.
    pub priority: String,
    /// What kind of thing it is about.
    pub category: String,
    /// The customer's tier.
    pub tier: String,
    /// The queue it waits in.
    pub queue: String,
    /// The customer's name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
}

/// A message, its text cut to [`TEXT_CHARS_MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageBrief {
    /// The message.
    pub id: String,
    /// `requester`, `agent` or `automation`.
    pub author_kind: String,
    /// Their name, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What they wrote.
    pub body: String,
}

/// An incident and its newest update.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentBrief {
    /// The incident.
    pub id: String,
    /// One line.
    pub title: String,
    /// How far the team is.
    pub status: String,
    /// How bad it is.
    pub impact: String,
    /// What the update says.
    pub body: String,
    /// Who is reminded of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What was drafted when the alert began that is over now; what it became has an id of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// When planned work begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_for: Option<Timestamp>,
    /// When planned work ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_until: Option<Timestamp>,
}

/// A call for somebody who is on call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageBrief {
    /// The page; the same on every level that it climbs to.
    pub id: String,
    /// The level that is called.
    pub level: String,
    /// Who is called, or who has taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it is about.
    pub summary: String,
}

/// What an event is about. What does not belong to its kind is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventData {
    /// The site.
    pub site: String,
    /// The ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketBrief>,
    /// The message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageBrief>,
    /// The incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentBrief>,
    /// The page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageBrief>,
    /// Which promise: `first_response`, `next_response` or `resolution`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Who has it now, or who must look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// From 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// Within how many minutes somebody should call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_minutes: Option<u32>,
    /// A text for people, in the language of the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What receivers count by.
    pub id: String,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// What it is about.
    pub data: EventData,
}

impl Happening {
    /// The body of a webhook, as Standard Webhooks shapes it.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::json!({ "type": self.kind.as_str(), "timestamp": self.at, "data": self.data }).to_string()
    }
}

/// At most so many characters of a text; a cut one ends with `…`.
#[must_use]
pub fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some(_) => text.chars().take(chars_max.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{NAME_CHARS_MAX, SUBJECT_CHARS_MAX};

    #[test]
    fn every_kind_has_a_word_of_its_own_in_the_alphabet_of_the_standard() {
        for (at, kind) in EventKind::ALL.iter().enumerate() {
            let word = kind.as_str();
            assert!(word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.'), "{word}");
            assert_eq!(EventKind::parse(word), Some(*kind));
            assert!(!EventKind::ALL.iter().skip(at + 1).any(|other| other.as_str() == word), "{word}");
        }
        assert_eq!(EventKind::parse("ticket"), None);
    }

    #[test]
    fn the_largest_body_is_below_20_kb() {
        let long = |letter: &str, chars: usize| letter.repeat(chars);
        for letter in ["a", "ж", "😀", "\"", "\n"] {
            let ticket = TicketBrief {
                subject: long(letter, SUBJECT_CHARS_MAX),
                requester: Some(long(letter, NAME_CHARS_MAX)),
                assignee: Some(long(letter, NAME_CHARS_MAX)),
                ..TicketBrief::default()
            };
            let message = MessageBrief {
                body: cut(&long(letter, 10_000), TEXT_CHARS_MAX),
                author: Some(long(letter, NAME_CHARS_MAX)),
                ..MessageBrief::default()
            };
            let data = EventData { ticket: Some(ticket), message: Some(message), ..EventData::default() };
            let happening = Happening { id: "evt".into(), kind: EventKind::Ping, at: Timestamp::MIN, data };
            assert!(happening.body().len() < BODY_BYTES_MAX, "{letter:?}: {}", happening.body().len());
        }
    }

    #[test]
    fn a_body_has_the_exact_form_that_receivers_were_promised() {
        let ticket = TicketBrief { id: "tkt_1".into(), number: 12, subject: "Pay".into(), ..TicketBrief::default() };
        let data = EventData {
            site: "site_a".into(),
            ticket: Some(ticket),
            target: Some("resolution".into()),
            due_at: Timestamp::parse_rfc3339("2026-11-21T10:30:00Z"),
            ..EventData::default()
        };
        let at = Timestamp::parse_rfc3339("2026-11-21T10:00:00Z").expect("an instant");
        let happening = Happening { id: "evt_1".into(), kind: EventKind::SlaWarning, at, data };
        assert_eq!(
            happening.body(),
            r#"{"data":{"due_at":"2026-11-21T10:30:00.000Z","site":"site_a","target":"resolution","ticket":{"category":"","id":"tkt_1","number":12,"priority":"","queue":"","status":"","subject":"Pay","tier":""}},"timestamp":"2026-11-21T10:00:00.000Z","type":"sla.warning"}"#
        );
    }

    #[test]
    fn a_text_is_cut_at_a_letter() {
        for (text, max, expected) in [("жжж", 3, "жжж"), ("жжжж", 3, "жж…"), ("", 3, ""), ("ab", 1, "…")]
        {
            assert_eq!(cut(text, max), expected);
        }
    }
}
