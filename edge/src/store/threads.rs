//! The messages of a ticket: added with everything that follows from them, and read on from a place.

use super::facts::{self, Fact, FactRow, When, actor_word, fact_json};
use super::tickets::{ForCaller, MessageRow, THREAD_MESSAGES_MAX, message_json};
use super::{Db, Query, Rows, idempotency, sessions, uploads};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::id::{CustomerId, EventId, SiteId, TicketId};
use buoy_shared::ticket::{AuthorKind, Message, RootCause, TicketStatus};
use buoy_shared::time::Timestamp;
use buoy_shared::triage::Signals;
use serde::Deserialize;

/// Bytes that a message takes in an answer, at most: its text as JSON has it (a quote is two letters there), its files, and
/// 700 for the rest, most of it the name of who wrote.
macro_rules! bytes_in_json {
    () => {
        "length(CAST(json_quote(x.body) AS BLOB)) + length(CAST(coalesce(x.attachments, '') AS BLOB)) + 700"
    };
}

/// The messages of the ticket ?2 of the site ?1, as many from the first on as one answer can carry: the database refuses
/// a text of more than 2 MB, of which a ticket's history may be half. A live connection reads on.
macro_rules! readable_messages {
    ($condition:literal) => {
        concat!(
            "(SELECT x.*, sum(",
            crate::store::threads::bytes_in_json!(),
            ") OVER (ORDER BY x.seq) AS bytes FROM messages x WHERE x.site_id = ?1 AND x.ticket_id = ?2",
            $condition,
            ") m WHERE m.bytes <= 1000000"
        )
    };
}

/// The same with the newest messages where not all can be carried: what was said last is what somebody waits for.
macro_rules! newest_messages {
    ($condition:literal) => {
        concat!(
            "(SELECT x.*, sum(",
            crate::store::threads::bytes_in_json!(),
            ") OVER (ORDER BY x.seq DESC) AS bytes, row_number() OVER (ORDER BY x.seq DESC) AS back FROM messages x WHERE x.site_id = ?1 AND x.ticket_id = ?2",
            $condition,
            ") m WHERE m.bytes <= 1000000"
        )
    };
}
pub(crate) use {bytes_in_json, newest_messages};

/// What a write to a thread must know first: the caller, how far the ticket is, whether it was done before.
pub(crate) struct ThreadState {
    pub(crate) caller: sessions::Caller,
    pub(crate) status: Option<TicketStatus>,
    pub(crate) earlier: Option<idempotency::Earlier>,
}

/// Reads it in one batch.
pub(crate) async fn thread_state(
    db: &Db,
    token: &TokenRef,
    ticket: &str,
    key: &str,
    now: Timestamp,
) -> Result<ThreadState, ApiError> {
    let status = Query::new(
        "SELECT json_quote(t.status) AS j FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?2 \
         AND t.customer_id = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?3 AND expires_at > ?4)",
    )
    .site(&token.site)
    .text(ticket)
    .text(&token.hash)
    .time(now);
    let results = db.batch(vec![sessions::find(token, now), status, idempotency::find_for_visitor(token, key)]).await?;
    let caller = sessions::caller(results.first(), token)?;
    let status = results.get(1).map(Rows::first).transpose()?.flatten();
    Ok(ThreadState { caller, status, earlier: results.get(2).map(Rows::first).transpose()?.flatten() })
}

/// Who adds a message to which ticket.
pub(crate) struct Addition<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) ticket: &'a TicketId,
    /// Customer or agent.
    pub(crate) author_id: &'a str,
    /// Its place is given by the database.
    pub(crate) message: &'a Message,
    /// The status that was asked for; none leaves it to the rule (see [`next_status`]).
    pub(crate) status: Option<TicketStatus>,
    /// The version that the status was asked of; when the ticket has another, nothing is written.
    pub(crate) still: Option<u32>,
    /// Whether it counts as the first answer of a person.
    pub(crate) is_response: bool,
    /// Whether its author has read what stands above it: in a chat that shows it all. A page says what was read there, and its
    /// outbox may bring words that are older than the answers above them.
    pub(crate) has_read_all: bool,
    /// What a customer's words give away (E1).
    pub(crate) signals: Signals,
    /// Why it happened, when that is said with it.
    pub(crate) root_cause: Option<RootCause>,
    /// What was done, when that is said with it.
    pub(crate) resolution_summary: Option<&'a str>,
}

