//! What must still happen after a write. A row is written in the write's batch and deleted when it has happened; a
//! row that stays is found by the cron. Whatever it asks for may be done twice.
//!
//! News for people and their programs passes through here: a row becomes an event with one delivery for each destination
//! that wants it (`store::events`), in the batch that deletes the row.

mod task;

pub(crate) use task::{Alarm, Task};
use task::{FRONT_KINDS, NEWS_KINDS};

use super::{Db, Query};
use crate::error::ApiError;
use crate::platform;
use buoy_shared::id::{EventId, OutboxId, PageId, SiteId, TicketId};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// 128 bits that follow from a name: what is written under them twice is there once.
pub(crate) fn named_16(name: &str) -> [u8; 16] {
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
    .text(&task.payload()?)
    .time(due_at(&task, now))
    .time(now)
    .maybe_text(still.map(|(ticket, _)| ticket.as_str()))
    .maybe_number(still.map(|(_, version)| version));
    Ok((Entry { outbox_id, site_id: site.to_string(), payload: task, attempts: 0 }, query))
}

/// A task that was written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) outbox_id: String,
    pub(crate) site_id: String,
    pub(crate) payload: Task,
    pub(crate) attempts: u32,
}

impl Entry {
    fn new(site: &SiteId, outbox_id: String, payload: Task) -> Self {
        Self { outbox_id, site_id: site.to_string(), payload, attempts: 0 }
    }

    /// The row that calls a level of a page, for the first attempt.
    pub(crate) fn of_page(site: &SiteId, page: &PageId, place: u32) -> Self {
        let payload = Task::PageTriggered { page_id: page.to_string(), place };
        Self::new(site, named_outbox(&format!("{page}|{place}")), payload)
    }

    /// The row that tells that a page was taken.
    pub(crate) fn of_acknowledged(site: &SiteId, outbox_id: String, page: &str) -> Self {
        Self::new(site, outbox_id, Task::PageAcknowledged { page_id: page.to_owned() })
    }

    /// The event that it becomes.
    pub(crate) fn event_id(&self) -> String {
        told_event(&self.outbox_id)
    }
}

/// The event that a row becomes.
pub(crate) fn told_event(outbox_id: &str) -> String {
    let code = outbox_id.strip_prefix(OutboxId::PREFIX).unwrap_or(outbox_id);
    format!("{}{code}", EventId::PREFIX)
}

/// Rows taken in one run of the cron.
const DUE_MAX: u32 = 100;

/// A first attempt follows the write at once; the cron waits this long before it steps in, in seconds.
const GRACE_SECONDS: i64 = 10;

/// The longest wait between attempts, in seconds.
const RETRY_SECONDS_MAX: i64 = 3_600;

/// When the cron steps in. News has no grace: to make events of a row twice is as good as once.
fn due_at(task: &Task, now: Timestamp) -> Timestamp {
    if task.event().is_some() { now } else { now.plus_seconds(GRACE_SECONDS) }
}

/// Writes news down, if anybody wants to hear any: a site without destinations writes no row for each message. Gives the
/// entry for the first attempt, and the statement, which gives a row where something was written: only then is there
/// anything to attempt, and the other worker to be woken.
pub(crate) fn tell(site: &SiteId, task: Task, now: Timestamp) -> Result<(Entry, Query), ApiError> {
    let outbox_id = OutboxId::from_random(platform::random_16()).to_string();
    let query = Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?5 \
         WHERE EXISTS (SELECT 1 FROM destinations WHERE site_id = ?2 AND enabled = 1) \
         OR (?3 = 'message_created' AND EXISTS (SELECT 1 FROM tickets t JOIN telegram_customers u ON u.site_id = t.site_id \
         AND u.customer_id = t.customer_id WHERE t.site_id = ?2 AND t.ticket_id = ?4 ->> 'ticket_id')) \
         RETURNING json_quote(outbox_id) AS j",
    )
    .text(&outbox_id)
    .site(site)
    .text(task.kind())
    .text(&task.payload()?)
    .time(now);
    Ok((Entry { outbox_id, site_id: site.to_string(), payload: task, attempts: 0 }, query))
}

/// Writes a task down; goes into the batch of the write it follows from. Gives the entry for the first attempt.
pub(crate) fn put(site: &SiteId, task: Task, now: Timestamp) -> Result<(Entry, Query), ApiError> {
    let outbox_id = OutboxId::from_random(platform::random_16()).to_string();
    let query = Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .text(&outbox_id)
    .site(site)
    .text(task.kind())
    .text(&task.payload()?)
    .time(due_at(&task, now))
    .time(now);
    Ok((Entry { outbox_id, site_id: site.to_string(), payload: task, attempts: 0 }, query))
}

