//! What belongs to an incident besides what was said of it: whom it affects, what is due of the team, drafts of incidents,
//! post-mortems, and its course for figures.

use super::incidents::{Author, incident_json, update_json};
use super::sessions::{self, Caller};
use super::{Db, Millis, Query, Rows};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::api::{DRAFTS_LISTED_MAX, DraftedIncident, PostmortemDocument};
use buoy_shared::id::{AgentId, DraftId, IncidentId, SiteId};
use buoy_shared::incident::{Incident, Severity};
use buoy_shared::time::Timestamp;
use buoy_shared::uptime::Course;
use serde::Deserialize;

/// Incidents whose course is looked at for figures; more than twenty a day for three months would not fit.
const COURSES_MAX: u32 = 2_000;

/// Notes that an incident that is open affects a visitor too; gives who they are and when they said so first. Nothing
/// when there is no such incident. A page of an origin that the site does not have notes nothing.
pub(crate) async fn me_too(
    db: &Db,
    token: &TokenRef,
    incident: &IncidentId,
    origin: Option<&str>,
    now: Timestamp,
) -> Result<(Caller, Option<MeToo>), ApiError> {
    let note = Query::new(
        "INSERT INTO incident_me_too (site_id, incident_id, customer_id, created_at) SELECT i.site_id, i.incident_id, e.customer_id, ?4 \
         FROM incidents i JOIN sessions e ON e.site_id = i.site_id AND e.token_hash = ?3 AND e.expires_at > ?4 \
         JOIN sites s ON s.site_id = i.site_id JOIN customers c ON c.site_id = e.site_id AND c.customer_id = e.customer_id \
         WHERE i.site_id = ?1 AND i.incident_id = ?2 AND i.resolved_at IS NULL AND (s.anonymous = 1 OR c.verified = 1) \
         AND (?5 IS NULL OR EXISTS (SELECT 1 FROM json_each(s.origins) o WHERE o.value = ?5)) \
         ON CONFLICT DO NOTHING",
    )
    .site(&token.site)
    .text(incident.as_str())
    .text(&token.hash)
    .time(now)
    .maybe_text(origin);
    let read = Query::new(
        "SELECT json_object('at', (SELECT m.created_at FROM incident_me_too m \
         JOIN sessions e ON e.site_id = m.site_id AND e.customer_id = m.customer_id \
         WHERE m.site_id = ?1 AND m.incident_id = ?2 AND e.token_hash = ?3)) AS j FROM incidents i WHERE i.site_id = ?1 AND i.incident_id = ?2",
    )
    .site(&token.site)
    .text(incident.as_str())
    .text(&token.hash);
    let results = db.batch(vec![sessions::find(token, now), note, read]).await?;
    let caller = sessions::caller(results.first(), token)?;
    let found: Option<MeToo> = results.get(2).map(Rows::first).transpose()?.flatten();
    Ok((caller, found))
}

/// Whether an incident affects somebody too.
#[derive(Debug, Deserialize)]
pub(crate) struct MeToo {
    pub(crate) at: Option<Millis>,
}

/// Writes a row of the outbox for each person whom an incident affected, in the batch that ends it (I9). Each row's id
/// follows from incident and customer, so nobody hears it twice.
pub(crate) fn tell_affected(site: &SiteId, incident: &IncidentId, now: Timestamp) -> Query {
    Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) \
         SELECT 'out_' || substr(m.incident_id, 5, 13) || substr(m.customer_id, 5, 13), m.site_id, 'incident_over', \
         json_object('kind', 'incident_over', 'incident_id', m.incident_id, 'customer_id', m.customer_id), ?3, ?3 \
         FROM incident_me_too m WHERE m.site_id = ?1 AND m.incident_id = ?2 ON CONFLICT (outbox_id) DO NOTHING",
    )
    .site(site)
    .text(incident.as_str())
    .time(now)
}

/// One incident as the team sees it, as the JSON of the contract.
pub(crate) async fn for_team(db: &Db, site: &SiteId, incident: &IncidentId) -> Result<Option<String>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_patch(",
        incident_json!(),
        ", json_object('owner', i.owner_name, 'update_due_at', ",
        instant!("i.update_due_at"),
        ", 'postmortem_due_at', ",
        instant!("i.postmortem_due_at"),
        ", 'me_too', (SELECT count(*) FROM incident_me_too m WHERE m.site_id = i.site_id AND m.incident_id = i.incident_id))) AS j \
         FROM incidents i WHERE i.site_id = ?1 AND i.incident_id = ?2"
    ))
    .site(site)
    .text(incident.as_str());
    Ok(db.run(query).await?.first_text().map(str::to_owned))
}

