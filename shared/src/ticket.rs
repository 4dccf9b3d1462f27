//! Tickets: what a customer asked, how far the answer is, and which steps between states are legal (T1, T2).

use crate::id::{CustomerId, EventId, MessageId, TicketId};
use crate::text::{
    CONTEXT_CHARS_MAX, FieldCode, FieldError, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, Refusals, SUBJECT_CHARS_MAX,
};
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
    /// ticket. Customers confirm or reopen, nothing else. Rules close what is solved and never reopen.
    #[must_use]
    pub fn may_become(self, next: Self, actor: Actor) -> bool {
        use TicketStatus::{Closed, InProgress, Open, Pending, Solved};
        match actor {
            Actor::Agent => self != Closed && self != next && next != Open,
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
    /// An internal note: only the team sees it, a visitor's answer never contains one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// What the page tells about itself when the customer agrees to send it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageContext {
    /// Address of the page, without its fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The browser's own name for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Width and height of the window in CSS pixels, such as `1280x800`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewport: Option<String>,
}

/// A ticket as it arrives: nothing about it is believed yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketDraft {
    /// One of the site's categories; left out, triage chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// One line: what it is about.
    #[serde(default)]
    pub subject: String,
    /// The description, plain text.
    #[serde(default)]
    pub body: String,
    /// Where to answer when the customer is not signed in; believed only as far as that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to address the customer by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The language the customer reads, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The page it was sent from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<PageContext>,
}

/// A ticket that may be stored: every field was checked by [`NewTicket::check`], which is the only way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    category: Option<String>,
    subject: String,
    body: String,
    email: Option<String>,
    name: Option<String>,
    locale: Option<String>,
    context: PageContext,
}

impl NewTicket {
    /// Checks a draft against the limits and the site's categories; the page and the edge both call this.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(draft: &TicketDraft, categories: &[&str]) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let category = draft.category.as_deref().filter(|key| !key.is_empty());
        if category.is_some_and(|key| !categories.contains(&key)) {
            let mut detail = String::from("expected one of ");
            detail.push_str(&categories.join(", "));
            refusals.push("category", FieldCode::UnknownValue, &detail);
        }
        let ticket = Self {
            category: category.map(str::to_owned),
            subject: refusals.required_line("subject", &draft.subject, SUBJECT_CHARS_MAX),
            body: refusals.required_text("body", &draft.body, MESSAGE_CHARS_MAX),
            email: refusals.optional_email("email", draft.email.as_deref()),
            name: refusals.optional_line("name", draft.name.as_deref(), NAME_CHARS_MAX),
            locale: check_locale(&mut refusals, draft.locale.as_deref()),
            context: check_context(&mut refusals, draft.context.as_ref()),
        };
        refusals.into_result(ticket)
    }

    /// The category the customer chose, if any.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }
    /// One line: what it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
    /// The description.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
    /// Where to answer an unknown customer.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
    /// The name to address the customer by.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    /// The language the customer reads.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
    /// The page it was sent from.
    #[must_use]
    pub fn context(&self) -> &PageContext {
        &self.context
    }
}

fn check_locale(refusals: &mut Refusals, tag: Option<&str>) -> Option<String> {
    let tag = tag.filter(|tag| !tag.is_empty())?;
    if !is_locale_tag(tag) {
        refusals.push("locale", FieldCode::InvalidFormat, "expected a language tag such as en or pt-BR");
    }
    Some(tag.to_owned())
}

fn check_context(refusals: &mut Refusals, context: Option<&PageContext>) -> PageContext {
    let Some(context) = context else { return PageContext::default() };
    PageContext {
        url: refusals.optional_line("context.url", context.url.as_deref(), CONTEXT_CHARS_MAX),
        title: refusals.optional_line("context.title", context.title.as_deref(), CONTEXT_CHARS_MAX),
        user_agent: refusals.optional_line("context.user_agent", context.user_agent.as_deref(), CONTEXT_CHARS_MAX),
        viewport: refusals.optional_line("context.viewport", context.viewport.as_deref(), CONTEXT_CHARS_MAX),
    }
}

