//! Incidents and their updates.

use super::{Cursor, Db, Query};
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::{IncidentId, SiteId};
use buoy_shared::incident::{
    Impact, Incident, IncidentStatus, IncidentUpdate, RESOLVED_NOTICE_SECONDS, Summary, UpdateDraft,
};
use buoy_shared::time::Timestamp;

/// Newest incidents that snapshots show, besides those that are open: enough for a feed and for three months of a page.
pub(crate) const PUBLISHED_MAX: u32 = 100;

/// What is said of an incident, as the JSON of the contract.
macro_rules! update_json {
    ($body:literal) => {
        concat!(
            "json_object('id', u.update_id, 'status', u.status, 'body', ",
            $body,
            ", 'impact', u.impact, 'component_states', json(u.component_states), 'work', u.work, 'workaround', u.workaround, 'created_at', ",
            instant!("u.created_at"),
            ", 'eta', ",
            instant!("u.eta"),
            ")"
        )
    };
}

/// An incident as the JSON of the contract, with its newest updates and the first, which says how it began; twenty of the
/// longest are 800 kB, and one text of the database has at most 2 MB.
macro_rules! incident_json {
    () => {
        concat!(
            "json_object('id', i.incident_id, 'title', i.title, 'severity', i.severity, 'impact', i.impact, 'components', json(i.components), \
             'component_states', json(i.component_states), 'target', json(i.target), 'summary', json(i.summary), 'started_at', ",
            instant!("i.started_at"),
            ", 'resolved_at', ",
            instant!("i.resolved_at"),
            ", 'updated_at', ",
            instant!("i.updated_at"),
            // What is published afterwards is the last phase; the row itself knows the end alone.
            ", 'status', CASE WHEN EXISTS (SELECT 1 FROM postmortems p WHERE p.site_id = i.site_id AND p.incident_id = i.incident_id \
             AND p.published_at IS NOT NULL) THEN 'postmortem' ELSE i.status END, \
             'postmortem', (SELECT json_object('body', p.body, 'published_at', ",
            instant!("p.published_at"),
            ") FROM postmortems p WHERE p.site_id = i.site_id AND p.incident_id = i.incident_id AND p.published_at IS NOT NULL), \
             'updates', (SELECT json_group_array(json(j)) FROM (SELECT ",
            update_json!("u.body"),
            " AS j FROM incident_updates u WHERE u.site_id = i.site_id AND u.incident_id = i.incident_id AND u.update_id IN \
             (SELECT update_id FROM (SELECT n.update_id FROM incident_updates n WHERE n.site_id = i.site_id AND n.incident_id = i.incident_id \
             ORDER BY n.created_at DESC, n.update_id DESC LIMIT 19) UNION SELECT update_id FROM (SELECT f.update_id FROM incident_updates f \
             WHERE f.site_id = i.site_id AND f.incident_id = i.incident_id ORDER BY f.created_at, f.update_id LIMIT 1)) \
             ORDER BY u.created_at DESC, u.update_id DESC))) "
        )
    };
}
pub(super) use {incident_json, update_json};

/// Updates that a timeline tells of: ten days of one each hour.
const TOLD_MAX: u32 = 240;

/// Everything that was said of an incident, the newest first, long texts by their first thousand characters: what its
/// timeline is made from.
pub(crate) async fn told(db: &Db, site: &SiteId, incident: &IncidentId) -> Result<Vec<IncidentUpdate>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json(j) AS j FROM (SELECT u.created_at, u.update_id, ",
        update_json!("substr(u.body, 1, 1000)"),
        " AS j FROM incident_updates u WHERE u.site_id = ?1 AND u.incident_id = ?2 ORDER BY u.created_at, u.update_id LIMIT ?3) \
         ORDER BY created_at DESC, update_id DESC"
    ))
    .site(site)
    .text(incident.as_str())
    .number(TOLD_MAX);
    db.run(query).await?.all()
}

/// What is published: what is open, and the newest besides.
pub(crate) fn for_snapshot(site: &SiteId) -> Query {
    Query::new(concat!(
        "SELECT ",
        incident_json!(),
        "AS j FROM (SELECT incident_id FROM incidents INDEXED BY incidents_open WHERE site_id = ?1 AND resolved_at IS NULL \
         UNION SELECT incident_id FROM incidents INDEXED BY incidents_by_notice WHERE site_id = ?1 AND notice_until IS NOT NULL \
         UNION SELECT incident_id FROM (SELECT incident_id FROM incidents WHERE site_id = ?1 ORDER BY started_at DESC, incident_id DESC LIMIT ?2)) k \
         CROSS JOIN incidents i ON i.site_id = ?1 AND i.incident_id = k.incident_id ORDER BY i.started_at DESC, i.incident_id DESC"
    ))
    .site(site)
    .number(PUBLISHED_MAX)
}

