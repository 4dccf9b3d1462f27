//! The team's list of tickets: by filters, the last changed or the most urgent first.
//!
//! SQLite does not use an index for a condition that may be absent, so the most telling filter that was given drives the
//! statement, and the others are conditions beside it.

use super::changes::{DeskRow, desk_json};
use super::staff::{RequesterRow, requester_json};
use super::tickets::{TicketRow, page, ticket_json};
use super::{Cursor, Db, Query, instant};
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::SiteId;
use buoy_shared::ticket::{AgentTicketSummary, TicketStatus};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// How far ahead a promise ends soon, in seconds: P1's warning.
const SOON_SECONDS: i64 = 30 * 60;

#[derive(Debug, Deserialize)]
struct SummaryRow {
    ticket: TicketRow,
    desk: DeskRow,
    requester: RequesterRow,
}

impl From<SummaryRow> for AgentTicketSummary {
    fn from(row: SummaryRow) -> Self {
        let SummaryRow { ticket, desk, requester } = row;
        Self {
            id: ticket.id,
            number: ticket.number,
            status: ticket.status,
            priority: ticket.priority,
            category: ticket.category,
            tier: ticket.tier,
            subject: ticket.subject,
            desk: desk.into(),
            requester: requester.into(),
            created_at: ticket.created_at.into(),
            updated_at: ticket.updated_at.into(),
            first_response_due_at: instant(ticket.first_response_due_at),
            first_responded_at: instant(ticket.first_responded_at),
        }
    }
}

/// How its promises stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlaState {
    /// One was missed.
    Breached,
    /// One ends within half an hour.
    DueSoon,
    /// Neither.
    Ok,
    /// Either of the first two: what the bot lists as near. The API has no word for it.
    Near,
}

impl SlaState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Breached => "breached",
            Self::DueSoon => "due_soon",
            Self::Ok => "ok",
            Self::Near => "near",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Breached, Self::DueSoon, Self::Ok].into_iter().find(|state| state.as_str() == word)
    }
}

/// Whose tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// This agent's.
    Agent(String),
    /// Nobody's.
    Nobody,
}

/// What to list; what is none is not asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) status: Option<TicketStatus>,
    pub(crate) priority: Option<String>,
    pub(crate) holder: Option<Holder>,
    pub(crate) queue: Option<String>,
    pub(crate) sla: Option<SlaState>,
    pub(crate) tag: Option<String>,
    /// Beginnings of folded words; each must occur.
    pub(crate) terms: Vec<String>,
    pub(crate) number: Option<u32>,
}

/// The statement for a driving condition and an order.
macro_rules! listing {
    ($driver:expr, $place:expr, $order:expr) => {
        concat!(
            "SELECT json_object('desk', json_object(",
            desk_json!(),
            "), 'ticket', json_object(",
            ticket_json!(),
            "), ",
            requester_json!(),
            ") AS j FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id WHERE ",
            $driver,
            $place,
            " AND (?5 IS NULL OR t.status = ?5) AND (?6 IS NULL OR t.priority = ?6) AND (?7 IS NULL OR t.assignee_id = ?7) \
             AND (?8 = 0 OR t.assignee_id IS NULL) AND (?9 IS NULL OR t.queue = ?9) \
             AND (?10 IS NULL OR EXISTS (SELECT 1 FROM json_each(t.tags) g WHERE g.value = ?10)) \
             AND (?11 IS NULL OR ?11 = CASE WHEN t.breached = 1 OR t.due_at < ?12 THEN 'breached' WHEN t.due_at < ?13 THEN 'due_soon' ELSE 'ok' END \
             OR ?11 = 'near' AND (t.breached = 1 OR t.due_at <= ?13)) \
             AND NOT EXISTS (SELECT 1 FROM json_each(?14) q WHERE NOT EXISTS (SELECT 1 FROM ticket_terms x WHERE x.site_id = ?1 \
             AND x.term >= q.value AND x.term < q.value || char(1114111) AND x.ticket_id = t.ticket_id)) \
             AND (?15 IS NULL OR t.number = ?15)",
            $order,
            " LIMIT ?4"
        )
    };
    ($driver:literal) => {
        listing!(
            $driver,
            " AND (t.updated_at, t.ticket_id) < (?2, ?3)",
            " ORDER BY t.updated_at DESC, t.ticket_id DESC"
        )
    };
}

