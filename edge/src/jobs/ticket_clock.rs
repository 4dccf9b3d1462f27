//! What time alone does to tickets: warnings, breaches, changes of hands (P1, P2), silence after an automatic answer (R3),
//! closing after quiet days (T2).
//!
//! One function looks at one ticket: it computes the clocks again from the ticket's facts, does what is due, and notes
//! when to look next. It runs from the cron for what is due, and right after a change. Twice is as good as once: the
//! batch happens only if the ticket has the version that was looked at, and every act is a fact under a name that
//! follows from the promise it is about.

mod acts;
mod history;
mod ladder;
mod run;

use crate::error::ApiError;
use crate::hands::Around;
use crate::store::changes::{Change, Wakes};
use crate::store::clock::{self, Timed};
use crate::store::sites::Site;
use crate::store::{Db, Query, instant};
use acts::Look;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use run::Run;

/// Tickets that are read at once.
const READ_MAX: u32 = 100;
/// Reads of one run: more tickets than this are due at once only after an outage, and the next minute goes on.
const READS_MAX: u8 = 10;
/// Tickets that are written in one batch.
const BATCH_TICKETS_MAX: usize = 20;
/// Statements after which a run begins no further batch. The platform takes 1,000 of one invocation, each of a batch for
/// itself; the batch that was begun may need 220 more (twenty sites and their teams, and of each ticket the customer's
/// others, facts, notices, change and note), and the rest is for the other jobs of the minute.
const STATEMENTS_MAX: usize = 600;
/// How long a ticket waits that could not be looked at, in seconds.
const PUT_OFF_SECONDS: i64 = 600;

/// The cron's part: everything that is due, as far as one run may go.
pub(crate) async fn sweep(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let mut run = Run::new(db, now);
    for _ in 0..READS_MAX {
        let due = run.due(READ_MAX).await?;
        for tickets in due.chunks(BATCH_TICKETS_MAX) {
            if run.statements() >= STATEMENTS_MAX {
                worker::console_log!("clocks: more is due than one run may look at; the next minute goes on");
                return Ok(());
            }
            if let Err(error) = look_at(&mut run, tickets).await {
                worker::console_error!("clocks of {} tickets: {error:?}", tickets.len());
                one_by_one(&mut run, tickets).await?;
            }
        }
        if due.len() < READ_MAX as usize {
            break;
        }
    }
    Ok(())
}

/// One ticket, after it was changed.
pub(crate) async fn attend(db: &Db, site: &SiteId, ticket: &TicketId, now: Timestamp) -> Result<(), ApiError> {
    match clock::one(db, site, ticket).await? {
        Some(timed) => look_at(&mut Run::new(db, now), std::slice::from_ref(&timed)).await,
        None => Ok(()),
    }
}

/// The same of a ticket that somebody wakes between the look at it and what is written of it.
#[cfg(feature = "test-clock")]
pub(crate) async fn attend_woken(db: &Db, site: &SiteId, ticket: &TicketId, now: Timestamp) -> Result<(), ApiError> {
    let Some(timed) = clock::one(db, site, ticket).await? else { return Ok(()) };
    db.batch(clock::wake(site, now.plus_millis(1)).into()).await?;
    look_at(&mut Run::new(db, now), std::slice::from_ref(&timed)).await
}

/// Looks at each for itself, and lets the one that cannot be looked at wait.
async fn one_by_one(run: &mut Run<'_>, tickets: &[Timed]) -> Result<(), ApiError> {
    for timed in tickets {
        if let Err(error) = look_at(run, std::slice::from_ref(timed)).await {
            worker::console_error!("clock of {}: {error:?}", timed.id);
            let later = run.now().plus_seconds(PUT_OFF_SECONDS);
            run.write(vec![clock::put_off(timed, later)]).await?;
        }
    }
    Ok(())
}

/// Looks at some tickets, and writes what came of it as one batch.
async fn look_at(run: &mut Run<'_>, tickets: &[Timed]) -> Result<(), ApiError> {
    let mut queries = Vec::with_capacity(tickets.len() * 2);
    for timed in tickets {
        match run.site(&timed.site).await? {
            Some(site) => queries.extend(look(run, &site, timed).await?),
            // A site that is gone owes nothing any more.
            None => queries.push(clock::put_off(timed, Timestamp::MAX)),
        }
    }
    run.write(queries).await
}

/// Looks at one; gives the statements.
async fn look(run: &mut Run<'_>, site: &Site, timed: &Timed) -> Result<Vec<Query>, ApiError> {
    let looked = Look::at(&site.policy, timed, run.now());
    let around = if looked.needs_person() { run.around(timed).await? } else { Around::default() };
    let acts = looked.acts(&around);
    let standing = looked.standing(&acts);
    let seen = instant(timed.next_due_at);
    if acts.is_empty() {
        return Ok(vec![clock::note(&timed.site, &timed.id, timed.version, seen, &standing)]);
    }
    if let Some(Some(to)) = &acts.fields.assignee_id {
        run.gave(&timed.site, timed.assignee.as_deref(), to);
    }
    let change = Change {
        site: &timed.site,
        ticket: &timed.id,
        version: timed.version,
        quiet: acts.fields.status.is_none(),
        wakes: Wakes::Seen(seen),
        fields: acts.fields,
        facts: acts.facts,
        tell: acts.tell,
        now: run.now(),
    };
    let (mut queries, _) = change.statements()?;
    // The change has set the time to now, unless the ticket was woken.
    queries.push(clock::note(&timed.site, &timed.id, timed.version + 1, Some(run.now()), &standing));
    Ok(queries)
}
