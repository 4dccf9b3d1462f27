//! Planned work (I8). Its few updates stand in its row.

use super::{Cursor, Db, Query, Rows};
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::{MaintenanceId, SiteId};
use buoy_shared::incident::{Maintenance, RESOLVED_NOTICE_SECONDS};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Planned work that snapshots show: what comes next, and the latest of what was.
const PUBLISHED_MAX: u32 = 50;
/// Pieces of work that are looked at in one run of the cron.
const DUE_MAX: u32 = 50;

/// Planned work as the JSON of the contract.
macro_rules! maintenance_json {
    () => {
        concat!(
            "json_object('id', m.maintenance_id, 'title', m.title, 'status', m.status, 'components', json(m.components), 'target', json(m.target), \
             'updates', json(m.updates), 'announced', json(iif(m.announced, 'true', 'false')), 'scheduled_for', ",
            instant!("m.scheduled_for"),
            ", 'scheduled_until', ",
            instant!("m.scheduled_until"),
            ", 'completed_at', ",
            instant!("m.completed_at"),
            ", 'created_at', ",
            instant!("m.created_at"),
            ", 'updated_at', ",
            instant!("m.updated_at"),
            ")"
        )
    };
}

/// What is published: what goes on and what comes next, then the latest of what was.
pub(crate) fn for_snapshot(site: &SiteId) -> Query {
    Query::new(concat!(
        "SELECT ",
        maintenance_json!(),
        " AS j FROM maintenances m WHERE m.site_id = ?1 ORDER BY m.next_step_at IS NULL, \
         iif(m.next_step_at IS NULL, -m.scheduled_for, m.scheduled_for), m.maintenance_id DESC LIMIT ?2"
    ))
    .site(site)
    .number(PUBLISHED_MAX)
}

/// Reads what [`for_snapshot`] gave.
pub(crate) fn read(rows: &Rows) -> Result<Vec<Maintenance>, ApiError> {
    rows.all()
}

/// A page of a site's planned work, the latest first.
pub(crate) async fn list(db: &Db, site: &SiteId, cursor: &Cursor, limit: usize) -> Result<Page<Maintenance>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        maintenance_json!(),
        " AS j FROM maintenances m WHERE m.site_id = ?1 AND (m.scheduled_for, m.maintenance_id) < (?2, ?3) ORDER BY m.scheduled_for DESC, m.maintenance_id DESC LIMIT ?4"
    ))
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<Maintenance> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |work| Cursor::write(work.scheduled_for, work.id.as_str())))
}

/// One piece of work.
pub(crate) async fn get(db: &Db, site: &SiteId, id: &MaintenanceId) -> Result<Option<Maintenance>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        maintenance_json!(),
        " AS j FROM maintenances m WHERE m.site_id = ?1 AND m.maintenance_id = ?2"
    ))
    .site(site)
    .text(id.as_str());
    db.run(query).await?.first()
}

/// A piece of work and whose it is.
#[derive(Deserialize)]
pub(crate) struct Due {
    pub(crate) site: SiteId,
    pub(crate) work: Maintenance,
}

/// What the clock has something to do about, the longest due first.
pub(crate) async fn due(db: &Db, now: Timestamp) -> Result<Vec<Due>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(concat!(
        "SELECT json_object('site', m.site_id, 'work', ",
        maintenance_json!(),
        ") AS j FROM maintenances m WHERE m.next_step_at <= ?1 ORDER BY m.next_step_at LIMIT ?2"
    ))
    .time(now)
    .number(DUE_MAX);
    db.run(query).await?.all()
}

/// Stores new work; the clock looks at it at `next_step_at`.
pub(crate) fn insert(site: &SiteId, work: &Maintenance, next_step_at: Option<Timestamp>) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO maintenances (site_id, maintenance_id, title, status, components, target, scheduled_for, scheduled_until, next_step_at, updates, \
         created_at, updated_at, announced) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12)",
    )
    .site(site)
    .text(work.id.as_str())
    .text(&work.title)
    .text(work.status.as_str())
    .text(&serde_json::to_string(&work.components)?)
    .text(&serde_json::to_string(&work.target)?)
    .time(work.scheduled_for)
    .time(work.scheduled_until)
    .maybe_time(next_step_at)
    .text(&serde_json::to_string(&work.updates)?)
    .time(work.created_at)
    .flag(work.announced))
}

/// Stores work as it is now, decided on what it was at `before`: if somebody was faster, a column that must not be empty
/// refuses the whole batch (see [`was_changed`]).
pub(crate) fn change(
    site: &SiteId,
    work: &Maintenance,
    before: Timestamp,
    next_step_at: Option<Timestamp>,
) -> Result<Query, ApiError> {
    let notice_until = work.completed_at.map(|end| end.plus_seconds(RESOLVED_NOTICE_SECONDS));
    Ok(Query::new(
        "UPDATE maintenances SET status = CASE WHEN updated_at = ?3 THEN ?4 END, scheduled_until = ?5, announced = ?6, completed_at = ?7, notice_until = ?8, \
         next_step_at = ?9, updates = ?10, updated_at = ?11 WHERE site_id = ?1 AND maintenance_id = ?2",
    )
    .site(site)
    .text(work.id.as_str())
    .time(before)
    .text(work.status.as_str())
    .time(work.scheduled_until)
    .flag(work.announced)
    .maybe_time(work.completed_at)
    .maybe_time(notice_until)
    .maybe_time(next_step_at)
    .text(&serde_json::to_string(&work.updates)?)
    .time(work.updated_at))
}

/// Whether a batch of [`change`] was refused because somebody was faster.
pub(crate) fn was_changed(error: &ApiError) -> bool {
    error.mentions("NOT NULL constraint failed: maintenances.status")
}
