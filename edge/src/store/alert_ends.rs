//! Ends of alerts that were drafted as incidents (C1).

use super::idempotency;
use super::outbox::{self, Entry, Task};
use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::delivery::event::IncidentBrief;
use buoy_shared::id::{DraftId, SiteId};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Drafts of one alert that one end ends: when it was reopened, each time has a draft of its own.
const ENDED_MAX: u32 = 20;

/// A draft whose alert nobody has ended yet.
#[derive(Deserialize)]
pub(crate) struct Drafted {
    id: DraftId,
    /// The alert, by the key under which it is not drafted again.
    alert: String,
}

/// What an alert drafted, as far as its end matters: nobody decided on it, or it was published and is not resolved. Beside
/// the alert's own draft those whose key goes on after a bar, up to `last`.
pub(crate) async fn drafted(db: &Db, site: &SiteId, (alert, last): (&str, &str)) -> Result<Vec<Drafted>, ApiError> {
    let query = Query::new(
        "SELECT json_object('id', d.draft_id, 'alert', d.dedup_key) AS j FROM incident_drafts d WHERE d.site_id = ?1 \
         AND d.dedup_key >= ?2 AND d.dedup_key <= ?3 AND (d.dedup_key = ?2 OR d.dedup_key > ?2 || '|') \
         AND d.alert_over_at IS NULL AND (d.decision IS NULL OR EXISTS (SELECT 1 FROM incidents i \
         WHERE i.site_id = d.site_id AND i.incident_id = d.incident_id AND i.resolved_at IS NULL)) \
         ORDER BY d.created_at DESC LIMIT ?4",
    );
    db.run(query.site(site).text(alert).text(last).number(ENDED_MAX)).await?.all()
}

/// Ends each: what nobody decided on is put away by whoever sent the alert, and the team is told, once. What was published
/// stays as it is, since a person ends an incident. An alert that is put away may fire again and is drafted anew.
///
/// Nothing but these very drafts is ended, and what each is by now decides: meanwhile somebody may have published it, or the
/// same end have come before and the alert fired again.
pub(crate) async fn end(
    db: &Db,
    site: &SiteId,
    (source, caller): (&str, &str),
    drafted: Vec<Drafted>,
    now: Timestamp,
) -> Result<Vec<Entry>, ApiError> {
    let (mut queries, mut entries) = (Vec::new(), Vec::new());
    for Drafted { id, alert } in drafted {
        // While nobody has decided on it: the next statement does.
        queries.push(idempotency::forget_undecided(site, caller, &alert, &id));
        queries.push(over(site, &id, source, now));
        let (entry, told) = outbox::put_once(site, &format!("{id}|over"), Task::AlertOver { draft_id: id }, None, now)?;
        queries.push(told);
        entries.push(entry);
    }
    db.batch(queries).await?;
    Ok(entries)
}

fn over(site: &SiteId, draft: &DraftId, source: &str, now: Timestamp) -> Query {
    Query::new(
        "UPDATE incident_drafts SET alert_over_at = ?3, decided_by = CASE WHEN decision IS NULL THEN ?4 ELSE decided_by END, \
         decided_at = CASE WHEN decision IS NULL THEN ?3 ELSE decided_at END, decision = coalesce(decision, 'rejected') \
         WHERE site_id = ?1 AND draft_id = ?2 AND alert_over_at IS NULL",
    )
    .site(site)
    .text(draft.as_str())
    .time(now)
    .text(source)
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
         'owner', nullif(i.owner_name, ''), 'draft', d.draft_id, 'body', substr(coalesce(CASE WHEN i.incident_id IS NULL THEN d.draft ->> 'body' ELSE \
         (SELECT u.body FROM incident_updates u WHERE u.site_id = i.site_id AND u.incident_id = i.incident_id \
         ORDER BY u.created_at DESC LIMIT 1) END, ''), 1, ?3)) AS j FROM incident_drafts d \
         LEFT JOIN incidents i ON i.site_id = d.site_id AND i.incident_id = d.incident_id WHERE d.site_id = ?1 AND d.draft_id = ?2",
    );
    db.run(query.site(site).text(draft.as_str()).number(chars)).await?.first()
}
