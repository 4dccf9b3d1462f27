//! Rosters: who takes turns on call, and when somebody looks next whether a turn has ended.

use super::{Db, Millis, Query};
use crate::error::ApiError;
use buoy_shared::id::SiteId;
use buoy_shared::on_call::Roster;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Rosters that one run looks at: more handovers in a minute are told in the next.
const LOOKED_AT_MAX: u32 = 50;

#[derive(Deserialize)]
struct RosterRow {
    level: String,
    people: Vec<String>,
    since: Millis,
}

impl From<RosterRow> for Roster {
    fn from(row: RosterRow) -> Self {
        Self { level: row.level, people: row.people, since: row.since.into() }
    }
}

/// The rosters of a site; people who left the team take no turns.
pub(crate) async fn rosters(db: &Db, site: &SiteId) -> Result<Vec<Roster>, ApiError> {
    let query = Query::new(
        "SELECT json_object('level', r.level, 'since', r.since, 'people', (SELECT json_group_array(value) FROM \
         (SELECT p.value FROM json_each(r.people) p WHERE EXISTS (SELECT 1 FROM agents a WHERE a.site_id = r.site_id AND a.agent_id = p.value) \
         ORDER BY p.key))) AS j FROM on_call_rosters r WHERE r.site_id = ?1",
    )
    .site(site);
    let rows: Vec<RosterRow> = db.run(query).await?.all()?;
    Ok(rows.into_iter().map(Roster::from).collect())
}

/// Sets a roster; false when somebody of it is not of the team. `told_from` is the turn that nobody needs to be told of.
pub(crate) async fn put_roster(
    db: &Db,
    site: &SiteId,
    roster: &Roster,
    told_from: Timestamp,
) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO on_call_rosters (site_id, level, people, since, told_from) SELECT ?1, ?2, ?3, ?4, ?5 \
         WHERE NOT EXISTS (SELECT 1 FROM json_each(?3) p WHERE NOT EXISTS \
         (SELECT 1 FROM agents a WHERE a.site_id = ?1 AND a.agent_id = p.value)) \
         ON CONFLICT (site_id, level) DO UPDATE SET people = excluded.people, since = excluded.since, told_from = excluded.told_from, look_at = 0 \
         RETURNING json_quote(level) AS j",
    )
    .site(site)
    .text(&roster.level)
    .text(&serde_json::to_string(&roster.people)?)
    .time(roster.since)
    .time(told_from);
    Ok(db.run(query).await?.first_text().is_some())
}

/// A roster with the turn whose handoff was told.
#[derive(Deserialize)]
pub(crate) struct ToldRoster {
    pub(crate) site: SiteId,
    pub(crate) level: String,
    pub(crate) told_from: Millis,
}

/// Rosters whose turn may have changed, the longest waiting first. Most minutes there are none.
pub(crate) async fn rosters_to_look_at(db: &Db, now: Timestamp) -> Result<Vec<ToldRoster>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_object('site', site_id, 'level', level, 'told_from', told_from) AS j \
         FROM on_call_rosters WHERE look_at <= ?1 ORDER BY look_at LIMIT ?2",
    );
    db.run(query.time(now).number(LOOKED_AT_MAX)).await?.all()
}

/// The statement that notes when a roster is looked at next.
pub(crate) fn look_again(roster: &ToldRoster, at: Timestamp) -> Query {
    Query::new("UPDATE on_call_rosters SET look_at = ?3 WHERE site_id = ?1 AND level = ?2")
        .site(&roster.site)
        .text(&roster.level)
        .time(at)
}

/// The statement by which all rosters of a site are looked at anew: its policy or its team has changed.
pub(crate) fn look_at_all(site: &SiteId) -> Query {
    Query::new("UPDATE on_call_rosters SET look_at = 0 WHERE site_id = ?1").site(site)
}
