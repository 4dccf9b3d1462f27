//! Tickets, for the visitors whose they are. What is not theirs looks like what does not exist.

use crate::auth::{self, TokenRef};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::intake::{FEATURE_QUEUE, Intake, take_in};
use crate::hands::Around;
use crate::jobs;
use crate::limits;
use crate::platform;
use crate::reply::Reply;
use crate::rules;
use crate::store::filing::{self, Filed, SameIssue, Stored};
use crate::store::idempotency::{self, Attempt, Earlier};
use crate::store::outbox::{self, Entry, Task};
use crate::store::sessions::Caller;
use crate::store::threads::{self, Addition, ThreadState};
use crate::store::{Db, Query, Rows, answer_mails, features, measurement, sessions, uploads};
use buoy_shared::id::{MessageId, SiteId, TicketId};
use buoy_shared::text::BODY_BYTES_MAX;
use buoy_shared::ticket::{
    Author, AuthorKind, Message, MessageDraft, NewTicket, Origin, TICKET_BYTES_MAX, Ticket, TicketDraft, TicketStatus,
};
use buoy_shared::time::Timestamp;

/// `POST tickets/`: the token's form, the idempotency key and the body; see [`file_ticket`].
pub(crate) async fn create_ticket(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let key = request.required_idempotency_key()?;
    let body = request.json::<TicketDraft>(TICKET_BYTES_MAX)?;
    let attempt = Attempt::new(key, cx.url.path(), &body.text);
    let via = Via { origin: Origin::Widget, address: Some(&cx.address) };
    file_ticket(cx, &token, &body.value, &attempt, via).await.map(Reply::created_text)
}

/// How a ticket comes in.
#[derive(Clone, Copy)]
pub(crate) struct Via<'a> {
    pub(crate) origin: Origin,
    /// Where from, when that says anything about the person.
    pub(crate) address: Option<&'a str>,
}

/// Files a ticket; gives the answer.
///
/// 1. find the caller, an earlier answer under the key, their other tickets and the team, in one batch; a repeat gets
///    that answer;
/// 2. check every field against the limits and the site's policy;
/// 3. triage it, answer it where a rule can, else give it to a person; compute what is promised; name its files; ask for
///    room within the limits;
/// 4. store everything as one batch; if another request with the key was first, give its answer.
pub(crate) async fn file_ticket(
    cx: &Cx,
    token: &TokenRef,
    draft: &TicketDraft,
    attempt: &Attempt,
    via: Via<'_>,
) -> Result<String, ApiError> {
    let db = cx.db(&token.site)?;
    // 1.
    let results = db
        .batch(vec![
            sessions::find(token, cx.now),
            idempotency::find_for_visitor(token, &attempt.key),
            filing::related(token),
            filing::members(&token.site),
        ])
        .await?;
    let (caller, earlier) = read_caller(cx, token, &results)?;
    if let Some(earlier) = earlier {
        return earlier.answer_to(attempt);
    }
    let around = Around::read(results.get(2), results.get(3))?;
    // 2.
    let policy = &caller.site.policy;
    // A chat or an alert has no form: what a category asks is asked of pages.
    let new = match via.origin {
        Origin::Widget => NewTicket::check_against(draft, policy)?,
        _ => NewTicket::check(draft, &policy.category_keys())?,
    };
    // 3.
    let locale = caller.site.policy.locale_for(new.locale().or(caller.locale.as_deref()).unwrap_or_default());
    let mut intake = take_in(cx, &caller, &new, locale, &around, via.origin);
    let claims = attach(&db, &token.site, &caller, &mut intake.ticket, new.attachments()).await?;
    // Alerts are bounded by what one request may bring, and by their keys.
    if via.origin != Origin::Alert {
        limits::charge_ticket(cx, via.address, &token.site, &caller).await?;
    }
    // 4.
    let filed = Filed {
        site: &token.site,
        customer: &caller.customer_id,
        ticket: &intake.ticket,
        new: &new,
        locale,
        origin: via.origin,
        queue: &intake.sorted.queue,
        tags: &intake.sorted.tags,
        assignee_id: intake.assignee.as_ref().map(|member| member.id.as_str()),
        facts: &intake.facts,
        due_at: intake.due_at,
        next_due_at: Some(cx.now),
    };
    let mut follows = follows(cx, &filed, &caller, &intake);
    follows.extend(claims);
    let (news, row) = outbox::tell(&token.site, Task::TicketCreated { ticket_id: intake.ticket.id.clone() }, cx.now)?;
    let duty = page_on_duty(&caller, &intake, &token.site, cx.now)?.map(|(entry, row)| {
        follows.push(row);
        entry
    });
    match filing::insert(&db, &filed, attempt, row, follows).await.map_err(uploads::was_taken) {
        Ok(Stored { answer, is_news }) => {
            jobs::attempt_in_order_after_answer(cx, is_news.then_some(news).into_iter().chain(duty).collect());
            Ok(answer)
        }
        Err(error) => first_answer(cx, &db, token, attempt, error).await,
    }
}

