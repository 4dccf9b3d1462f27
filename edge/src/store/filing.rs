//! Filing a ticket: what is known of the caller beforehand, and the batch that stores everything.

use super::facts::{self, Fact, When};
use super::{Db, Query, Rows, idempotency, terms};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::id::{CustomerId, SiteId, TicketId};
use buoy_shared::ticket::{NewTicket, Origin, Ticket};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Unsolved tickets of one agent that are counted; above it the load is the same, and the count stays cheap.
const LOAD_COUNTED_MAX: u32 = 100;
/// Tickets of one customer that are looked at for what is related.
const RELATED_MAX: u32 = 50;

/// A ticket ready to be stored.
pub(crate) struct Filed<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) customer: &'a CustomerId,
    pub(crate) ticket: &'a Ticket,
    pub(crate) new: &'a NewTicket,
    pub(crate) locale: &'a str,
    pub(crate) origin: Origin,
    pub(crate) queue: &'a str,
    pub(crate) tags: &'a [String],
    pub(crate) assignee_id: Option<&'a str>,
    pub(crate) facts: &'a [Fact],
    /// When its nearest promise ends.
    pub(crate) due_at: Option<Timestamp>,
    /// When the cron must look at it.
    pub(crate) next_due_at: Option<Timestamp>,
}

/// What came of storing a ticket.
pub(crate) struct Stored {
    pub(crate) answer: String,
    /// Somebody wants to hear of it: the row that tells them was written.
    pub(crate) is_news: bool,
}

/// Stores a ticket, its messages, its facts, the news of it (see `outbox::tell`), what else follows, and the answer under
/// the caller's key, as one batch. The number is given by the database and filled into the answer there.
pub(crate) async fn insert(
    db: &Db,
    filed: &Filed<'_>,
    attempt: &idempotency::Attempt,
    news: Query,
    follows: Vec<Query>,
) -> Result<Stored, ApiError> {
    let number =
        Query::new("UPDATE ticket_numbers SET last_number = last_number + 1 WHERE site_id = ?1").site(filed.site);
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
    let words = format!("{}\n{}", filed.new.subject(), filed.new.body());
    let mut queries = vec![
        number,
        answer,
        news,
        ticket_row(filed)?,
        messages(filed)?,
        facts::insert(filed.site, &filed.ticket.id, filed.facts, When::Created)?,
        contact(filed),
        terms::insert(filed.site, &filed.ticket.id, &words)?,
    ];
    queries.extend(follows);
    let results = db.batch(queries).await?;
    let first = |place: usize| results.get(place).and_then(Rows::first_text);
    let answer = first(1).map(str::to_owned).ok_or_else(|| ApiError::internal("a ticket's answer was not stored"))?;
    Ok(Stored { answer, is_news: first(2).is_some() })
}

/// Whoever was erased meanwhile files nothing: then the number is none, which the column refuses, and the whole batch with it.
fn ticket_row(filed: &Filed<'_>) -> Result<Query, ApiError> {
    let ticket = filed.ticket;
    let answer = ticket.auto_answer.as_ref().map(serde_json::to_string).transpose()?;
    Ok(Query::new(
        "INSERT INTO tickets (site_id, ticket_id, customer_id, status, priority, category, tier, subject, locale, origin, context, \
         first_response_due_at, resolution_due_at, last_seq, seen_seq, created_at, updated_at, queue, tags, assignee_id, auto_answer, \
         auto_answer_outcome, due_at, next_due_at, fields, number) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?21, ?10, ?11, ?12, ?14, ?14, ?13, ?13, ?15, ?16, ?17, ?18, \
         CASE WHEN ?18 IS NULL THEN NULL ELSE 'waiting' END, ?19, ?20, ?22, \
         CASE WHEN EXISTS (SELECT 1 FROM customers WHERE site_id = ?1 AND customer_id = ?3 AND erased_at IS NULL) THEN last_number END \
         FROM ticket_numbers WHERE site_id = ?1",
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
    .time(ticket.created_at)
    .number(u32::try_from(ticket.messages.len()).unwrap_or(u32::MAX))
    .text(filed.queue)
    .text(&serde_json::to_string(filed.tags)?)
    .maybe_text(filed.assignee_id)
    .maybe_text(answer.as_deref())
    .maybe_time(filed.due_at)
    .maybe_time(filed.next_due_at)
    .text(filed.origin.as_str())
    .text(&serde_json::to_string(filed.new.fields())?))
}

/// The customer's message, and what a rule answered.
fn messages(filed: &Filed<'_>) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO messages (site_id, ticket_id, seq, message_id, author_kind, author_id, author_name, body, created_at) \
         SELECT ?1, ?2, m.value ->> 'seq', m.value ->> 'id', m.value ->> '$.author.kind', \
         CASE m.value ->> '$.author.kind' WHEN 'requester' THEN ?3 END, m.value ->> '$.author.name', m.value ->> 'body', ?5 FROM json_each(?4) m",
    )
    .site(filed.site)
    .text(filed.ticket.id.as_str())
    .text(filed.customer.as_str())
    .text(&serde_json::to_string(&filed.ticket.messages)?)
    .time(filed.ticket.created_at))
}

/// An unverified customer may say where to write to them; what a signed identity says is never overwritten.
fn contact(filed: &Filed<'_>) -> Query {
    Query::new(
        "UPDATE customers SET email = coalesce(?3, email), name = coalesce(?4, name), locale = coalesce(?5, locale), updated_at = ?6 \
         WHERE site_id = ?1 AND customer_id = ?2 AND verified = 0 AND erased_at IS NULL AND coalesce(?3, ?4, ?5) IS NOT NULL",
    )
    .site(filed.site)
    .text(filed.customer.as_str())
    .maybe_text(filed.new.email())
    .maybe_text(filed.new.name())
    .maybe_text(filed.new.locale())
    .time(filed.ticket.created_at)
}

