//! Incidents and planned work: read by everybody, written by the team. A change is published before its answer goes
//! out (I1). What is decided, `incident_desk` and `planned_work` decide.

use crate::auth;
use crate::body::{Body, Incoming};
use crate::cx::Cx;
use crate::error::ApiError;
use crate::incident_desk::{Change, Desk};
use crate::reply::{Reply, Sharing};
use crate::store::agents::Agent;
use crate::store::idempotency::{self, Attempt, Earlier};
use crate::store::incidents::Author;
use crate::store::{Cursor, Db, incident_life, incidents, maintenances};
use buoy_shared::api::{MeTooReceipt, Role};
use buoy_shared::id::{IncidentId, MaintenanceId};
use buoy_shared::incident::{IncidentDraft, MaintenanceDraft, MaintenanceNews, UpdateDraft};
use buoy_shared::text::BODY_BYTES_MAX;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn incident_id(text: &str) -> Result<IncidentId, ApiError> {
    IncidentId::parse(text).map_err(|_| ApiError::not_found())
}

/// `GET incidents/`.
pub(crate) async fn list_incidents(cx: &Cx) -> Result<Reply, ApiError> {
    let site = cx.site_or_default()?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let page = incidents::list(&cx.db(&site)?, &site, &cursor, cx.limit()?).await?;
    Ok(Reply::ok(&page)?.shared(Sharing::Everyone))
}

/// `GET incidents/<incident>/`.
pub(crate) async fn get_incident(cx: &Cx, id: &str) -> Result<Reply, ApiError> {
    let site = cx.site_or_default()?;
    let incident = incidents::get(&cx.db(&site)?, &site, &incident_id(id)?).await?.ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(&incident)?.shared(Sharing::Everyone))
}

/// `GET maintenances/`.
pub(crate) async fn list_maintenances(cx: &Cx) -> Result<Reply, ApiError> {
    let site = cx.site_or_default()?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let page = maintenances::list(&cx.db(&site)?, &site, &cursor, cx.limit()?).await?;
    Ok(Reply::ok(&page)?.shared(Sharing::Everyone))
}

/// A team's write. The key is optional for the team; when one comes, it works as it does for visitors.
pub(super) struct Write<B> {
    pub(super) agent: Agent,
    pub(super) db: Db,
    pub(super) body: B,
    attempt: Option<Attempt>,
}

impl<B: DeserializeOwned> Write<B> {
    /// The agent, the body, and the answer that was given before under the key, if it was used.
    pub(super) async fn begin(cx: &Cx, request: &Incoming) -> Result<Result<Self, Reply>, ApiError> {
        let agent = auth::agent(cx, request, Role::Agent).await?;
        let key = request.idempotency_key()?;
        let Body { value, text } = request.json::<B>(BODY_BYTES_MAX)?;
        let db = cx.db(&agent.site_id)?;
        let attempt = key.map(|key| Attempt::new(key, cx.url.path(), &text));
        let write = Self { agent, db, body: value, attempt };
        Ok(match write.earlier_answer().await? {
            Some(reply) => Err(reply),
            None => Ok(write),
        })
    }
}

impl<B> Write<B> {
    /// The desk of the agent's site.
    pub(super) async fn desk(&self, cx: &Cx) -> Result<Desk<'_>, ApiError> {
        Desk::of(&self.db, &self.agent.site_id, author(&self.agent), cx.now).await
    }

    async fn earlier_answer(&self) -> Result<Option<Reply>, ApiError> {
        let Some(attempt) = &self.attempt else { return Ok(None) };
        let rows =
            self.db.run(idempotency::find(&self.agent.site_id, self.agent.agent_id.as_str(), &attempt.key)).await?;
        let earlier: Option<Earlier> = rows.first()?;
        earlier.map(|earlier| earlier.answer_to(attempt).map(Reply::created_text)).transpose()
    }

    /// Commits a change with the answer under its key. If another request with the key was first, the batch was refused
    /// and the answer is that one's.
    pub(super) async fn finish<T: Serialize>(&self, cx: &Cx, change: Change<T>) -> Result<Reply, ApiError> {
        let text = serde_json::to_string(&change.answer)?;
        let change = match &self.attempt {
            Some(attempt) => change.also(idempotency::keep(
                &self.agent.site_id,
                self.agent.agent_id.as_str(),
                attempt,
                &text,
                cx.now,
            )),
            None => change,
        };
        if let Err(error) = change.commit(cx, &self.db).await {
            return self.earlier_answer().await?.ok_or(error);
        }
        Ok(Reply::created_text(text))
    }
}

/// A member of the team as the author of what they say.
pub(super) fn author(agent: &Agent) -> Author {
    Author { id: Some(agent.agent_id.to_string()), name: agent.name.clone() }
}

/// `POST incidents/`.
pub(crate) async fn declare_incident(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let write = match Write::<IncidentDraft>::begin(cx, request).await? {
        Ok(write) => write,
        Err(earlier) => return Ok(earlier),
    };
    let change = write.desk(cx).await?.declare(&write.body)?;
    write.finish(cx, change).await
}

/// `POST incidents/<incident>/updates/`.
pub(crate) async fn update_incident(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let write = match Write::<UpdateDraft>::begin(cx, request).await? {
        Ok(write) => write,
        Err(earlier) => return Ok(earlier),
    };
    let change = write.desk(cx).await?.update(&incident_id(id)?, &write.body).await?;
    write.finish(cx, change).await
}

/// `POST maintenances/`.
pub(crate) async fn plan_maintenance(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let write = match Write::<MaintenanceDraft>::begin(cx, request).await? {
        Ok(write) => write,
        Err(earlier) => return Ok(earlier),
    };
    let change = write.desk(cx).await?.plan(&write.body)?;
    write.finish(cx, change).await
}

/// `POST maintenances/<maintenance>/updates/`.
pub(crate) async fn update_maintenance(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let write = match Write::<MaintenanceNews>::begin(cx, request).await? {
        Ok(write) => write,
        Err(earlier) => return Ok(earlier),
    };
    let id = MaintenanceId::parse(id).map_err(|_| ApiError::not_found())?;
    let change = write.desk(cx).await?.update_work(&id, &write.body).await?;
    write.finish(cx, change).await
}

/// `POST incidents/<incident>/me_too/`: once counts, and a second time is the first.
pub(crate) async fn me_too(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let db = cx.db(&token.site)?;
    let incident = incident_id(id);
    // A malformed id is looked for too, so that a wrong token is told first.
    let asked = incident.as_ref().map_or_else(|_| IncidentId::from_random([0; 16]), Clone::clone);
    let (caller, found) = incident_life::me_too(&db, &token, &asked, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    let incident = incident?;
    let found = found.ok_or_else(ApiError::not_found)?;
    match found.at {
        Some(at) => Reply::ok(&MeTooReceipt { incident, at: at.into() }),
        None => Err(ApiError::conflict("the incident is over")),
    }
}
