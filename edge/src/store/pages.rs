//! Rosters, and calls for whoever is on call.

use super::outbox::{Task, named_outbox};
use super::{Cursor, Db, Millis, Query, instant};
use crate::error::ApiError;
use buoy_shared::api::{Page, PageInfo, PageState};
use buoy_shared::id::{AgentId, PageId, SiteId};
use buoy_shared::incident::Severity;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Pages and incidents that one run looks at: more than these at once is one catastrophe, and the next minute goes on.
const DUE_MAX: u32 = 50;

/// Names of members of the team, by their ids.
pub(crate) async fn names(db: &Db, site: &SiteId) -> Result<Vec<(String, String)>, ApiError> {
    let query =
        Query::new("SELECT json_array(agent_id, name) AS j FROM agents WHERE site_id = ?1 LIMIT 500").site(site);
    db.run(query).await?.all()
}

/// A page to store.
pub(crate) struct NewPage<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) id: &'a PageId,
    pub(crate) summary: &'a str,
    pub(crate) ticket: Option<&'a str>,
    pub(crate) incident: Option<&'a str>,
    pub(crate) level: &'a str,
    pub(crate) place: u32,
    pub(crate) person: Option<&'a str>,
    pub(crate) climbs_at: Option<Timestamp>,
}

/// Statements that store a page and tell whoever is called; what was stored before stays.
pub(crate) fn insert(new: &NewPage<'_>, now: Timestamp) -> Result<Vec<Query>, ApiError> {
    let row = Query::new(
        "INSERT INTO pages (site_id, page_id, summary, ticket_id, incident_id, level, place, person, climbs_at, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (site_id, page_id) DO NOTHING",
    )
    .site(new.site)
    .text(new.id.as_str())
    .text(new.summary)
    .maybe_text(new.ticket)
    .maybe_text(new.incident)
    .text(new.level)
    .number(new.place)
    .maybe_text(new.person)
    .maybe_time(new.climbs_at)
    .time(now);
    Ok(vec![row, call(new.site, new.id, new.place, now)?])
}

/// The statement that tells a level of a page, once, and only while the page is there and nobody has it.
fn call(site: &SiteId, page: &PageId, place: u32, now: Timestamp) -> Result<Query, ApiError> {
    let task = Task::PageTriggered { page_id: page.to_string(), place };
    Ok(Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?5 \
         WHERE EXISTS (SELECT 1 FROM pages WHERE site_id = ?2 AND page_id = ?6 AND place = ?7 AND state = 'triggered') ON CONFLICT (outbox_id) DO NOTHING",
    )
    .text(&named_outbox(&format!("{page}|{place}")))
    .site(site)
    .text(task.kind())
    .text(&task.payload()?)
    .time(now)
    .text(page.as_str())
    .number(place))
}

/// A page as stored.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PageRow {
    pub(crate) site: SiteId,
    pub(crate) id: PageId,
    pub(crate) summary: String,
    pub(crate) level: String,
    pub(crate) place: u32,
    pub(crate) person: Option<AgentId>,
    pub(crate) name: Option<String>,
    pub(crate) state: PageState,
    pub(crate) climbs_at: Option<Millis>,
    pub(crate) acknowledged_by: Option<String>,
    pub(crate) acknowledged_as: Option<String>,
    pub(crate) created_at: Millis,
}

impl From<PageRow> for PageInfo {
    fn from(row: PageRow) -> Self {
        Self {
            id: row.id.to_string(),
            summary: row.summary,
            level: row.level,
            person: row.person.map(|person| person.to_string()),
            state: row.state,
            climbs_at: instant(row.climbs_at),
            acknowledged_by: row.acknowledged_by,
            acknowledged_as: row.acknowledged_as,
            created_at: row.created_at.into(),
        }
    }
}

macro_rules! page_json {
    () => {
        "json_object('site', p.site_id, 'id', p.page_id, 'summary', p.summary, 'level', p.level, 'place', p.place, 'person', p.person, \
         'name', coalesce(p.acknowledged_as, (SELECT a.name FROM agents a WHERE a.site_id = p.site_id AND a.agent_id = coalesce(p.acknowledged_by, p.person))), \
         'state', p.state, 'climbs_at', p.climbs_at, 'acknowledged_by', p.acknowledged_by, 'acknowledged_as', p.acknowledged_as, 'created_at', p.created_at) AS j"
    };
}