/// Reads what [`for_snapshot`] gave.
pub(crate) fn read(rows: &super::Rows) -> Result<Vec<Incident>, ApiError> {
    rows.all()
}

/// A page of a site's incidents, the newest first.
pub(crate) async fn list(db: &Db, site: &SiteId, cursor: &Cursor, limit: usize) -> Result<Page<Incident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        incident_json!(),
        "AS j FROM incidents i WHERE i.site_id = ?1 AND (i.started_at, i.incident_id) < (?2, ?3) ORDER BY i.started_at DESC, i.incident_id DESC LIMIT ?4"
    ))
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<Incident> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |incident| Cursor::write(incident.started_at, incident.id.as_str())))
}

/// What the archive holds: what ended until one moment, or began before another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Archived {
    pub(crate) ended_until: Timestamp,
    pub(crate) began_before: Timestamp,
}

/// A page of the archive, the newest first.
pub(crate) async fn archive(
    db: &Db,
    site: &SiteId,
    which: Archived,
    cursor: &Cursor,
    limit: usize,
) -> Result<Page<Incident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        incident_json!(),
        "AS j FROM incidents i WHERE i.site_id = ?1 AND (i.started_at, i.incident_id) < (?2, ?3) AND i.resolved_at IS NOT NULL \
         AND (i.resolved_at <= ?5 OR i.started_at < ?6) \
         ORDER BY i.started_at DESC, i.incident_id DESC LIMIT ?4"
    ))
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1))
    .time(which.ended_until)
    .time(which.began_before);
    let rows: Vec<Incident> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |incident| Cursor::write(incident.started_at, incident.id.as_str())))
}

/// One incident.
pub(crate) async fn get(db: &Db, site: &SiteId, incident: &IncidentId) -> Result<Option<Incident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        incident_json!(),
        "AS j FROM incidents i WHERE i.site_id = ?1 AND i.incident_id = ?2"
    ))
    .site(site)
    .text(incident.as_str());
    db.run(query).await?.first()
}

/// Who says something about an incident.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    /// The member of the team; none for what nobody of them did.
    pub(crate) id: Option<String>,
    pub(crate) name: String,
}

/// Statements that store a new incident with its first update; an update is due at `update_due_at`.
pub(crate) fn insert(
    site: &SiteId,
    incident: &Incident,
    by: &Author,
    update_due_at: Timestamp,
) -> Result<Vec<Query>, ApiError> {
    let row = Query::new(
        "INSERT INTO incidents (site_id, incident_id, title, status, impact, components, started_at, updated_at, severity, component_states, \
         target, owner_id, owner_name, update_due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )
    .site(site)
    .text(incident.id.as_str())
    .text(&incident.title)
    .text(incident.status.as_str())
    .text(incident.impact.as_str())
    .text(&serde_json::to_string(&incident.components)?)
    .time(incident.started_at)
    .time(incident.updated_at)
    .text(incident.severity.as_str())
    .text(&serde_json::to_string(&incident.component_states)?)
    .text(&serde_json::to_string(&incident.target)?)
    .maybe_text(by.id.as_deref())
    .text(&by.name)
    .time(update_due_at);
    let mut queries = vec![row];
    for update in &incident.updates {
        let said = UpdateDraft {
            status: Some(update.status),
            impact: Some(incident.impact),
            component_states: incident.component_states.clone(),
            ..UpdateDraft::default()
        };
        queries.push(insert_update(site, &incident.id, update, &said, by)?);
    }
    Ok(queries)
}

/// The status of an update to an incident that was resolved meanwhile would be NULL, which the column refuses: then the
/// whole batch changes nothing (see [`was_resolved`]). What the update does not speak of is as the row has it. Updates are
/// ordered by their time, so each is a millisecond later at least than what was said before it, by whomever.
fn insert_update(
    site: &SiteId,
    incident: &IncidentId,
    update: &IncidentUpdate,
    said: &UpdateDraft,
    by: &Author,
) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO incident_updates (site_id, incident_id, update_id, body, author_name, created_at, work, eta, workaround, status, impact, component_states) \
         VALUES (?1, ?2, ?3, ?4, ?5, \
         max(?6, coalesce((SELECT max(created_at) + 1 FROM incident_updates WHERE site_id = ?1 AND incident_id = ?2), 0)), ?7, ?8, ?9, \
         (SELECT coalesce(?10, status) FROM incidents WHERE site_id = ?1 AND incident_id = ?2 AND resolved_at IS NULL), \
         (SELECT coalesce(?11, impact) FROM incidents WHERE site_id = ?1 AND incident_id = ?2), \
         (SELECT json_patch(component_states, ?12) FROM incidents WHERE site_id = ?1 AND incident_id = ?2))",
    )
    .site(site)
    .text(incident.as_str())
    .text(update.id.as_str())
    .text(&update.body)
    .text(&by.name)
    .time(update.created_at)
    .maybe_text(update.work.as_deref())
    .maybe_time(update.eta)
    .maybe_text(update.workaround.as_deref())
    .maybe_text(said.status.map(IncidentStatus::as_str))
    .maybe_text(said.impact.map(Impact::as_str))
    .text(&serde_json::to_string(&said.component_states)?))
}

