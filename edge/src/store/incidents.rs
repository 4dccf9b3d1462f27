//! Incidents and their updates.

use super::{Cursor, Db, Millis, Query, instant};
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::{IncidentId, SiteId, UpdateId};
use buoy_shared::incident::{Impact, Incident, IncidentStatus, IncidentUpdate, RESOLVED_NOTICE_SECONDS};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Open incidents that snapshots show; a site with more has one large one.
const PUBLISHED_MAX: u32 = 50;

/// An incident's columns as JSON, with its newest updates; twenty of the longest are 800 kB, and one text of the database
/// has at most 2 MB.
macro_rules! incident_json {
    () => {
        "json_object('id', i.incident_id, 'title', i.title, 'status', i.status, 'impact', i.impact, 'components', json(i.components), \
         'started_at', i.started_at, 'resolved_at', i.resolved_at, 'updated_at', i.updated_at, 'updates', \
         (SELECT json_group_array(json(j)) FROM (SELECT json_object('id', u.update_id, 'status', u.status, 'body', u.body, 'created_at', u.created_at) AS j \
         FROM incident_updates u WHERE u.site_id = i.site_id AND u.incident_id = i.incident_id ORDER BY u.created_at DESC, u.update_id DESC LIMIT 20))) AS j"
    };
}

#[derive(Debug, Deserialize)]
struct IncidentRow {
    id: IncidentId,
    title: String,
    status: IncidentStatus,
    impact: Impact,
    components: Vec<String>,
    started_at: Millis,
    resolved_at: Option<Millis>,
    updated_at: Millis,
    updates: Vec<UpdateRow>,
}

#[derive(Debug, Deserialize)]
struct UpdateRow {
    id: UpdateId,
    status: IncidentStatus,
    body: String,
    created_at: Millis,
}

impl From<IncidentRow> for Incident {
    fn from(row: IncidentRow) -> Self {
        let update = |row: UpdateRow| IncidentUpdate {
            id: row.id,
            status: row.status,
            body: row.body,
            created_at: row.created_at.into(),
        };
        Self {
            id: row.id,
            title: row.title,
            status: row.status,
            impact: row.impact,
            components: row.components,
            started_at: row.started_at.into(),
            resolved_at: instant(row.resolved_at),
            updated_at: row.updated_at.into(),
            updates: row.updates.into_iter().map(update).collect(),
        }
    }
}

/// What pages should know of: open incidents, and those whose end is still being told.
pub(crate) fn for_snapshot(site: &SiteId) -> Query {
    Query::new(concat!(
        "SELECT ",
        incident_json!(),
        " FROM incidents i WHERE i.site_id = ?1 AND (i.resolved_at IS NULL OR i.notice_until IS NOT NULL) ORDER BY i.started_at DESC, i.incident_id DESC LIMIT ?2"
    ))
    .site(site)
    .number(PUBLISHED_MAX)
}

/// Reads what [`for_snapshot`] gave.
pub(crate) fn read(rows: &super::Rows) -> Result<Vec<Incident>, ApiError> {
    let rows: Vec<IncidentRow> = rows.all()?;
    Ok(rows.into_iter().map(Incident::from).collect())
}

/// A page of a site's incidents, the newest first.
pub(crate) async fn list(db: &Db, site: &SiteId, cursor: &Cursor, limit: usize) -> Result<Page<Incident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        incident_json!(),
        " FROM incidents i WHERE i.site_id = ?1 AND (i.started_at, i.incident_id) < (?2, ?3) ORDER BY i.started_at DESC, i.incident_id DESC LIMIT ?4"
    ))
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<IncidentRow> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |row| Cursor::write(row.started_at.into(), row.id.as_str())))
}

/// One incident.
pub(crate) async fn get(db: &Db, site: &SiteId, incident: &IncidentId) -> Result<Option<Incident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        incident_json!(),
        " FROM incidents i WHERE i.site_id = ?1 AND i.incident_id = ?2"
    ))
    .site(site)
    .text(incident.as_str());
    let row: Option<IncidentRow> = db.run(query).await?.first()?;
    Ok(row.map(Incident::from))
}

