//! The courier's rows and its minute: news becomes deliveries, deliveries are attempted, pages climb.

use super::news::{self, Done};
use super::{Parts, deliver, digests, pages, run_parts, settle, site_of, subscribers};
use crate::cx::Cx;
use crate::error::ApiError;
use crate::platform::Clock;
use crate::store::outbox::{self, Entry, Of};
use crate::store::{Db, answer_mails, events, subscribers as rows, telegram};
use buoy_shared::time::Timestamp;
use std::collections::VecDeque;
use worker::Env;

/// The cron's minute.
pub(crate) async fn run_due(env: &Env, now: Timestamp) {
    run_parts(env, parts, now).await;
}

/// One clock for all: what one part writes down is due for the next.
fn parts<'a>(env: &'a Env, db: &'a Db, clock: Clock) -> Parts<'a> {
    let now = clock.begin();
    vec![
        ("pages", Box::pin(pages::sweep(db, now))),
        ("digests", Box::pin(digests::sweep(db, now))),
        ("news", Box::pin(perform_due(env, db, Of::News, clock))),
        ("deliveries", Box::pin(deliver::sweep(env, db, clock))),
        ("readers", Box::pin(subscribers::sweep(env, db, clock))),
        // Last: while Telegram or the mail service hangs, only theirs waits.
        ("mails", Box::pin(perform_due(env, db, Of::Mails, clock))),
        ("calls", Box::pin(perform_due(env, db, Of::Calls, clock))),
        ("retention", Box::pin(forget_old(db, now))),
    ]
}

/// How long one kind of rows may take of a run, in seconds; the next minute goes on.
const PATIENCE_SECONDS: i64 = 20;
/// Attempts at a mail or a bot's call until it is given up: most of a day.
const CALL_ATTEMPTS_MAX: u32 = 24;

async fn perform_due(env: &Env, db: &Db, of: Of, clock: Clock) -> Result<(), ApiError> {
    let until = clock.seconds() + PATIENCE_SECONDS;
    for entry in outbox::due(db, of, clock.now()).await? {
        if clock.seconds() >= until {
            break;
        }
        let mut waiting = VecDeque::from([entry]);
        while let Some(entry) = waiting.pop_front() {
            let follows = attempt(env, db, &entry, clock.now()).await?;
            // What somebody outside answers has its own part of the run.
            waiting.extend(follows.into_iter().filter(|entry| !entry.payload.calls_outside()));
        }
    }
    Ok(())
}

/// One attempt. Gives what follows from it, to be attempted next.
async fn attempt(env: &Env, db: &Db, entry: &Entry, now: Timestamp) -> Result<Vec<Entry>, ApiError> {
    if entry.payload.calls_outside() {
        if entry.attempts >= CALL_ATTEMPTS_MAX {
            worker::console_error!("{} is given up after {} attempts", entry.payload.kind(), entry.attempts);
            return outbox::done(db, entry).await.map(|()| Vec::new());
        }
        if !outbox::take(db, entry, now).await? {
            return Ok(Vec::new());
        }
    }
    match news::perform(env, db, entry, now).await {
        Ok(Done::Row(follows)) => Ok(follows),
        Ok(Done::Task(follows)) => settle(db, entry, Ok(()), now).await.map(|()| follows),
        Err(error) => settle(db, entry, Err(error), now).await.map(|()| Vec::new()),
    }
}

/// The first attempt at rows, after the answer went out, one after the other: whoever is told may be slow to listen. What
/// is the front worker's is left to it.
pub(crate) fn after_answer(cx: &Cx, entries: Vec<Entry>) {
    let (left, news): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.payload.is_the_fronts());
    cx.leave(left.into_iter());
    let (env, clock) = (cx.env.clone(), Clock::from(cx.now));
    cx.context.wait_until(async move {
        for entry in news {
            if let Err(error) = first_attempt(&env, &entry, clock).await {
                worker::console_error!("{}: {error:?}", entry.payload.kind());
            }
        }
    });
}

/// The first attempt at a row, at what it tells, and at what follows from it.
async fn first_attempt(env: &Env, entry: &Entry, clock: Clock) -> Result<(), ApiError> {
    let site = site_of(entry)?;
    let db = Db::of(env, &site)?;
    let mut waiting = VecDeque::from([entry.clone()]);
    while let Some(entry) = waiting.pop_front() {
        waiting.extend(attempt(env, &db, &entry, clock.now()).await?);
        if entry.payload.event().is_some() {
            deliver::event(env, &db, &site, &entry.event_id(), clock.now()).await?;
            subscribers::event(env, &db, &site, &entry.event_id(), clock).await?;
        }
    }
    Ok(())
}

async fn forget_old(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let mut queries = vec![telegram::forget_old(now), outbox::forget_waiting(), answer_mails::forget_old(now)];
    queries.extend(events::forget_old(now));
    queries.extend(rows::forget_old(now));
    db.batch(queries).await.map(drop)
}
