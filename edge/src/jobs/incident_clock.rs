//! What time alone does about incidents: reminders to say something (I4) and to write a post-mortem (I6), planned work
//! that begins and ends (I8). Whatever is done twice is there once: rows of the outbox bear names that follow from what
//! was due, and each change asks for what it was decided on.

use crate::error::ApiError;
use crate::incident_desk::{Acting, Desk};
use crate::planned_work;
use crate::store::incident_life::Owed;
use crate::store::incidents::Author;
use crate::store::maintenances::Due;
use crate::store::outbox::{self, Task};
use crate::store::{Db, incident_life, maintenances};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use worker::Env;

/// One run of the cron. One thing that fails is logged and does not keep the others from being done, of whichever site.
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
        log("an update that is due", remind_of_update(db, &owed, now).await);
    }
    Ok(())
}

async fn remind_of_update(db: &Db, owed: &Owed, now: Timestamp) -> Result<(), ApiError> {
    let due_at = Timestamp::from(owed.due_at);
    let every = desk(db, &owed.site, now).await?.site.policy.incidents.update_every(owed.severity).as_millis().max(1);
    // After an outage of our own one reminder is enough: the next is due in the future.
    let missed = (now.as_millis() - due_at.as_millis()) / every + 1;
    let next = due_at.plus_millis(missed.saturating_mul(every));
    let name = format!("{}|{}|update due|{}", owed.site, owed.incident, due_at.as_millis());
    let task = Task::IncidentUpdateDue { incident_id: owed.incident.clone(), due_at };
    let (_, row) = outbox::put_once(&owed.site, &name, task, None, now)?;
    db.batch(vec![row, incident_life::remind_again(owed, next)]).await.map(drop)
}

async fn remind_of_postmortems(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for owed in incident_life::unexplained(db, now).await? {
        log("a post-mortem that is due", remind_of_postmortem(db, &owed, now).await);
    }
    Ok(())
}

async fn remind_of_postmortem(db: &Db, owed: &Owed, now: Timestamp) -> Result<(), ApiError> {
    let name = format!("{}|{}|postmortem due", owed.site, owed.incident);
    let task = Task::PostmortemDue { incident_id: owed.incident.clone(), due_at: owed.due_at.into() };
    let (_, row) = outbox::put_once(&owed.site, &name, task, None, now)?;
    db.batch(vec![row, incident_life::remind_no_more(owed)]).await.map(drop)
}

async fn move_work(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for due in maintenances::due(db, now).await? {
        log("planned work", take_step(env, db, due, now).await);
    }
    Ok(())
}

async fn take_step(env: &Env, db: &Db, due: Due, now: Timestamp) -> Result<(), ApiError> {
    let Due { site, work } = due;
    let desk = desk(db, &site, now).await?;
    let Some(change) = planned_work::tick(&site, &desk.site, work, now)? else { return Ok(()) };
    match change.commit(env, db, now).await {
        // Somebody was faster; the next minute looks again.
        Err(error) if error.is_conflict() => Ok(()),
        outcome => outcome,
    }
}

fn log(what: &str, outcome: Result<(), ApiError>) {
    if let Err(error) = outcome {
        worker::console_error!("{what}: {error:?}");
    }
}
