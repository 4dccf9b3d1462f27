//! Tickets and their threads, as their requesters may see and change them.

use super::threads::readable_messages;
use super::{Cursor, Db, Millis, Query, Rows, idempotency, instant, sessions};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::{CustomerId, EventId, MessageId, SiteId, TicketId};
use buoy_shared::ticket::{Author, AuthorKind, Message, NewTicket, Ticket, TicketStatus, TicketSummary};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Messages of one thread that are given at once; a longer thread is read on through its live connection.
pub(crate) const THREAD_MESSAGES_MAX: u32 = 500;

/// A ticket's columns as JSON, for its row type.
macro_rules! ticket_json {
    () => {
        "'id', t.ticket_id, 'number', t.number, 'status', t.status, 'priority', t.priority, 'category', t.category, 'tier', t.tier, \
         'subject', t.subject, 'created_at', t.created_at, 'updated_at', t.updated_at, 'first_response_due_at', t.first_response_due_at, \
         'first_responded_at', t.first_responded_at, 'resolution_due_at', t.resolution_due_at"
    };
}
pub(crate) use ticket_json;

/// A message's columns as JSON.
macro_rules! message_json {
    () => {
        "json_object('id', m.message_id, 'seq', m.seq, 'author_kind', m.author_kind, 'author_name', m.author_name, 'body', m.body, \
         'internal', m.internal, 'created_at', m.created_at)"
    };
}
pub(crate) use message_json;

/// A ticket as stored.
#[derive(Debug, Deserialize)]
pub(crate) struct TicketRow {
    pub(crate) id: TicketId,
    pub(crate) number: u32,
    pub(crate) status: TicketStatus,
    pub(crate) priority: String,
    pub(crate) category: String,
    pub(crate) tier: String,
    pub(crate) subject: String,
    pub(crate) created_at: Millis,
    pub(crate) updated_at: Millis,
    pub(crate) first_response_due_at: Option<Millis>,
    pub(crate) first_responded_at: Option<Millis>,
    pub(crate) resolution_due_at: Option<Millis>,
    #[serde(default)]
    pub(crate) messages: Vec<MessageRow>,
    #[serde(default)]
    pub(crate) unread: u32,
}

/// A message as stored.
#[derive(Debug, Deserialize)]
pub(crate) struct MessageRow {
    id: MessageId,
    seq: u32,
    author_kind: AuthorKind,
    author_name: Option<String>,
    body: String,
    internal: u8,
    created_at: Millis,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let author = Author { kind: row.author_kind, name: row.author_name };
        Self {
            id: row.id,
            seq: row.seq,
            author,
            body: row.body,
            internal: row.internal != 0,
            created_at: row.created_at.into(),
        }
    }
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            status: row.status,
            priority: row.priority,
            category: row.category,
            tier: row.tier,
            subject: row.subject,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            first_response_due_at: instant(row.first_response_due_at),
            first_responded_at: instant(row.first_responded_at),
            resolution_due_at: instant(row.resolution_due_at),
            auto_answer: None,
            messages: row.messages.into_iter().map(Message::from).collect(),
        }
    }
}

impl From<TicketRow> for TicketSummary {
    fn from(row: TicketRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            status: row.status,
            priority: row.priority,
            category: row.category,
            subject: row.subject,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            first_response_due_at: instant(row.first_response_due_at),
            first_responded_at: instant(row.first_responded_at),
            unread: row.unread,
        }
    }
}

/// A ticket ready to be stored.
pub(crate) struct Filed<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) customer: &'a CustomerId,
    pub(crate) ticket: &'a Ticket,
    pub(crate) new: &'a NewTicket,
    pub(crate) locale: &'a str,
}

