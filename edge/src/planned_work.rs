//! Planned work (I8): what the team says of it, and what the clock does about it.

use crate::error::ApiError;
use crate::incident_desk::{Change, Desk, new_update_id};
use crate::platform;
use crate::store::outbox::Task;
use crate::store::sites::Site;
use crate::store::{Query, maintenances};
use buoy_shared::id::{MaintenanceId, SiteId};
use buoy_shared::incident::{
    Maintenance, MaintenanceDraft, MaintenanceNews, MaintenanceStatus, MaintenanceUpdate, Step,
};
use buoy_shared::time::Timestamp;

/// Adds that pages are published and subscribers told.
fn announced(site: &SiteId, work: &Maintenance, query: Query, what: &str, now: Timestamp) -> Result<Change, ApiError> {
    let told = Task::MaintenanceChanged { maintenance_id: work.id.clone(), change: what.to_owned() };
    Change::new(vec![query]).then(site, Task::PublishSite {}, now)?.then(site, told, now)
}

fn announce_before(site: &Site) -> i64 {
    site.policy.incidents.announce_before.as_millis()
}

fn next_step_at(site: &Site, work: &Maintenance) -> Option<Timestamp> {
    work.next_step(announce_before(site)).map(|(at, _)| at)
}

impl Desk<'_> {
    /// Plans work. What begins soon is announced at once.
    pub(crate) fn plan(&self, draft: &MaintenanceDraft) -> Result<(Maintenance, Change), ApiError> {
        let draft = self.known(|known| draft.check(known, self.now))?;
        let update = MaintenanceUpdate {
            id: new_update_id(),
            status: MaintenanceStatus::Scheduled,
            body: draft.body,
            created_at: self.now,
        };
        let mut work = Maintenance {
            id: MaintenanceId::from_random(platform::random_16()),
            title: draft.title,
            status: MaintenanceStatus::Scheduled,
            components: draft.components,
            target: draft.target,
            scheduled_for: draft.scheduled_for,
            scheduled_until: draft.scheduled_until,
            announced: false,
            completed_at: None,
            created_at: self.now,
            updated_at: self.now,
            updates: vec![update],
        };
        work.announced = next_step_at(&self.site, &work).is_some_and(|at| at <= self.now);
        let insert = maintenances::insert(&self.site_id, &work, next_step_at(&self.site, &work))?;
        let change = announced(&self.site_id, &work, insert, "planned", self.now)?;
        Ok((work, change))
    }

    /// Says something about work; it may begin or end by that, take longer, or be called off.
    pub(crate) async fn update_work(
        &self,
        id: &MaintenanceId,
        news: &MaintenanceNews,
    ) -> Result<(Maintenance, Change), ApiError> {
        let mut work = maintenances::get(self.db, &self.site_id, id).await?.ok_or_else(ApiError::not_found)?;
        if work.status == MaintenanceStatus::Completed {
            return Err(ApiError::conflict("the work is completed; plan it anew"));
        }
        if work.updates.len() >= buoy_shared::incident::WORK_UPDATES_MAX {
            return Err(ApiError::conflict("this work has as many updates as are kept; plan what follows anew"));
        }
        let body = news.check(&work, self.now)?;
        let before = work.updated_at;
        let at = self.now.max(before.plus_millis(1));
        let status = news.status.unwrap_or(work.status);
        work.scheduled_until = news.scheduled_until.unwrap_or(work.scheduled_until);
        turn(&mut work, status, body, at);
        let what = match status {
            MaintenanceStatus::Completed => "completed",
            _ => "updated",
        };
        let query = maintenances::change(&self.site_id, &work, before, next_step_at(&self.site, &work))?;
        let change = announced(&self.site_id, &work, query, what, self.now)?;
        Ok((work, change))
    }
}

/// Work that is in a state from now on, and says so. What is going on, or over, is known to pages.
fn turn(work: &mut Maintenance, status: MaintenanceStatus, body: String, at: Timestamp) {
    work.announced |= status != MaintenanceStatus::Scheduled;
    work.status = status;
    work.completed_at = (status == MaintenanceStatus::Completed).then_some(at);
    work.updated_at = at;
    work.updates.insert(0, MaintenanceUpdate { id: new_update_id(), status, body, created_at: at });
}

/// What the clock does about work that is due: whatever it missed, in order. Nothing where nothing is due.
pub(crate) fn tick(
    site_id: &SiteId,
    site: &Site,
    mut work: Maintenance,
    now: Timestamp,
) -> Result<Option<Change>, ApiError> {
    let before = work.updated_at;
    let is_russian = site.policy.site.default_locale.starts_with("ru");
    let mut done = Vec::new();
    while let Some((_, step)) = work.next_step(announce_before(site)).filter(|(at, _)| *at <= now) {
        let at = now.max(work.updated_at.plus_millis(1));
        match step {
            Step::Announce => {
                work.announced = true;
                work.updated_at = at;
                done.push("announced");
            }
            Step::Start => {
                let text = if is_russian {
                    "Плановые работы начались."
                } else {
                    "The planned work has begun."
                };
                turn(&mut work, MaintenanceStatus::InProgress, text.to_owned(), at);
                done.push("started");
            }
            Step::Complete => {
                let text = if is_russian {
                    "Плановые работы закончены."
                } else {
                    "The planned work is completed."
                };
                turn(&mut work, MaintenanceStatus::Completed, text.to_owned(), at);
                done.push("completed");
            }
        }
    }
    let Some(last) = done.last() else { return Ok(None) };
    let query = maintenances::change(site_id, &work, before, next_step_at(site, &work))?;
    announced(site_id, &work, query, last, now).map(Some)
}
