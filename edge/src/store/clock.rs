//! What the clock needs to know of tickets, and what it notes of them. The cron reads by the index of `next_due_at` and
//! nothing else, so its cost grows with what is due, not with what exists.

use super::{Db, Millis, Query, instant};
use crate::error::ApiError;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::ticket::{AuthorKind, AutoAnswerOutcome, Origin, TicketStatus};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Facts of one ticket that move its clocks and are looked at: a thread of years has fewer.
const CLOCK_FACTS_MAX: u32 = 2_000;

/// A ticket as the clock sees it.
#[derive(Debug, Deserialize)]
pub(crate) struct Timed {
    pub(crate) site: SiteId,
    pub(crate) id: TicketId,
    pub(crate) version: u32,
    pub(crate) status: TicketStatus,
    pub(crate) priority: String,
    pub(crate) category: String,
    pub(crate) tier: String,
    pub(crate) origin: Origin,
    pub(crate) queue: String,
    pub(crate) assignee: Option<String>,
    pub(crate) created_at: Millis,
    pub(crate) solved_at: Option<Millis>,
    pub(crate) outcome: Option<AutoAnswerOutcome>,
    pub(crate) breached: u8,
    /// When it was to be looked at: another time since then means that it was woken meanwhile.
    pub(crate) next_due_at: Option<Millis>,
    pub(crate) facts: Vec<ClockFact>,
}

/// A fact that moves a clock, or that says what was done.
#[derive(Debug, Deserialize)]
pub(crate) struct ClockFact {
    pub(crate) kind: String,
    pub(crate) actor: AuthorKind,
    pub(crate) data: serde_json::Value,
    pub(crate) at: Millis,
}

/// The columns of a [`Timed`] as JSON; ?2 is how many facts. Of two changes in one millisecond the version says which came
/// first.
macro_rules! timed_json {
    () => {
        "json_object('site', t.site_id, 'id', t.ticket_id, 'version', t.version, 'status', t.status, 'priority', t.priority, \
         'category', t.category, 'tier', t.tier, 'origin', t.origin, 'queue', t.queue, 'assignee', t.assignee_id, 'created_at', t.created_at, \
         'solved_at', t.solved_at, 'outcome', t.auto_answer_outcome, 'breached', t.breached, 'next_due_at', t.next_due_at, 'facts', (SELECT json_group_array(json(j)) FROM \
         (SELECT json_object('kind', e.kind, 'actor', e.actor_kind, 'data', json(e.data), 'at', e.created_at) AS j FROM ticket_events e \
         WHERE e.site_id = t.site_id AND e.ticket_id = t.ticket_id AND e.kind IN ('message.added', 'status.changed', 'priority.changed', \
         'category.changed', 'auto_answer.accepted', 'assigned', 'sla.warned', 'sla.breached', 'sla.reassigned', 'sla.nobody_free', 'escalated', \
         'ticket.created') ORDER BY e.created_at, e.version, e.event_id LIMIT ?2)))"
    };
}

/// The tickets that the clock must look at, the longest due first.
pub(crate) async fn due(db: &Db, now: Timestamp, limit: u32) -> Result<Vec<Timed>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(concat!(
        "SELECT ",
        timed_json!(),
        " AS j FROM tickets t WHERE t.next_due_at <= ?1 ORDER BY t.next_due_at LIMIT ?3"
    ))
    .time(now)
    .number(CLOCK_FACTS_MAX)
    .number(limit);
    db.run(query).await?.all()
}

/// One ticket.
pub(crate) async fn one(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Option<Timed>, ApiError> {
    let query =
        Query::new(concat!("SELECT ", timed_json!(), " AS j FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?3"))
            .site(site)
            .number(CLOCK_FACTS_MAX)
            .text(ticket.as_str());
    db.run(query).await?.first()
}

/// How a ticket's promises stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) first_response_due_at: Option<Timestamp>,
    pub(crate) resolution_due_at: Option<Timestamp>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) breached: bool,
    pub(crate) next_due_at: Option<Timestamp>,
}

/// Notes it, if the ticket has this version; else somebody changed it, and the clock looks again. So it does if the ticket was
/// woken since it was `seen` to be due. It is no change of the ticket: neither its version nor its place in a list moves.
pub(crate) fn note(
    site: &SiteId,
    ticket: &TicketId,
    version: u32,
    seen: Option<Timestamp>,
    standing: &Standing,
) -> Query {
    Query::new(
        "UPDATE tickets SET first_response_due_at = ?4, resolution_due_at = ?5, due_at = ?6, breached = ?7, \
         next_due_at = CASE WHEN next_due_at IS ?9 THEN ?8 ELSE next_due_at END \
         WHERE site_id = ?1 AND ticket_id = ?2 AND version = ?3",
    )
    .site(site)
    .text(ticket.as_str())
    .number(version)
    .maybe_time(standing.first_response_due_at)
    .maybe_time(standing.resolution_due_at)
    .maybe_time(standing.due_at)
    .flag(standing.breached)
    .maybe_time(standing.next_due_at)
    .maybe_time(seen)
}

/// Lets a ticket that could not be looked at wait, so that it does not keep others from being looked at; unless it was woken
/// since it was looked at.
pub(crate) fn put_off(timed: &Timed, until: Timestamp) -> Query {
    Query::new("UPDATE tickets SET next_due_at = ?3 WHERE site_id = ?1 AND ticket_id = ?2 AND next_due_at IS ?4")
        .site(&timed.site)
        .text(timed.id.as_str())
        .time(until)
        .maybe_time(instant(timed.next_due_at))
}

/// Tickets that are looked at because somebody came: more are found by their own next look.
const WOKEN_MAX: u32 = 500;

/// Has the clock look at once at what waits for a person, since there may be one now: at tickets that nobody has, and at
/// those whose promise is past (P2, R5). Both indexes are named, because the cost is to be that of what waits.
pub(crate) fn wake(site: &SiteId, now: Timestamp) -> [Query; 2] {
    let left = Query::new(
        "UPDATE tickets SET next_due_at = ?2 WHERE site_id = ?1 AND ticket_id IN (SELECT t.ticket_id FROM tickets t \
         INDEXED BY tickets_active_by_assignee WHERE t.site_id = ?1 AND t.assignee_id IS NULL \
         AND t.status IN ('open', 'in_progress', 'pending') AND coalesce(t.auto_answer_outcome, '') <> 'waiting' LIMIT ?3)",
    );
    let late = Query::new(
        "UPDATE tickets SET next_due_at = ?2 WHERE site_id = ?1 AND ticket_id IN (SELECT t.ticket_id FROM tickets t \
         INDEXED BY tickets_by_urgency WHERE t.site_id = ?1 AND coalesce(t.due_at, 253402300799999) < ?2 LIMIT ?3)",
    );
    [left, late].map(|query| query.site(site).time(now).number(WOKEN_MAX))
}
