//! Everything that is kept of one customer, read page by page. A table that gets something about people must be added
//! here and in `erasure`.

use super::{Db, Query, Rows};
use crate::error::ApiError;
use buoy_shared::id::{CustomerId, SiteId};
use serde::Deserialize;

/// Rows of one page.
const PAGE: u32 = 200;
/// Tickets whose messages are read together.
const TICKETS_AT_ONCE: usize = 50;
/// Text that one export may hold: with its copy as the answer an eighth of a worker's memory.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Where a row stands in its list; each kind of row has some of these.
#[derive(Default, Deserialize)]
struct Place {
    #[serde(default)]
    id: String,
    #[serde(default)]
    ticket: Option<String>,
    #[serde(default)]
    seq: u32,
    #[serde(default)]
    number: u32,
}

/// Reads on as long as there is room.
struct Reader<'a> {
    db: &'a Db,
    site: &'a SiteId,
    customer: &'a CustomerId,
    bytes: usize,
}

impl Reader<'_> {
    /// Binds whom a statement is about.
    fn of(&self, query: Query) -> Query {
        query.site(self.site).text(self.customer.as_str())
    }

    /// All pages of a list; `page` asks for what follows a place.
    async fn all(&mut self, page: &dyn Fn(&Self, &Place) -> Query) -> Result<Vec<String>, ApiError> {
        let (mut found, mut after) = (Vec::new(), Place::default());
        while self.bytes < BYTES_MAX {
            let rows: Rows = self.db.run(page(self, &after).number(PAGE)).await?;
            let rows = rows.into_texts();
            self.bytes += rows.iter().map(String::len).sum::<usize>();
            let is_last = rows.len() < PAGE as usize;
            if let Some(last) = rows.last() {
                after = serde_json::from_str(last)?;
            }
            found.extend(rows);
            if is_last {
                break;
            }
        }
        Ok(found)
    }
}

/// The customer's profile as JSON; a customer of another site is not there.
pub(crate) async fn profile(db: &Db, site: &SiteId, customer: &CustomerId) -> Result<Option<String>, ApiError> {
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
    Ok(db.run(query).await?.first_text().map(str::to_owned))
}

/// Everything, as the JSON of `CustomerExport`.
pub(crate) async fn export(db: &Db, site: &SiteId, profile: &str, customer: &CustomerId) -> Result<String, ApiError> {
    let mut reader = Reader { db, site, customer, bytes: 0 };
    let sessions = db.run(sessions(&reader)).await?.into_texts();
    let wishes = db.run(wishes(&reader)).await?.into_texts();
    let surveys = reader.all(&|reader, after| surveys(reader, &after.id)).await?;
    let affected = db.run(affected(&reader)).await?.into_texts();
    let subscriptions = db.run(subscriptions(&reader)).await?.into_texts();
    let files = reader.all(&|reader, after| files(reader, &after.id)).await?;
    let tickets = reader.all(&|reader, after| tickets(reader, after.number)).await?;
    let (mut messages, mut events) = (Vec::new(), Vec::new());
    for chunk in tickets.chunks(TICKETS_AT_ONCE) {
        let places = chunk.iter().map(|text| serde_json::from_str(text)).collect::<Result<Vec<Place>, _>>()?;
        let ids = serde_json::to_string(&places.iter().map(|place| place.id.as_str()).collect::<Vec<_>>())?;
        messages.extend(reader.all(&|reader, after| messages_of(reader, &ids, after)).await?);
        events.extend(reader.all(&|reader, after| events_of(reader, &ids, &after.id)).await?);
    }
    let mut text = format!("{{\"customer\":{profile}");
    for (name, rows) in [
        ("sessions", sessions),
        ("tickets", tickets),
        ("messages", messages),
        ("events", events),
        ("attachments", files),
        ("wishes", wishes),
        ("surveys", surveys),
        ("me_too", affected),
        ("subscriptions", subscriptions),
    ] {
        text.push_str(&format!(",\"{name}\":[{}]", rows.join(",")));
    }
    text.push_str(if reader.bytes < BYTES_MAX { ",\"complete\":true}" } else { ",\"complete\":false}" });
    Ok(text)
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

/// Anonymous answers are nobody's.
fn surveys(reader: &Reader<'_>, after: &str) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('id', survey_id, 'kind', kind, 'ticket', iif(kind = 'effort', subject, NULL), 'score', score, \
         'reason', reason, 'comment', comment, 'asked_at', ",
        instant!("asked_at"),
        ") AS j FROM surveys WHERE site_id = ?1 AND customer_id = ?2 AND survey_id > ?3 ORDER BY survey_id LIMIT ?4"
    )));
    query.text(after)
}