/// Statements that add a message; the first gives its place. The place of a message in a ticket that was closed or, where
/// it matters, changed meanwhile would be NULL, which the column refuses: then the whole batch changes nothing (see
/// [`came_too_late`]).
pub(crate) fn add_message(
    addition: &Addition<'_>,
    attempt: Option<&idempotency::Attempt>,
) -> Result<Vec<Query>, ApiError> {
    let mut queries =
        vec![message_row(addition), message_fact(addition)?, status_fact(addition), ticket_change(addition)];
    if let Some(attempt) = attempt {
        queries.push(keep_answer(addition, attempt)?);
    }
    let files = &addition.message.attachments;
    if let (false, Ok(customer)) = (files.is_empty(), CustomerId::parse(addition.author_id)) {
        queries.extend(uploads::claim(addition.site, &customer, addition.ticket, &addition.message.id, files)?);
    }
    Ok(queries)
}

/// Whether a batch of [`add_message`] was refused because the ticket was closed or changed meanwhile.
pub(crate) fn came_too_late(error: &ApiError) -> bool {
    error.mentions("NOT NULL constraint failed: messages.seq")
}

fn message_row(addition: &Addition<'_>) -> Query {
    let message = addition.message;
    Query::new(
        "INSERT INTO messages (site_id, ticket_id, seq, message_id, author_kind, author_id, author_name, body, internal, created_at) \
         VALUES (?1, ?2, (SELECT last_seq + 1 FROM tickets WHERE site_id = ?1 AND ticket_id = ?2 AND status <> 'closed' AND (?10 IS NULL OR version = ?10)), ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         RETURNING json_quote(seq) AS j",
    )
    .site(addition.site)
    .text(addition.ticket.as_str())
    .text(message.id.as_str())
    .text(actor_word(message.author.kind))
    .text(addition.author_id)
    .maybe_text(message.author.name.as_deref())
    .text(&message.body)
    .flag(message.internal)
    .time(message.created_at)
    .maybe_number(addition.still)
}

/// The status a message leads to, decided from the row as it is in the batch, so that two at once lose nothing: what
/// was asked for (?3); else a customer's message reopens what was solved or waiting (T2), and a first answer puts an
/// open ticket in progress. ?4 and ?5 say whether a customer wrote and whether it is an answer.
macro_rules! next_status {
    () => {
        "CASE WHEN ?3 IS NOT NULL THEN ?3 WHEN ?4 = 1 AND status IN ('pending', 'solved') THEN 'open' \
         WHEN ?5 = 1 AND status = 'open' THEN 'in_progress' ELSE status END"
    };
}

fn with_next_status(query: Query, addition: &Addition<'_>) -> Query {
    query
        .site(addition.site)
        .text(addition.ticket.as_str())
        .maybe_text(addition.status.map(TicketStatus::as_str))
        .flag(addition.message.author.kind == AuthorKind::Requester)
        .flag(addition.is_response)
}

fn ticket_change(addition: &Addition<'_>) -> Query {
    let query = Query::new(concat!(
        "UPDATE tickets SET last_seq = last_seq + 1, status = ",
        next_status!(),
        ", updated_at = max(updated_at, ?6), seen_seq = CASE WHEN ?9 = 1 THEN last_seq + 1 ELSE seen_seq END, \
         first_responded_at = CASE WHEN ?5 = 1 THEN coalesce(first_responded_at, ?6) ELSE first_responded_at END, \
         solved_at = CASE ",
        next_status!(),
        " WHEN 'solved' THEN coalesce(solved_at, ?6) WHEN 'closed' THEN solved_at END, \
         reopened = reopened + (status = 'solved' AND ?4 = 1), root_cause = coalesce(?7, root_cause), \
         resolution_summary = coalesce(?8, resolution_summary), version = version + 1, next_due_at = ?6 \
         WHERE site_id = ?1 AND ticket_id = ?2"
    ));
    let cause = addition.root_cause.and_then(|cause| serde_json::to_value(cause).ok());
    with_next_status(query, addition)
        .time(addition.message.created_at)
        .maybe_text(cause.as_ref().and_then(serde_json::Value::as_str))
        .maybe_text(addition.resolution_summary)
        .flag(addition.has_read_all)
}

/// The fact that somebody wrote (T5).
fn message_fact(addition: &Addition<'_>) -> Result<Query, ApiError> {
    let message = addition.message;
    let kind = if message.internal { "note.added" } else { "message.added" };
    let signals = (!addition.signals.is_empty()).then_some(addition.signals);
    let data = serde_json::json!({ "message": message.id, "signals": signals });
    let author = &message.author;
    let fact = Fact::new(kind, author.kind, author.name.as_deref(), data, message.created_at);
    facts::insert(addition.site, addition.ticket, &[fact], When::Changing)
}

