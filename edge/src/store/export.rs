//! Everything that is kept of one customer, read page by page. A table that gets something about people must be added
//! here and in `erasure`.

use super::uploads::attachment_json;
use super::{Db, Query, Rows};
use crate::error::ApiError;
use buoy_shared::api::{
    CustomerExport, CustomerProfile, ExportedAttachment, ExportedEvent, ExportedMessage, ExportedSession,
    ExportedTicket, ExportedWish,
};
use buoy_shared::id::{CustomerId, SiteId};
use buoy_shared::ticket::Attachment;
use buoy_shared::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Rows of one page.
const PAGE: u32 = 200;
/// Tickets whose messages are read together.
const TICKETS_AT_ONCE: usize = 50;
/// Text that one export may hold: a fifth of a worker's memory, as text, as rows and as the answer.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// An instant as RFC 3339, made by SQLite, so that rows are read as the types of the contract.
macro_rules! instant {
    ($column:literal) => {
        concat!("strftime('%Y-%m-%dT%H:%M:%fZ', ", $column, " / 1000.0, 'unixepoch')")
    };
}

/// Reads on as long as there is room.
struct Reader<'a> {
    db: &'a Db,
    site: &'a SiteId,
    customer: &'a CustomerId,
    bytes: usize,
}

impl Reader<'_> {
    const fn has_room(&self) -> bool {
        self.bytes < BYTES_MAX
    }

    /// Binds whom a statement is about.
    fn of(&self, query: Query) -> Query {
        query.site(self.site).text(self.customer.as_str())
    }

    /// All pages of a list that is ordered by a text and a number, both unique together.
    async fn all<T: DeserializeOwned>(
        &mut self,
        page: impl Fn(&Self, &str, u32) -> Query,
        place: impl Fn(&T) -> (String, u32),
    ) -> Result<Vec<T>, ApiError> {
        let (mut found, mut after) = (Vec::new(), (String::new(), 0));
        while self.has_room() {
            let rows: Rows = self.db.run(page(self, &after.0, after.1).number(PAGE)).await?;
            self.bytes += rows.text_bytes();
            let rows: Vec<T> = rows.all()?;
            let is_last = rows.len() < PAGE as usize;
            if let Some(last) = rows.last() {
                after = place(last);
            }
            found.extend(rows);
            if is_last {
                break;
            }
        }
        Ok(found)
    }
}

/// The customer's profile; a customer of another site is not there.
pub(crate) async fn profile(
    db: &Db,
    site: &SiteId,
    customer: &CustomerId,
) -> Result<Option<CustomerProfile>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object('id', customer_id, 'external_id', external_id, 'name', name, 'email', email, 'tier', tier, 'plan', plan, \
         'locale', locale, 'verified', json(iif(verified, 'true', 'false')), 'created_at', ",
        instant!("created_at"),
        ", 'updated_at', ",
        instant!("updated_at"),
        ", 'erased_at', ",
        instant!("erased_at"),
        ") AS j FROM customers WHERE site_id = ?1 AND customer_id = ?2"
    ))
    .site(site)
    .text(customer.as_str());
    db.run(query).await?.first()
}

/// A file's row, flat.
#[derive(Deserialize)]
struct FileRow {
    file: Attachment,
    ticket: Option<String>,
    created_at: Timestamp,
}

/// Everything else.
pub(crate) async fn export(
    db: &Db,
    site: &SiteId,
    customer: CustomerProfile,
    id: &CustomerId,
) -> Result<CustomerExport, ApiError> {
    let mut reader = Reader { db, site, customer: id, bytes: 0 };
    let sessions: Vec<ExportedSession> = db.run(sessions(&reader)).await?.all()?;
    let wishes: Vec<ExportedWish> = db.run(wishes(&reader)).await?.all()?;
    let files: Vec<FileRow> = reader.all(files, |row: &FileRow| (row.file.id.to_string(), 0)).await?;
    let tickets: Vec<ExportedTicket> = reader.all(tickets, |row: &ExportedTicket| (String::new(), row.number)).await?;
    let (mut messages, mut events) = (Vec::new(), Vec::new());
    for chunk in tickets.chunks(TICKETS_AT_ONCE) {
        let ids = serde_json::to_string(&chunk.iter().map(|ticket| ticket.id.as_str()).collect::<Vec<_>>())?;
        let place = |row: &ExportedMessage| (row.ticket.clone(), row.seq);
        messages.extend(reader.all(|reader, ticket, seq| messages_of(reader, &ids, ticket, seq), place).await?);
        let place = |row: &ExportedEvent| (row.id.clone(), 0);
        events.extend(reader.all(|reader, event, _| events_of(reader, &ids, event), place).await?);
    }
    events.sort_by(|left: &ExportedEvent, right| {
        (&left.ticket, left.created_at, &left.id).cmp(&(&right.ticket, right.created_at, &right.id))
    });
    let complete = reader.has_room();
    let attachments = files
        .into_iter()
        .map(|row| ExportedAttachment { file: row.file, ticket: row.ticket, created_at: row.created_at })
        .collect();
    Ok(CustomerExport { customer, sessions, tickets, messages, events, attachments, wishes, complete })
}

