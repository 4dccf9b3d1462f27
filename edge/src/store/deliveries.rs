//! Deliveries: taken for an attempt, settled afterwards, listed, tried again.
//!
//! Whoever takes a delivery moves its time to when the attempt would count as lost, so that nobody else takes it meanwhile
//! and a killed attempt is made up for.

use super::destinations::{DestinationRow, destination_json};
use super::{Cursor, Db, Millis, Query};
use crate::error::ApiError;
use buoy_shared::api::{Delivery, DeliveryState, Page};
use buoy_shared::delivery::event::{EventData, EventKind};
use buoy_shared::delivery::schedule::FAILURES_TO_OPEN;
use buoy_shared::id::{DestinationId, SiteId};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long an attempt may be under way, in seconds: several timeouts one after the other.
const LEASE_SECONDS: i64 = 120;
/// Deliveries that are taken at once, of all destinations and of one.
pub(crate) const TAKEN_MAX: u32 = 24;
const TAKEN_OF_ONE_MAX: u32 = 12;

/// A delivery that was taken.
#[derive(Deserialize)]
pub(crate) struct Taken {
    pub(crate) site: SiteId,
    pub(crate) event: String,
    pub(crate) kind: EventKind,
    pub(crate) data: EventData,
    pub(crate) happened_at: Millis,
    pub(crate) attempts: u32,
    pub(crate) destination: DestinationRow,
    /// Whether what it tells is over, for somebody who would begin it anew.
    is_over: u8,
}

impl Taken {
    /// Whether telling it now would do harm: PagerDuty keeps no order, and a `trigger` that comes after the `resolve` of its
    /// key opens what nobody closes.
    pub(crate) const fn is_over(&self) -> bool {
        self.is_over != 0
    }
}

#[derive(Serialize, Deserialize)]
struct Key {
    site: String,
    destination: String,
    event: String,
}

/// The statement that takes what is due, found by an index, as far as more is asked of it.
macro_rules! claim {
    ($index:literal, $which:literal) => {
        concat!(
            "UPDATE deliveries SET attempts = attempts + 1, due_at = ?2 WHERE (site_id, destination_id, event_id) IN \
             (SELECT site_id, destination_id, event_id FROM (SELECT v.site_id, v.destination_id, v.event_id, v.due_at, d.failures, \
             row_number() OVER (PARTITION BY v.site_id, v.destination_id ORDER BY v.due_at, v.event_id) AS place \
             FROM deliveries v INDEXED BY ",
            $index,
            " JOIN destinations d ON d.site_id = v.site_id AND d.destination_id = v.destination_id \
             WHERE v.state = 'pending' AND v.due_at <= ?1 AND d.enabled = 1 AND (d.resting_until IS NULL OR d.resting_until <= ?1)",
            $which,
            ") WHERE place <= CASE WHEN failures >= ?3 THEN 1 ELSE ?4 END ORDER BY due_at LIMIT ?5) \
             RETURNING json_object('site', site_id, 'destination', destination_id, 'event', event_id) AS j"
        )
    };
}