/// Who owns an incident; nobody where no member of the team declared it.
pub(crate) async fn owner(db: &Db, site: &SiteId, incident: &IncidentId) -> Result<Option<AgentId>, ApiError> {
    let query = Query::new(
        "SELECT json_quote(owner_id) AS j FROM incidents WHERE site_id = ?1 AND incident_id = ?2 AND owner_id IS NOT NULL",
    );
    let owner: Option<String> = db.run(query.site(site).text(incident.as_str())).await?.first()?;
    Ok(owner.and_then(|owner| AgentId::parse(&owner).ok()))
}

/// How many people said that an incident affects them too.
pub(crate) async fn affected(db: &Db, site: &SiteId, incident: &IncidentId) -> Result<u32, ApiError> {
    let query =
        Query::new("SELECT json_quote(count(*)) AS j FROM incident_me_too WHERE site_id = ?1 AND incident_id = ?2")
            .site(site)
            .text(incident.as_str());
    Ok(db.run(query).await?.first()?.unwrap_or_default())
}

/// Something that the team owes an incident.
#[derive(Debug, Deserialize)]
pub(crate) struct Owed {
    pub(crate) site: SiteId,
    pub(crate) incident: IncidentId,
    pub(crate) severity: Severity,
    pub(crate) due_at: Millis,
}

/// Things that are looked at in one run of the cron.
const OWED_MAX: u32 = 100;

macro_rules! owed {
    ($column:literal, $more:literal) => {
        concat!(
            "SELECT json_object('site', site_id, 'incident', incident_id, 'severity', severity, 'due_at', ",
            $column,
            ") AS j FROM incidents WHERE ",
            $column,
            " <= ?1 ",
            $more,
            "ORDER BY ",
            $column,
            " LIMIT ?2"
        )
    };
}

/// Open incidents of which nothing was said for too long (I4).
pub(crate) async fn silent(db: &Db, now: Timestamp) -> Result<Vec<Owed>, ApiError> {
    // site-free: the cron serves every site
    db.run(Query::new(owed!("update_due_at", "")).time(now).number(OWED_MAX)).await?.all()
}

/// Incidents whose post-mortem is late and was not asked for yet (I6).
pub(crate) async fn unexplained(db: &Db, now: Timestamp) -> Result<Vec<Owed>, ApiError> {
    // site-free: the cron serves every site
    db.run(Query::new(owed!("postmortem_due_at", "AND postmortem_reminded = 0 ")).time(now).number(OWED_MAX))
        .await?
        .all()
}

/// Puts the next reminder off, unless somebody said something meanwhile.
pub(crate) fn remind_again(owed: &Owed, next: Timestamp) -> Query {
    Query::new(
        "UPDATE incidents SET update_due_at = ?4 WHERE site_id = ?1 AND incident_id = ?2 AND update_due_at = ?3 AND resolved_at IS NULL",
    )
    .site(&owed.site)
    .text(owed.incident.as_str())
    .time(owed.due_at.into())
    .time(next)
}

/// A late post-mortem is asked for once.
pub(crate) fn remind_no_more(owed: &Owed) -> Query {
    Query::new("UPDATE incidents SET postmortem_reminded = 1 WHERE site_id = ?1 AND incident_id = ?2")
        .site(&owed.site)
        .text(owed.incident.as_str())
}

/// What was written of a post-mortem; nothing while nobody saved one.
pub(crate) async fn postmortem(
    db: &Db,
    site: &SiteId,
    incident: &IncidentId,
) -> Result<Option<PostmortemDocument>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object('incident', incident_id, 'body', body, 'saved', json('true'), 'published_at', ",
        instant!("published_at"),
        ") AS j FROM postmortems WHERE site_id = ?1 AND incident_id = ?2"
    ))
    .site(site)
    .text(incident.as_str());
    db.run(query).await?.first()
}

/// Saves a post-mortem; `publish` shows it to everybody, and what is published stays so.
pub(crate) fn save_postmortem(
    site: &SiteId,
    incident: &Incident,
    body: &str,
    publish: bool,
    by: &Author,
    now: Timestamp,
) -> Vec<Query> {
    let save = Query::new(
        "INSERT INTO postmortems (site_id, incident_id, body, published_at, updated_at, updated_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (site_id, incident_id) DO UPDATE SET body = ?3, published_at = coalesce(published_at, ?4), updated_at = ?5, updated_by = ?6",
    )
    .site(site)
    .text(incident.id.as_str())
    .text(body)
    .maybe_time(publish.then_some(now))
    .time(now)
    .text(&by.name);
    let mut queries = vec![save];
    if publish {
        let settled = Query::new(
            "UPDATE incidents SET postmortem_due_at = NULL, updated_at = max(updated_at, ?3) WHERE site_id = ?1 AND incident_id = ?2",
        );
        queries.push(settled.site(site).text(incident.id.as_str()).time(now));
    }
    queries
}

