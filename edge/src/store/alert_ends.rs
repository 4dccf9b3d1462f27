//! Ends of alerts that were drafted as incidents (C1).

use super::idempotency;
use super::outbox::{self, Entry, Task};
use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::delivery::event::IncidentBrief;
use buoy_shared::id::{DraftId, SiteId};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// A draft whose alert nobody has ended yet.
#[derive(Deserialize)]
pub(crate) struct Drafted {
    id: DraftId,
    decided: u8,
}

/// What an alert drafted, as far as its end matters: nobody decided on it, or it was published and is not resolved.
pub(crate) async fn drafted(db: &Db, site: &SiteId, alert: &str) -> Result<Option<Drafted>, ApiError> {
    let query = Query::new(
        "SELECT json_object('id', d.draft_id, 'decided', d.decision IS NOT NULL) AS j FROM incident_drafts d WHERE d.site_id = ?1 \
         AND d.dedup_key = ?2 AND d.alert_over_at IS NULL AND (d.decision IS NULL OR EXISTS (SELECT 1 FROM incidents i \
         WHERE i.site_id = d.site_id AND i.incident_id = d.incident_id AND i.resolved_at IS NULL)) \
         ORDER BY d.created_at DESC LIMIT 1",
    );
    db.run(query.site(site).text(alert)).await?.first()
}

/// Ends it: what nobody decided on is put away by whoever sent the alert, and the team is told, once. What was published
/// stays as it is, since a person ends an incident. An alert that is put away may fire again and is drafted anew.
pub(crate) async fn end(
    db: &Db,
    site: &SiteId,
    (alert, source, caller): (&str, &str, &str),
    drafted: Drafted,
    now: Timestamp,
) -> Result<Entry, ApiError> {
    let over = Query::new(
        "UPDATE incident_drafts SET alert_over_at = ?3, decided_by = CASE WHEN decision IS NULL THEN ?4 ELSE decided_by END, \
         decided_at = CASE WHEN decision IS NULL THEN ?3 ELSE decided_at END, decision = coalesce(decision, 'rejected') \
         WHERE site_id = ?1 AND dedup_key = ?2 AND alert_over_at IS NULL",
    )
    .site(site)
    .text(alert)
    .time(now)
    .text(source);
    let name = format!("{}|over", drafted.id);
    let (entry, told) = outbox::put_once(site, &name, Task::AlertOver { draft_id: drafted.id }, None, now)?;
    let mut queries = vec![over, told];
    if drafted.decided == 0 {
        queries.push(idempotency::forget(site, caller, alert));
    }
    db.batch(queries).await?;
    Ok(entry)
}

/// What the end of an alert tells: the incident that its draft became, with who owns it and what was said last, or the draft
/// that is put away.
pub(crate) async fn story(
    db: &Db,
    site: &SiteId,
    draft: &DraftId,
    chars: u32,
) -> Result<Option<IncidentBrief>, ApiError> {
    let query = Query::new(
        "SELECT json_object('id', coalesce(i.incident_id, d.draft_id), 'title', coalesce(i.title, d.draft ->> 'title', ''), \
         'status', coalesce(i.status, 'withdrawn'), 'impact', coalesce(i.impact, d.draft ->> 'impact', 'major'), \
         'owner', nullif(i.owner_name, ''), 'body', substr(coalesce(CASE WHEN i.incident_id IS NULL THEN d.draft ->> 'body' ELSE \
         (SELECT u.body FROM incident_updates u WHERE u.site_id = i.site_id AND u.incident_id = i.incident_id \
         ORDER BY u.created_at DESC LIMIT 1) END, ''), 1, ?3)) AS j FROM incident_drafts d \
         LEFT JOIN incidents i ON i.site_id = d.site_id AND i.incident_id = d.incident_id WHERE d.site_id = ?1 AND d.draft_id = ?2",
    );
    db.run(query.site(site).text(draft.as_str()).number(chars)).await?.first()
}
