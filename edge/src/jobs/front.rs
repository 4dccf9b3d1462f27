//! The front worker's rows and its minute: what is published, live lines, clocks, retention.

use super::{Parts, files, incident_clock, run_parts, settle, site_of, ticket_clock};
use crate::cx::Cx;
use crate::durable::thread;
use crate::error::ApiError;
use crate::platform::Clock;
use crate::snapshot;
use crate::store::outbox::{self, Entry, Of, Task};
use crate::store::{Db, idempotency, incidents, measurement, page_views, sessions};
use buoy_shared::id::TicketId;
use buoy_shared::time::Timestamp;
use worker::Env;

/// The cron's minute.
pub(crate) async fn run_due(env: &Env, now: Timestamp) {
    run_parts(env, parts, now).await;
}

fn parts<'a>(env: &'a Env, db: &'a Db, clock: Clock) -> Parts<'a> {
    let now = clock.begin();
    vec![
        // First, so that nothing that people wait for depends on how many clocks are due.
        ("outbox", Box::pin(perform_due(env, db, now))),
        ("clocks", Box::pin(ticket_clock::sweep(db, now))),
        ("incidents", Box::pin(incident_clock::sweep(env, db, now))),
        ("notices", Box::pin(end_stale_notices(env, db, now))),
        ("indexes", Box::pin(snapshot::renew_indexes(db, now))),
        ("retention", Box::pin(forget_old(db, now))),
        ("files", Box::pin(files::forget_unattached(env, db, now))),
    ]
}

async fn perform_due(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for entry in outbox::due(db, Of::Front, now).await? {
        attempt(env, db, &entry, now).await?;
    }
    Ok(())
}

async fn attempt(env: &Env, db: &Db, entry: &Entry, now: Timestamp) -> Result<(), ApiError> {
    let outcome = perform(env, entry).await;
    settle(db, entry, outcome, now).await
}

/// Does what a row asks for; may be done twice.
async fn perform(env: &Env, entry: &Entry) -> Result<(), ApiError> {
    let site = site_of(entry)?;
    match &entry.payload {
        Task::PublishSite {} => snapshot::publish_site(env, &site).await,
        Task::PublishIndex { locale, .. } => snapshot::publish_index(env, &site, locale).await,
        Task::NotifyThread { ticket_id } => {
            let ticket = TicketId::parse(ticket_id).map_err(|_| ApiError::internal("an outbox row of no ticket"))?;
            thread::notify(env, &site, &ticket).await
        }
        _ => Err(ApiError::internal("a row of the courier's")),
    }
}

/// The first attempt at what is published, before the answer goes out: whoever changed something sees it.
pub(crate) async fn attempt_now(cx: &Cx, db: &Db, entries: &[Entry]) -> Result<(), ApiError> {
    for entry in entries.iter().filter(|entry| entry.payload.is_the_fronts()) {
        attempt(&cx.env, db, entry, cx.now).await?;
    }
    Ok(())
}

/// The first attempt at rows of this worker, after the answer went out, one after the other.
pub(crate) fn after_answer(cx: &Cx, entries: Vec<Entry>) {
    if entries.is_empty() {
        return;
    }
    let (env, now) = (cx.env.clone(), cx.now);
    cx.context.wait_until(async move {
        for entry in entries {
            if let Err(error) = first_attempt(&env, &entry, now).await {
                worker::console_error!("{}: {error:?}", entry.payload.kind());
            }
        }
    });
}

async fn first_attempt(env: &Env, entry: &Entry, now: Timestamp) -> Result<(), ApiError> {
    let db = Db::of(env, &site_of(entry)?)?;
    attempt(env, &db, entry, now).await
}

/// Pages are told of an end for a while; then the snapshots are published without it.
async fn end_stale_notices(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for site in incidents::sites_with_stale_notices(db, now).await? {
        let (entry, task) = outbox::put(&site, Task::PublishSite {}, now)?;
        let mut queries = vec![task];
        queries.extend(incidents::clear_notices(&site, now));
        db.batch(queries).await?;
        attempt(env, db, &entry, now).await?;
    }
    Ok(())
}

async fn forget_old(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let counts = [measurement::forget_old(now), page_views::forget_old(now)];
    let mut queries = vec![idempotency::forget_old(now), sessions::forget_ended(now)];
    queries.extend(counts);
    db.batch(queries).await.map(drop)
}