/// The task to call whoever is on duty, where the ticket's priority asks for it (P).
fn page_on_duty(
    caller: &Caller,
    intake: &Intake,
    site: &SiteId,
    now: Timestamp,
) -> Result<Option<(Entry, Query)>, ApiError> {
    let ticket_id = intake.ticket.id.clone();
    let calls = rules::calls_on_duty(&caller.site.policy, &intake.ticket.priority);
    if calls { outbox::put(site, Task::PageOnDuty { ticket_id }, now).map(Some) } else { Ok(None) }
}

/// Puts the files that were sent before beside the ticket's first message; gives the statements that claim them.
async fn attach(
    db: &Db,
    site: &SiteId,
    caller: &Caller,
    ticket: &mut Ticket,
    ids: &[String],
) -> Result<Vec<Query>, ApiError> {
    let files = uploads::unattached(db, site, caller, ids).await?;
    let Some(message) = ticket.messages.first_mut() else { return Ok(Vec::new()) };
    let claims = uploads::claim(site, &caller.customer_id, &ticket.id, &message.id, &files)?;
    message.attachments = files;
    Ok(claims)
}

/// What else is stored with a ticket: an escalation of what was asked too often (R7), a vote for a wish (R6).
fn follows(cx: &Cx, filed: &Filed<'_>, caller: &Caller, intake: &Intake) -> Vec<Query> {
    // Counted in the batch each time: tickets that were sent at the same moment have not seen each other before it.
    let (since, tickets_min) = rules::same_issue(&caller.site.policy, cx.now);
    let same = SameIssue { site: filed.site, customer: filed.customer, ticket: &filed.ticket.id, since, tickets_min };
    // Alerts of one source have nothing in common but it.
    let mut queries = if filed.origin == Origin::Alert { Vec::new() } else { filing::escalate_repeated(&same, cx.now) };
    if intake.sorted.queue == FEATURE_QUEUE {
        queries.extend(features::wish(filed.site, filed.ticket.id.as_str(), &filed.ticket.subject, cx.now));
    }
    queries
}

/// The caller, and the answer they were given before under this key.
async fn caller_and_earlier(
    cx: &Cx,
    db: &Db,
    token: &TokenRef,
    attempt: &Attempt,
) -> Result<(Caller, Option<Earlier>), ApiError> {
    let results =
        db.batch(vec![sessions::find(token, cx.now), idempotency::find_for_visitor(token, &attempt.key)]).await?;
    read_caller(cx, token, &results)
}

fn read_caller(cx: &Cx, token: &TokenRef, results: &[Rows]) -> Result<(Caller, Option<Earlier>), ApiError> {
    let caller = sessions::caller(results.first(), token)?;
    cx.check_origin(&caller.site.origins)?;
    Ok((caller, results.get(1).map(Rows::first).transpose()?.flatten()))
}

/// When a batch was refused because another request with the same key was first: that one's answer. Else the error.
async fn first_answer(
    cx: &Cx,
    db: &Db,
    token: &TokenRef,
    attempt: &Attempt,
    error: ApiError,
) -> Result<String, ApiError> {
    let (_, earlier) = caller_and_earlier(cx, db, token, attempt).await?;
    earlier.ok_or(error)?.answer_to(attempt)
}

/// Reads a ticket's id from a path; what is not one does not exist.
pub(crate) fn ticket_id(text: &str) -> Result<TicketId, ApiError> {
    TicketId::parse(text).map_err(|_| ApiError::not_found())
}

/// `POST tickets/<ticket>/add_message/`: the token's form, the idempotency key and the body; see [`write_message`].
pub(crate) async fn add_message(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let key = request.required_idempotency_key()?;
    let body = request.json::<MessageDraft>(BODY_BYTES_MAX)?;
    let attempt = Attempt::new(key, cx.url.path(), &body.text);
    write_message(cx, &token, id, &body.value, &attempt, Origin::Widget).await.map(Reply::created_text)
}

