//! What time alone does about incidents: reminders to say something (I4) and to write a post-mortem (I6), planned work
//! that begins and ends (I8). Whatever is done twice is there once: rows of the outbox bear names that follow from what
//! was due, and each change asks for what it was decided on.

use crate::error::ApiError;
use crate::incident_desk::{Acting, Desk};
use crate::planned_work;
use crate::store::incidents::Author;
use crate::store::maintenances::Due;
use crate::store::outbox::{self, Task};
use crate::store::{Db, incident_life, maintenances};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use worker::Env;

/// One run of the cron. One thing that fails does not keep the others from being done.
pub(super) async fn sweep(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let outcomes =
        [remind_of_updates(db, now).await, remind_of_postmortems(db, now).await, move_work(env, db, now).await];
    outcomes.into_iter().collect()
}

/// The desk of a site, for what nobody of the team does.
fn desk<'a>(db: &'a Db, site: &'a SiteId, now: Timestamp) -> Acting<'a, Desk<'a>> {
    Desk::of(db, site, Author { id: None, name: String::new() }, now)
}

async fn remind_of_updates(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for owed in incident_life::silent(db, now).await? {
        let due_at = Timestamp::from(owed.due_at);
        let every =
            desk(db, &owed.site, now).await?.site.policy.incidents.update_every(owed.severity).as_millis().max(1);
        // After an outage of our own one reminder is enough: the next is due in the future.
        let missed = (now.as_millis() - due_at.as_millis()) / every + 1;
        let next = due_at.plus_millis(missed.saturating_mul(every));
        let name = format!("{}|{}|update due|{}", owed.site, owed.incident, due_at.as_millis());
        let task = Task::IncidentUpdateDue { incident_id: owed.incident.clone(), due_at };
        let (_, row) = outbox::put_once(&owed.site, &name, task, None, now)?;
        db.batch(vec![row, incident_life::remind_again(&owed, next)]).await?;
    }
    Ok(())
}

async fn remind_of_postmortems(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for owed in incident_life::unexplained(db, now).await? {
        let name = format!("{}|{}|postmortem due", owed.site, owed.incident);
        let task = Task::PostmortemDue { incident_id: owed.incident.clone(), due_at: owed.due_at.into() };
        let (_, row) = outbox::put_once(&owed.site, &name, task, None, now)?;
        db.batch(vec![row, incident_life::remind_no_more(&owed)]).await?;
    }
    Ok(())
}

async fn move_work(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for Due { site, work } in maintenances::due(db, now).await? {
        let desk = desk(db, &site, now).await?;
        let Some(change) = planned_work::tick(&site, &desk.site, work, now)? else { continue };
        match change.commit(env, db, now).await {
            // Somebody was faster; the next minute looks again.
            Err(error) if error.is_conflict() => {}
            outcome => outcome?,
        }
    }
    Ok(())
}
