//! What the team does about incidents, in one place: the API calls it, and so do chats, alerts and whatever else may
//! declare, update, resolve, draft, publish or reject.
//!
//! Each act checks, decides and gives a [`Change`]: the answer, and the statements that make it so. Whoever asked may add
//! statements of its own (an answer to keep under a key, an update of a chat that is not to count twice) and commits all
//! of it as one batch; what must follow is rows of the outbox in it.

use crate::error::ApiError;
use crate::jobs;
use crate::platform;
use crate::store::incidents::{self, Author, Consequence};
use crate::store::outbox::{self, Entry, Task};
use crate::store::sites::Site;
use crate::store::{Db, Query, incident_life, maintenances, sites};
use buoy_shared::api::{DraftedIncident, PostmortemDocument};
use buoy_shared::id::{DraftId, IncidentId, SiteId, UpdateId};
use buoy_shared::incident::{
    Incident, IncidentDraft, IncidentStatus, IncidentUpdate, Known, NewIncident, NewUpdate, PostmortemEdit, Severity,
    SummaryDraft, UpdateDraft, prefilled,
};
use buoy_shared::policy::Named;
use buoy_shared::time::Timestamp;
use std::pin::Pin;
use worker::Env;

/// Where and as whom something is done.
pub(crate) struct Desk<'a> {
    pub(crate) db: &'a Db,
    pub(crate) site_id: SiteId,
    pub(crate) site: Site,
    pub(crate) by: Author,
    pub(crate) now: Timestamp,
}

/// What is to happen, all of it or nothing.
#[derive(Default)]
pub(crate) struct Change {
    queries: Vec<Query>,
    entries: Vec<Entry>,
}

impl Change {
    pub(crate) fn new(queries: Vec<Query>) -> Self {
        Self { queries, entries: Vec::new() }
    }

    /// Adds what must follow.
    pub(crate) fn then(mut self, site: &SiteId, task: Task, now: Timestamp) -> Result<Self, ApiError> {
        let (entry, query) = outbox::put(site, task, now)?;
        self.entries.push(entry);
        self.queries.push(query);
        Ok(self)
    }

    /// Adds a statement of whoever asked.
    pub(crate) fn also(mut self, query: Query) -> Self {
        self.queries.push(query);
        self
    }

    /// What people and their programs hear of it: to be told after the answer.
    pub(crate) fn news(&self) -> Vec<Entry> {
        self.entries.iter().filter(|entry| entry.payload.event().is_some()).cloned().collect()
    }

    /// Does it, and publishes.
    ///
    /// Boxed, so that it is compiled once and not once a caller.
    pub(crate) fn commit<'a>(self, env: &'a Env, db: &'a Db, now: Timestamp) -> Acting<'a, ()> {
        Box::pin(async move {
            if !self.queries.is_empty() {
                db.batch(self.queries).await.map_err(understood)?;
            }
            jobs::publish_now(env, db, &self.entries, now).await
        })
    }
}

/// Something that is being done.
pub(crate) type Acting<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + 'a>>;

/// Refusals that a constraint words, in our words: somebody was faster.
fn understood(error: ApiError) -> ApiError {
    if incidents::was_resolved(&error) {
        already_resolved()
    } else if incident_life::was_decided(&error) {
        already_decided()
    } else if incident_life::was_drafted(&error) {
        ApiError::conflict("this alert was drafted a moment ago")
    } else if maintenances::was_changed(&error) {
        ApiError::conflict("somebody changed this meanwhile; read it again")
    } else {
        error
    }
}

fn already_decided() -> ApiError {
    ApiError::conflict("somebody decided on this draft already")
}

fn already_resolved() -> ApiError {
    ApiError::conflict("the incident is resolved; a relapse is a new incident")
}

pub(crate) fn new_update_id() -> UpdateId {
    UpdateId::from_random(platform::random_16())
}