fn statement(filter: &Filter) -> Query {
    if filter.number.is_some() {
        return Query::new(listing!("t.site_id = ?1 AND t.number = ?15"));
    }
    if !filter.terms.is_empty() {
        // The plus keeps SQLite from walking through all tickets in their order until enough have the word.
        return Query::new(listing!(
            "t.site_id = ?1 AND t.ticket_id IN (SELECT y.ticket_id FROM ticket_terms y WHERE y.site_id = ?1 \
             AND y.term >= ?14 ->> 0 AND y.term < (?14 ->> 0) || char(1114111))",
            " AND (+t.updated_at, t.ticket_id) < (?2, ?3)",
            " ORDER BY +t.updated_at DESC, t.ticket_id DESC"
        ));
    }
    match (&filter.holder, &filter.queue, filter.status, &filter.priority) {
        (Some(Holder::Agent(_)), ..) => Query::new(listing!("t.site_id = ?1 AND t.assignee_id = ?7")),
        (Some(Holder::Nobody), ..) => Query::new(listing!("t.site_id = ?1 AND t.assignee_id IS NULL")),
        (None, Some(_), ..) => Query::new(listing!("t.site_id = ?1 AND t.queue = ?9")),
        (None, None, Some(_), _) => Query::new(listing!("t.site_id = ?1 AND t.status = ?5")),
        (None, None, None, Some(_)) => Query::new(listing!("t.site_id = ?1 AND t.priority = ?6")),
        (None, None, None, None) => Query::new(listing!("t.site_id = ?1")),
    }
}

/// When a ticket is due; what no promise runs for comes last.
macro_rules! due {
    () => {
        "coalesce(t.due_at, 253402300799999)"
    };
}

/// How urgent a ticket is that somebody waits for: what is late, then what the policy names first among its priorities, then
/// what is due first, then who asked first. What was late once and answered is not late any more.
macro_rules! urgency {
    () => {
        concat!(
            "(",
            due!(),
            " > ?18) * 1000 + coalesce((SELECT p.key FROM json_each(?17) p WHERE p.value = t.priority), 999), ",
            due!(),
            ", t.number"
        )
    };
}

/// Tickets that somebody waits for. How urgent each is stands in no index; they are few, and their status finds them.
fn waiting() -> Query {
    Query::new(listing!(
        "t.site_id = ?1 AND t.status IN ('open', 'in_progress', 'pending')",
        concat!(" AND (", urgency!(), ") > (?16, ?2, CAST(?3 AS INTEGER))"),
        concat!(" ORDER BY ", urgency!())
    ))
}

/// The others, which come after them. The plus keeps SQLite from sorting all of them for one page.
fn over() -> Query {
    Query::new(listing!(
        "t.site_id = ?1 AND +t.status IN ('solved', 'closed')",
        concat!(" AND (", due!(), ", t.ticket_id) > (?2, ?3)"),
        concat!(" ORDER BY ", due!(), ", t.ticket_id")
    ))
}

/// How urgent a ticket of [`over`] is, after a thousand places for what is late and a thousand for the rest.
const RANK_OVER: u32 = 2_000;
const RANK_UNKNOWN: u32 = 999;

/// A place in the list by urgency. It keeps the instant for which the list was made: no ticket changes sides between two
/// pages because it became late meanwhile.
struct Place {
    rank: u32,
    asked_at: Timestamp,
    /// When the ticket there is due, and its number, or which it is where it is over.
    ticket: Cursor,
}

impl Place {
    /// Before the first.
    const fn start(now: Timestamp) -> Self {
        Self { rank: 0, asked_at: now, ticket: Cursor { time: Timestamp::MIN, id: String::new() } }
    }

    fn read(cursor: &Cursor, now: Timestamp) -> Self {
        let written = cursor.id.split_once('.').and_then(|(rank, rest)| {
            let (asked, id) = rest.split_once('.')?;
            let ticket = Cursor { time: cursor.time, id: id.to_owned() };
            Some(Self { rank: rank.parse().ok()?, asked_at: Timestamp::from_millis(asked.parse().ok()?), ticket })
        });
        written.unwrap_or_else(|| Self::start(now))
    }