/// What an update changes besides being said.
#[derive(Debug, Default)]
pub(crate) struct Consequence<'a> {
    /// When the next update is due; none when this one ends the incident.
    pub(crate) update_due_at: Option<Timestamp>,
    /// What it was; there when this update ends it.
    pub(crate) summary: Option<&'a Summary>,
    /// When a post-mortem is due.
    pub(crate) postmortem_due_at: Option<Timestamp>,
}

/// Statements that post an update. `said` is what the update speaks of; the rest stays as the row has it, whatever another
/// update makes of it meanwhile.
pub(crate) fn add_update(
    site: &SiteId,
    incident: &IncidentId,
    update: &IncidentUpdate,
    said: &UpdateDraft,
    then: &Consequence<'_>,
    by: &Author,
) -> Result<Vec<Query>, ApiError> {
    let ends = then.summary.is_some();
    let summary = then.summary.map(serde_json::to_string).transpose()?;
    let state = Query::new(
        "UPDATE incidents SET status = coalesce(?3, status), impact = coalesce(?4, impact), component_states = json_patch(component_states, ?5), \
         updated_at = said.at, resolved_at = iif(?6, said.at, NULL), notice_until = ?7, summary = ?8, \
         update_due_at = ?9, postmortem_due_at = ?10 \
         FROM (SELECT max(created_at) AS at FROM incident_updates WHERE site_id = ?1 AND incident_id = ?2) AS said \
         WHERE site_id = ?1 AND incident_id = ?2",
    )
    .site(site)
    .text(incident.as_str())
    .maybe_text(said.status.map(IncidentStatus::as_str))
    .maybe_text(said.impact.map(Impact::as_str))
    .text(&serde_json::to_string(&said.component_states)?)
    .flag(ends)
    .maybe_time(ends.then(|| update.created_at.plus_seconds(RESOLVED_NOTICE_SECONDS)))
    .maybe_text(summary.as_deref())
    .maybe_time(then.update_due_at)
    .maybe_time(then.postmortem_due_at);
    Ok(vec![insert_update(site, incident, update, said, by)?, state])
}

/// Whether a batch of [`add_update`] was refused because the incident is resolved.
pub(crate) fn was_resolved(error: &ApiError) -> bool {
    error.mentions("NOT NULL constraint failed: incident_updates.status")
}

/// Sites that still tell the end of something although the time for that is over; they are due for publishing.
pub(crate) async fn sites_with_stale_notices(db: &Db, now: Timestamp) -> Result<Vec<SiteId>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_quote(site_id) AS j FROM (SELECT site_id FROM incidents WHERE notice_until <= ?1 \
         UNION SELECT site_id FROM maintenances WHERE notice_until <= ?1) LIMIT 50",
    )
    .time(now);
    db.run(query).await?.all()
}

/// Ends the telling.
pub(crate) fn clear_notices(site: &SiteId, now: Timestamp) -> [Query; 2] {
    let incidents = Query::new("UPDATE incidents SET notice_until = NULL WHERE site_id = ?1 AND notice_until <= ?2");
    let maintenances =
        Query::new("UPDATE maintenances SET notice_until = NULL WHERE site_id = ?1 AND notice_until <= ?2");
    [incidents, maintenances].map(|query| query.site(site).time(now))
}
