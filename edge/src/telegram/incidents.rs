//! `/incident` and `/resolve`: what the desk does, under the key of the update.

use super::Turn;
use super::agents::may_write;
use crate::error::ApiError;
use crate::handlers::incidents::author;
use crate::incident_desk::{Change, Desk};
use crate::jobs;
use crate::store::agents::Agent;
use crate::store::{idempotency, incidents};
use buoy_shared::id::DraftId;
use buoy_shared::incident::{IncidentDraft, Severity};
use buoy_shared::telegram::reply::{self, Said, handle, say};

impl Turn<'_> {
    /// Declares an incident of the worst kind (B: P0): its banner goes up.
    pub(super) async fn declare(&mut self, agent: &Agent, title: String, body: Option<String>) -> Result<(), ApiError> {
        may_write(agent)?;
        let draft = IncidentDraft { title, body, severity: Some(Severity::P1), ..IncidentDraft::default() };
        let (incident, change) = self.desk(agent).await?.declare(&draft)?;
        self.commit(agent, "declare", change).await?;
        let end = handle(incident.id.as_str());
        let text = format!("{}: {}\n/resolve_{end}", say(Said::Declared, self.russian), incident.title);
        self.say(&text);
        Ok(())
    }

    /// Resolves the one that is open, or the one that is named by the end of its id; the text is its summary (I4).
    pub(super) async fn resolve(&mut self, agent: &Agent, which: Option<&str>, text: String) -> Result<(), ApiError> {
        may_write(agent)?;
        let mut open = incidents::read(&self.db.run(incidents::for_snapshot(&agent.site_id)).await?)?;
        open.retain(|incident| incident.resolved_at.is_none());
        let several = format!("{}\n\n{}", say(Said::WhichIncident, self.russian), reply::status(&open, self.russian));
        open.retain(|incident| which.is_none_or(|end| handle(incident.id.as_str()) == end));
        let incident = match open.as_slice() {
            [] => {
                self.say(say(Said::NoIncident, self.russian));
                return Ok(());
            }
            [incident] => incident,
            _ => {
                self.say(&several);
                return Ok(());
            }
        };
        let (_, change) = self.desk(agent).await?.resolve(&incident.id, &text).await?;
        self.commit(agent, "resolve", change).await?;
        let text = format!("{}: {}", say(Said::Resolved, self.russian), incident.title);
        self.say(&text);
        Ok(())
    }

    /// Decides on a draft: an incident, or none.
    pub(super) async fn decide_draft(&mut self, agent: &Agent, draft: &str, publish: bool) -> Result<(), ApiError> {
        let id = DraftId::parse(draft).map_err(|_| ApiError::not_found())?;
        let desk = self.desk(agent).await?;
        let (change, said) = if publish {
            (desk.publish_draft(&id).await?.1, Said::Declared)
        } else {
            (desk.reject_draft(&id).await?, Said::Rejected)
        };
        drop(desk);
        self.commit(agent, "draft", change).await?;
        self.say(say(said, self.russian));
        Ok(())
    }

    async fn desk<'b>(&'b self, agent: &'b Agent) -> Result<Desk<'b>, ApiError> {
        Desk::of(&self.db, &agent.site_id, author(agent), self.cx.now).await
    }

    /// Does what was decided, once for this update, and publishes it.
    async fn commit(&self, agent: &Agent, what: &str, change: Change) -> Result<(), ApiError> {
        let (site, now) = (&agent.site_id, self.cx.now);
        let attempt = self.attempt(what);
        let news = change.news();
        let change = change.also(idempotency::keep(site, agent.agent_id.as_str(), &attempt, "{}", now));
        if let Err(error) = change.commit(&self.cx.env, &self.db, now).await {
            let rows = self.db.run(idempotency::find(site, agent.agent_id.as_str(), &attempt.key)).await?;
            // It was done before: this update came twice at once.
            return if rows.first_text().is_some() { Ok(()) } else { Err(error) };
        }
        jobs::attempt_in_order_after_answer(self.cx, news);
        Ok(())
    }
}
