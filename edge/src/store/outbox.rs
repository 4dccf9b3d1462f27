//! What must still happen after a write. A row is written in the write's batch and deleted when it has happened; a
//! row that stays is found by the cron. Whatever it asks for may be done twice.
//!
//! Notices to people wait here until a channel is there that can carry them: they are due at the end of time, so the
//! cron neither loses them nor stumbles over them, and whoever adds a channel takes them up by their kind.

use super::{Db, Query};
use crate::error::ApiError;
use crate::platform;
use buoy_shared::id::{CustomerId, DraftId, EventId, IncidentId, MaintenanceId, OutboxId, SiteId, TicketId, UpdateId};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Something that must happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Task {
    /// Publish a site's snapshots.
    PublishSite,
    /// Rebuild a locale's search index and publish it.
    PublishIndex {
        /// The locale.
        locale: String,
    },
    /// Tell the live connections of a ticket that there is something new.
    NotifyThread {
        /// The ticket.
        ticket_id: String,
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
    const fn kind(&self) -> &'static str {
        match self {
            Self::PublishSite => "publish_site",
            Self::PublishIndex { .. } => "publish_index",
            Self::NotifyThread { .. } => "notify_thread",
            Self::SlaWarning(_) => "sla_warning",
            Self::SlaBreach(_) => "sla_breach",
            Self::SlaReassigned { .. } => "sla_reassigned",
            Self::LowRating { .. } => "low_rating",
            Self::Escalation { .. } => "escalation",
            Self::IncidentChanged { .. } => "incident_changed",
            Self::MaintenanceChanged { .. } => "maintenance_changed",
            Self::IncidentUpdateDue { .. } => "incident_update_due",
            Self::PostmortemDue { .. } => "postmortem_due",
            Self::IncidentOver { .. } => "incident_over",
            Self::IncidentDrafted { .. } => "incident_drafted",
            Self::AutoAnswerFailed { .. } => "auto_answer_failed",
        }
    }

    /// Whether it is ours to do; the rest is for people and waits for a channel.
    pub(crate) const fn is_ours(&self) -> bool {
        matches!(self, Self::PublishSite | Self::PublishIndex { .. } | Self::NotifyThread { .. })
    }

    fn due_at(&self, now: Timestamp) -> Timestamp {
        if self.is_ours() { now.plus_seconds(GRACE_SECONDS) } else { Timestamp::MAX }
    }
}

/// 128 bits that follow from a name: what is written under them twice is there once.
fn named_16(name: &str) -> [u8; 16] {
    let digest = Sha256::digest(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    bytes
}

/// An entry's id that follows from a name.
pub(crate) fn named_outbox(name: &str) -> String {
    OutboxId::from_random(named_16(name)).to_string()
}

/// A fact's id that follows from a name.
pub(crate) fn named_event(name: &str) -> EventId {
    EventId::from_random(named_16(name))
}

/// Writes a task down under an id that follows from its name, once, and only while the ticket `still` has its version.
pub(crate) fn put_once(
    site: &SiteId,
    name: &str,
    task: Task,
    still: Option<(&TicketId, u32)>,
    now: Timestamp,
) -> Result<(Entry, Query), ApiError> {
    let outbox_id = named_outbox(name);
    let query = Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6 \
         WHERE ?7 IS NULL OR EXISTS (SELECT 1 FROM tickets WHERE site_id = ?2 AND ticket_id = ?7 AND version = ?8) \
         ON CONFLICT (outbox_id) DO NOTHING",
    )
    .text(&outbox_id)
    .site(site)
    .text(task.kind())
    .text(&serde_json::to_string(&task)?)
    .time(task.due_at(now))
    .time(now)
    .maybe_text(still.map(|(ticket, _)| ticket.as_str()))
    .maybe_number(still.map(|(_, version)| version));
    Ok((Entry { outbox_id, site_id: site.to_string(), payload: task, attempts: 0 }, query))
}

/// A task that was written down.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Entry {
    pub(crate) outbox_id: String,
    pub(crate) site_id: String,
    pub(crate) payload: Task,
    pub(crate) attempts: u32,
}

/// Rows taken in one run of the cron.
const DUE_MAX: u32 = 100;

/// A first attempt follows the write at once; the cron waits this long before it steps in, in seconds.
const GRACE_SECONDS: i64 = 10;

/// The longest wait between attempts, in seconds.
const RETRY_SECONDS_MAX: i64 = 3_600;

/// Writes a task down; goes into the batch of the write it follows from. Gives the entry for the first attempt.
pub(crate) fn put(site: &SiteId, task: Task, now: Timestamp) -> Result<(Entry, Query), ApiError> {
    let outbox_id = OutboxId::from_random(platform::random_16()).to_string();
    let query = Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .text(&outbox_id)
    .site(site)
    .text(task.kind())
    .text(&serde_json::to_string(&task)?)
    .time(task.due_at(now))
    .time(now);
    Ok((Entry { outbox_id, site_id: site.to_string(), payload: task, attempts: 0 }, query))
}

/// It has happened.
pub(crate) async fn done(db: &Db, entry: &Entry) -> Result<(), ApiError> {
    let query = Query::new("DELETE FROM outbox WHERE outbox_id = ?1 AND site_id = ?2")
        .text(&entry.outbox_id)
        .text(&entry.site_id);
    db.run(query).await.map(drop)
}

/// It has not: try again later, later each time.
pub(crate) async fn postpone(db: &Db, entry: &Entry, now: Timestamp) -> Result<(), ApiError> {
    let wait_seconds = GRACE_SECONDS.saturating_mul(1 << entry.attempts.min(16)).min(RETRY_SECONDS_MAX);
    let query =
        Query::new("UPDATE outbox SET attempts = attempts + 1, due_at = ?1 WHERE outbox_id = ?2 AND site_id = ?3")
            .time(now.plus_seconds(wait_seconds))
            .text(&entry.outbox_id)
            .text(&entry.site_id);
    db.run(query).await.map(drop)
}

/// What is due, the longest due first. A kind that a later version wrote waits for that version: it must not keep the
/// rest from happening.
pub(crate) async fn due(db: &Db, now: Timestamp) -> Result<Vec<Entry>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_object('outbox_id', outbox_id, 'site_id', site_id, 'payload', json(payload), 'attempts', attempts) AS j \
         FROM outbox WHERE due_at <= ?1 AND kind IN ('publish_site', 'publish_index', 'notify_thread') ORDER BY due_at LIMIT ?2",
    )
    .time(now)
    .number(DUE_MAX);
    db.run(query).await?.all()
}
