//! Tickets as the team sees them: with notes, history and requester.

use super::changes::{DeskRow, desk_json};
use super::facts::{FACTS_MAX, FactRow, fact_json};
use super::threads::newest_messages;
use super::tickets::{MessageRow, THREAD_MESSAGES_MAX, TicketRow, message_json, page, ticket_json};
use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::{CustomerId, SiteId, TicketId};
use buoy_shared::ticket::{AgentTicket, Message, Origin, PageContext, Requester, Ticket, TicketEvent};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A requester's columns as JSON.
macro_rules! requester_json {
    () => {
        "'requester', json_object('id', c.customer_id, 'external_id', c.external_id, 'name', c.name, 'email', c.email, 'verified', c.verified)"
    };
}
pub(crate) use requester_json;

/// A requester as stored.
#[derive(Debug, Deserialize)]
pub(crate) struct RequesterRow {
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
struct FullRow {
    ticket: TicketRow,
    requester: RequesterRow,
    locale: String,
    origin: Origin,
    context: PageContext,
    fields: BTreeMap<String, String>,
    desk: DeskRow,
    rating_comment: Option<String>,
    events: Vec<FactRow>,
}

/// What a customer asked first.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) locale: String,
}

/// A ticket's subject, first message and language.
pub(crate) async fn asked(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Option<Asked>, ApiError> {
    let query = Query::new(
        "SELECT json_object('subject', t.subject, 'locale', t.locale, 'body', coalesce((SELECT m.body FROM messages m \
         WHERE m.site_id = ?1 AND m.ticket_id = ?2 AND m.author_kind = 'requester' ORDER BY m.seq LIMIT 1), '')) AS j \
         FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?2",
    )
    .site(site)
    .text(ticket.as_str());
    db.run(query).await?.first()
}

/// One ticket with everything.
pub(crate) async fn get(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Option<AgentTicket>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object('ticket', json_object(",
        ticket_json!(),
        ", 'messages', (SELECT json_group_array(json(j)) FROM (SELECT ",
        message_json!(),
        " AS j FROM ",
        newest_messages!(""),
        " AND m.back <= ?3 ORDER BY m.seq))), ",
        requester_json!(),
        ", 'locale', t.locale, 'origin', t.origin, 'context', json(t.context), 'fields', json(t.fields), 'desk', json_object(",
        desk_json!(),
        "), 'rating_comment', t.rating_comment, 'events', (SELECT json_group_array(json(j)) FROM (SELECT ",
        fact_json!(),
        " AS j FROM ticket_events e WHERE e.site_id = ?1 AND e.ticket_id = ?2 ORDER BY e.created_at, e.event_id LIMIT ?4))) AS j \
         FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id WHERE t.site_id = ?1 AND t.ticket_id = ?2"
    ))
    .site(site)
    .text(ticket.as_str())
    .number(THREAD_MESSAGES_MAX)
    .number(FACTS_MAX);
    let row: Option<FullRow> = db.run(query).await?.first()?;
    Ok(row.map(|row| AgentTicket {
        ticket: Ticket::from(row.ticket),
        desk: row.desk.into(),
        rating_comment: row.rating_comment,
        requester: row.requester.into(),
        locale: row.locale,
        origin: row.origin,
        context: row.context,
        fields: row.fields,
        events: row.events.into_iter().map(TicketEvent::from).collect(),
    }))
}

/// Messages and notes after a place; the cursor is the place of the last one. None when there is no such ticket.
pub(crate) async fn messages(
    db: &Db,
    site: &SiteId,
    ticket: &TicketId,
    after: u32,
    limit: usize,
) -> Result<Option<Page<Message>>, ApiError> {
    let asked = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
    let exists = Query::new("SELECT json_quote(last_seq) AS j FROM tickets WHERE site_id = ?1 AND ticket_id = ?2")
        .site(site)
        .text(ticket.as_str());
    let read = Query::new(concat!(
        "SELECT ",
        message_json!(),
        " AS j FROM messages m WHERE m.site_id = ?1 AND m.ticket_id = ?2 AND m.seq > ?3 ORDER BY m.seq LIMIT ?4"
    ))
    .site(site)
    .text(ticket.as_str())
    .number(after)
    .number(asked);
    let results = db.batch(vec![exists, read]).await?;
    if results.first().and_then(super::Rows::first_text).is_none() {
        return Ok(None);
    }
    let rows: Vec<MessageRow> = results.get(1).map(super::Rows::all).transpose()?.unwrap_or_default();
    Ok(Some(page(rows, limit, |row| row.seq.to_string())))
}