/// Stores a ticket, its first message, the fact, and the answer under the caller's key, as one batch. The number is
/// given by the database and filled into the answer there; gives that answer.
pub(crate) async fn insert(db: &Db, filed: &Filed<'_>, attempt: &idempotency::Attempt) -> Result<String, ApiError> {
    let number =
        Query::new("UPDATE ticket_numbers SET last_number = last_number + 1 WHERE site_id = ?1").site(filed.site);
    let contact = contact(filed);
    let answer = Query::new(
        "INSERT INTO idempotency (site_id, caller, key, request_hash, response, created_at) \
         SELECT ?1, ?2, ?3, ?4, json_set(?5, '$.number', last_number), ?6 FROM ticket_numbers WHERE site_id = ?1 RETURNING response AS j",
    )
    .site(filed.site)
    .text(filed.customer.as_str())
    .text(&attempt.key)
    .text(&attempt.hash)
    .text(&serde_json::to_string(filed.ticket)?)
    .time(filed.ticket.created_at);
    let message = first_message(filed)?;
    let created = event(
        filed.site,
        &filed.ticket.id,
        "ticket.created",
        AuthorKind::Requester,
        filed.new.name(),
        "{}",
        filed.ticket.created_at,
    );
    let results = db.batch(vec![number, answer, ticket_row(filed)?, message, created, contact]).await?;
    results
        .get(1)
        .and_then(Rows::first_text)
        .map(str::to_owned)
        .ok_or_else(|| ApiError::internal("a ticket's answer was not stored"))
}

fn ticket_row(filed: &Filed<'_>) -> Result<Query, ApiError> {
    let ticket = filed.ticket;
    Ok(Query::new(
        "INSERT INTO tickets (site_id, ticket_id, customer_id, status, priority, category, tier, subject, locale, origin, context, \
         first_response_due_at, resolution_due_at, last_seq, seen_seq, created_at, updated_at, number) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'widget', ?10, ?11, ?12, 1, 1, ?13, ?13, last_number FROM ticket_numbers WHERE site_id = ?1",
    )
    .site(filed.site)
    .text(ticket.id.as_str())
    .text(filed.customer.as_str())
    .text(ticket.status.as_str())
    .text(&ticket.priority)
    .text(&ticket.category)
    .text(&ticket.tier)
    .text(&ticket.subject)
    .text(filed.locale)
    .text(&serde_json::to_string(filed.new.context())?)
    .maybe_time(ticket.first_response_due_at)
    .maybe_time(ticket.resolution_due_at)
    .time(ticket.created_at))
}

fn first_message(filed: &Filed<'_>) -> Result<Query, ApiError> {
    let message = filed.ticket.messages.first().ok_or_else(|| ApiError::internal("a ticket without a message"))?;
    Ok(Query::new(
        "INSERT INTO messages (site_id, ticket_id, seq, message_id, author_kind, author_id, author_name, body, created_at) \
         VALUES (?1, ?2, 1, ?3, 'requester', ?4, ?5, ?6, ?7)",
    )
    .site(filed.site)
    .text(filed.ticket.id.as_str())
    .text(message.id.as_str())
    .text(filed.customer.as_str())
    .maybe_text(message.author.name.as_deref())
    .text(&message.body)
    .time(message.created_at))
}

/// An unverified customer may say where to write to them; what a signed identity says is never overwritten.
fn contact(filed: &Filed<'_>) -> Query {
    Query::new(
        "UPDATE customers SET email = coalesce(?3, email), name = coalesce(?4, name), locale = coalesce(?5, locale), updated_at = ?6 \
         WHERE site_id = ?1 AND customer_id = ?2 AND verified = 0 AND coalesce(?3, ?4, ?5) IS NOT NULL",
    )
    .site(filed.site)
    .text(filed.customer.as_str())
    .maybe_text(filed.new.email())
    .maybe_text(filed.new.name())
    .maybe_text(filed.new.locale())
    .time(filed.ticket.created_at)
}

