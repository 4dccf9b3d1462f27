//! What happens after writes and by the clock. Everything here may run twice and changes nothing the second time.

pub(crate) mod deliver;
mod files;
mod incident_clock;
mod news;
pub(crate) mod pages;
mod ticket_clock;

use crate::cx::Cx;
use crate::error::ApiError;
use crate::incident_desk::Acting;
use crate::store::outbox::{self, Entry, Task};
use crate::store::{Db, events, idempotency, incidents, measurement, sessions, telegram};
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use news::Done;
use std::collections::VecDeque;
use worker::Env;

/// The cron's minute. A part that fails is logged and does not keep the others from running.
pub(crate) async fn run_due(env: &Env, now: Timestamp) {
    let databases = match Db::every(env) {
        Ok(databases) => databases,
        Err(error) => return worker::console_error!("no database: {error:?}"),
    };
    for db in databases {
        // Boxed, so that this waits at one place; nothing begins before it is waited for.
        let parts: [(&str, Acting<'_, ()>); 9] = [
            // First, so that nothing that people wait for depends on how many clocks are due.
            ("outbox", Box::pin(perform_due(env, &db, now))),
            ("pages", Box::pin(pages::sweep(&db, now))),
            ("clocks", Box::pin(ticket_clock::sweep(&db, now))),
            ("incidents", Box::pin(incident_clock::sweep(env, &db, now))),
            // Again for what the clocks had to tell.
            ("news", Box::pin(perform_due(env, &db, now))),
            ("deliveries", Box::pin(deliver::sweep(env, &db, now))),
            ("notices", Box::pin(end_stale_notices(env, &db, now))),
            ("retention", Box::pin(forget_old(&db, now))),
            ("files", Box::pin(files::forget_unattached(env, &db, now))),
        ];
        for (name, part) in parts {
            if let Err(error) = part.await {
                worker::console_error!("{name}: {error:?}");
            }
        }
    }
}

async fn perform_due(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for entry in outbox::due(db, now).await? {
        let mut waiting = VecDeque::from([entry]);
        while let Some(entry) = waiting.pop_front() {
            waiting.extend(attempt(env, db, &entry, now).await?);
        }
    }
    Ok(())
}

/// One attempt: done is forgotten, failed is postponed. Gives what follows from it, to be attempted next.
async fn attempt(env: &Env, db: &Db, entry: &Entry, now: Timestamp) -> Result<Vec<Entry>, ApiError> {
    match news::perform(env, db, entry, now).await {
        Ok(Done::Row(follows)) => Ok(follows),
        Ok(Done::Task(follows)) => outbox::done(db, entry).await.map(|()| follows),
        Err(error) => {
            worker::console_error!("{}: {error:?}", entry.payload.kind());
            outbox::postpone(db, entry, error.retry_after_seconds(), now).await.map(|()| Vec::new())
        }
    }
}

/// The first attempt, before the answer goes out: whoever changed something sees it published.
pub(crate) async fn attempt_now(cx: &Cx, db: &Db, entries: &[Entry]) -> Result<(), ApiError> {
    attempt_each(&cx.env, db, entries, cx.now).await
}

/// The same where nobody waits for an answer. News waits until after it: whoever is told may be slow to listen.
pub(crate) async fn attempt_each(env: &Env, db: &Db, entries: &[Entry], now: Timestamp) -> Result<(), ApiError> {
    for entry in entries.iter().filter(|entry| entry.payload.event().is_none()) {
        attempt(env, db, entry, now).await?;
    }
    Ok(())
}

/// The first attempt, after the answer went out. When it does not come to it, the cron finds the row.
pub(crate) fn attempt_after_answer(cx: &Cx, entry: Entry) {
    attempt_in_order_after_answer(cx, vec![entry]);
}

/// The same for several, one after the other.
pub(crate) fn attempt_in_order_after_answer(cx: &Cx, entries: Vec<Entry>) {
    let env = cx.env.clone();
    let now = cx.now;
    cx.context.wait_until(async move {
        for entry in entries {
            if let Err(error) = first_attempt(&env, &entry, now).await {
                worker::console_error!("{}: {error:?}", entry.payload.kind());
            }
        }
    });
}

/// The first attempt at a row, at what it tells, and at what follows from it.
async fn first_attempt(env: &Env, entry: &Entry, now: Timestamp) -> Result<(), ApiError> {
    let site = news::site_of(entry)?;
    let db = Db::of(env, &site)?;
    let mut waiting = VecDeque::from([entry.clone()]);
    while let Some(entry) = waiting.pop_front() {
        waiting.extend(attempt(env, &db, &entry, now).await?);
        if entry.payload.event().is_some() {
            deliver::event(env, &db, &site, &entry.event_id(), now).await?;
        }
    }
    Ok(())
}

/// What follows from a change of a ticket, before the answer goes out: its clocks are as they should be when it is read.
/// The change is stored; should this fail, the cron finds the ticket and the rows.
pub(crate) async fn follow_up_now(cx: &Cx, db: &Db, site: &SiteId, ticket: &TicketId, entries: Vec<Entry>) {
    if let Err(error) = ticket_clock::attend(db, site, ticket, cx.now).await {
        worker::console_error!("clocks of {ticket}: {error:?}");
    }
    for entry in entries {
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
    for entry in entries {
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
    let mut queries = vec![idempotency::forget_old(now), sessions::forget_ended(now), measurement::forget_old(now)];
    queries.push(telegram::forget_old(now));
    queries.extend(events::forget_old(now));
    db.batch(queries).await.map(drop)
}
