//! Forgetting one customer, in steps that may be repeated: what is gone already is not looked for again.
//!
//! Numbers and times of tickets stay, so that figures stay true; what anybody wrote does not. Nobody waits for an answer any
//! more, so the tickets are closed and their clocks stop. A table that gets something about people must be added here and
//! in `export`.

use super::outbox::named_event;
use super::terms;
use super::{Db, Query, Rows};
use crate::error::ApiError;
use buoy_shared::id::{CustomerId, SiteId, TicketId, UploadId};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Messages that one statement empties.
const MESSAGES_AT_ONCE: u32 = 500;
/// Files that are deleted together.
pub(crate) const FILES_AT_ONCE: u32 = 100;

/// Whether a wish is titled as one of the tickets of the customer ?2.
macro_rules! own_wish {
    () => {
        "site_id = ?1 AND title IN (SELECT t.subject FROM tickets t WHERE t.site_id = ?1 AND t.customer_id = ?2)"
    };
}

/// Whether somebody else has it too.
macro_rules! wished_by_others {
    () => {
        "EXISTS (SELECT 1 FROM feature_votes v WHERE v.site_id = ?1 AND v.feature_id = features.feature_id AND v.customer_id <> ?2)"
    };
}

/// The first step: nobody is this customer any more, and no session or stored answer leads to them. Gives when it was
/// first asked for; nothing when there is no such customer.
pub(crate) async fn begin(
    db: &Db,
    site: &SiteId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<Timestamp>, ApiError> {
    let of_customer = |sql: Query| sql.site(site).text(customer.as_str());
    let profile = of_customer(Query::new(
        "UPDATE customers SET external_id = NULL, name = NULL, email = NULL, plan = NULL, locale = NULL, verified = 0, \
         erased_at = coalesce(erased_at, ?3), updated_at = max(updated_at, ?3) WHERE site_id = ?1 AND customer_id = ?2 \
         RETURNING json_quote(erased_at) AS j",
    ))
    .time(now);
    let results = db
        .batch(vec![
            // While the profile still has the address by which they subscribed: one that somebody vouched for, since anybody may
            // write anybody's address into a form.
            of_customer(Query::new(
                "DELETE FROM status_subscribers WHERE site_id = ?1 AND kind = 'email' AND address IN \
                 (SELECT lower(email) FROM customers WHERE site_id = ?1 AND customer_id = ?2 AND verified = 1 AND email IS NOT NULL)",
            )),
            profile,
            of_customer(Query::new("DELETE FROM sessions WHERE site_id = ?1 AND customer_id = ?2")),
            of_customer(Query::new("DELETE FROM idempotency WHERE site_id = ?1 AND caller = ?2")),
            of_customer(Query::new(
                "DELETE FROM outbox WHERE site_id = ?1 AND payload ->> 'ticket_id' IN \
                 (SELECT ticket_id FROM tickets WHERE site_id = ?1 AND customer_id = ?2)",
            )),
            of_customer(Query::new(
                "DELETE FROM deliveries WHERE site_id = ?1 AND event_id IN (SELECT e.event_id FROM tickets t JOIN events e \
                 ON e.site_id = t.site_id AND e.ticket_id = t.ticket_id WHERE t.site_id = ?1 AND t.customer_id = ?2)",
            )),
            of_customer(Query::new(
                "DELETE FROM events WHERE site_id = ?1 AND ticket_id IN \
                 (SELECT ticket_id FROM tickets WHERE site_id = ?1 AND customer_id = ?2)",
            )),
            of_customer(Query::new(
                "DELETE FROM answer_mails WHERE site_id = ?1 AND message_id IN (SELECT m.message_id FROM tickets t JOIN messages m \
                 ON m.site_id = t.site_id AND m.ticket_id = t.ticket_id WHERE t.site_id = ?1 AND t.customer_id = ?2)",
            )),
            // Calls of the bots bear no ticket: they name it in their text, or go to the customer's own chat.
            of_customer(Query::new(
                "DELETE FROM outbox WHERE site_id = ?1 AND kind = 'telegram_call' AND (CAST(payload ->> '$.call.chat_id' AS TEXT) IN \
                 (SELECT chat_id FROM telegram_customers WHERE site_id = ?1 AND customer_id = ?2) \
                 OR EXISTS (SELECT 1 FROM tickets t WHERE t.site_id = ?1 AND t.customer_id = ?2 \
                 AND instr(payload ->> '$.call.text', '#' || t.number || ' ') > 0))",
            )),
            of_customer(Query::new(
                "DELETE FROM telegram_topics WHERE site_id = ?1 AND ticket_id IN \
                 (SELECT ticket_id FROM tickets WHERE site_id = ?1 AND customer_id = ?2)",
            )),
            of_customer(Query::new("UPDATE telegram_users SET customer_id = NULL WHERE site_id = ?1 AND customer_id = ?2 AND agent_id IS NOT NULL")),
            of_customer(Query::new("DELETE FROM telegram_users WHERE site_id = ?1 AND customer_id = ?2")),
            of_customer(Query::new("DELETE FROM telegram_customers WHERE site_id = ?1 AND customer_id = ?2")),
            // The number stays: by it the team finds what it was called for.
            of_customer(Query::new(
                "UPDATE pages SET summary = '#' || (SELECT t.number FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = pages.ticket_id) \
                 WHERE site_id = ?1 AND ticket_id IN (SELECT ticket_id FROM tickets WHERE site_id = ?1 AND customer_id = ?2)",
            )),
            // A digest names many tickets in one text, so all of its lines go; the team has read it.
            of_customer(Query::new(
                "UPDATE events SET data = json_remove(data, '$.text') WHERE site_id = ?1 AND kind = 'digest.created' \
                 AND EXISTS (SELECT 1 FROM tickets t WHERE t.site_id = ?1 AND t.customer_id = ?2 \
                 AND instr(events.data ->> '$.text', '#' || t.number || ' ') > 0)",
            )),
            // A wish in their own words goes, or loses its words where others have it too; the team's words stay.
            of_customer(Query::new(concat!(
                "DELETE FROM features WHERE ",
                own_wish!(),
                " AND NOT ",
                wished_by_others!()
            ))),
            of_customer(Query::new(concat!(
                "UPDATE features SET title = 'Wish of a customer', folded_title = feature_id WHERE ",
                own_wish!(),
                " AND ",
                wished_by_others!()
            ))),
            of_customer(Query::new(
                "UPDATE features SET votes = votes - 1 WHERE site_id = ?1 AND feature_id IN \
                 (SELECT feature_id FROM feature_votes WHERE site_id = ?1 AND customer_id = ?2)",
            )),
            of_customer(Query::new("UPDATE surveys SET comment = NULL WHERE site_id = ?1 AND customer_id = ?2")),
            of_customer(Query::new("DELETE FROM feature_votes WHERE site_id = ?1 AND customer_id = ?2")),
            of_customer(Query::new("DELETE FROM incident_me_too WHERE site_id = ?1 AND customer_id = ?2")),
            of_customer(Query::new("DELETE FROM outbox WHERE site_id = ?1 AND payload ->> 'customer_id' = ?2")),
        ])
        .await?;
    let erased_at: Option<super::Millis> = results.get(1).map(Rows::first).transpose()?.flatten();
    Ok(erased_at.map(Timestamp::from))
}

/// A ticket that still says something.
#[derive(Debug, Deserialize)]
pub(crate) struct Telling {
    pub(crate) ticket: TicketId,
    subject: String,
    /// What the customer wrote first: with the subject it gave the ticket its words.
    first: Option<String>,
}

/// The next of the customer's tickets that still says something.
pub(crate) async fn next_ticket(db: &Db, site: &SiteId, customer: &CustomerId) -> Result<Option<Telling>, ApiError> {
    let query = Query::new(
        "SELECT json_object('ticket', t.ticket_id, 'subject', t.subject, 'first', \
         (SELECT body FROM messages WHERE site_id = ?1 AND ticket_id = t.ticket_id AND seq = 1)) AS j \
         FROM tickets t WHERE t.site_id = ?1 AND t.customer_id = ?2 AND (t.subject <> '' OR EXISTS \
         (SELECT 1 FROM messages m WHERE m.site_id = t.site_id AND m.ticket_id = t.ticket_id AND m.body <> '')) LIMIT 1",
    )
    .site(site)
    .text(customer.as_str());
    db.run(query).await?.first()
}

/// Empties messages of a ticket, a bounded number, the last first: so the first one, whose words must still be found in
/// the search, goes with the ticket. Gives whether there are more.
pub(crate) async fn empty_messages(db: &Db, site: &SiteId, telling: &Telling) -> Result<bool, ApiError> {
    let query = Query::new(
        "UPDATE messages SET body = '', attachments = NULL, author_name = CASE author_kind WHEN 'requester' THEN NULL ELSE author_name END \
         WHERE site_id = ?1 AND ticket_id = ?2 AND seq IN (SELECT seq FROM messages WHERE site_id = ?1 AND ticket_id = ?2 \
         AND seq > 1 AND body <> '' ORDER BY seq DESC LIMIT ?3) RETURNING json_quote(seq) AS j",
    )
    .site(site)
    .text(telling.ticket.as_str())
    .number(MESSAGES_AT_ONCE);
    let emptied: Vec<u32> = db.run(query).await?.all()?;
    Ok(emptied.len() >= MESSAGES_AT_ONCE as usize)
}

/// Empties the ticket itself, with its words in the search, its history and the answers kept for the team; a fact says
/// so, once.
pub(crate) async fn empty_ticket(
    db: &Db,
    site: &SiteId,
    telling: &Telling,
    agent_name: &str,
    now: Timestamp,
) -> Result<(), ApiError> {
    let of_ticket = |query: Query| query.site(site).text(telling.ticket.as_str());
    let words = format!("{}\n{}", telling.subject, telling.first.as_deref().unwrap_or_default());
    let event = named_event(&format!("{site}|{}|erased", telling.ticket));
    db.batch(vec![
        // The first words are read again from the ticket on a repeat, so they go in the same batch.
        terms::remove(site, &telling.ticket, &words)?,
        of_ticket(Query::new(
            "DELETE FROM idempotency WHERE site_id = ?1 AND caller IN (SELECT author_id FROM messages \
             WHERE site_id = ?1 AND ticket_id = ?2 AND author_kind = 'agent') AND response ->> 'id' IN \
             (SELECT message_id FROM messages WHERE site_id = ?1 AND ticket_id = ?2)",
        )),
        of_ticket(Query::new(
            "UPDATE messages SET body = '', author_name = CASE author_kind WHEN 'requester' THEN NULL ELSE author_name END, \
             attachments = NULL WHERE site_id = ?1 AND ticket_id = ?2 AND seq = 1",
        )),
        of_ticket(Query::new(
            "UPDATE ticket_events SET actor_name = CASE actor_kind WHEN 'requester' THEN NULL ELSE actor_name END, \
             data = json_remove(data, '$.resolution_summary', '$.matched', '$.comment', '$.title', CASE kind WHEN 'tagged' THEN '$.from' ELSE '$.title' END, \
             CASE kind WHEN 'tagged' THEN '$.to' ELSE '$.title' END) WHERE site_id = ?1 AND ticket_id = ?2",
        )),
        of_ticket(Query::new(
            "UPDATE tickets SET subject = '', context = '{}', fields = '{}', resolution_summary = NULL, rating_comment = NULL, tags = '[]', \
             status = 'closed', next_due_at = NULL, due_at = NULL, version = version + 1 \
             WHERE site_id = ?1 AND ticket_id = ?2",
        )),
        of_ticket(Query::new(
            "INSERT INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, actor_name, data, created_at, version) \
             SELECT site_id, ticket_id, ?3, 'customer.erased', 'agent', ?4, '{}', ?5, version FROM tickets t \
             WHERE t.site_id = ?1 AND t.ticket_id = ?2 AND NOT EXISTS (SELECT 1 FROM ticket_events e \
             WHERE e.site_id = ?1 AND e.ticket_id = ?2 AND e.event_id = ?3)",
        ))
        .text(event.as_str())
        .text(agent_name)
        .time(now),
    ])
    .await
    .map(drop)
}

/// The next files that the customer sent.
pub(crate) async fn next_files(db: &Db, site: &SiteId, customer: &CustomerId) -> Result<Vec<UploadId>, ApiError> {
    let query = Query::new(
        "SELECT json_quote(upload_id) AS j FROM uploads WHERE site_id = ?1 AND customer_id = ?2 ORDER BY upload_id LIMIT ?3",
    )
    .site(site)
    .text(customer.as_str())
    .number(FILES_AT_ONCE);
    db.run(query).await?.all()
}

/// Forgets files whose bytes are gone.
pub(crate) async fn forget_files(db: &Db, site: &SiteId, files: &[UploadId]) -> Result<(), ApiError> {
    let query = Query::new("DELETE FROM uploads WHERE site_id = ?1 AND upload_id IN (SELECT value FROM json_each(?2))")
        .site(site)
        .text(&serde_json::to_string(files)?);
    db.run(query).await.map(drop)
}
