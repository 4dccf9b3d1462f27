//! Members of the team.

use super::{Db, Query, Rows, clock};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::api::{Availability, Role};
use buoy_shared::id::{AgentId, SiteId};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// A member of a site's team.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Agent {
    pub(crate) site_id: SiteId,
    pub(crate) agent_id: AgentId,
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// The agent whose token this is.
pub(crate) async fn find(db: &Db, token: &TokenRef) -> Result<Option<Agent>, ApiError> {
    let query = Query::new(
        "SELECT json_object('site_id', site_id, 'agent_id', agent_id, 'name', name, 'role', role) AS j \
         FROM agents WHERE site_id = ?1 AND token_hash = ?2",
    )
    .site(&token.site)
    .text(&token.hash);
    db.run(query).await?.first()
}

/// Adds a member, who may be given what waits for somebody (R5); false when the site does not exist.
pub(crate) async fn insert(db: &Db, agent: &Agent, token_hash: &str, now: Timestamp) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO agents (site_id, agent_id, name, role, token_hash, created_at) \
         SELECT site_id, ?2, ?3, ?4, ?5, ?6 FROM sites WHERE site_id = ?1 RETURNING agent_id AS j",
    )
    .site(&agent.site_id)
    .text(agent.agent_id.as_str())
    .text(&agent.name)
    .text(agent.role.as_str())
    .text(token_hash)
    .time(now);
    let mut queries = vec![query];
    queries.extend(clock::wake(&agent.site_id, now));
    Ok(db.batch(queries).await?.first().and_then(Rows::first_text).is_some())
}

/// Notes what an agent knows and until when they are there; who is there may be given what waits for somebody (R5, P2).
pub(crate) async fn set_availability(
    db: &Db,
    agent: &Agent,
    wanted: &Availability,
    now: Timestamp,
) -> Result<(), ApiError> {
    let query = Query::new("UPDATE agents SET skills = ?3, on_shift_until = ?4 WHERE site_id = ?1 AND agent_id = ?2")
        .site(&agent.site_id)
        .text(agent.agent_id.as_str())
        .text(&serde_json::to_string(&wanted.skills)?)
        .maybe_time(wanted.on_shift_until);
    let mut queries = vec![query];
    if wanted.on_shift_until.is_none_or(|until| until > now) {
        queries.extend(clock::wake(&agent.site_id, now));
    }
    db.batch(queries).await.map(drop)
}

/// Takes a member away; false when there is none. Their active tickets have nobody then, and the clock looks at each.
pub(crate) async fn remove(db: &Db, site: &SiteId, agent: &str, now: Timestamp) -> Result<bool, ApiError> {
    let freed = Query::new(
        "UPDATE tickets SET assignee_id = NULL, version = version + 1, next_due_at = ?3 WHERE site_id = ?1 AND assignee_id = ?2 \
         AND status IN ('open', 'in_progress', 'pending')",
    )
    .site(site)
    .text(agent)
    .time(now);
    let gone = Query::new("DELETE FROM agents WHERE site_id = ?1 AND agent_id = ?2 RETURNING agent_id AS j")
        .site(site)
        .text(agent);
    let results = db.batch(vec![freed, gone]).await?;
    Ok(results.last().and_then(Rows::first_text).is_some())
}
