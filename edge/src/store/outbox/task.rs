//! What an outbox row asks for.

use crate::error::ApiError;
use crate::store::telegram::Bot;
use buoy_shared::delivery::event::EventKind;
use buoy_shared::digest::Which;
use buoy_shared::id::{CustomerId, DraftId, IncidentId, MaintenanceId, MessageId, SubscriberId, TicketId, UpdateId};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Kinds of rows that the front worker does, as a JSON list.
pub(super) const FRONT_KINDS: &str = "[\"publish_site\", \"publish_index\", \"notify_thread\"]";
/// Kinds of rows that the courier makes events of, as a JSON list.
pub(super) const NEWS_KINDS: &str = "[\"ticket_created\", \"message_created\", \"incident_changed\", \"maintenance_changed\", \
    \"incident_update_due\", \"postmortem_due\", \"incident_drafted\", \"alert_over\", \"sla_warning\", \
    \"sla_breach\", \"sla_reassigned\", \"low_rating\", \"escalation\", \"auto_answer_failed\", \
    \"page_on_duty\", \"page_triggered\", \"page_acknowledged\", \"on_call_handoff\", \
    \"digest_due\"]";

/// Something that must happen.
///
/// Between workers and out of the database it comes as `{kind: {…}}`: serde reads a kind that stands among the fields by
/// keeping them all in a tree of its own, which was a hundredth of either worker. The column `payload` has it among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Publish a site's snapshots.
    PublishSite {},
    /// Rebuild a locale's search index and publish it.
    PublishIndex {
        /// The locale.
        locale: String,
        /// Whether nobody waits for it: its articles are others' that stand in for what it lacks.
        #[serde(default)]
        later: bool,
    },
    /// Tell the live connections of a ticket that there is something new.
    NotifyThread {
        /// The ticket.
        ticket_id: String,
    },
    /// Somebody asks.
    TicketCreated {
        /// The ticket.
        ticket_id: TicketId,
    },
    /// Somebody wrote in a ticket, not for the team alone.
    MessageCreated {
        /// The ticket.
        ticket_id: TicketId,
        /// The message.
        message_id: MessageId,
    },
    /// Something was said of an incident, or it was declared, or it is over: subscribers hear of it (I1).
    IncidentChanged {
        /// The incident.
        incident_id: IncidentId,
        /// The update.
        update_id: UpdateId,
        /// `declared`, `updated`, `resolved` or `postmortem`.
        change: String,
    },
    /// The same of planned work (I8).
    MaintenanceChanged {
        /// The work.
        maintenance_id: MaintenanceId,
        /// `planned`, `announced`, `started`, `updated` or `completed`.
        change: String,
    },
    /// Nothing was said of an open incident for too long: its owner is reminded (I4).
    IncidentUpdateDue {
        /// The incident.
        incident_id: IncidentId,
        /// Since when.
        due_at: Timestamp,
    },
    /// A post-mortem is late (I6).
    PostmortemDue {
        /// The incident.
        incident_id: IncidentId,
        /// Since when.
        due_at: Timestamp,
    },
    /// An incident that affected somebody too is over (I9). Written by `incident_life::tell_affected`, a row a person.
    IncidentOver {
        /// The incident.
        incident_id: IncidentId,
        /// Who said that it affects them.
        customer_id: CustomerId,
    },
    /// Somebody must decide whether this is an incident.
    IncidentDrafted {
        /// The draft.
        draft_id: DraftId,
    },
    /// The alert behind a draft is over (C1). Written by `alert_ends::end`.
    AlertOver {
        /// The draft.
        draft_id: DraftId,
    },
    /// A promise ends soon (P1).
    SlaWarning(Alarm),
    /// A promise was missed (P1).
    SlaBreach(Alarm),
    /// A ticket changed hands, or found none to change to (P2).
    SlaReassigned {
        /// The ticket.
        ticket_id: TicketId,
        /// Who had it.
        from: Option<String>,
        /// Who has it now.
        to: Option<String>,
    },
    /// A customer is not content (E3, U).
    LowRating {
        /// The ticket.
        ticket_id: TicketId,
        /// From 1 to 10.
        score: u8,
        /// Within how many minutes customer success hears of it.
        within_minutes: u32,
    },
    /// Somebody above must look (E1, R7, E3).
    Escalation {
        /// The ticket.
        ticket_id: TicketId,
        /// Why.
        reason: String,
        /// Who, in the words of `escalation::Rung`.
        #[serde(default)]
        to: Option<String>,
        /// Tickets of this customer on the same issue.
        tickets: Vec<u32>,
    },
    /// Somebody wants to hear of incidents: whoever owns the address is asked.
    SubscriptionAsked {
        /// The subscription.
        subscriber_id: SubscriberId,
    },
    /// Somebody of the team answered whoever left an address (C2). Written by `answer_mails::put`.
    AnswerMailed {
        /// The ticket.
        ticket_id: TicketId,
        /// The answer.
        message_id: MessageId,
    },
    /// A bot has something to say.
    TelegramCall {
        /// Which bot.
        bot: Bot,
        /// The method with its parameters.
        call: serde_json::Value,
    },
    /// A ticket's priority asks for whoever is on call (P).
    PageOnDuty {
        /// The ticket.
        ticket_id: TicketId,
    },
    /// Somebody on call is wanted (E4).
    PageTriggered {
        /// The page.
        page_id: String,
        /// The place of the level that is called.
        place: u32,
    },
    /// Somebody on call has taken a page.
    PageAcknowledged {
        /// The page.
        page_id: String,
    },
    /// Another person is on call now.
    OnCallHandoff {
        /// At which level.
        level: String,
        /// Who was.
        from: Option<String>,
        /// Who is.
        to: String,
        /// Limits of being on call that were passed, each in a sentence (E4).
        #[serde(default)]
        notes: Vec<String>,
    },
    /// A digest of the desk (C3).
    DigestDue {
        /// Which.
        which: Which,
        /// Where its period begins.
        from: Timestamp,
        /// Where it ends.
        to: Timestamp,
    },
    /// An automatic answer did not help: a person has the ticket now (R3).
    AutoAnswerFailed {
        /// The ticket.
        ticket_id: TicketId,
        /// Whether the customer said so; else nothing was heard.
        said: bool,
    },
}