/// One page.
pub(crate) async fn get(db: &Db, site: &SiteId, page: &str) -> Result<Option<PageRow>, ApiError> {
    let query = Query::new(concat!("SELECT ", page_json!(), " FROM pages p WHERE p.site_id = ?1 AND p.page_id = ?2"));
    db.run(query.site(site).text(page)).await?.first()
}

/// Pages of a site, the newest first.
pub(crate) async fn list(db: &Db, site: &SiteId, cursor: &Cursor, limit: usize) -> Result<Page<PageInfo>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        page_json!(),
        " FROM pages p WHERE p.site_id = ?1 AND (p.created_at, p.page_id) < (?2, ?3) ORDER BY p.created_at DESC, p.page_id DESC LIMIT ?4"
    ))
    .site(site)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<PageRow> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |row: &PageRow| Cursor::write(row.created_at.into(), row.id.as_str())))
}

/// Pages that nobody has taken in time.
pub(crate) async fn unheard(db: &Db, now: Timestamp) -> Result<Vec<PageRow>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(concat!(
        "SELECT ",
        page_json!(),
        " FROM pages p WHERE p.climbs_at <= ?1 ORDER BY p.climbs_at LIMIT ?2"
    ));
    db.run(query.time(now).number(DUE_MAX)).await?.all()
}

/// Where a page goes.
pub(crate) struct Climb<'a> {
    pub(crate) level: &'a str,
    pub(crate) place: u32,
    pub(crate) person: &'a str,
    pub(crate) climbs_at: Timestamp,
}

/// Statements that take a page to the next level, if it is still where it was seen and nobody has it; none above: it stays.
pub(crate) fn climb(page: &PageRow, to: Option<&Climb<'_>>, now: Timestamp) -> Result<Vec<Query>, ApiError> {
    let row = Query::new(
        "UPDATE pages SET level = coalesce(?4, level), place = coalesce(?5, place), person = coalesce(?6, person), climbs_at = ?7 \
         WHERE site_id = ?1 AND page_id = ?2 AND place = ?3 AND state = 'triggered'",
    )
    .site(&page.site)
    .text(page.id.as_str())
    .number(page.place)
    .maybe_text(to.map(|to| to.level))
    .maybe_number(to.map(|to| to.place))
    .maybe_text(to.map(|to| to.person))
    .maybe_time(to.map(|to| to.climbs_at));
    let mut queries = vec![row];
    if let Some(to) = to {
        queries.push(call(&page.site, &page.id, to.place, now)?);
    }
    Ok(queries)
}

/// Lets a page that could not be looked at wait, if it still climbs.
pub(crate) fn put_off(page: &PageRow, until: Timestamp) -> Query {
    Query::new("UPDATE pages SET climbs_at = ?3 WHERE site_id = ?1 AND page_id = ?2 AND climbs_at IS NOT NULL")
        .site(&page.site)
        .text(page.id.as_str())
        .time(until)
}

/// Who takes a page.
#[derive(Clone, Copy)]
pub(crate) enum Taker<'a> {
    Agent(&'a AgentId),
    /// Somebody in Slack or PagerDuty, by the name they have there.
    Elsewhere(&'a str),
}

/// Statements by which somebody takes a page, and that tell so; the first gives a row if nobody had it.
pub(crate) fn acknowledge(
    site: &SiteId,
    page: &str,
    taker: Taker<'_>,
    now: Timestamp,
) -> Result<(String, Vec<Query>), ApiError> {
    let (agent, name) = match taker {
        Taker::Agent(agent) => (Some(agent.as_str()), None),
        Taker::Elsewhere(name) => (None, Some(name)),
    };
    let row = Query::new(
        "UPDATE pages SET state = 'acknowledged', acknowledged_by = ?3, acknowledged_as = ?5, acknowledged_at = ?4, climbs_at = NULL \
         WHERE site_id = ?1 AND page_id = ?2 AND state = 'triggered' RETURNING json_quote(page_id) AS j",
    )
    .site(site)
    .text(page)
    .maybe_text(agent)
    .time(now)
    .maybe_text(name);
    let task = Task::PageAcknowledged { page_id: page.to_owned() };
    let outbox_id = named_outbox(&format!("{page}|acknowledged"));
    let told = Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?5 \
         WHERE EXISTS (SELECT 1 FROM pages WHERE site_id = ?2 AND page_id = ?6 AND state = 'acknowledged' AND acknowledged_at = ?5) \
         ON CONFLICT (outbox_id) DO NOTHING",
    )
    .text(&outbox_id)
    .site(site)
    .text(task.kind())
    .text(&task.payload()?)
    .time(now)
    .text(page);
    Ok((outbox_id, vec![row, told]))
}