/// An earlier ticket of the same customer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Related {
    pub(crate) category: String,
    /// Who had it.
    pub(crate) assignee: Option<String>,
}

/// The statement for the last tickets of a customer.
macro_rules! related {
    ($customer:literal) => {
        concat!(
            "SELECT json_object('category', t.category, 'assignee', t.assignee_id) AS j FROM tickets t WHERE t.site_id = ?1 AND t.merged_into IS NULL AND t.customer_id = (",
            $customer,
            ") ORDER BY t.updated_at DESC, t.ticket_id DESC LIMIT ?3"
        )
    };
}

/// The last tickets of the customer who bears this token.
pub(crate) fn related(token: &TokenRef) -> Query {
    Query::new(related!("SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2"))
        .site(&token.site)
        .text(&token.hash)
        .number(RELATED_MAX)
}

/// The last tickets of whoever asked this one.
pub(crate) fn related_to(site: &SiteId, ticket: &TicketId) -> Query {
    Query::new(related!("SELECT customer_id FROM tickets WHERE site_id = ?1 AND ticket_id = ?2"))
        .site(site)
        .text(ticket.as_str())
        .number(RELATED_MAX)
}

/// A member of the team who could get a ticket.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) skills: Vec<String>,
    pub(crate) on_shift_until: Option<super::Millis>,
    pub(crate) load: u32,
}

/// Everybody of a site who answers tickets, with their load. Without statistics SQLite would count through all tickets
/// of the site, hence the index by name.
pub(crate) fn members(site: &SiteId) -> Query {
    Query::new(
        "SELECT json_object('id', a.agent_id, 'name', a.name, 'skills', json(a.skills), 'on_shift_until', a.on_shift_until, \
         'load', (SELECT count(*) FROM (SELECT 1 FROM tickets t INDEXED BY tickets_active_by_assignee \
         WHERE t.site_id = a.site_id AND t.assignee_id = a.agent_id \
         AND t.status IN ('open', 'in_progress', 'pending') LIMIT ?2))) AS j \
         FROM agents a WHERE a.site_id = ?1 AND a.role IN ('admin', 'agent') ORDER BY a.agent_id LIMIT 500",
    )
    .site(site)
    .number(LOAD_COUNTED_MAX)
}

/// Which tickets of a customer count as the same issue (R7).
pub(crate) struct SameIssue<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) customer: &'a CustomerId,
    pub(crate) ticket: &'a TicketId,
    pub(crate) since: Timestamp,
    /// How many make an escalation.
    pub(crate) tickets_min: u32,
}

/// The tickets of the same issue as ?3 of the customer ?2 since ?4, by category or by the rule that answered; of the last
/// fifty that the customer has ([`RELATED_MAX`]), so that it costs the same however many they file. What was made since ?4
/// was changed since ?4, hence the index.
macro_rules! same_issue {
    () => {
        "(SELECT o.number FROM tickets n JOIN \
         (SELECT number, category, auto_answer, created_at, merged_into FROM tickets INDEXED BY tickets_by_customer \
         WHERE site_id = ?1 AND customer_id = ?2 AND updated_at >= ?4 ORDER BY updated_at DESC, ticket_id DESC LIMIT 50) o \
         WHERE n.site_id = ?1 AND n.ticket_id = ?3 AND n.customer_id = ?2 AND o.created_at >= ?4 AND o.merged_into IS NULL \
         AND (o.category = n.category OR o.auto_answer ->> 'rule' = n.auto_answer ->> 'rule') ORDER BY o.number)"
    };
}

/// Escalates the ticket that was made in this batch if it is one too many on the same issue: counted in the batch, so
/// that of several at once none slips through. Fact, notice, mark.
pub(crate) fn escalate_repeated(same: &SameIssue<'_>, now: Timestamp) -> Vec<Query> {
    let bind = |query: Query| {
        query
            .site(same.site)
            .text(same.customer.as_str())
            .text(same.ticket.as_str())
            .time(same.since)
            .number(same.tickets_min)
    };
    let name = format!("{}|{}|escalated", same.site, same.ticket);
    let fact = Query::new(concat!(
        "INSERT OR IGNORE INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, data, created_at, version) \
         SELECT ?1, ?3, ?6, 'escalated', 'automation', json_object('reason', 'same_issue', 'to', 'product_lead', 'tickets', json_group_array(number)), ?7, 1 FROM ",
        same_issue!(),
        " HAVING count(*) >= ?5"
    ));
    let notice = Query::new(concat!(
        "INSERT OR IGNORE INTO outbox (outbox_id, site_id, kind, payload, due_at, created_at) \
         SELECT ?6, ?1, 'escalation', json_object('kind', 'escalation', 'ticket_id', ?3, 'reason', 'same_issue', 'to', 'product_lead', \
         'tickets', json_group_array(number)), ?8, ?7 FROM ",
        same_issue!(),
        " HAVING count(*) >= ?5"
    ));
    let mark = Query::new(concat!(
        "UPDATE tickets SET escalated_at = ?6 WHERE site_id = ?1 AND ticket_id = ?3 AND ?5 <= (SELECT count(*) FROM ",
        same_issue!(),
        ")"
    ));
    let after = now.plus_millis(FACTS_OF_FILING_MAX);
    vec![
        bind(fact).text(super::outbox::named_event(&name).as_str()).time(after),
        bind(notice).text(&super::outbox::named_outbox(&name)).time(now).time(now),
        bind(mark).time(now),
    ]
}

/// Facts that filing may write, each a millisecond after the other; what the batch adds comes after them.
const FACTS_OF_FILING_MAX: i64 = 10;