impl<'a> Desk<'a> {
    /// The desk of a site.
    pub(crate) fn of(db: &'a Db, site_id: &'a SiteId, by: Author, now: Timestamp) -> Acting<'a, Self> {
        Box::pin(async move {
            let site = sites::find(db, site_id).await?.ok_or_else(ApiError::not_found)?;
            Ok(Self { db, site_id: site_id.clone(), site, by, now })
        })
    }

    /// Gives what the site has to a check.
    pub(crate) fn known<T>(&self, check: impl FnOnce(Known<'_>) -> T) -> T {
        let policy = &self.site.policy;
        let tiers: Vec<&str> = policy.tiers.iter().map(Named::key).collect();
        check(Known { components: &policy.component_keys(), tiers: &tiers, locales: &policy.site.locales })
    }

    fn update_due(&self, severity: Severity, said_at: Timestamp) -> Timestamp {
        said_at.plus_millis(self.site.policy.incidents.update_every(severity).as_millis())
    }

    fn incident<'b>(&'b self, id: &'b IncidentId) -> Acting<'b, Incident> {
        Box::pin(async move { incidents::get(self.db, &self.site_id, id).await?.ok_or_else(ApiError::not_found) })
    }

    /// Adds that pages are published and subscribers told.
    fn announced(&self, incident: &Incident, queries: Vec<Query>, what: &str) -> Result<Change, ApiError> {
        let change = Change::new(queries);
        let incident_id = incident.id.clone();
        let newest = incident.updates.first().map(|update| update.id.clone());
        let update_id = newest.ok_or_else(|| ApiError::internal("an incident without an update"))?;
        let told = Task::IncidentChanged { incident_id, update_id, change: what.to_owned() };
        change.then(&self.site_id, Task::PublishSite {}, self.now)?.then(&self.site_id, told, self.now)
    }

    /// Declares an incident: its banner goes up (I1).
    pub(crate) fn declare(&self, draft: &IncidentDraft) -> Result<(Incident, Change), ApiError> {
        self.declare_as_of(draft, self.now)
    }

    /// The same of what was written down at another time: it began then, where nothing else is said.
    fn declare_as_of(&self, draft: &IncidentDraft, at: Timestamp) -> Result<(Incident, Change), ApiError> {
        let new = self.known(|known| NewIncident::check(draft, known, at))?;
        let said = new.draft();
        let update = IncidentUpdate {
            impact: Some(new.impact()),
            component_states: said.component_states.clone(),
            work: said.work.clone(),
            eta: said.eta,
            workaround: said.workaround.clone(),
            ..IncidentUpdate::plain(new_update_id(), new.status(), new.body(), self.now)
        };
        let incident = Incident {
            id: IncidentId::from_random(platform::random_16()),
            title: said.title.clone(),
            status: new.status(),
            severity: new.severity(),
            impact: new.impact(),
            components: said.components.clone(),
            component_states: said.component_states.clone(),
            target: said.target.clone(),
            started_at: new.started_at(),
            resolved_at: None,
            updated_at: self.now,
            updates: vec![update],
            summary: None,
            postmortem: None,
        };
        let due = self.update_due(incident.severity, self.now);
        let queries = incidents::insert(&self.site_id, &incident, &self.by, due)?;
        let change = self.announced(&incident, queries, "declared")?;
        Ok((incident, change))
    }

    /// Posts an update; one whose status is resolved ends the incident and takes the banner down (I1, I3, I4).
    pub(crate) async fn update(&self, id: &IncidentId, draft: &UpdateDraft) -> Result<(Incident, Change), ApiError> {
        let incident = self.incident(id).await?;
        if incident.status.is_over() {
            return Err(already_resolved());
        }
        // The summary's timeline tells of all that was said, and not of the newest alone.
        let new = if draft.summary.is_some() {
            let updates = incidents::told(self.db, &self.site_id, id).await?;
            NewUpdate::check(draft, &Incident { updates, ..incident.clone() }, self.now)?
        } else {
            NewUpdate::check(draft, &incident, self.now)?
        };
        let said = new.draft();
        // Updates are ordered by their time, two in one millisecond too; what another says meanwhile is seen by the row.
        let created_at = self.now.max(incident.updated_at.plus_millis(1));
        let mut states = incident.component_states.clone();
        states.extend(said.component_states.clone());
        let update = IncidentUpdate {
            impact: Some(said.impact.unwrap_or(incident.impact)),
            component_states: states,
            work: said.work.clone(),
            eta: said.eta,
            workaround: said.workaround.clone(),
            ..IncidentUpdate::plain(new_update_id(), said.status.unwrap_or(incident.status), &said.body, created_at)
        };
        let rules = &self.site.policy.incidents;
        let ends = new.summary().is_some();
        let explained_by = created_at.plus_millis(rules.postmortem_within.as_millis());
        let then = Consequence {
            update_due_at: (!ends).then(|| self.update_due(incident.severity, created_at)),
            summary: new.summary(),
            postmortem_due_at: (ends && rules.wants_postmortem(incident.severity)).then_some(explained_by),
        };
        let mut queries = incidents::add_update(&self.site_id, &incident.id, &update, said, &then, &self.by)?;
        if ends {
            queries.push(incident_life::tell_affected(&self.site_id, &incident.id, self.now));
        }
        let what = if ends { "resolved" } else { "updated" };
        let incident = with_update(incident, update, &new);
        let change = self.announced(&incident, queries, what)?;
        Ok((incident, change))
    }

    /// Ends an incident by one message, as chats do.
    pub(crate) async fn resolve(&self, id: &IncidentId, message: &str) -> Result<(Incident, Change), ApiError> {
        let draft = UpdateDraft {
            body: message.to_owned(),
            status: Some(IncidentStatus::Resolved),
            summary: Some(SummaryDraft::of_message(message)),
            ..UpdateDraft::default()
        };
        self.update(id, &draft).await
    }

    /// Writes down what may be an incident, for a person to decide. An alert names itself in `dedup_key`: while nobody
    /// decided on its draft, that one is the answer.
    pub(crate) async fn draft(
        &self,
        draft: &IncidentDraft,
        dedup_key: Option<&str>,
    ) -> Result<(DraftedIncident, Change), ApiError> {
        self.known(|known| NewIncident::check(draft, known, self.now))?;
        if let Some(key) = dedup_key
            && let Some(before) = incident_life::draft_of_alert(self.db, &self.site_id, key).await?
        {
            return Ok((before, Change::default()));
        }
        let id = DraftId::from_random(platform::random_16());
        let drafted = DraftedIncident {
            id: id.clone(),
            source: self.by.name.clone(),
            draft: draft.clone(),
            created_at: self.now,
        };
        let query = incident_life::insert_draft(&self.site_id, &drafted, dedup_key)?;
        let change = Change::new(vec![query]).then(&self.site_id, Task::IncidentDrafted { draft_id: id }, self.now)?;
        Ok((drafted, change))
    }

    async fn drafted(&self, id: &DraftId) -> Result<DraftedIncident, ApiError> {
        let known = incident_life::draft(self.db, &self.site_id, id).await?.ok_or_else(ApiError::not_found)?;
        if known.decided == 0 { Ok(known.drafted) } else { Err(already_decided()) }
    }

    /// Declares what was drafted.
    pub(crate) async fn publish_draft(&self, id: &DraftId) -> Result<(Incident, Change), ApiError> {
        let drafted = self.drafted(id).await?;
        // What was to come when it was drafted may be past by now.
        let eta = drafted.draft.eta.filter(|eta| *eta > self.now);
        let (incident, change) = self.declare_as_of(&IncidentDraft { eta, ..drafted.draft }, drafted.created_at)?;
        let decision = incident_life::decide(&self.site_id, id, Some(&incident.id), &self.by, self.now);
        Ok((incident, change.also(decision)))
    }

    /// Puts a draft away.
    pub(crate) async fn reject_draft(&self, id: &DraftId) -> Result<Change, ApiError> {
        self.drafted(id).await?;
        Ok(Change::new(vec![incident_life::decide(&self.site_id, id, None, &self.by, self.now)]))
    }

    /// What was written of a post-mortem, or its beginning.
    pub(crate) async fn postmortem(&self, id: &IncidentId) -> Result<PostmortemDocument, ApiError> {
        let incident = self.incident(id).await?;
        if let Some(saved) = incident_life::postmortem(self.db, &self.site_id, id).await? {
            return Ok(saved);
        }
        let me_too = incident_life::affected(self.db, &self.site_id, id).await?;
        let body = prefilled(&incident, me_too, &self.site.policy.site.default_locale);
        Ok(PostmortemDocument { incident: id.clone(), body, saved: false, published_at: None })
    }

    /// Saves a post-mortem, and publishes it once it has no gaps (I6).
    pub(crate) async fn put_postmortem(
        &self,
        id: &IncidentId,
        edit: &PostmortemEdit,
    ) -> Result<(PostmortemDocument, Change), ApiError> {
        let incident = self.incident(id).await?;
        if !incident.status.is_over() {
            return Err(ApiError::conflict("the incident is not over yet; resolve it first"));
        }
        let before = incident.postmortem.as_ref().map(|written| written.published_at);
        let body = edit.check(before.is_some())?;
        let published_at = before.or(edit.publish.then_some(self.now));
        let queries = incident_life::save_postmortem(&self.site_id, &incident, &body, edit.publish, &self.by, self.now);
        let document = PostmortemDocument { incident: incident.id.clone(), body, saved: true, published_at };
        let change = Change::new(queries).then(&self.site_id, Task::PublishSite {}, self.now)?;
        let newest = incident.updates.first().map(|update| update.id.clone());
        match newest.filter(|_| before.is_none() && edit.publish) {
            Some(update_id) => {
                let what = "postmortem".to_owned();
                let told = Task::IncidentChanged { incident_id: incident.id, update_id, change: what };
                Ok((document, change.then(&self.site_id, told, self.now)?))
            }
            None => Ok((document, change)),
        }
    }
}

/// The incident as it is after an update.
fn with_update(mut incident: Incident, update: IncidentUpdate, new: &NewUpdate) -> Incident {
    incident.status = update.status;
    incident.impact = update.impact.unwrap_or(incident.impact);
    incident.component_states.clone_from(&update.component_states);
    incident.updated_at = update.created_at;
    incident.resolved_at = new.summary().map(|_| update.created_at);
    incident.summary = new.summary().cloned();
    incident.updates.insert(0, update);
    incident
}
