//! What happens after writes and by the clock. Everything here may run twice and changes nothing the second time.
//!
//! Each worker has its rows of the outbox: pages and live lines are the front worker's, news is the courier's.

mod answer_mails;
pub(crate) mod courier;
pub(crate) mod deliver;
mod digests;
mod files;
pub(crate) mod front;
mod incident_clock;
mod news;
pub(crate) mod pages;
mod subscribers;
mod ticket_clock;

#[cfg(feature = "test-clock")]
pub(crate) use ticket_clock::attend_woken;

use crate::cx::Cx;
use crate::error::ApiError;
use crate::platform::Clock;
use crate::snapshot;
use crate::store::Db;
use crate::store::outbox::{self, Entry, Task};
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use worker::Env;

/// The site of a row.
pub(crate) fn site_of(entry: &Entry) -> Result<SiteId, ApiError> {
    SiteId::parse(&entry.site_id).map_err(|_| ApiError::internal("an outbox row of no site"))
}

/// Notes what came of an attempt: done is forgotten, failed is postponed.
async fn settle(db: &Db, entry: &Entry, outcome: Result<(), ApiError>, now: Timestamp) -> Result<(), ApiError> {
    match outcome {
        Ok(()) => outbox::done(db, entry).await,
        Err(error) => {
            worker::console_error!("{}: {error:?}", entry.payload.kind());
            outbox::postpone(db, entry, error.retry_after_seconds(), now).await
        }
    }
}

/// Publishes the sites that rows ask to publish, before the answer goes out: whoever changed something sees it published.
/// Both workers can: an incident is declared on a page as well as in a chat.
pub(crate) async fn publish_now(env: &Env, db: &Db, entries: &[Entry], now: Timestamp) -> Result<(), ApiError> {
    for entry in entries.iter().filter(|entry| entry.payload == Task::PublishSite {}) {
        let outcome = snapshot::publish_site(env, &site_of(entry)?).await;
        settle(db, entry, outcome, now).await?;
    }
    Ok(())
}

/// The first attempt, after the answer went out. When it does not come to it, the cron finds the row.
pub(crate) fn attempt_after_answer(cx: &Cx, entry: Entry) {
    attempt_in_order_after_answer(cx, vec![entry]);
}

/// The same for several, one after the other.
pub(crate) fn attempt_in_order_after_answer(cx: &Cx, entries: Vec<Entry>) {
    if !entries.is_empty() {
        (cx.part.after_answer)(cx, entries);
    }
}

/// What follows from a change of a ticket, before the answer goes out: its clocks are as they should be when it is read.
/// The change is stored; should this fail, the cron finds the ticket and the rows.
pub(crate) async fn follow_up_now(cx: &Cx, db: &Db, site: &SiteId, ticket: &TicketId, entries: Vec<Entry>) {
    if let Err(error) = ticket_clock::attend(db, site, ticket, cx.now).await {
        worker::console_error!("clocks of {ticket}: {error:?}");
    }
    attempt_in_order_after_answer(cx, entries);
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
    attempt_in_order_after_answer(cx, entries);
}

/// Runs a worker's parts of the minute on every database. A part that fails is logged and does not keep the others from
/// running.
async fn run_parts(env: &Env, parts: for<'a> fn(&'a Env, &'a Db, Clock) -> Parts<'a>, now: Timestamp) {
    let clock = Clock::from(now);
    let databases = match Db::every(env) {
        Ok(databases) => databases,
        Err(error) => return worker::console_error!("no database: {error:?}"),
    };
    for db in databases {
        for (name, part) in parts(env, &db, clock) {
            if let Err(error) = part.await {
                worker::console_error!("{name}: {error:?}");
            }
        }
    }
}

/// What a worker does each minute, in order. Boxed, so that it is waited for at one place; nothing begins before.
type Parts<'a> = Vec<(&'static str, crate::incident_desk::Acting<'a, ()>)>;