fn affected(reader: &Reader<'_>) -> Query {
    reader.of(Query::new(concat!(
        "SELECT json_object('incident', incident_id, 'created_at', ",
        instant!("created_at"),
        ") AS j FROM incident_me_too WHERE site_id = ?1 AND customer_id = ?2 ORDER BY created_at LIMIT 1000"
    )))
}

/// By their address, if somebody vouched for it: whoever subscribes says no more of who they are, and anybody may write
/// anybody's address into a form.
fn subscriptions(reader: &Reader<'_>) -> Query {
    reader.of(Query::new(concat!(
        "SELECT json_object('components', json(s.components), 'locale', s.locale, 'confirmed_at', ",
        instant!("s.confirmed_at"),
        ", 'created_at', ",
        instant!("s.created_at"),
        ") AS j FROM customers c JOIN status_subscribers s ON s.site_id = c.site_id AND s.address = lower(c.email) AND s.kind = 'email' \
         WHERE c.site_id = ?1 AND c.customer_id = ?2 AND c.verified = 1 ORDER BY s.created_at LIMIT 1000"
    )))
}

fn files(reader: &Reader<'_>, after: &str) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('id', u.upload_id, 'name', u.name, 'content_type', u.content_type, 'size', u.size, 'ticket', u.ticket_id, 'created_at', ",
        instant!("u.created_at"),
        ") AS j FROM uploads u WHERE u.site_id = ?1 AND u.customer_id = ?2 AND u.upload_id > ?3 ORDER BY u.upload_id LIMIT ?4"
    )));
    query.text(after)
}

fn tickets(reader: &Reader<'_>, after: u32) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('id', ticket_id, 'number', number, 'status', status, 'priority', priority, 'category', category, \
         'tier', tier, 'subject', subject, 'locale', locale, 'origin', origin, 'context', json(context), 'fields', json(fields), \
         'resolution_summary', resolution_summary, 'rating', rating, 'rating_comment', rating_comment, 'created_at', ",
        instant!("created_at"),
        ", 'updated_at', ",
        instant!("updated_at"),
        ") AS j FROM tickets WHERE site_id = ?1 AND customer_id = ?2 AND number > ?3 ORDER BY number LIMIT ?4"
    )));
    query.number(after)
}

fn messages_of(reader: &Reader<'_>, tickets: &str, after: &Place) -> Query {
    let query = reader.of(Query::new(concat!(
        "SELECT json_object('ticket', m.ticket_id, 'id', m.message_id, 'seq', m.seq, 'author', m.author_kind, 'author_name', m.author_name, \
         'body', m.body, 'internal', json(iif(m.internal, 'true', 'false')), 'created_at', ",
        instant!("m.created_at"),
        ") AS j FROM tickets t JOIN messages m ON m.site_id = t.site_id AND m.ticket_id = t.ticket_id \
         WHERE t.site_id = ?1 AND t.customer_id = ?2 AND t.ticket_id IN (SELECT value FROM json_each(?3)) \
         AND (m.ticket_id, m.seq) > (?4, ?5) ORDER BY m.ticket_id, m.seq LIMIT ?6"
    )));
    query.text(tickets).text(after.ticket.as_deref().unwrap_or_default()).number(after.seq)
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
