//! `/incident`, `/update` and `/resolve`: what the desk does, under the key of the update.

use super::Turn;
use super::agents::may_write;
use crate::error::ApiError;
use crate::handlers::incidents::author;
use crate::incident_desk::{Change, Desk};
use crate::jobs;
use crate::store::agents::Agent;
use crate::store::idempotency::{self, Earlier};
use crate::store::incidents;
use buoy_shared::delivery::terms;
use buoy_shared::id::DraftId;
use buoy_shared::incident::{Incident, IncidentDraft, IncidentStatus, Severity, UpdateDraft};
use buoy_shared::telegram::reply::{self, Said, handle, say};
use serde::{Deserialize, Serialize};

/// What the key of an update stands for; one update does one thing.
const INCIDENTS: &str = "incidents";

/// What is kept under that key.
#[derive(Serialize, Deserialize)]
struct Kept {
    said: String,
}

impl Turn<'_> {
    /// Declares an incident of the worst kind (B: P0): its banner goes up.
    pub(super) async fn declare(&mut self, agent: &Agent, title: String, body: Option<String>) -> Result<(), ApiError> {
        may_write(agent)?;
        if self.repeats(agent).await? {
            return Ok(());
        }
        let draft = IncidentDraft { title, body, severity: Some(Severity::P1), ..IncidentDraft::default() };
        let (incident, change) = self.desk(agent).await?.declare(&draft)?;
        let end = handle(incident.id.as_str());
        let text = format!("{}: {}\n/resolve_{end}", say(Said::Declared, self.russian), incident.title);
        self.commit(agent, change, text).await
    }

    /// Tells what is known of the one that is meant: its banner says so (I1).
    pub(super) async fn update(
        &mut self,
        agent: &Agent,
        which: Option<&str>,
        phase: Option<IncidentStatus>,
        text: String,
    ) -> Result<(), ApiError> {
        may_write(agent)?;
        if self.repeats(agent).await? {
            return Ok(());
        }
        let Some(incident) = self.meant(agent, which).await? else { return Ok(()) };
        let draft = UpdateDraft { body: text, status: phase, ..UpdateDraft::default() };
        let (incident, change) = self.desk(agent).await?.update(&incident.id, &draft).await?;
        let phase = terms::phase(incident.status.as_str(), self.russian);
        let text = format!("{}: {} — {phase}", say(Said::Updated, self.russian), incident.title);
        self.commit(agent, change, text).await
    }

    /// The incident that is open, or the one that is named by the end of its id. Where that is none or one of several, it
    /// says so.
    async fn meant(&mut self, agent: &Agent, which: Option<&str>) -> Result<Option<Incident>, ApiError> {
        let mut open = incidents::read(&self.db.run(incidents::for_snapshot(&agent.site_id)).await?)?;
        open.retain(|incident| incident.resolved_at.is_none());
        let several = format!("{}\n\n{}", say(Said::WhichIncident, self.russian), reply::status(&open, self.russian));
        open.retain(|incident| which.is_none_or(|end| handle(incident.id.as_str()) == end));
        if open.len() > 1 {
            self.say(&several);
            return Ok(None);
        }
        if open.is_empty() {
            self.say(say(Said::NoIncident, self.russian));
        }
        Ok(open.pop())
    }

    /// Resolves the one that is open, or the one that is named by the end of its id; the text is its summary (I4).
    pub(super) async fn resolve(&mut self, agent: &Agent, which: Option<&str>, text: String) -> Result<(), ApiError> {
        may_write(agent)?;
        if self.repeats(agent).await? {
            return Ok(());
        }
        let Some(incident) = self.meant(agent, which).await? else { return Ok(()) };
        let (_, change) = self.desk(agent).await?.resolve(&incident.id, &text).await?;
        let text = format!("{}: {}", say(Said::Resolved, self.russian), incident.title);
        self.commit(agent, change, text).await
    }

    /// Decides on a draft: an incident, or none.
    pub(super) async fn decide_draft(&mut self, agent: &Agent, draft: &str, publish: bool) -> Result<(), ApiError> {
        let id = DraftId::parse(draft).map_err(|_| ApiError::not_found())?;
        if self.repeats(agent).await? {
            return Ok(());
        }
        let desk = self.desk(agent).await?;
        let (change, said) = if publish {
            (desk.publish_draft(&id).await?.1, Said::Declared)
        } else {
            (desk.reject_draft(&id).await?, Said::Rejected)
        };
        drop(desk);
        self.commit(agent, change, say(said, self.russian).to_owned()).await
    }

    async fn desk<'b>(&'b self, agent: &'b Agent) -> Result<Desk<'b>, ApiError> {
        Desk::of(&self.db, &agent.site_id, author(agent), self.cx.now).await
    }

    /// Says once more what was said when this update was dealt with, if it was: by now something else may be true.
    async fn repeats(&mut self, agent: &Agent) -> Result<bool, ApiError> {
        let attempt = self.attempt(INCIDENTS);
        let rows = self.db.run(idempotency::find(&agent.site_id, agent.agent_id.as_str(), &attempt.key)).await?;
        let Some(earlier) = rows.first::<Earlier>()? else { return Ok(false) };
        let kept: Kept = serde_json::from_str(&earlier.answer_to(&attempt)?)?;
        self.say(&kept.said);
        Ok(true)
    }

    /// Does what was decided, once for this update, publishes it, and says so.
    async fn commit(&mut self, agent: &Agent, change: Change, said: String) -> Result<(), ApiError> {
        let (site, now) = (&agent.site_id, self.cx.now);
        let attempt = self.attempt(INCIDENTS);
        let news = change.news();
        let kept = serde_json::to_string(&Kept { said: said.clone() })?;
        let change = change.also(idempotency::keep(site, agent.agent_id.as_str(), &attempt, &kept, now));
        if let Err(error) = change.commit(&self.cx.env, &self.db, now).await {
            // It was done before: this update came twice at once.
            return if self.repeats(agent).await? { Ok(()) } else { Err(error) };
        }
        jobs::attempt_in_order_after_answer(self.cx, news);
        self.say(&said);
        Ok(())
    }
}