/// The fact that the status changes, if it does; runs before the change.
fn status_fact(addition: &Addition<'_>) -> Query {
    let query = Query::new(concat!(
        "INSERT INTO ticket_events (site_id, ticket_id, kind, event_id, actor_kind, actor_name, created_at, version, data) \
         SELECT site_id, ticket_id, 'status.changed', ?6, ?7, ?8, ?9, version + 1, json_object('from', status, 'to', ",
        next_status!(),
        ") FROM tickets WHERE site_id = ?1 AND ticket_id = ?2 AND status <> ",
        next_status!()
    ));
    let author = &addition.message.author;
    with_next_status(query, addition)
        .text(EventId::from_random(crate::platform::random_16()).as_str())
        .text(actor_word(author.kind))
        .maybe_text(author.name.as_deref())
        // The history is ordered by time, and the change follows from the message.
        .time(addition.message.created_at.plus_millis(1))
}

/// Keeps the answer under its key, with the place the database gave.
fn keep_answer(addition: &Addition<'_>, attempt: &idempotency::Attempt) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO idempotency (site_id, caller, key, request_hash, response, created_at) \
         SELECT ?1, ?3, ?4, ?5, json_set(?6, '$.seq', last_seq), ?7 FROM tickets WHERE site_id = ?1 AND ticket_id = ?2",
    )
    .site(addition.site)
    .text(addition.ticket.as_str())
    .text(addition.author_id)
    .text(&attempt.key)
    .text(&attempt.hash)
    .text(&serde_json::to_string(addition.message)?)
    .time(addition.message.created_at))
}

/// The facts of the ticket ?2 of the site ?1 of which its requester may hear (`ThreadEvent::of` decides), after a version: the newest hundred, the
/// oldest of these first. Each is a line of a thread; nobody reads more of them.
macro_rules! told_events {
    ($after:literal) => {
        concat!(
            "(SELECT json_group_array(json(j)) FROM (SELECT * FROM (SELECT ",
            fact_json!(),
            " AS j, e.created_at AS at, e.event_id AS id FROM ticket_events e WHERE e.site_id = ?1 AND e.ticket_id = ?2 AND e.version > ",
            $after,
            " AND e.kind IN ('assigned', 'sla.reassigned', 'status.changed', 'merged') \
             ORDER BY e.created_at DESC, e.event_id DESC LIMIT 100) ORDER BY at, id))"
        )
    };
}

/// What a live connection must catch up with: the messages after a place, and how far the ticket is.
#[derive(Debug, Deserialize)]
pub(crate) struct News {
    pub(crate) status: TicketStatus,
    pub(crate) messages: Vec<MessageRow>,
    /// What became of it after the version that was asked about.
    pub(crate) events: Vec<FactRow>,
    /// The ticket's version now.
    pub(crate) version: u32,
    /// Whether the session that follows is over, or its site no longer takes strangers.
    pub(crate) signed_out: u8,
}

/// Reads it, without internal notes. Whose ticket it is was checked when the connection was made; whether the session is
/// still there, by the hash of its token, each time.
pub(crate) async fn news(
    db: &Db,
    site: &SiteId,
    ticket: &TicketId,
    after: u32,
    events_after: u32,
    session: Option<&str>,
) -> Result<Option<News>, ApiError> {
    let query = Query::new(concat!(
        "SELECT json_object('status', t.status, 'version', t.version, 'events', ",
        told_events!("?6"),
        ", 'signed_out', ?5 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions e \
         JOIN customers c ON c.site_id = e.site_id AND c.customer_id = e.customer_id JOIN sites s ON s.site_id = e.site_id \
         WHERE e.site_id = ?1 AND e.token_hash = ?5 AND (s.anonymous = 1 OR c.verified = 1)), 'messages', (SELECT json_group_array(json(j)) FROM (SELECT ",
        message_json!(),
        " AS j FROM ",
        readable_messages!(" AND x.seq > ?3 AND x.internal = 0"),
        " ORDER BY m.seq LIMIT ?4))) AS j \
         FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?2"
    ))
    .site(site)
    .text(ticket.as_str())
    .number(after)
    .number(THREAD_MESSAGES_MAX)
    .maybe_text(session)
    .number(events_after);
    db.run(query).await?.first()
}

/// The caller's ticket's events after a version, the oldest first; none when it is not theirs.
pub(crate) async fn events(
    db: &Db,
    token: &TokenRef,
    ticket: &str,
    after: u32,
    now: Timestamp,
) -> Result<ForCaller<Option<Vec<FactRow>>>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        told_events!("?5"),
        " AS j FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?2 \
         AND t.customer_id = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?3 AND expires_at > ?4)"
    ))
    .site(&token.site)
    .text(ticket)
    .text(&token.hash)
    .time(now)
    .number(after);
    let results = db.batch(vec![sessions::find(token, now), query]).await?;
    let caller = sessions::caller(results.first(), token)?;
    Ok(ForCaller { origins: caller.site.origins, value: results.get(1).map(Rows::first).transpose()?.flatten() })
}