/// Takes what is due, of an event or of all. A destination that seems to be down gets one attempt at a time.
pub(crate) async fn take(db: &Db, event: Option<(&SiteId, &str)>, now: Timestamp) -> Result<Vec<Taken>, ApiError> {
    let bound = |query: Query| {
        let lease = now.plus_seconds(LEASE_SECONDS);
        query.time(now).time(lease).number(FAILURES_TO_OPEN).number(TAKEN_OF_ONE_MAX).number(TAKEN_MAX)
    };
    let claim = match event {
        // The first attempt at an event does not walk through what waits for others.
        Some((site, event)) => {
            let of_event = Query::new(claim!("deliveries_by_event", " AND v.site_id = ?6 AND v.event_id = ?7"));
            bound(of_event).site(site).text(event)
        }
        // site-free: the cron serves every site
        None => bound(Query::new(claim!("deliveries_by_due", ""))),
    };
    let keys: Vec<Key> = db.run(claim).await?.all()?;
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // site-free: each key names its site
    let read = Query::new(concat!(
        "SELECT json_object('site', v.site_id, 'event', v.event_id, 'kind', e.kind, 'data', json(e.data), 'happened_at', e.created_at, \
         'attempts', v.attempts, 'destination', ",
        destination_json!(""),
        ", 'is_over', d.kind = 'pagerduty' AND CASE WHEN e.kind = 'page.triggered' THEN EXISTS (SELECT 1 FROM pages p \
         WHERE p.site_id = v.site_id AND p.page_id = e.data ->> '$.page.id' AND p.state <> 'triggered') \
         WHEN e.kind = 'incident.drafted' THEN EXISTS (SELECT 1 FROM incident_drafts f WHERE f.site_id = v.site_id \
         AND f.draft_id = e.data ->> '$.incident.id' AND f.decision IS NOT NULL) \
         WHEN e.kind = 'incident.alert_over' THEN e.data ->> '$.incident.status' <> 'withdrawn' AND e.data ->> '$.incident.draft' IS NULL \
         WHEN e.kind IN ('incident.updated', 'incident.update_due') THEN e.data ->> '$.incident.status' <> 'resolved' \
         AND EXISTS (SELECT 1 FROM incidents i WHERE i.site_id = v.site_id AND i.incident_id = e.data ->> '$.incident.id' \
         AND i.resolved_at IS NOT NULL) ELSE 0 END) AS j FROM json_each(?1) k JOIN deliveries v ON v.site_id = k.value ->> 'site' AND v.destination_id = k.value ->> 'destination' \
         AND v.event_id = k.value ->> 'event' JOIN events e ON e.site_id = v.site_id AND e.event_id = v.event_id \
         JOIN destinations d ON d.site_id = v.site_id AND d.destination_id = v.destination_id"
    ))
    .text(&serde_json::to_string(&keys)?);
    db.run(read).await?.all()
}

/// What came of an attempt.
pub(crate) struct Settled<'a> {
    pub(crate) taken: &'a Taken,
    pub(crate) state: DeliveryState,
    /// When it is tried again, if it is.
    pub(crate) next: Option<Timestamp>,
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<&'static str>,
}

/// The statement that notes it. An attempt that somebody else's success overtook does not undo it.
pub(crate) fn settle(settled: &Settled<'_>) -> Query {
    Query::new(
        "UPDATE deliveries SET state = ?4, due_at = coalesce(?5, due_at), last_status = ?6, last_error = ?7 \
         WHERE site_id = ?1 AND destination_id = ?2 AND event_id = ?3 AND state = 'pending'",
    )
    .site(&settled.taken.site)
    .text(settled.taken.destination.id.as_str())
    .text(&settled.taken.event)
    .text(settled.state.as_str())
    .maybe_time(settled.next)
    .maybe_number(settled.status.map(u32::from))
    .maybe_text(settled.error)
}

/// What is noted of deliveries whose destination was switched off.
const SWITCHED_OFF: &str = "its destination was switched off";

/// The statement that lays aside what waits for a destination which is switched off: nobody walks past it each minute.
pub(crate) fn lay_aside(site: &SiteId, destination: &str) -> Query {
    Query::new(
        "UPDATE deliveries INDEXED BY deliveries_undelivered SET state = 'dead', last_error = ?3 \
         WHERE site_id = ?1 AND destination_id = ?2 AND state = 'pending' AND state <> 'delivered'",
    )
    .site(site)
    .text(destination)
    .text(SWITCHED_OFF)
}

/// The statement that takes up what was laid aside so, since the destination is on again.
pub(crate) fn take_up(site: &SiteId, destination: &str, now: Timestamp) -> Query {
    Query::new(
        "UPDATE deliveries INDEXED BY deliveries_undelivered SET state = 'pending', attempts = 0, due_at = ?4 \
         WHERE site_id = ?1 AND destination_id = ?2 AND state = 'dead' AND state <> 'delivered' AND last_error = ?3",
    )
    .site(site)
    .text(destination)
    .text(SWITCHED_OFF)
    .time(now)
}

/// How a destination stands after some attempts.
pub(crate) struct Health<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) destination: &'a DestinationId,
    /// In a row, as far as whoever attempted knows: others may have noted more meanwhile.
    pub(crate) failures: u32,
    /// Whether it answered at all.
    pub(crate) answered: bool,
    /// How many of these attempts failed since.
    pub(crate) failed: u32,
    /// Until when it asked to be left in peace.
    pub(crate) asked_until: Option<Timestamp>,
    /// Until when it is left in peace if it is down.
    pub(crate) down_until: Option<Timestamp>,
    /// Why it is switched off, when it is.
    pub(crate) gone: Option<&'static str>,
    /// Where it is reached from now on, when that is somewhere else.
    pub(crate) moved: Option<String>,
}

