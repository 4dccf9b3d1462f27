//! `/incident` and `/resolve`: the same rows that the desk's own routes write, under the key of the update.

use super::Turn;
use super::agents::may_write;
use crate::error::ApiError;
use crate::jobs;
use crate::platform;
use crate::store::agents::Agent;
use crate::store::idempotency;
use crate::store::outbox::{self, Task};
use crate::store::{Query, incidents, sites};
use buoy_shared::id::{IncidentId, UpdateId};
use buoy_shared::incident::{
    Impact, Incident, IncidentDraft, IncidentStatus, IncidentUpdate, NewIncident, UpdateDraft,
};
use buoy_shared::telegram::reply::{self, Said, handle, say};

impl Turn<'_> {
    /// Declares an incident of the worst kind (B: P0): its banner goes up.
    pub(super) async fn declare(&mut self, agent: &Agent, title: String, body: Option<String>) -> Result<(), ApiError> {
        may_write(agent)?;
        let site = sites::find(&self.db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
        let draft = IncidentDraft { title, body, impact: Some(Impact::Critical), status: None, components: Vec::new() };
        let new = NewIncident::check(&draft, &site.policy.component_keys())?;
        let update = self.update(new.status(), new.body().to_owned());
        let incident = Incident {
            id: IncidentId::from_random(platform::random_16()),
            title: new.title().to_owned(),
            status: new.status(),
            impact: new.impact(),
            components: Vec::new(),
            started_at: self.cx.now,
            resolved_at: None,
            updated_at: self.cx.now,
            updates: vec![update.clone()],
        };
        let queries = incidents::insert(&agent.site_id, &incident, &agent.name)?;
        self.publish(agent, "declare", &incident.id, &update, queries).await?;
        let end = handle(incident.id.as_str());
        let text = format!("{}: {}\n/resolve_{end}", say(Said::Declared, self.russian), incident.title);
        self.say(&text);
        Ok(())
    }

    /// Resolves the one that is open, or the one that is named by the end of its id; the text is its summary (I4).
    pub(super) async fn resolve(&mut self, agent: &Agent, which: Option<&str>, text: String) -> Result<(), ApiError> {
        may_write(agent)?;
        let body = UpdateDraft { body: text, status: None, impact: None }.check()?;
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
        let mut update = self.update(IncidentStatus::Resolved, body);
        update.created_at = update.created_at.max(incident.updated_at.plus_millis(1));
        let said = (Some(IncidentStatus::Resolved), None);
        let queries = incidents::add_update(&agent.site_id, &incident.id, &update, said, &agent.name);
        self.publish(agent, "resolve", &incident.id, &update, queries).await?;
        let text = format!("{}: {}", say(Said::Resolved, self.russian), incident.title);
        self.say(&text);
        Ok(())
    }

    fn update(&self, status: IncidentStatus, body: String) -> IncidentUpdate {
        let id = UpdateId::from_random(platform::random_16());
        IncidentUpdate { id, status, body, created_at: self.cx.now }
    }

    /// Stores what was decided with all that follows, once for this update, and publishes it.
    async fn publish(
        &self,
        agent: &Agent,
        what: &str,
        incident: &IncidentId,
        update: &IncidentUpdate,
        mut queries: Vec<Query>,
    ) -> Result<(), ApiError> {
        let (site, now) = (&agent.site_id, self.cx.now);
        let (entry, task) = outbox::put(site, Task::PublishSite, now)?;
        let told = Task::IncidentUpdated { incident_id: incident.clone(), update_id: update.id.clone() };
        let (news, row) = outbox::tell(site, told, now)?;
        let attempt = self.attempt(what);
        let kept = idempotency::keep(site, agent.agent_id.as_str(), &attempt, "{}", now);
        queries.extend([task, row, kept]);
        if let Err(error) = self.db.batch(queries).await {
            let rows = self.db.run(idempotency::find(site, agent.agent_id.as_str(), &attempt.key)).await?;
            // It was done before: this update came twice at once.
            return if rows.first_text().is_some() { Ok(()) } else { Err(error) };
        }
        jobs::attempt_now(self.cx, &self.db, &[entry]).await?;
        jobs::attempt_after_answer(self.cx, news);
        Ok(())
    }
}
