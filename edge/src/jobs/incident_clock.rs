//! What time alone does about incidents: reminders to say something (I4) and to write a post-mortem (I6), planned work
//! that begins and ends (I8). Whatever is done twice is there once: rows of the outbox bear names that follow from what
//! was due, and each change asks for what it was decided on.

use crate::error::ApiError;
use crate::planned_work;
use crate::store::outbox::{self, Task};
use crate::store::{Db, incident_life, maintenances, sites};
use buoy_shared::time::Timestamp;
use worker::Env;

/// One run of the cron. One thing that fails does not keep the others from being done.
pub(super) async fn sweep(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let outcomes =
        [remind_of_updates(db, now).await, remind_of_postmortems(db, now).await, move_work(env, db, now).await];
    outcomes.into_iter().collect()
}

async fn remind_of_updates(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for owed in incident_life::silent(db, now).await? {
        let due_at = Timestamp::from(owed.due_at);
        let Some(site) = sites::find(db, &owed.site).await? else { continue };
        let every = site.policy.incidents.update_every(owed.severity).as_millis().max(1);
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
    for (site_id, work) in maintenances::due(db, now).await? {
        let Some(site) = sites::find(db, &site_id).await? else { continue };
        let Some(change) = planned_work::tick(&site_id, &site, work, now)? else { continue };
        match change.run(env, db, now).await {
            // Somebody was faster; the next minute looks again.
            Err(error) if error.is_conflict() => {}
            outcome => drop(outcome?),
        }
    }
    Ok(())
}