/// Stores what a customer writes; gives the answer.
///
/// 1. find the caller, the ticket's state and an earlier answer, in one batch;
/// 2. check the text and its files, that the ticket still takes messages, and that there is room within the limits;
/// 3. store message, status, facts, answer and the task to tell live connections, as one batch;
/// 4. tell them at once, after the answer; should that fail, the cron does it.
pub(crate) async fn write_message(
    cx: &Cx,
    token: &TokenRef,
    id: &str,
    draft: &MessageDraft,
    attempt: &Attempt,
    origin: Origin,
) -> Result<String, ApiError> {
    let db = cx.db(&token.site)?;
    // 1.
    let ThreadState { caller, status, earlier } = threads::thread_state(&db, token, id, &attempt.key, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    if let Some(earlier) = earlier {
        return earlier.answer_to(attempt);
    }
    let before = status.ok_or_else(ApiError::not_found)?;
    // 2.
    let text = draft.check()?;
    if before == TicketStatus::Closed {
        return Err(closed());
    }
    let files = uploads::unattached(&db, &token.site, &caller, &draft.files()).await?;
    // The ends of alerts are bounded as their beginnings are.
    if origin != Origin::Alert {
        limits::charge_message(cx, &token.site, &caller).await?;
    }
    // 3.
    let ticket = ticket_id(id)?;
    let signals = caller.site.policy.rules().signals("", &text);
    let message = Message {
        id: MessageId::from_random(platform::random_16()),
        seq: 0,
        author: Author { kind: AuthorKind::Requester, name: caller.name.clone() },
        body: text,
        attachments: files,
        internal: false,
        created_at: cx.now,
    };
    let addition = Addition {
        site: &token.site,
        ticket: &ticket,
        author_id: caller.customer_id.as_str(),
        message: &message,
        status: None,
        still: None,
        is_response: false,
        has_read_all: origin == Origin::Telegram,
        signals,
        root_cause: None,
        resolution_summary: None,
    };
    match store_message(cx, &db, &addition, Some(attempt)).await {
        Ok(answer) => {
            // What goes on has its clocks go on; for the rest the cron's minute is soon enough.
            if before != before.after_requester_wrote() || !signals.is_empty() {
                jobs::follow_up(cx, &token.site, &ticket, Vec::new());
            }
            Ok(answer)
        }
        Err(error) => first_answer(cx, &db, token, attempt, error).await,
    }
}

pub(crate) fn closed() -> ApiError {
    ApiError::conflict("the ticket is closed; open a new one")
}

/// Stores a message with everything that follows from it, and tells the ticket's live connections. Gives the stored
/// message as JSON.
pub(crate) async fn store_message(
    cx: &Cx,
    db: &Db,
    addition: &Addition<'_>,
    attempt: Option<&Attempt>,
) -> Result<String, ApiError> {
    let (entry, task) =
        outbox::put(addition.site, Task::NotifyThread { ticket_id: addition.ticket.to_string() }, cx.now)?;
    let mut queries = threads::add_message(addition, attempt)?;
    queries.push(task);
    let told = queries.len();
    let news = news_of(addition, cx.now)?.map(|(news, row)| {
        queries.push(row);
        news
    });
    if addition.is_response {
        queries.extend(measurement::cite(addition.site, addition.ticket, &addition.message.body, cx.now)?);
        queries.push(answer_mails::put(addition.site, addition.ticket, &addition.message.id, cx.now)?);
    }
    let results = db
        .batch(queries)
        .await
        .map_err(|error| if threads::came_too_late(&error) { closed() } else { uploads::was_taken(error) })?;
    let seq: u32 = results
        .first()
        .map(Rows::first)
        .transpose()?
        .flatten()
        .ok_or_else(|| ApiError::internal("a message got no place"))?;
    jobs::attempt_after_answer(cx, entry);
    if let Some(news) = news.filter(|_| results.get(told).is_some_and(|rows| rows.first_text().is_some())) {
        jobs::attempt_after_answer(cx, news);
    }
    Ok(serde_json::to_string(&Message { seq, ..addition.message.clone() })?)
}

/// What is told of a message; a note is the team's own.
fn news_of(addition: &Addition<'_>, now: Timestamp) -> Result<Option<(Entry, Query)>, ApiError> {
    if addition.message.internal {
        return Ok(None);
    }
    let (ticket_id, message_id) = (addition.ticket.clone(), addition.message.id.clone());
    outbox::tell(addition.site, Task::MessageCreated { ticket_id, message_id }, now).map(Some)
}
