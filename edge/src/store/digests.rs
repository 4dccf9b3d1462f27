//! What digests tell (C3), read at the moment they are told, and whose turn it is.

use super::figures::{self, Period};
use super::outbox::{Task, named_outbox, told_event};
use super::{Db, Millis, Query};
use crate::error::ApiError;
use buoy_shared::delivery::words::is_russian;
use buoy_shared::digest::{Digest, Due, LINES_MAX, Line, Which};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Sites that somebody reads digests of.
pub(crate) async fn readers(db: &Db) -> Result<Vec<SiteId>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT DISTINCT json_quote(d.site_id) AS j FROM destinations d WHERE d.enabled = 1 \
         AND EXISTS (SELECT 1 FROM json_each(d.events) e WHERE e.value IN ('*', 'digest.created'))",
    );
    db.run(query).await?.all()
}

/// Writes down that a digest is due, once: neither while its row waits nor after it was told.
pub(crate) fn put(site: &SiteId, due: Due, now: Timestamp) -> Result<Query, ApiError> {
    let name = format!("{site}|digest|{}|{}", due.which.as_str(), due.to.as_millis());
    let task = Task::DigestDue { which: due.which, from: due.from, to: due.to };
    Ok(Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?5 \
         WHERE NOT EXISTS (SELECT 1 FROM events WHERE site_id = ?2 AND event_id = ?6) ON CONFLICT (outbox_id) DO NOTHING",
    )
    .text(&named_outbox(&name))
    .site(site)
    .text(task.kind())
    .text(&task.payload()?)
    .time(now)
    .text(&told_event(&named_outbox(&name))))
}

#[derive(Deserialize)]
struct LineRow {
    line: Line,
    due_millis: Option<Millis>,
    total: usize,
}

#[derive(Deserialize)]
struct IncidentRow {
    title: String,
    open: u8,
}

/// Tickets that came in the period and are not done; for the end of a shift, every one that is handed over. Each with what is
/// promised next: once it was answered, the nearest that still runs.
fn tickets_query(site: &SiteId, due: Due) -> Query {
    let since = if due.which == Which::ShiftEnd { Timestamp::MIN } else { due.from };
    Query::new(
        "SELECT json_object('line', json_object('number', t.number, 'subject', t.subject, 'customer', c.name, 'priority', t.priority, 'status', t.status, \
         'needs', CASE WHEN t.first_responded_at IS NULL THEN 'first_answer' WHEN (SELECT m.author_kind FROM messages m WHERE m.site_id = ?1 \
         AND m.ticket_id = t.ticket_id AND m.internal = 0 AND m.author_kind <> 'automation' ORDER BY m.seq DESC LIMIT 1) = 'requester' \
         THEN 'answer' ELSE 'solution' END, \
         'assignee', (SELECT a.name FROM agents a WHERE a.site_id = t.site_id AND a.agent_id = t.assignee_id)), 'total', f.total, \
         'due_millis', CASE WHEN t.first_responded_at IS NULL THEN t.first_response_due_at ELSE t.due_at END) AS j \
         FROM (SELECT ticket_id, count(*) OVER () AS total FROM tickets WHERE site_id = ?1 AND status IN ('open', 'in_progress') \
         AND created_at >= ?2 AND created_at < ?3 AND merged_into IS NULL ORDER BY due_at IS NULL, due_at, number LIMIT ?4) f \
         JOIN tickets t ON t.site_id = ?1 AND t.ticket_id = f.ticket_id \
         JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id ORDER BY t.due_at IS NULL, t.due_at, t.number",
    )
    .site(site)
    .time(since)
    .time(due.to)
    .number(u32::try_from(LINES_MAX).unwrap_or(u32::MAX))
}

/// Tickets of which a warning was told in the period, and that missed nothing.
fn near_query(site: &SiteId, due: Due) -> Query {
    Query::new(
        "SELECT DISTINCT json(t.number) AS j FROM events e JOIN tickets t ON t.site_id = e.site_id AND t.ticket_id = e.ticket_id \
         WHERE e.site_id = ?1 AND e.kind = 'sla.warning' AND e.created_at >= ?2 AND e.created_at < ?3 AND t.breached = 0 \
         ORDER BY t.number LIMIT ?4",
    )
    .site(site)
    .time(due.from)
    .time(due.to)
    .number(u32::try_from(LINES_MAX).unwrap_or(u32::MAX))
}

fn incidents_query(site: &SiteId, due: Due) -> Query {
    Query::new(
        "SELECT json_object('title', title, 'open', resolved_at IS NULL) AS j FROM incidents WHERE site_id = ?1 AND started_at < ?3 \
         AND (resolved_at IS NULL OR resolved_at >= ?2) ORDER BY started_at DESC LIMIT ?4",
    )
    .site(site)
    .time(due.from)
    .time(due.to)
    .number(u32::try_from(LINES_MAX).unwrap_or(u32::MAX))
}

/// The text of a digest, in the site's own language.
pub(crate) async fn text(db: &Db, site: &SiteId, due: Due) -> Result<Option<String>, ApiError> {
    let Some(found) = super::sites::find(db, site).await? else { return Ok(None) };
    let stats = figures::stats(db, site, Period { from: due.from, to: due.to }, due.to).await?;
    let results = db.batch(vec![tickets_query(site, due), near_query(site, due), incidents_query(site, due)]).await?;
    let [tickets, near, incidents] = results.as_slice() else {
        return Err(ApiError::internal("a batch of three gave another number of results"));
    };
    let rows = tickets.all::<LineRow>()?;
    let besides = rows.first().map_or(0, |row| row.total.saturating_sub(rows.len()));
    let tickets: Vec<Line> =
        rows.into_iter().map(|row| Line { due_at: super::instant(row.due_millis), ..row.line }).collect();
    let near_misses: Vec<u32> = near.all()?;
    let incidents: Vec<(String, bool)> =
        incidents.all::<IncidentRow>()?.into_iter().map(|row| (row.title, row.open != 0)).collect();
    let (near_misses, incidents) = (near_misses.as_slice(), incidents.as_slice());
    let digest = Digest { due, stats: &stats, tickets: &tickets, besides, near_misses, incidents };
    Ok(Some(digest.text(is_russian(&found.policy.site.default_locale))))
}