/// A promise that calls for attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alarm {
    /// The ticket.
    pub(crate) ticket_id: TicketId,
    /// `first_response`, `next_response` or `resolution`.
    pub(crate) target: String,
    /// When the promise ends.
    pub(crate) due_at: Timestamp,
}

impl Task {
    /// What the column `payload` has: the fields, and the kind among them, as the versions before look for it.
    pub(crate) fn payload(&self) -> Result<String, ApiError> {
        let (kind, text) = (self.kind(), serde_json::to_string(self)?);
        let fields = text.strip_prefix(&format!("{{\"{kind}\":{{")).and_then(|text| text.strip_suffix("}}"));
        let fields = fields.ok_or_else(|| ApiError::internal("a task is not written as its kind"))?;
        let comma = if fields.is_empty() { "" } else { "," };
        Ok(format!("{{\"kind\":\"{kind}\"{comma}{fields}}}"))
    }

    /// The word in storage.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::PublishSite {} => "publish_site",
            Self::PublishIndex { .. } => "publish_index",
            Self::NotifyThread { .. } => "notify_thread",
            Self::TicketCreated { .. } => "ticket_created",
            Self::MessageCreated { .. } => "message_created",
            Self::IncidentChanged { .. } => "incident_changed",
            Self::MaintenanceChanged { .. } => "maintenance_changed",
            Self::IncidentUpdateDue { .. } => "incident_update_due",
            Self::PostmortemDue { .. } => "postmortem_due",
            Self::IncidentOver { .. } => "incident_over",
            Self::IncidentDrafted { .. } => "incident_drafted",
            Self::AlertOver { .. } => "alert_over",
            Self::SlaWarning(_) => "sla_warning",
            Self::SlaBreach(_) => "sla_breach",
            Self::SlaReassigned { .. } => "sla_reassigned",
            Self::LowRating { .. } => "low_rating",
            Self::Escalation { .. } => "escalation",
            Self::AutoAnswerFailed { .. } => "auto_answer_failed",
            Self::SubscriptionAsked { .. } => "subscription_asked",
            Self::AnswerMailed { .. } => "answer_mailed",
            Self::TelegramCall { .. } => "telegram_call",
            Self::PageOnDuty { .. } => "page_on_duty",
            Self::PageTriggered { .. } => "page_triggered",
            Self::PageAcknowledged { .. } => "page_acknowledged",
            Self::OnCallHandoff { .. } => "on_call_handoff",
            Self::DigestDue { .. } => "digest_due",
        }
    }

    /// The task to rebuild a locale's index, for somebody who waits.
    pub(crate) const fn publish_index(locale: String) -> Self {
        Self::PublishIndex { locale, later: false }
    }

    /// Whether it publishes something that pages read, for somebody who waits.
    pub(crate) const fn publishes(&self) -> bool {
        matches!(self, Self::PublishSite {} | Self::PublishIndex { later: false, .. })
    }

    /// Whether an attempt at it calls somebody outside, who counts each call.
    pub(crate) const fn calls_outside(&self) -> bool {
        matches!(
            self,
            Self::TelegramCall { .. }
                | Self::IncidentOver { .. }
                | Self::SubscriptionAsked { .. }
                | Self::AnswerMailed { .. }
        )
    }

    /// Whether it is the front worker's to do: what pages see. The rest is the courier's.
    pub(crate) const fn is_the_fronts(&self) -> bool {
        matches!(self, Self::PublishSite {} | Self::PublishIndex { .. } | Self::NotifyThread { .. })
    }

    /// The event that people and their programs hear of, when it is one; the rest is ours to do.
    pub(crate) const fn event(&self) -> Option<EventKind> {
        Some(match self {
            Self::PublishSite {}
            | Self::PublishIndex { .. }
            | Self::NotifyThread { .. }
            | Self::SubscriptionAsked { .. }
            | Self::AnswerMailed { .. }
            | Self::TelegramCall { .. }
            | Self::IncidentOver { .. }
            | Self::PageOnDuty { .. } => return None,
            Self::PageTriggered { .. } => EventKind::PageTriggered,
            Self::PageAcknowledged { .. } => EventKind::PageAcknowledged,
            Self::OnCallHandoff { .. } => EventKind::OnCallHandoff,
            Self::DigestDue { .. } => EventKind::DigestCreated,
            Self::TicketCreated { .. } => EventKind::TicketCreated,
            Self::MessageCreated { .. } => EventKind::MessageCreated,
            Self::IncidentChanged { .. } => EventKind::IncidentUpdated,
            Self::MaintenanceChanged { .. } => EventKind::MaintenanceUpdated,
            Self::IncidentUpdateDue { .. } => EventKind::IncidentUpdateDue,
            Self::PostmortemDue { .. } => EventKind::PostmortemDue,
            Self::IncidentDrafted { .. } => EventKind::IncidentDrafted,
            Self::AlertOver { .. } => EventKind::AlertOver,
            Self::SlaWarning(_) => EventKind::SlaWarning,
            Self::SlaBreach(_) => EventKind::SlaBreached,
            Self::SlaReassigned { .. } => EventKind::TicketReassigned,
            Self::LowRating { .. } => EventKind::TicketRatedLow,
            Self::Escalation { .. } => EventKind::TicketEscalated,
            Self::AutoAnswerFailed { .. } => EventKind::AutoAnswerFailed,
        })
    }

    /// The ticket it is about.
    pub(crate) const fn ticket(&self) -> Option<&TicketId> {
        match self {
            Self::TicketCreated { ticket_id }
            | Self::MessageCreated { ticket_id, .. }
            | Self::AnswerMailed { ticket_id, .. }
            | Self::SlaWarning(Alarm { ticket_id, .. })
            | Self::SlaBreach(Alarm { ticket_id, .. })
            | Self::SlaReassigned { ticket_id, .. }
            | Self::LowRating { ticket_id, .. }
            | Self::Escalation { ticket_id, .. }
            | Self::AutoAnswerFailed { ticket_id, .. }
            | Self::PageOnDuty { ticket_id } => Some(ticket_id),
            _ => None,
        }
    }
}