/// The statement that notes it, from the row as it is by then: attempts go out side by side, and none undoes what another
/// noted. A rest that is still ahead was noted after these attempts were taken, so that even an answer leaves it. Failures
/// side by side lead to the first rest and no further: only a probe that fails makes the next one longer.
pub(crate) fn note_health(health: &Health<'_>, now: Timestamp) -> Query {
    Query::new(
        "UPDATE destinations SET failures = min(failures * ?3 + ?4, max(failures, ?5, ?6)), \
         resting_until = nullif(max(CASE WHEN resting_until > ?7 THEN resting_until ELSE 0 END, coalesce(?8, 0), \
         CASE WHEN failures * ?3 + ?4 >= ?6 THEN coalesce(?9, 0) ELSE 0 END), 0), \
         enabled = CASE WHEN ?10 IS NULL THEN enabled ELSE 0 END, disabled_reason = coalesce(?10, disabled_reason), \
         address = coalesce(?11, address) WHERE site_id = ?1 AND destination_id = ?2",
    )
    .site(health.site)
    .text(health.destination.as_str())
    .flag(!health.answered)
    .number(health.failed)
    .number(health.failures)
    .number(FAILURES_TO_OPEN)
    .time(now)
    .maybe_time(health.asked_until)
    .maybe_time(health.down_until)
    .maybe_text(health.gone)
    .maybe_text(health.moved.as_deref())
}

#[derive(Deserialize)]
struct DeliveryRow {
    event: String,
    kind: String,
    destination: String,
    state: DeliveryState,
    attempts: u32,
    due_at: Millis,
    last_status: Option<u16>,
    last_error: Option<String>,
    created_at: Millis,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            next_attempt_at: (row.state == DeliveryState::Pending).then(|| row.due_at.into()),
            event: row.event,
            kind: row.kind,
            destination: row.destination,
            state: row.state,
            attempts: row.attempts,
            last_status: row.last_status,
            last_error: row.last_error,
            created_at: row.created_at.into(),
        }
    }
}

/// Deliveries of a site, the newest first. A place in the list is a time and, of one time, an event with its destination.
pub(crate) async fn list(
    db: &Db,
    site: &SiteId,
    state: Option<DeliveryState>,
    destination: Option<&str>,
    cursor: &Cursor,
    limit: usize,
) -> Result<Page<Delivery>, ApiError> {
    let query = Query::new(
        "SELECT json_object('event', v.event_id, 'kind', e.kind, 'destination', v.destination_id, 'state', v.state, 'attempts', v.attempts, \
         'due_at', v.due_at, 'last_status', v.last_status, 'last_error', v.last_error, 'created_at', v.created_at) AS j \
         FROM deliveries v INDEXED BY deliveries_by_time JOIN events e ON e.site_id = v.site_id AND e.event_id = v.event_id \
         WHERE v.site_id = ?1 AND (v.created_at < ?2 OR (v.created_at = ?2 AND v.event_id || '.' || v.destination_id < ?3)) \
         AND (?4 IS NULL OR v.state = ?4) AND (?5 IS NULL OR v.destination_id = ?5) \
         ORDER BY v.created_at DESC, v.event_id DESC, v.destination_id DESC LIMIT ?6",
    )
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .maybe_text(state.map(DeliveryState::as_str))
    .maybe_text(destination)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<DeliveryRow> = db.run(query).await?.all()?;
    let place = |row: &DeliveryRow| Cursor::write(row.created_at.into(), &format!("{}.{}", row.event, row.destination));
    Ok(super::tickets::page(rows, limit, place))
}

/// Lets deliveries of a destination be tried anew: one, or all that were laid aside. Gives how many.
pub(crate) async fn replay(
    db: &Db,
    site: &SiteId,
    destination: &str,
    event: Option<&str>,
    now: Timestamp,
) -> Result<u32, ApiError> {
    let query = Query::new(
        "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = ?4 WHERE site_id = ?1 AND destination_id = ?2 \
         AND CASE WHEN ?3 IS NULL THEN state = 'dead' ELSE event_id = ?3 END RETURNING json_quote(event_id) AS j",
    )
    .site(site)
    .text(destination)
    .maybe_text(event)
    .time(now);
    let replayed = db.run(query).await?.into_texts().len();
    Ok(u32::try_from(replayed).unwrap_or(u32::MAX))
}
