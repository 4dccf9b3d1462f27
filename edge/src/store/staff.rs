//! Tickets as the team sees them: with notes, history and requester.

use super::threads::readable_messages;
use super::tickets::{TicketRow, message_json, page, ticket_json};
use super::{Cursor, Db, Millis, Query, instant};
use crate::error::ApiError;
use buoy_shared::api::{Page, Stats};
use buoy_shared::id::{CustomerId, EventId, SiteId, TicketId};
use buoy_shared::ticket::{
    AgentTicket, AgentTicketSummary, AuthorKind, Origin, PageContext, Requester, Ticket, TicketEvent, TicketStatus,
};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// A requester's columns as JSON.
macro_rules! requester_json {
    () => {
        "'requester', json_object('id', c.customer_id, 'external_id', c.external_id, 'name', c.name, 'email', c.email, 'verified', c.verified)"
    };
}

#[derive(Debug, Deserialize)]
struct RequesterRow {
    id: CustomerId,
    external_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    verified: u8,
}

impl From<RequesterRow> for Requester {
    fn from(row: RequesterRow) -> Self {
        Self { id: row.id, external_id: row.external_id, name: row.name, email: row.email, verified: row.verified != 0 }
    }
}

#[derive(Debug, Deserialize)]
struct SummaryRow {
    #[serde(flatten)]
    ticket: TicketRow,
    requester: RequesterRow,
}

impl From<SummaryRow> for AgentTicketSummary {
    fn from(row: SummaryRow) -> Self {
        let SummaryRow { ticket, requester } = row;
        Self {
            id: ticket.id,
            number: ticket.number,
            status: ticket.status,
            priority: ticket.priority,
            category: ticket.category,
            tier: ticket.tier,
            subject: ticket.subject,
            requester: requester.into(),
            created_at: ticket.created_at.into(),
            updated_at: ticket.updated_at.into(),
            first_response_due_at: instant(ticket.first_response_due_at),
            first_responded_at: instant(ticket.first_responded_at),
        }
    }
}

/// A page of a site's tickets, the last changed first, of one status or all.
pub(crate) async fn list(
    db: &Db,
    site: &SiteId,
    status: Option<TicketStatus>,
    cursor: &Cursor,
    limit: usize,
) -> Result<Page<AgentTicketSummary>, ApiError> {
    let asked = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
    let query = match status {
        Some(status) => Query::new(concat!(
            "SELECT json_object(",
            ticket_json!(),
            ", ",
            requester_json!(),
            ") AS j FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id \
             WHERE t.site_id = ?1 AND t.status = ?5 AND (t.updated_at, t.ticket_id) < (?2, ?3) ORDER BY t.updated_at DESC, t.ticket_id DESC LIMIT ?4"
        ))
        .site(site)
        .time(cursor.time)
        .text(&cursor.id)
        .number(asked)
        .text(status.as_str()),
        None => Query::new(concat!(
            "SELECT json_object(",
            ticket_json!(),
            ", ",
            requester_json!(),
            ") AS j FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id \
             WHERE t.site_id = ?1 AND (t.updated_at, t.ticket_id) < (?2, ?3) ORDER BY t.updated_at DESC, t.ticket_id DESC LIMIT ?4"
        ))
        .site(site)
        .time(cursor.time)
        .text(&cursor.id)
        .number(asked),
    };
    let rows: Vec<SummaryRow> = db.run(query).await?.all()?;
    Ok(page(rows, limit, |row| Cursor::write(row.ticket.updated_at.into(), row.ticket.id.as_str())))
}

#[derive(Debug, Deserialize)]
struct FullRow {
    #[serde(flatten)]
    ticket: TicketRow,
    requester: RequesterRow,
    locale: String,
    origin: Origin,
    context: PageContext,
    events: Vec<EventRow>,
}

#[derive(Debug, Deserialize)]
struct EventRow {
    id: EventId,
    kind: String,
    actor: AuthorKind,
    actor_name: Option<String>,
    data: serde_json::Value,
    created_at: Millis,
}

impl From<EventRow> for TicketEvent {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            actor: row.actor,
            actor_name: row.actor_name,
            data: row.data,
            created_at: row.created_at.into(),
        }
    }
}

/// One ticket with everything.
pub(crate) async fn get(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Option<AgentTicket>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object(",
        ticket_json!(),
        ", ",
        requester_json!(),
        ", 'locale', t.locale, 'origin', t.origin, 'context', json(t.context), \
         'messages', (SELECT json_group_array(json(j)) FROM (SELECT ",
        message_json!(),
        " AS j FROM ",
        readable_messages!(""),
        " ORDER BY m.seq LIMIT ?3)), \
         'events', (SELECT json_group_array(json(j)) FROM (SELECT json_object('id', e.event_id, 'kind', e.kind, 'actor', e.actor_kind, \
         'actor_name', e.actor_name, 'data', json(e.data), 'created_at', e.created_at) AS j \
         FROM ticket_events e WHERE e.site_id = ?1 AND e.ticket_id = ?2 ORDER BY e.created_at, e.event_id LIMIT ?3))) AS j \
         FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id WHERE t.site_id = ?1 AND t.ticket_id = ?2"
    ))
    .site(site)
    .text(ticket.as_str())
    .number(super::tickets::THREAD_MESSAGES_MAX);
    let row: Option<FullRow> = db.run(query).await?.first()?;
    Ok(row.map(|row| AgentTicket {
        ticket: Ticket::from(row.ticket),
        requester: row.requester.into(),
        locale: row.locale,
        origin: row.origin,
        context: row.context,
        events: row.events.into_iter().map(TicketEvent::from).collect(),
    }))
}

/// How far a ticket is, for whoever wants to change it.
pub(crate) async fn status(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Option<TicketStatus>, ApiError> {
    let query = Query::new("SELECT json_quote(status) AS j FROM tickets WHERE site_id = ?1 AND ticket_id = ?2")
        .site(site)
        .text(ticket.as_str());
    db.run(query).await?.first()
}

/// A site's figures now.
pub(crate) async fn stats(db: &Db, site: &SiteId, now: Timestamp) -> Result<Stats, ApiError> {
    let query = Query::new(
        "SELECT json_object(\
         'by_status', (SELECT json_group_object(status, n) FROM (SELECT status, count(*) AS n FROM tickets WHERE site_id = ?1 GROUP BY status)), \
         'first_response_overdue', (SELECT count(*) FROM tickets WHERE site_id = ?1 AND status IN ('open', 'in_progress') \
         AND first_responded_at IS NULL AND first_response_due_at < ?2), \
         'open_incidents', (SELECT count(*) FROM incidents WHERE site_id = ?1 AND resolved_at IS NULL)) AS j",
    )
    .site(site)
    .time(now);
    db.run(query).await?.first()?.ok_or_else(|| ApiError::internal("figures gave no row"))
}
