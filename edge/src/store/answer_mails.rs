//! Answers on their way by mail to whoever left an address (C2), and those that were sent.

use super::outbox::{Task, named_outbox};
use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::id::{MessageId, SiteId, TicketId};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// How long an answer waits to be read in the page, in seconds: whoever has the thread before them needs no mail.
const WAIT_SECONDS: i64 = 60;
/// Answers that one address is mailed in an hour, whichever tickets they are of; more wait.
const AN_HOUR_MAX: u32 = 10;
const HOUR_SECONDS: i64 = 3_600;
/// How long it is known that an answer was mailed, in seconds: longer than a row of the outbox is tried.
const KNOWN_SECONDS: i64 = 7 * 86_400;

/// The statement that asks for an answer to be mailed, for the batch that stores it. It writes nothing where nobody left an
/// address, and where they hear by Telegram. The address is read when the mail is sent: it may be erased meanwhile.
pub(crate) fn put(site: &SiteId, ticket: &TicketId, message: &MessageId, now: Timestamp) -> Result<Query, ApiError> {
    let task = Task::AnswerMailed { ticket_id: ticket.clone(), message_id: message.clone() };
    Ok(Query::new(
        "INSERT INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) SELECT ?3, ?1, ?4, ?5, ?6, ?7 \
         FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id \
         WHERE t.site_id = ?1 AND t.ticket_id = ?2 AND c.email IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM telegram_customers u WHERE u.site_id = c.site_id AND u.customer_id = c.customer_id) \
         ON CONFLICT (outbox_id) DO NOTHING",
    )
    .site(site)
    .text(ticket.as_str())
    .text(&named_outbox(&format!("{message}|mail")))
    .text(task.kind())
    .text(&task.payload()?)
    .time(now.plus_seconds(WAIT_SECONDS))
    .time(now))
}

/// An answer that is to be mailed.
#[derive(Deserialize)]
pub(crate) struct Unmailed {
    pub(crate) email: String,
    pub(crate) locale: String,
    pub(crate) number: u32,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) author: Option<String>,
    pub(crate) site: String,
    pub(crate) origins: Vec<String>,
    pub(crate) page: Option<String>,
    recent: u32,
}

impl Unmailed {
    /// Whether its address got as many in the last hour as it may get.
    pub(crate) const fn is_one_too_many(&self) -> bool {
        self.recent >= AN_HOUR_MAX
    }
}

/// Reads it. None where there is nothing to mail: it was mailed, its reader has seen it in the page, they are erased, or the
/// address is one that the desk itself reads.
pub(crate) async fn unmailed(
    db: &Db,
    site: &SiteId,
    (ticket, message): (&TicketId, &MessageId),
    now: Timestamp,
) -> Result<Option<Unmailed>, ApiError> {
    let query = Query::new(
        "SELECT json_object('email', c.email, 'locale', t.locale, 'number', t.number, 'subject', t.subject, 'body', m.body, \
         'author', m.author_name, 'site', s.name, 'origins', json(s.origins), 'page', t.context ->> '$.url', 'recent', \
         (SELECT count(*) FROM answer_mails a JOIN tickets o ON o.site_id = a.site_id AND o.ticket_id = a.ticket_id \
         JOIN customers p ON p.site_id = o.site_id AND p.customer_id = o.customer_id \
         WHERE a.site_id = ?1 AND a.sent_at > ?4 AND lower(p.email) = lower(c.email))) AS j \
         FROM tickets t JOIN messages m ON m.site_id = t.site_id AND m.ticket_id = t.ticket_id \
         JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id JOIN sites s ON s.site_id = t.site_id \
         WHERE t.site_id = ?1 AND t.ticket_id = ?2 AND m.message_id = ?3 AND m.author_kind = 'agent' AND m.internal = 0 \
         AND m.body <> '' AND m.seq > t.seen_seq AND c.email IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM answer_mails a WHERE a.site_id = ?1 AND a.message_id = ?3) \
         AND NOT EXISTS (SELECT 1 FROM destinations d WHERE d.site_id = ?1 AND d.kind = 'email' AND lower(d.address) = lower(c.email))",
    )
    .site(site)
    .text(ticket.as_str())
    .text(message.as_str())
    .time(now.plus_seconds(-HOUR_SECONDS));
    db.run(query).await?.first()
}

/// Notes that an answer is mailed, before it is: of two attempts at once one goes on, and one that broke off is not made
/// again, since nobody knows whether the mail is out. False when it was noted before.
pub(crate) async fn claim(
    db: &Db,
    site: &SiteId,
    ticket: &TicketId,
    message: &MessageId,
    now: Timestamp,
) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO answer_mails (site_id, message_id, ticket_id, sent_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (site_id, message_id) DO NOTHING RETURNING json_quote(message_id) AS j",
    );
    let bound = query.site(site).text(message.as_str()).text(ticket.as_str()).time(now);
    Ok(db.run(bound).await?.first_text().is_some())
}

/// The mail service took none: it may be tried again.
pub(crate) async fn unclaim(db: &Db, site: &SiteId, message: &MessageId) -> Result<(), ApiError> {
    let query = Query::new("DELETE FROM answer_mails WHERE site_id = ?1 AND message_id = ?2");
    db.run(query.site(site).text(message.as_str())).await.map(drop)
}

/// Forgets what nobody tries any more, a bounded number at a time.
pub(crate) fn forget_old(now: Timestamp) -> Query {
    // site-free: retention looks at every site's rows alike
    Query::new(
        "DELETE FROM answer_mails WHERE (site_id, message_id) IN \
         (SELECT site_id, message_id FROM answer_mails WHERE sent_at < ?1 ORDER BY sent_at LIMIT 200)",
    )
    .time(now.plus_seconds(-KNOWN_SECONDS))
}
