//! Incidents: read by everybody, written by the team. A change is published before its answer goes out (I1).

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::platform;
use crate::reply::{Reply, Sharing};
use crate::store::agents::Agent;
use crate::store::idempotency::{self, Attempt, Earlier};
use crate::store::outbox::{self, Task};
use crate::store::{Cursor, Db, Query, incidents, sites};
use buoy_shared::api::Role;
use buoy_shared::id::{IncidentId, UpdateId};
use buoy_shared::incident::{Incident, IncidentDraft, IncidentStatus, IncidentUpdate, NewIncident, UpdateDraft};
use buoy_shared::text::BODY_BYTES_MAX;

fn incident_id(text: &str) -> Result<IncidentId, ApiError> {
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

/// A team's write. The key is optional for the team; when one comes, it works as it does for visitors.
struct Write {
    agent: Agent,
    db: Db,
    attempt: Option<Attempt>,
}

impl Write {
    fn begin(cx: &Cx, agent: Agent, key: Option<String>, body: &str) -> Result<Self, ApiError> {
        let db = cx.db(&agent.site_id)?;
        let attempt = key.map(|key| Attempt::new(key, cx.url.path(), body));
        Ok(Self { agent, db, attempt })
    }

    /// The answer that was given before under the key, if it was used.
    async fn earlier_answer(&self) -> Result<Option<Reply>, ApiError> {
        let Some(attempt) = &self.attempt else { return Ok(None) };
        let rows =
            self.db.run(idempotency::find(&self.agent.site_id, self.agent.agent_id.as_str(), &attempt.key)).await?;
        let earlier: Option<Earlier> = rows.first()?;
        earlier.map(|earlier| earlier.answer_to(attempt).map(Reply::created_text)).transpose()
    }

    /// Runs the statements with the answer and the task to publish, as one batch, and publishes. If another request with
    /// the key was first, the batch was refused and the answer is that one's.
    async fn finish(self, cx: &Cx, mut queries: Vec<Query>, answer: &Incident) -> Result<Reply, ApiError> {
        let site = &self.agent.site_id;
        let (entry, task) = outbox::put(site, Task::PublishSite, cx.now)?;
        queries.push(task);
        let news = answer.updates.first().map(|update| update.id.clone()).map(|update_id| {
            outbox::tell(site, Task::IncidentUpdated { incident_id: answer.id.clone(), update_id }, cx.now)
        });
        let news = news.transpose()?.map(|(news, row)| {
            queries.push(row);
            news
        });
        let text = serde_json::to_string(answer)?;
        if let Some(attempt) = &self.attempt {
            queries.push(idempotency::keep(site, self.agent.agent_id.as_str(), attempt, &text, cx.now));
        }
        if let Err(error) = self.db.batch(queries).await {
            return self.earlier_answer().await?.ok_or(error);
        }
        jobs::attempt_now(cx, &self.db, &[entry]).await?;
        if let Some(news) = news {
            jobs::attempt_after_answer(cx, news);
        }
        Ok(Reply::created_text(text))
    }
}

/// `POST incidents/`.
///
/// 1. the agent, the body, an earlier answer under the key;
/// 2. check the draft against the limits and the site's components;
/// 3. store incident, first update, answer and the task to publish as one batch; publish.
pub(crate) async fn declare_incident(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let key = request.idempotency_key()?;
    let body = request.json::<IncidentDraft>(BODY_BYTES_MAX)?;
    let write = Write::begin(cx, agent, key, &body.text)?;
    if let Some(reply) = write.earlier_answer().await? {
        return Ok(reply);
    }
    // 2.
    let site = sites::find(&write.db, &write.agent.site_id).await?.ok_or_else(ApiError::not_found)?;
    let new = NewIncident::check(&body.value, &site.policy.component_keys())?;
    // 3.
    let update =
        IncidentUpdate { id: new_update_id(), status: new.status(), body: new.body().to_owned(), created_at: cx.now };
    let incident = Incident {
        id: IncidentId::from_random(platform::random_16()),
        title: new.title().to_owned(),
        status: new.status(),
        impact: new.impact(),
        components: new.components().to_vec(),
        started_at: cx.now,
        resolved_at: None,
        updated_at: cx.now,
        updates: vec![update],
    };
    let queries = incidents::insert(&write.agent.site_id, &incident, &write.agent.name)?;
    write.finish(cx, queries, &incident).await
}

fn new_update_id() -> UpdateId {
    UpdateId::from_random(platform::random_16())
}

fn already_resolved() -> ApiError {
    ApiError::conflict("the incident is resolved; a relapse is a new incident")
}

/// `POST incidents/<incident>/updates/`.
///
/// 1. the agent, the body, an earlier answer under the key;
/// 2. the incident exists and is open; the text is there, for an end too (I4);
/// 3. store update, state, answer and the task to publish as one batch; publish.
pub(crate) async fn update_incident(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let key = request.idempotency_key()?;
    let body = request.json::<UpdateDraft>(BODY_BYTES_MAX)?;
    let write = Write::begin(cx, agent, key, &body.text)?;
    if let Some(reply) = write.earlier_answer().await? {
        return Ok(reply);
    }
    // 2.
    let incident =
        incidents::get(&write.db, &write.agent.site_id, &incident_id(id)?).await?.ok_or_else(ApiError::not_found)?;
    let text = body.value.check()?;
    let status = body.value.status.unwrap_or(incident.status);
    if !incident.status.may_become(status) {
        return Err(already_resolved());
    }
    // 3.
    // What this update does not speak of stays as it is in the row, whatever another one makes of it meanwhile.
    let said = (body.value.status, body.value.impact);
    let impact = body.value.impact.unwrap_or(incident.impact);
    // Updates are ordered by their time; two in one millisecond would have no order.
    let created_at = cx.now.max(incident.updated_at.plus_millis(1));
    let update = IncidentUpdate { id: new_update_id(), status, body: text, created_at };
    let queries = incidents::add_update(&write.agent.site_id, &incident.id, &update, said, &write.agent.name);
    let answer = with_update(incident, update, impact);
    write
        .finish(cx, queries, &answer)
        .await
        .map_err(|error| if incidents::was_resolved(&error) { already_resolved() } else { error })
}

/// The incident as it is after an update.
fn with_update(mut incident: Incident, update: IncidentUpdate, impact: buoy_shared::incident::Impact) -> Incident {
    incident.status = update.status;
    incident.impact = impact;
    incident.updated_at = update.created_at;
    incident.resolved_at = (update.status == IncidentStatus::Resolved).then_some(update.created_at);
    incident.updates.insert(0, update);
    incident
}
