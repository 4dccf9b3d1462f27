//! What must still happen after a write. A row is written in the write's batch and deleted when it has happened; a
//! row that stays is found by the cron. Whatever it asks for may be done twice.

use super::{Db, Query};
use crate::error::ApiError;
use crate::platform;
use buoy_shared::id::{OutboxId, SiteId};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

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
}

impl Task {
    const fn kind(&self) -> &'static str {
        match self {
            Self::PublishSite => "publish_site",
            Self::PublishIndex { .. } => "publish_index",
            Self::NotifyThread { .. } => "notify_thread",
        }
    }
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
    .time(now.plus_seconds(GRACE_SECONDS))
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

/// What is due, the longest due first.
pub(crate) async fn due(db: &Db, now: Timestamp) -> Result<Vec<Entry>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_object('outbox_id', outbox_id, 'site_id', site_id, 'payload', json(payload), 'attempts', attempts) AS j \
         FROM outbox WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
    )
    .time(now)
    .number(DUE_MAX);
    db.run(query).await?.all()
}