/// An incident that nobody has contained.
#[derive(Deserialize)]
pub(crate) struct Uncontained {
    pub(crate) site: SiteId,
    pub(crate) incident: String,
    pub(crate) title: String,
    pub(crate) started_at: Millis,
}

/// Incidents of the worst severity that are neither contained nor have called anybody, of sites that have somebody on call; of
/// each site the oldest first, so that the many of one stand before nobody else's. What counts is how urgent it is for the
/// team: how bad it is for customers changes with every update.
pub(crate) async fn uncontained(db: &Db) -> Result<Vec<Uncontained>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_object('site', site_id, 'incident', incident_id, 'title', title, 'started_at', started_at) AS j FROM (\
         SELECT i.site_id, i.incident_id, i.title, i.started_at, row_number() OVER (PARTITION BY i.site_id ORDER BY i.started_at) AS place \
         FROM incidents i INDEXED BY incidents_open JOIN sites s ON s.site_id = i.site_id \
         WHERE i.resolved_at IS NULL AND i.severity = ?2 AND i.status <> 'monitoring' AND json_type(s.policy_json, '$.on_call') = 'object' \
         AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.site_id = i.site_id AND p.incident_id = i.incident_id)) ORDER BY place, started_at LIMIT ?1",
    );
    db.run(query.number(DUE_MAX).text(Severity::P1.as_str())).await?.all()
}

/// What somebody was called for in a time: incidents, and calls that belong to none.
pub(crate) async fn called(
    db: &Db,
    site: &SiteId,
    person: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<u32, ApiError> {
    let query = Query::new(
        "SELECT json_quote(count(DISTINCT coalesce(incident_id, page_id))) AS j FROM pages \
         WHERE site_id = ?1 AND person = ?2 AND created_at >= ?3 AND created_at < ?4",
    )
    .site(site)
    .text(person)
    .time(from)
    .time(to);
    Ok(db.run(query).await?.first()?.unwrap_or_default())
}

/// Statements that tell a handoff, once for each turn. `notes` are limits that were passed.
pub(crate) fn hand_off(
    site: &SiteId,
    level: &str,
    people: (Option<&str>, &str),
    notes: Vec<String>,
    turn_from: Timestamp,
    now: Timestamp,
) -> Result<Vec<Query>, ApiError> {
    let (from, to) = (people.0.map(str::to_owned), people.1.to_owned());
    let task = Task::OnCallHandoff { level: level.to_owned(), from, to, notes };
    let name = format!("{site}|{level}|{}", turn_from.as_millis());
    let row =
        Query::new("UPDATE on_call_rosters SET told_from = ?3 WHERE site_id = ?1 AND level = ?2 AND told_from < ?3")
            .site(site)
            .text(level)
            .time(turn_from);
    Ok(vec![row, super::outbox::put_later(site, &name, &task, now)?])
}

/// What stands open at a handoff: active tickets, and incidents.
pub(crate) async fn standing(db: &Db, site: &SiteId) -> Result<(u32, Vec<String>), ApiError> {
    let query = Query::new(
        "SELECT json_array((SELECT count(*) FROM tickets WHERE site_id = ?1 AND status IN ('open', 'in_progress')), \
         (SELECT json_group_array(title) FROM (SELECT title FROM incidents WHERE site_id = ?1 AND resolved_at IS NULL LIMIT 20))) AS j",
    );
    Ok(db.run(query.site(site)).await?.first()?.unwrap_or_default())
}