/// Writes a draft down. Of two for one alert at once the second batch is refused (see [`was_drafted`]).
pub(crate) fn insert_draft(
    site: &SiteId,
    drafted: &DraftedIncident,
    dedup_key: Option<&str>,
) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO incident_drafts (site_id, draft_id, source, dedup_key, draft, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .site(site)
    .text(drafted.id.as_str())
    .text(&drafted.source)
    .maybe_text(dedup_key)
    .text(&serde_json::to_string(&drafted.draft)?)
    .time(drafted.created_at))
}

macro_rules! draft_json {
    () => {
        concat!(
            "json_object('id', d.draft_id, 'source', d.source, 'draft', json(d.draft), 'created_at', ",
            instant!("d.created_at"),
            ")"
        )
    };
}

/// Drafts that wait for somebody to decide, the newest first.
pub(crate) async fn drafts(db: &Db, site: &SiteId) -> Result<Vec<DraftedIncident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        draft_json!(),
        " AS j FROM incident_drafts d WHERE d.site_id = ?1 AND d.decision IS NULL ORDER BY d.created_at DESC, d.draft_id LIMIT ?2"
    ))
    .site(site)
    .number(DRAFTS_LISTED_MAX);
    db.run(query).await?.all()
}

/// The draft that an alert made before, if nobody decided on it yet.
pub(crate) async fn draft_of_alert(db: &Db, site: &SiteId, key: &str) -> Result<Option<DraftedIncident>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        draft_json!(),
        " AS j FROM incident_drafts d WHERE d.site_id = ?1 AND d.decision IS NULL AND d.dedup_key = ?2"
    ))
    .site(site)
    .text(key);
    db.run(query).await?.first()
}

/// Whether a batch was refused because the same alert has a draft already.
pub(crate) fn was_drafted(error: &ApiError) -> bool {
    error.mentions("incident_drafts.dedup_key") || error.mentions("incident_drafts_by_key")
}

/// A draft, and whether somebody decided on it.
#[derive(Deserialize)]
pub(crate) struct Known {
    pub(crate) decided: u8,
    pub(crate) drafted: DraftedIncident,
}

/// A draft.
pub(crate) async fn draft(db: &Db, site: &SiteId, draft: &DraftId) -> Result<Option<Known>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object('decided', d.decision IS NOT NULL, 'drafted', ",
        draft_json!(),
        ") AS j FROM incident_drafts d WHERE d.site_id = ?1 AND d.draft_id = ?2"
    ))
    .site(site)
    .text(draft.as_str());
    db.run(query).await?.first()
}

/// Decides on a draft, once: whoever comes second finds it decided, and a constraint refuses the whole batch (see
/// [`was_decided`]). `incident` is what became of it.
pub(crate) fn decide(
    site: &SiteId,
    draft: &DraftId,
    incident: Option<&IncidentId>,
    by: &Author,
    now: Timestamp,
) -> Query {
    Query::new(
        "UPDATE incident_drafts SET decision = CASE WHEN decision IS NULL THEN ?3 ELSE 'decided already' END, \
         decided_by = ?4, decided_at = ?5, incident_id = ?6 WHERE site_id = ?1 AND draft_id = ?2",
    )
    .site(site)
    .text(draft.as_str())
    .text(if incident.is_some() { "published" } else { "rejected" })
    .text(&by.name)
    .time(now)
    .maybe_text(incident.map(IncidentId::as_str))
}

/// Whether a batch was refused because somebody else decided on the draft.
pub(crate) fn was_decided(error: &ApiError) -> bool {
    error.mentions("CHECK constraint failed: decision")
}

/// Incidents as far as they count for figures: what is open, and what ended after `since`.
pub(crate) fn courses(site: &SiteId, since: Timestamp) -> Query {
    Query::new(
        "SELECT json_object('components', json(i.components), 'tiers', json(coalesce(i.target -> 'tiers', '[]')), 'from', i.started_at, 'until', i.resolved_at, \
         'said', (SELECT json_group_array(json(j)) FROM (SELECT json_object('at', u.created_at, 'impact', coalesce(u.impact, i.impact), \
         'states', json(u.component_states)) AS j FROM incident_updates u WHERE u.site_id = i.site_id AND u.incident_id = i.incident_id \
         ORDER BY u.created_at, u.update_id))) AS j \
         FROM (SELECT incident_id FROM incidents INDEXED BY incidents_open WHERE site_id = ?1 AND resolved_at IS NULL \
         UNION SELECT incident_id FROM incidents INDEXED BY incidents_by_end WHERE site_id = ?1 AND resolved_at > ?2) k \
         CROSS JOIN incidents i ON i.site_id = ?1 AND i.incident_id = k.incident_id ORDER BY i.started_at DESC LIMIT ?3",
    )
    .site(site)
    .time(since)
    .number(COURSES_MAX)
}

/// Reads what [`courses`] gave.
pub(crate) fn read_courses(rows: &Rows) -> Result<Vec<Course>, ApiError> {
    rows.all()
}