/// Writes a task down for later, under an id that follows from a name, once.
pub(crate) fn put_later(site: &SiteId, name: &str, task: &Task, due_at: Timestamp) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (outbox_id) DO NOTHING",
    )
    .text(&named_outbox(name))
    .site(site)
    .text(task.kind())
    .text(&task.payload()?)
    .time(due_at))
}

/// The same for now, with the entry for the first attempt.
pub(crate) fn put_named(site: &SiteId, name: &str, task: Task, now: Timestamp) -> Result<(Entry, Query), ApiError> {
    let query = put_later(site, name, &task, now)?;
    Ok((Entry::new(site, named_outbox(name), task), query))
}

/// It has happened.
pub(crate) async fn done(db: &Db, entry: &Entry) -> Result<(), ApiError> {
    let query = Query::new("DELETE FROM outbox WHERE outbox_id = ?1 AND site_id = ?2")
        .text(&entry.outbox_id)
        .text(&entry.site_id);
    db.run(query).await.map(drop)
}

/// It has not: try again later, later each time.
/// `asked` is how long whoever refused wants to be left in peace, in seconds.
pub(crate) async fn postpone(db: &Db, entry: &Entry, asked: Option<u32>, now: Timestamp) -> Result<(), ApiError> {
    let wait_seconds = GRACE_SECONDS.saturating_mul(1 << entry.attempts.min(16)).min(RETRY_SECONDS_MAX);
    let wait_seconds = wait_seconds.max(i64::from(asked.unwrap_or(0)));
    let query =
        Query::new("UPDATE outbox SET attempts = max(attempts, ?4), due_at = ?1 WHERE outbox_id = ?2 AND site_id = ?3")
            .time(now.plus_seconds(wait_seconds))
            .text(&entry.outbox_id)
            .text(&entry.site_id)
            .number(entry.attempts.saturating_add(1));
    db.run(query).await.map(drop)
}

/// How long an attempt that was taken may be under way, in seconds: a few time-outs.
const LEASE_SECONDS: i64 = 60;

/// Takes a row for an attempt that must not be made by two at once: its time is moved to when the attempt counts as lost.
/// False when somebody else has taken it, or it is done.
pub(crate) async fn take(db: &Db, entry: &Entry, now: Timestamp) -> Result<bool, ApiError> {
    let query = Query::new(
        "UPDATE outbox SET attempts = attempts + 1, due_at = ?1 WHERE outbox_id = ?2 AND site_id = ?3 AND attempts = ?4 \
         RETURNING json_quote(outbox_id) AS j",
    )
    .time(now.plus_seconds(LEASE_SECONDS))
    .text(&entry.outbox_id)
    .text(&entry.site_id)
    .number(entry.attempts);
    Ok(db.run(query).await?.first_text().is_some())
}

/// Whose rows: each worker does its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    /// What pages see: the front worker's.
    Front,
    /// What becomes events with deliveries: the courier's.
    News,
    /// What single people are sent or asked: the courier's.
    Mails,
    /// Calls of the bots: the courier's.
    Calls,
}

impl Of {
    /// The kinds of its rows.
    const fn kinds(self) -> &'static str {
        match self {
            Self::Front => FRONT_KINDS,
            Self::News => NEWS_KINDS,
            Self::Mails => "[\"incident_over\", \"subscription_asked\", \"answer_mailed\"]",
            Self::Calls => "[\"telegram_call\"]",
        }
    }
}

/// Forgets what waited for a channel: the version before channels wrote it for no time at all, until it was replaced.
pub(crate) fn forget_waiting() -> Query {
    // site-free: the cron serves every site
    Query::new("DELETE FROM outbox WHERE due_at >= ?1").time(Timestamp::MAX)
}

/// What is due, the longest due first. A kind that a later version wrote waits for that version: it must not keep the
/// rest from happening.
pub(crate) async fn due(db: &Db, of: Of, now: Timestamp) -> Result<Vec<Entry>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_object('outbox_id', outbox_id, 'site_id', site_id, 'payload', json_object(kind, json(payload)), 'attempts', attempts) AS j \
         FROM outbox WHERE due_at <= ?1 AND kind IN (SELECT value FROM json_each(?3)) ORDER BY due_at LIMIT ?2",
    )
    .time(now)
    .number(DUE_MAX)
    .text(of.kinds());
    db.run(query).await?.all()
}
