//! Incidents and planned work: read by everybody, written by the team. A change is published before its answer goes
//! out (I1). What is decided, `incident_desk` and `planned_work` decide.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::incident_desk::{Acting, Change, Desk};
use crate::jobs;
use crate::reply::{Reply, Sharing};
use crate::store::agents::Agent;
use crate::store::idempotency::{self, Attempt, Earlier};
use crate::store::incidents::Author;
use crate::store::{Cursor, Db, incident_life, incidents, maintenances};
use buoy_shared::api::{MeTooReceipt, Role};
use buoy_shared::id::{IncidentId, MaintenanceId};
use buoy_shared::incident::{IncidentDraft, MaintenanceDraft, MaintenanceNews, UpdateDraft};
use buoy_shared::text::BODY_BYTES_MAX;

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
pub(super) struct Write {
    pub(super) agent: Agent,
    pub(super) db: Db,
    attempt: Option<Attempt>,
}

impl Write {
    /// The agent and the request's key; also the answer that was given before under the key, if it was used.
    pub(super) fn begin<'a>(cx: &'a Cx, request: &'a Incoming) -> Acting<'a, (Self, Option<Reply>)> {
        Box::pin(async move {
            let agent = auth::agent(cx, request, Role::Agent).await?;
            let text = std::str::from_utf8(request.bytes(BODY_BYTES_MAX)?).unwrap_or_default();
            let attempt = request.idempotency_key()?.map(|key| Attempt::new(key, cx.url.path(), text));
            let db = cx.db(&agent.site_id)?;
            let write = Self { agent, db, attempt };
            let earlier = write.earlier_answer().await?;
            Ok((write, earlier))
        })
    }

    /// The desk of the agent's site.
    pub(super) fn desk(&self, cx: &Cx) -> Acting<'_, Desk<'_>> {
        Desk::of(&self.db, &self.agent.site_id, author(&self.agent), cx.now)
    }

    async fn earlier_answer(&self) -> Result<Option<Reply>, ApiError> {
        let Some(attempt) = &self.attempt else { return Ok(None) };
        let rows =
            self.db.run(idempotency::find(&self.agent.site_id, self.agent.agent_id.as_str(), &attempt.key)).await?;
        let earlier: Option<Earlier> = rows.first()?;
        earlier.map(|earlier| earlier.answer_to(attempt).map(Reply::created_text)).transpose()
    }

    /// Commits a change with its answer under the key. If another request with the key was first, the batch was refused
    /// and the answer is that one's.
    pub(super) fn finish<'a>(&'a self, cx: &'a Cx, change: Change, answer: String) -> Acting<'a, Reply> {
        Box::pin(async move {
            let keep = self.attempt.as_ref().map(|attempt| {
                idempotency::keep(&self.agent.site_id, self.agent.agent_id.as_str(), attempt, &answer, cx.now)
            });
            let change = match keep {
                Some(keep) => change.also(keep),
                None => change,
            };
            let news = change.news();
            if let Err(error) = change.commit(&cx.env, &self.db, cx.now).await {
                return self.earlier_answer().await?.ok_or(error);
            }
            jobs::attempt_in_order_after_answer(cx, news);
            Ok(Reply::created_text(answer))
        })
    }
}

/// A member of the team as the author of what they say.
pub(crate) fn author(agent: &Agent) -> Author {
    Author { id: Some(agent.agent_id.to_string()), name: agent.name.clone() }
}

/// `POST incidents/`.
pub(crate) async fn declare_incident(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let (write, earlier) = Write::begin(cx, request).await?;
    if let Some(reply) = earlier {
        return Ok(reply);
    }
    let draft: IncidentDraft = request.json(BODY_BYTES_MAX)?.value;
    let (answer, change) = {
        let desk = write.desk(cx).await?;
        desk.declare(&draft)?
    };
    write.finish(cx, change, serde_json::to_string(&answer)?).await
}

/// `POST incidents/<incident>/updates/`.
pub(crate) async fn update_incident(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (write, earlier) = Write::begin(cx, request).await?;
    if let Some(reply) = earlier {
        return Ok(reply);
    }
    let draft: UpdateDraft = request.json(BODY_BYTES_MAX)?.value;
    let (answer, change) = {
        let desk = write.desk(cx).await?;
        desk.update(&incident_id(id)?, &draft).await?
    };
    write.finish(cx, change, serde_json::to_string(&answer)?).await
}

/// `POST maintenances/`.
pub(crate) async fn plan_maintenance(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let (write, earlier) = Write::begin(cx, request).await?;
    if let Some(reply) = earlier {
        return Ok(reply);
    }
    let draft: MaintenanceDraft = request.json(BODY_BYTES_MAX)?.value;
    let (answer, change) = {
        let desk = write.desk(cx).await?;
        desk.plan(&draft)?
    };
    write.finish(cx, change, serde_json::to_string(&answer)?).await
}

/// `POST maintenances/<maintenance>/updates/`.
pub(crate) async fn update_maintenance(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let (write, earlier) = Write::begin(cx, request).await?;
    if let Some(reply) = earlier {
        return Ok(reply);
    }
    let draft: MaintenanceNews = request.json(BODY_BYTES_MAX)?.value;
    let id = MaintenanceId::parse(id).map_err(|_| ApiError::not_found())?;
    let (answer, change) = {
        let desk = write.desk(cx).await?;
        desk.update_work(&id, &draft).await?
    };
    write.finish(cx, change, serde_json::to_string(&answer)?).await
}

/// `POST incidents/<incident>/me_too/`: once counts, and a second time is the first.
pub(crate) async fn me_too(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let db = cx.db(&token.site)?;
    let incident = incident_id(id);
    // A malformed id is looked for too, so that a wrong token is told first.
    let asked = incident.as_ref().map_or_else(|_| IncidentId::from_random([0; 16]), Clone::clone);
    let (caller, found) = incident_life::me_too(&db, &token, &asked, cx.foreign_origin(), cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    let incident = incident?;
    let found = found.ok_or_else(ApiError::not_found)?;
    match found.at {
        Some(at) => Reply::ok(&MeTooReceipt { incident, at: at.into() }),
        None => Err(ApiError::conflict("the incident is over")),
    }
}
