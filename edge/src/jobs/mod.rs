//! What happens after writes and by the clock. Everything here may run twice and changes nothing the second time.

mod files;
mod incident_clock;
mod ticket_clock;

use crate::cx::Cx;
use crate::durable::thread;
use crate::error::ApiError;
use crate::snapshot;
use crate::store::outbox::{self, Entry, Task};
use crate::store::{Db, idempotency, incidents, measurement, sessions};
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use worker::Env;

/// The cron's minute. A part that fails is logged and does not keep the others from running.
pub(crate) async fn run_due(env: &Env, now: Timestamp) {
    let databases = match Db::every(env) {
        Ok(databases) => databases,
        Err(error) => return worker::console_error!("no database: {error:?}"),
    };
    for db in databases {
        for (name, outcome) in [
            // First, so that nothing that people wait for depends on how many clocks are due.
            ("outbox", deliver_due(env, &db, now).await),
            ("clocks", ticket_clock::sweep(&db, now).await),
            ("incidents", incident_clock::sweep(env, &db, now).await),
            ("notices", end_stale_notices(env, &db, now).await),
            ("retention", forget_old(&db, now).await),
            ("files", files::forget_unattached(env, &db, now).await),
        ] {
            if let Err(error) = outcome {
                worker::console_error!("{name}: {error:?}");
            }
        }
    }
}

async fn deliver_due(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for entry in outbox::due(db, now).await? {
        attempt(env, db, &entry, now).await?;
    }
    Ok(())
}

/// One attempt: done is forgotten, failed is postponed.
async fn attempt(env: &Env, db: &Db, entry: &Entry, now: Timestamp) -> Result<(), ApiError> {
    match perform(env, entry).await {
        Ok(()) => outbox::done(db, entry).await,
        Err(error) => {
            worker::console_error!("{:?}: {error:?}", entry.payload);
            outbox::postpone(db, entry, now).await
        }
    }
}

async fn perform(env: &Env, entry: &Entry) -> Result<(), ApiError> {
    let site = SiteId::parse(&entry.site_id).map_err(|_| ApiError::internal("an outbox row of no site"))?;
    match &entry.payload {
        Task::PublishSite => snapshot::publish_site(env, &site).await,
        Task::PublishIndex { locale } => snapshot::publish_index(env, &site, locale).await,
        Task::NotifyThread { ticket_id } => {
            let ticket = TicketId::parse(ticket_id).map_err(|_| ApiError::internal("an outbox row of no ticket"))?;
            thread::notify(env, &site, &ticket).await
        }
        // For people: they wait for a channel and are never due (see `store::outbox`).
        _ => Err(ApiError::internal("no channel carries this yet")),
    }
}

/// The first attempt, before the answer goes out: whoever changed something sees it published.
pub(crate) async fn attempt_now(cx: &Cx, db: &Db, entries: &[Entry]) -> Result<(), ApiError> {
    attempt_each(&cx.env, db, entries, cx.now).await
}

/// The same where nobody waits for an answer.
pub(crate) async fn attempt_each(env: &Env, db: &Db, entries: &[Entry], now: Timestamp) -> Result<(), ApiError> {
    for entry in entries.iter().filter(|entry| entry.payload.is_ours()) {
        attempt(env, db, entry, now).await?;
    }
    Ok(())
}

/// The first attempt, after the answer went out. When it does not come to it, the cron finds the row.
pub(crate) fn attempt_after_answer(cx: &Cx, entry: Entry) {
    let env = cx.env.clone();
    let now = cx.now;
    cx.context.wait_until(async move {
        let outcome = match SiteId::parse(&entry.site_id).map(|site| Db::of(&env, &site)) {
            Ok(Ok(db)) => attempt(&env, &db, &entry, now).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ApiError::internal("an outbox row of no site")),
        };
        if let Err(error) = outcome {
            worker::console_error!("{:?}: {error:?}", entry.payload);
        }
    });
}

/// What follows from a change of a ticket, before the answer goes out: its clocks are as they should be when it is read.
/// The change is stored; should this fail, the cron finds the ticket and the rows.
pub(crate) async fn follow_up_now(cx: &Cx, db: &Db, site: &SiteId, ticket: &TicketId, entries: Vec<Entry>) {
    if let Err(error) = ticket_clock::attend(db, site, ticket, cx.now).await {
        worker::console_error!("clocks of {ticket}: {error:?}");
    }
    for entry in entries.into_iter().filter(|entry| entry.payload.is_ours()) {
        attempt_after_answer(cx, entry);
    }
}

/// The same after the answer; should it not come to it, the cron finds the ticket and the rows.
pub(crate) fn follow_up(cx: &Cx, site: &SiteId, ticket: &TicketId, entries: Vec<Entry>) {
    let (env, site, ticket, now) = (cx.env.clone(), site.clone(), ticket.clone(), cx.now);
    cx.context.wait_until(async move {
        let outcome = match Db::of(&env, &site) {
            Ok(db) => ticket_clock::attend(&db, &site, &ticket, now).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            worker::console_error!("clocks of {ticket}: {error:?}");
        }
    });
    for entry in entries.into_iter().filter(|entry| entry.payload.is_ours()) {
        attempt_after_answer(cx, entry);
    }
}

/// Pages are told of an end for a while; then the snapshots are published without it.
async fn end_stale_notices(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for site in incidents::sites_with_stale_notices(db, now).await? {
        let (entry, task) = outbox::put(&site, Task::PublishSite, now)?;
        let mut queries = vec![task];
        queries.extend(incidents::clear_notices(&site, now));
        db.batch(queries).await?;
        attempt(env, db, &entry, now).await?;
    }
    Ok(())
}

async fn forget_old(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    db.batch(vec![idempotency::forget_old(now), sessions::forget_ended(now), measurement::forget_old(now)])
        .await
        .map(drop)
}