    /// The place of a ticket in the same list.
    fn write(&self, row: &SummaryRow, priorities: &[&str]) -> String {
        let due = row.desk.due().unwrap_or(Timestamp::MAX);
        let place = priorities.iter().position(|key| *key == row.ticket.priority);
        let place = place.and_then(|place| u32::try_from(place).ok()).unwrap_or(RANK_UNKNOWN);
        let (rank, id) = match (row.ticket.status.is_active(), due > self.asked_at) {
            (false, _) => (RANK_OVER, row.ticket.id.to_string()),
            (true, is_early) => (u32::from(is_early) * 1_000 + place, row.ticket.number.to_string()),
        };
        Cursor::write(due, &format!("{rank}.{}.{id}", self.asked_at.as_millis()))
    }
}

async fn waiting_after(
    db: &Db,
    site: &SiteId,
    filter: &Filter,
    place: &Place,
    priorities: &[&str],
    (limit, now): (usize, Timestamp),
) -> Result<Vec<SummaryRow>, ApiError> {
    let query = bound(waiting(), site, filter, &place.ticket, limit, now)?
        .number(place.rank)
        .text(&serde_json::to_string(priorities)?)
        .time(place.asked_at);
    db.run(query).await?.all()
}

/// A site's tickets that somebody waits for, the most urgent first, for lists without pages.
pub(crate) async fn most_urgent(
    db: &Db,
    site: &SiteId,
    filter: &Filter,
    priorities: &[&str],
    (limit, now): (usize, Timestamp),
) -> Result<Vec<AgentTicketSummary>, ApiError> {
    let rows = waiting_after(db, site, filter, &Place::start(now), priorities, (limit, now)).await?;
    Ok(rows.into_iter().take(limit).map(AgentTicketSummary::from).collect())
}

/// A page of a site's tickets, the most urgent first; what is solved or closed comes last.
pub(crate) async fn most_urgent_first(
    db: &Db,
    site: &SiteId,
    filter: &Filter,
    cursor: &Cursor,
    priorities: &[&str],
    (limit, now): (usize, Timestamp),
) -> Result<Page<AgentTicketSummary>, ApiError> {
    let place = Place::read(cursor, now);
    let mut rows: Vec<SummaryRow> = Vec::new();
    let asks = |is_waiting: bool| filter.status.is_none_or(|status| status.is_active() == is_waiting);
    if place.rank < RANK_OVER && asks(true) {
        rows = waiting_after(db, site, filter, &place, priorities, (limit, now)).await?;
    }
    if rows.len() <= limit && asks(false) {
        let first = Place::start(now);
        let from = if place.rank < RANK_OVER { &first } else { &place };
        let query = bound(over(), site, filter, &from.ticket, limit - rows.len(), now)?;
        let others = db.run(query).await?.all::<SummaryRow>()?;
        // One that was solved between the two reads stands once.
        let new = |row: &SummaryRow| rows.iter().all(|known| known.ticket.id != row.ticket.id);
        let others: Vec<SummaryRow> = others.into_iter().filter(new).collect();
        rows.extend(others);
    }
    Ok(page(rows, limit, |row| place.write(row, priorities)))
}

/// A page of a site's tickets.
pub(crate) async fn list(
    db: &Db,
    site: &SiteId,
    filter: &Filter,
    cursor: &Cursor,
    limit: usize,
    now: Timestamp,
) -> Result<Page<AgentTicketSummary>, ApiError> {
    let query = bound(statement(filter), site, filter, cursor, limit, now)?;
    let rows: Vec<SummaryRow> = db.run(query).await?.all()?;
    Ok(page(rows, limit, |row| Cursor::write(row.ticket.updated_at.into(), row.ticket.id.as_str())))
}

/// A statement of this list with what was asked for, and one ticket more than a page has.
fn bound(
    query: Query,
    site: &SiteId,
    filter: &Filter,
    cursor: &Cursor,
    limit: usize,
    now: Timestamp,
) -> Result<Query, ApiError> {
    let holder = if let Some(Holder::Agent(id)) = &filter.holder { Some(id.as_str()) } else { None };
    Ok(query
        .site(site)
        .time(cursor.time)
        .text(&cursor.id)
        .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1))
        .maybe_text(filter.status.map(TicketStatus::as_str))
        .maybe_text(filter.priority.as_deref())
        .maybe_text(holder)
        .flag(filter.holder == Some(Holder::Nobody))
        .maybe_text(filter.queue.as_deref())
        .maybe_text(filter.tag.as_deref())
        .maybe_text(filter.sla.map(SlaState::as_str))
        .time(now)
        .time(now.plus_seconds(SOON_SECONDS))
        .text(&serde_json::to_string(&filter.terms)?)
        .maybe_number(filter.number))
}
