//! Tickets and their threads, as their requesters may see them.

use super::threads::newest_messages;
use super::{Cursor, Db, Millis, Query, Rows, instant, sessions};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::api::Page;
use buoy_shared::id::{CustomerId, MessageId, SiteId, TicketId};
use buoy_shared::ticket::{
    Attachment, Author, AuthorKind, AutoAnswer, AutoAnswerOutcome, Message, Ticket, TicketStatus, TicketSummary,
};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Messages of one thread that are given at once; a longer thread is read on through its live connection.
pub(crate) const THREAD_MESSAGES_MAX: u32 = 500;

/// A ticket's columns as JSON, for its row type.
macro_rules! ticket_json {
    () => {
        "'id', t.ticket_id, 'number', t.number, 'status', t.status, 'priority', t.priority, 'category', t.category, 'tier', t.tier, \
         'subject', t.subject, 'created_at', t.created_at, 'updated_at', t.updated_at, 'first_response_due_at', t.first_response_due_at, \
         'first_responded_at', t.first_responded_at, 'resolution_due_at', t.resolution_due_at, 'auto_answer', json(t.auto_answer), \
         'auto_answer_outcome', t.auto_answer_outcome, 'rating', t.rating"
    };
}
pub(crate) use ticket_json;

/// A message's columns as JSON.
macro_rules! message_json {
    () => {
        "json_object('id', m.message_id, 'seq', m.seq, 'author_kind', m.author_kind, 'author_name', m.author_name, 'body', m.body, \
         'internal', m.internal, 'created_at', m.created_at, 'attachments', json(m.attachments))"
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
    pub(crate) auto_answer: Option<AutoAnswer>,
    pub(crate) auto_answer_outcome: Option<AutoAnswerOutcome>,
    pub(crate) rating: Option<u8>,
    #[serde(default)]
    pub(crate) messages: Vec<MessageRow>,
    #[serde(default)]
    pub(crate) unread: u32,
}

/// A message as stored.
#[derive(Debug, Deserialize)]
pub(crate) struct MessageRow {
    id: MessageId,
    pub(crate) seq: u32,
    author_kind: AuthorKind,
    author_name: Option<String>,
    body: String,
    internal: u8,
    created_at: Millis,
    attachments: Option<Vec<Attachment>>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let author = Author { kind: row.author_kind, name: row.author_name };
        Self {
            id: row.id,
            seq: row.seq,
            author,
            body: row.body,
            attachments: row.attachments.unwrap_or_default(),
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
            auto_answer: row.auto_answer,
            auto_answer_outcome: row.auto_answer_outcome,
            rating: row.rating,
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
        newest_messages!(" AND x.internal = 0"),
        " AND m.back <= ?5 ORDER BY m.seq))) AS j \
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