fn sessions(reader: &Reader<'_>) -> Query {
    reader.of(Query::new(concat!(
        "SELECT json_object('created_at', ",
        instant!("created_at"),
        ", 'expires_at', ",
        instant!("expires_at"),
        ") AS j FROM sessions WHERE site_id = ?1 AND customer_id = ?2 ORDER BY created_at LIMIT 1000"
    )))
}

fn wishes(reader: &Reader<'_>) -> Query {
    reader.of(Query::new(concat!(
        "SELECT json_object('title', f.title, 'ticket', v.ticket_id, 'created_at', ",
        instant!("v.created_at"),
        ") AS j FROM feature_votes v JOIN features f ON f.site_id = v.site_id AND f.feature_id = v.feature_id \
         WHERE v.site_id = ?1 AND v.customer_id = ?2 ORDER BY v.created_at LIMIT 1000"
    )))
}

fn files(reader: &Reader<'_>, after: &str, _: u32) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('file', ",
        attachment_json!(),
        ", 'ticket', u.ticket_id, 'created_at', ",
        instant!("u.created_at"),
        ") AS j FROM uploads u WHERE u.site_id = ?1 AND u.customer_id = ?2 AND u.upload_id > ?3 ORDER BY u.upload_id LIMIT ?4"
    )));
    query.text(after)
}

fn tickets(reader: &Reader<'_>, _: &str, after: u32) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('id', ticket_id, 'number', number, 'status', status, 'priority', priority, 'category', category, \
         'tier', tier, 'subject', subject, 'locale', locale, 'origin', origin, 'context', json(context), \
         'resolution_summary', resolution_summary, 'rating', rating, 'rating_comment', rating_comment, 'created_at', ",
        instant!("created_at"),
        ", 'updated_at', ",
        instant!("updated_at"),
        ") AS j FROM tickets WHERE site_id = ?1 AND customer_id = ?2 AND number > ?3 ORDER BY number LIMIT ?4"
    )));
    query.number(after)
}

fn messages_of(reader: &Reader<'_>, tickets: &str, ticket: &str, seq: u32) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('ticket', m.ticket_id, 'id', m.message_id, 'seq', m.seq, 'author', m.author_kind, 'author_name', m.author_name, \
         'body', m.body, 'internal', json(iif(m.internal, 'true', 'false')), 'created_at', ",
        instant!("m.created_at"),
        ") AS j FROM tickets t JOIN messages m ON m.site_id = t.site_id AND m.ticket_id = t.ticket_id \
         WHERE t.site_id = ?1 AND t.customer_id = ?2 AND t.ticket_id IN (SELECT value FROM json_each(?3)) \
         AND (m.ticket_id, m.seq) > (?4, ?5) ORDER BY m.ticket_id, m.seq LIMIT ?6"
    )));
    query.text(tickets).text(ticket).number(seq)
}

fn events_of(reader: &Reader<'_>, tickets: &str, after: &str) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('ticket', e.ticket_id, 'id', e.event_id, 'kind', e.kind, 'actor', e.actor_kind, 'data', json(e.data), \
         'created_at', ",
        instant!("e.created_at"),
        ") AS j FROM tickets t JOIN ticket_events e ON e.site_id = t.site_id AND e.ticket_id = t.ticket_id \
         WHERE t.site_id = ?1 AND t.customer_id = ?2 AND t.ticket_id IN (SELECT value FROM json_each(?3)) \
         AND e.event_id > ?4 ORDER BY e.event_id LIMIT ?5"
    )));
    query.text(tickets).text(after)
}