/// Statements that store a new incident with its first update.
pub(crate) fn insert(site: &SiteId, incident: &Incident, author: &str) -> Result<Vec<Query>, ApiError> {
    let row = Query::new(
        "INSERT INTO incidents (site_id, incident_id, title, status, impact, components, started_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    )
    .site(site)
    .text(incident.id.as_str())
    .text(&incident.title)
    .text(incident.status.as_str())
    .text(incident.impact.as_str())
    .text(&serde_json::to_string(&incident.components)?)
    .time(incident.started_at);
    let mut queries = vec![row];
    queries.extend(incident.updates.iter().map(|update| insert_update(site, &incident.id, update, author)));
    Ok(queries)
}

fn insert_update(site: &SiteId, incident: &IncidentId, update: &IncidentUpdate, author: &str) -> Query {
    Query::new(
        "INSERT INTO incident_updates (site_id, incident_id, update_id, status, body, author_name, created_at) \
         SELECT site_id, incident_id, ?3, ?4, ?5, ?6, ?7 FROM incidents WHERE site_id = ?1 AND incident_id = ?2",
    )
    .site(site)
    .text(incident.as_str())
    .text(update.id.as_str())
    .text(update.status.as_str())
    .text(&update.body)
    .text(author)
    .time(update.created_at)
}

/// Statements that post an update. The status of an update to an incident that was resolved meanwhile would be NULL,
/// which the column refuses: then the whole batch changes nothing (see [`was_resolved`]). `said` is what the update speaks
/// of; the rest stays as the row has it.
pub(crate) fn add_update(
    site: &SiteId,
    incident: &IncidentId,
    update: &IncidentUpdate,
    said: (Option<IncidentStatus>, Option<Impact>),
    author: &str,
) -> Vec<Query> {
    let ends = update.status == IncidentStatus::Resolved;
    let row = Query::new(
        "INSERT INTO incident_updates (site_id, incident_id, update_id, status, body, author_name, created_at) VALUES (?1, ?2, ?3, \
         (SELECT coalesce(?4, status) FROM incidents WHERE site_id = ?1 AND incident_id = ?2 AND resolved_at IS NULL), ?5, ?6, ?7)",
    )
    .site(site)
    .text(incident.as_str())
    .text(update.id.as_str())
    .maybe_text(said.0.map(IncidentStatus::as_str))
    .text(&update.body)
    .text(author)
    .time(update.created_at);
    let state = Query::new(
        "UPDATE incidents SET status = coalesce(?3, status), impact = coalesce(?4, impact), updated_at = ?5, resolved_at = ?6, notice_until = ?7 \
         WHERE site_id = ?1 AND incident_id = ?2",
    )
    .site(site)
    .text(incident.as_str())
    .maybe_text(said.0.map(IncidentStatus::as_str))
    .maybe_text(said.1.map(Impact::as_str))
    .time(update.created_at)
    .maybe_time(ends.then_some(update.created_at))
    .maybe_time(ends.then(|| update.created_at.plus_seconds(RESOLVED_NOTICE_SECONDS)));
    vec![row, state]
}

/// Whether a batch of [`add_update`] was refused because the incident is resolved.
pub(crate) fn was_resolved(error: &ApiError) -> bool {
    error.mentions("NOT NULL constraint failed: incident_updates.status")
}

/// Sites that still tell the end of an incident although the time for that is over; they are due for publishing.
pub(crate) async fn sites_with_stale_notices(db: &Db, now: Timestamp) -> Result<Vec<SiteId>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new("SELECT DISTINCT json_quote(site_id) AS j FROM incidents WHERE notice_until <= ?1 LIMIT 50")
        .time(now);
    db.run(query).await?.all()
}

/// Ends the telling.
pub(crate) fn clear_notices(site: &SiteId, now: Timestamp) -> Query {
    Query::new("UPDATE incidents SET notice_until = NULL WHERE site_id = ?1 AND notice_until <= ?2")
        .site(site)
        .time(now)
}