/// A fact of a ticket's history.
pub(crate) fn event(
    site: &SiteId,
    ticket: &TicketId,
    kind: &str,
    actor: AuthorKind,
    actor_name: Option<&str>,
    data: &str,
    now: Timestamp,
) -> Query {
    let actor = match actor {
        AuthorKind::Requester => "requester",
        AuthorKind::Agent => "agent",
        AuthorKind::Automation => "automation",
    };
    Query::new(
        "INSERT INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, actor_name, data, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .site(site)
    .text(ticket.as_str())
    .text(EventId::from_random(crate::platform::random_16()).as_str())
    .text(kind)
    .text(actor)
    .maybe_text(actor_name)
    .text(data)
    .time(now)
}

/// What a caller asked for, and the origins whose pages may read it.
pub(crate) struct ForCaller<T> {
    pub(crate) origins: Vec<String>,
    pub(crate) value: T,
}

/// A page of the caller's tickets, the last changed first.
pub(crate) async fn list(
    db: &Db,
    token: &TokenRef,
    cursor: &Cursor,
    limit: usize,
    now: Timestamp,
) -> Result<ForCaller<Page<TicketSummary>>, ApiError> {
    let asked = u32::try_from(limit).unwrap_or(u32::MAX);
    let tickets = Query::new(concat!(
        "SELECT json_object(",
        ticket_json!(),
        ", 'unread', (SELECT count(*) FROM messages m WHERE m.site_id = t.site_id AND m.ticket_id = t.ticket_id AND m.seq > t.seen_seq \
         AND m.internal = 0 AND m.author_kind <> 'requester')) AS j \
         FROM tickets t WHERE t.site_id = ?1 AND t.customer_id = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2 AND expires_at > ?3) \
         AND (t.updated_at, t.ticket_id) < (?4, ?5) ORDER BY t.updated_at DESC, t.ticket_id DESC LIMIT ?6"
    ))
    .site(&token.site)
    .text(&token.hash)
    .time(now)
    .time(cursor.time)
    .text(&cursor.id)
    .number(asked.saturating_add(1));
    let results = db.batch(vec![sessions::find(token, now), tickets]).await?;
    let caller = sessions::caller(results.first(), token)?;
    let rows: Vec<TicketRow> = results.get(1).map(Rows::all).transpose()?.unwrap_or_default();
    Ok(ForCaller {
        origins: caller.site.origins,
        value: page(rows, limit, |row| Cursor::write(row.updated_at.into(), row.id.as_str())),
    })
}

/// Cuts the one row too many that tells whether there is a next page.
pub(crate) fn page<R, T: From<R>>(mut rows: Vec<R>, limit: usize, place: impl Fn(&R) -> String) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = if more { rows.last().map(place) } else { None };
    Page { items: rows.into_iter().map(T::from).collect(), next_cursor }
}

/// One of the caller's tickets with its messages, without internal notes.
pub(crate) async fn get(
    db: &Db,
    token: &TokenRef,
    ticket: &str,
    now: Timestamp,
) -> Result<ForCaller<Option<Ticket>>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object(",
        ticket_json!(),
        ", 'messages', (SELECT json_group_array(json(j)) FROM (SELECT ",
        message_json!(),
        " AS j FROM ",
        readable_messages!(" AND x.internal = 0"),
        " ORDER BY m.seq LIMIT ?5))) AS j \
         FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?2 \
         AND t.customer_id = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?3 AND expires_at > ?4)"
    ))
    .site(&token.site)
    .text(ticket)
    .text(&token.hash)
    .time(now)
    .number(THREAD_MESSAGES_MAX);
    let results = db.batch(vec![sessions::find(token, now), query]).await?;
    let caller = sessions::caller(results.first(), token)?;
    let row: Option<TicketRow> = results.get(1).map(Rows::first).transpose()?.flatten();
    Ok(ForCaller { origins: caller.site.origins, value: row.map(Ticket::from) })
}

/// The customer behind a token.
pub(crate) async fn caller(db: &Db, token: &TokenRef, now: Timestamp) -> Result<sessions::Caller, ApiError> {
    sessions::caller(Some(&db.run(sessions::find(token, now)).await?), token)
}

/// Notes how far a customer has read; gives nothing when the ticket is not theirs.
pub(crate) async fn mark_seen(
    db: &Db,
    site: &SiteId,
    customer: &CustomerId,
    ticket: &str,
    seq: u32,
) -> Result<Option<u32>, ApiError> {
    let query = Query::new(
        "UPDATE tickets SET seen_seq = max(seen_seq, min(?4, last_seq)) WHERE site_id = ?1 AND ticket_id = ?2 AND customer_id = ?3 \
         RETURNING json_quote(seen_seq) AS j",
    )
    .site(site)
    .text(ticket)
    .text(customer.as_str())
    .number(seq);
    db.run(query).await?.first()
}