/// Whether this has the form of a BCP 47 tag: parts of 1 to 8 letters or digits, the first of 2 or 3 letters.
#[must_use]
pub fn is_locale_tag(tag: &str) -> bool {
    /// The longest tags in use (`zh-Hant-HK-x-…`) stay below this.
    const TAG_LENGTH_MAX: usize = 35;
    let mut parts = tag.split('-');
    let language =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    tag.len() <= TAG_LENGTH_MAX
        && language
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A message as it arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MessageDraft {
    /// What it says, plain text.
    #[serde(default)]
    pub body: String,
}

impl MessageDraft {
    /// The cleaned text, checked against the limits.
    ///
    /// # Errors
    /// A [`FieldError`] when it is blank or too long.
    pub fn check(&self) -> Result<String, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let body = refusals.required_text("body", &self.body, MESSAGE_CHARS_MAX);
        refusals.into_result(body)
    }
}

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
    /// When.
    pub created_at: Timestamp,
}

/// A ticket as the team sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentTicket {
    /// What the requester sees too, with internal notes among the messages.
    #[serde(flatten)]
    pub ticket: Ticket,
    /// Who asks.
    pub requester: Requester,
    /// The language they read.
    pub locale: String,
    /// Where the ticket came from.
    pub origin: Origin,
    /// The page it was sent from.
    pub context: PageContext,
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

/// What an agent writes to a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentMessageDraft {
    /// What it says, plain text.
    #[serde(default)]
    pub body: String,
    /// An internal note that the customer never sees.
    #[serde(default)]
    pub internal: bool,
    /// The status the ticket has afterwards; left out, a reply to an open ticket puts it in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TicketStatus>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use TicketStatus::{Closed, InProgress, Open, Pending, Solved};

    #[test]
    fn legal_steps_are_exactly_these() {
        let legal: &[(Actor, TicketStatus, &[TicketStatus])] = &[
            (Actor::Agent, Open, &[InProgress, Pending, Solved, Closed]),
            (Actor::Agent, InProgress, &[Pending, Solved, Closed]),
            (Actor::Agent, Pending, &[InProgress, Solved, Closed]),
            (Actor::Agent, Solved, &[InProgress, Pending, Closed]),
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

    fn draft() -> TicketDraft {
        TicketDraft { subject: "Cannot pay".into(), body: "The button does nothing".into(), ..TicketDraft::default() }
    }

    #[test]
    fn each_wrong_field_of_a_draft_is_named() {
        let long = "x".repeat(SUBJECT_CHARS_MAX + 1);
        let cases: [(&str, FieldCode, TicketDraft); 7] = [
            ("subject", FieldCode::Required, TicketDraft { subject: " \u{200b} ".into(), ..draft() }),
            ("subject", FieldCode::TooLong, TicketDraft { subject: long, ..draft() }),
            ("body", FieldCode::Required, TicketDraft { body: "\n".into(), ..draft() }),
            ("category", FieldCode::UnknownValue, TicketDraft { category: Some("nope".into()), ..draft() }),
            ("email", FieldCode::InvalidFormat, TicketDraft { email: Some("nobody".into()), ..draft() }),
            ("locale", FieldCode::InvalidFormat, TicketDraft { locale: Some("../en".into()), ..draft() }),
            (
                "context.url",
                FieldCode::TooLong,
                TicketDraft {
                    context: Some(PageContext {
                        url: Some("u".repeat(CONTEXT_CHARS_MAX + 1)),
                        ..PageContext::default()
                    }),
                    ..draft()
                },
            ),
        ];
        for (field, code, draft) in cases {
            let errors = NewTicket::check(&draft, &["payment"]).unwrap_err();
            assert_eq!(errors.len(), 1, "{field}");
            assert_eq!((errors[0].field.as_str(), errors[0].code), (field, code));
        }
    }

    #[test]
    fn a_person_sees_all_that_is_wrong_at_once() {
        assert_eq!(NewTicket::check(&TicketDraft::default(), &[]).unwrap_err().len(), 2);
    }

    #[test]
    fn a_good_draft_is_cleaned_and_kept() {
        let ticket = NewTicket::check(
            &TicketDraft { subject: "  Cannot\tpay ".into(), category: Some("payment".into()), ..draft() },
            &["payment"],
        )
        .unwrap();
        assert_eq!((ticket.subject(), ticket.category()), ("Cannot pay", Some("payment")));
    }

    #[test]
    fn locale_tags_have_a_form() {
        for (tag, valid) in [
            ("en", true),
            ("pt-BR", true),
            ("zh-Hans-CN", true),
            ("e", false),
            ("en_US", false),
            ("", false),
            ("en-", false),
            ("12", false),
        ] {
            assert_eq!(is_locale_tag(tag), valid, "{tag}");
        }
    }
}
