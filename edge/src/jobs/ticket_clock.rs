//! What time alone does to tickets: warnings, breaches, changes of hands (P1, P2), silence after an automatic answer (R3),
//! closing after quiet days (T2).
//!
//! One function looks at one ticket: it computes the clocks again from the ticket's facts, does what is due, and notes
//! when to look next. It runs from the cron for what is due, and right after a change. Twice is as good as once: the
//! batch happens only if the ticket has the version that was looked at, and every act is a fact under a name that
//! follows from the promise it is about.

mod acts;

use crate::error::ApiError;
use crate::handlers::intake::Around;
use crate::store::changes::Change;
use crate::store::clock::{self, Timed};
use crate::store::sites::{self, Site};
use crate::store::{Db, Query, filing};
use acts::Look;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;

/// Tickets that are read at once.
const READ_MAX: u32 = 100;
/// Reads of one run: more tickets than this are due at once only after an outage, and the next minute goes on.
const READS_MAX: u8 = 10;
/// Tickets that are written in one batch.
const BATCH_TICKETS_MAX: usize = 20;
/// How long a ticket waits that could not be looked at, in seconds.
const PUT_OFF_SECONDS: i64 = 600;

/// The cron's part: everything that is due.
pub(crate) async fn sweep(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for _ in 0..READS_MAX {
        let due = clock::due(db, now, READ_MAX).await?;
        let is_last = due.len() < READ_MAX as usize;
        for tickets in due.chunks(BATCH_TICKETS_MAX) {
            if let Err(error) = look_at(db, tickets, now).await {
                worker::console_error!("clocks of {} tickets: {error:?}", tickets.len());
                one_by_one(db, tickets, now).await?;
            }
        }
        if is_last {
            break;
        }
    }
    Ok(())
}

/// One ticket, after it was changed.
pub(crate) async fn attend(db: &Db, site: &SiteId, ticket: &TicketId, now: Timestamp) -> Result<(), ApiError> {
    match clock::one(db, site, ticket).await? {
        Some(timed) => look_at(db, std::slice::from_ref(&timed), now).await,
        None => Ok(()),
    }
}

/// Looks at each for itself, and lets the one that cannot be looked at wait.
async fn one_by_one(db: &Db, tickets: &[Timed], now: Timestamp) -> Result<(), ApiError> {
    for timed in tickets {
        if let Err(error) = look_at(db, std::slice::from_ref(timed), now).await {
            worker::console_error!("clock of {}: {error:?}", timed.id);
            db.run(clock::put_off(&timed.site, &timed.id, now.plus_seconds(PUT_OFF_SECONDS))).await?;
        }
    }
    Ok(())
}

/// Looks at some tickets, and writes what came of it as one batch.
async fn look_at(db: &Db, tickets: &[Timed], now: Timestamp) -> Result<(), ApiError> {
    let mut queries = Vec::with_capacity(tickets.len() * 2);
    let mut known: Option<(SiteId, Site)> = None;
    for timed in tickets {
        if known.as_ref().is_none_or(|(id, _)| *id != timed.site) {
            let site = sites::find(db, &timed.site).await?;
            known = site.map(|site| (timed.site.clone(), site));
        }
        match &known {
            Some((_, site)) => queries.extend(look(db, site, timed, now).await?),
            // A site that is gone owes nothing any more.
            None => queries.push(clock::put_off(&timed.site, &timed.id, Timestamp::MAX)),
        }
    }
    db.batch(queries).await.map(drop)
}

/// Looks at one; gives the statements.
async fn look(db: &Db, site: &Site, timed: &Timed, now: Timestamp) -> Result<Vec<Query>, ApiError> {
    let looked = Look::at(&site.policy, timed, now);
    let around = if looked.needs_person() { around(db, timed).await? } else { Around::default() };
    let acts = looked.acts(&around);
    let standing = looked.standing(&acts);
    if acts.is_empty() {
        return Ok(vec![clock::note(&timed.site, &timed.id, timed.version, &standing)]);
    }
    let change = Change {
        site: &timed.site,
        ticket: &timed.id,
        version: timed.version,
        quiet: acts.fields.status.is_none(),
        fields: acts.fields,
        facts: acts.facts,
        tell: acts.tell,
        now,
    };
    let (mut queries, _) = change.statements()?;
    queries.push(clock::note(&timed.site, &timed.id, timed.version + 1, &standing));
    Ok(queries)
}

async fn around(db: &Db, timed: &Timed) -> Result<Around, ApiError> {
    let results = db.batch(vec![filing::related_to(&timed.site, &timed.id), filing::members(&timed.site)]).await?;
    Around::read(results.first(), results.get(1))
}
