//! Tickets, for the team that answers them.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::agent_changes::refuse_collision;
use crate::handlers::macros::refuse_forbidden;
use crate::handlers::tickets::{closed, store_message, ticket_id};
use crate::jobs;
use crate::platform;
use crate::reply::Reply;
use crate::store::agents::{self, Agent};
use crate::store::changes::{self, State};
use crate::store::figures::{self, Period};
use crate::store::idempotency::{self, Attempt, Earlier};
use crate::store::listing::{self, Filter, Holder, SlaState};
use crate::store::terms::{SEARCH_TERMS_MAX, terms_of};
use crate::store::threads::Addition;
use crate::store::{Cursor, Db, Rows, sites, staff};
use buoy_shared::api::{AgentInfo, Availability, Role, SEARCH_CHARS_MAX, SKILLS_MAX};
use buoy_shared::id::{MessageId, SiteId, TicketId};
use buoy_shared::policy::Named;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, NAME_CHARS_MAX, Refusals};
use buoy_shared::ticket::{
    Actor, AgentMessageDraft, Author, AuthorKind, Message, MessageDraft, TicketStatus, check_summary, require_solution,
};
use buoy_shared::time::Timestamp;
use buoy_shared::triage::Signals;

/// `GET agent/me/`.
pub(crate) async fn get_me(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    Reply::ok(&AgentInfo {
        id: agent.agent_id.to_string(),
        name: agent.name,
        role: agent.role,
        site: agent.site_id.to_string(),
    })
}

/// `PUT agent/me/availability/`: what I know and when my shift ends (R5).
pub(crate) async fn put_availability(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let wanted: Availability = request.json(BODY_BYTES_MAX)?.value;
    let mut refusals = Refusals::default();
    if wanted.skills.len() > SKILLS_MAX {
        refusals.push("skills", FieldCode::TooLong, "at most 50 skills");
    }
    let skills =
        wanted.skills.iter().take(SKILLS_MAX).map(|skill| refusals.required_line("skills", skill, NAME_CHARS_MAX));
    let skills: Vec<String> = skills.collect();
    refusals.into_result(())?;
    let kept = Availability { skills, on_shift_until: wanted.on_shift_until };
    agents::set_availability(&cx.db(&agent.site_id)?, &agent, &kept, cx.now).await?;
    Reply::ok(&kept)
}

/// `GET stats/`: what stands now, and what happened in the last day or the period that is named (D).
pub(crate) async fn get_stats(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let period = period_of(cx, 1)?;
    Reply::ok(&figures::stats(&cx.db(&agent.site_id)?, &agent.site_id, period, cx.now).await?)
}

/// The period that a request asks about: until now and as many days long, unless it says otherwise.
pub(super) fn period_of(cx: &Cx, days: i64) -> Result<Period, ApiError> {
    let instant = |name: &str| {
        let parse = |text: String| {
            Timestamp::parse_rfc3339(&text)
                .ok_or_else(|| ApiError::invalid_parameter(name, "expected an instant such as 2026-11-21T09:00:00Z"))
        };
        cx.query(name).map(parse).transpose()
    };
    let to = instant("to")?.unwrap_or(cx.now);
    let from = instant("from")?.unwrap_or(to.plus_seconds(-days * 86_400));
    if from >= to {
        return Err(ApiError::invalid_parameter("from", "a period begins before it ends"));
    }
    Ok(Period { from, to })
}

/// `GET agent/tickets/`.
pub(crate) async fn list_tickets(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let filter = read_filter(cx, &agent)?;
    let by_urgency = word(cx, "sort", "expected change or urgency", |word| match word {
        "change" => Some(false),
        "urgency" => Some(true),
        _ => None,
    })?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let (db, site, limit) = (cx.db(&agent.site_id)?, &agent.site_id, cx.limit()?);
    if by_urgency != Some(true) {
        return Reply::ok(&listing::list(&db, site, &filter, &cursor, limit, cx.now).await?);
    }
    let known = sites::find(&db, site).await?.ok_or_else(ApiError::not_found)?;
    let priorities: Vec<&str> = known.policy.priorities.iter().map(Named::key).collect();
    Reply::ok(&listing::most_urgent_first(&db, site, &filter, &cursor, &priorities, (limit, cx.now)).await?)
}

/// A word of the query, of the few that it may be.
fn word<T>(cx: &Cx, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ApiError> {
    let read = |word: String| parse(&word).ok_or_else(|| ApiError::field(name, FieldCode::UnknownValue, expected));
    cx.query(name).map(read).transpose()
}

fn read_filter(cx: &Cx, agent: &Agent) -> Result<Filter, ApiError> {
    let holder = cx.query("assignee").map(|who| match who.as_str() {
        "me" => Holder::Agent(agent.agent_id.to_string()),
        "none" => Holder::Nobody,
        _ => Holder::Agent(who),
    });
    let text = cx.query("text").unwrap_or_default();
    if text.chars().count() > SEARCH_CHARS_MAX {
        return Err(ApiError::field("text", FieldCode::TooLong, "at most 100 characters"));
    }
    let number = text.strip_prefix('#').and_then(|digits| digits.parse().ok());
    Ok(Filter {
        status: word(cx, "status", "expected open, in_progress, pending, solved or closed", TicketStatus::parse)?,
        sla: word(cx, "sla", "expected breached, due_soon or ok", SlaState::parse)?,
        priority: cx.query("priority"),
        queue: cx.query("queue"),
        tag: cx.query("tag"),
        holder,
        terms: if number.is_some() { Vec::new() } else { searched(&text)? },
        number,
    })
}

/// The words of a search. Without a letter or digit nothing could be found, and everything would be listed as if it were.
fn searched(text: &str) -> Result<Vec<String>, ApiError> {
    let terms = terms_of(text, SEARCH_TERMS_MAX);
    if terms.is_empty() && !text.trim().is_empty() {
        return Err(ApiError::field("text", FieldCode::InvalidFormat, "expected a word or a number"));
    }
    Ok(terms)
}

/// `GET agent/tickets/<ticket>/`.
pub(crate) async fn get_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    full_ticket(&cx.db(&agent.site_id)?, &agent.site_id, &ticket_id(id)?).await
}

/// A ticket with everything.
pub(crate) async fn full_ticket(db: &Db, site: &SiteId, ticket: &TicketId) -> Result<Reply, ApiError> {
    Reply::ok(&staff::get(db, site, ticket).await?.ok_or_else(ApiError::not_found)?)
}

/// `GET agent/tickets/<ticket>/messages/`: read on beyond what the ticket itself gives.
pub(crate) async fn list_messages(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let after = cx.place("after")?.unwrap_or_default();
    let db = cx.db(&agent.site_id)?;
    let page = staff::messages(&db, &agent.site_id, &ticket_id(id)?, after, cx.limit()?).await?;
    Reply::ok(&page.ok_or_else(ApiError::not_found)?)
}

/// `POST agent/tickets/<ticket>/add_message/`: the agent, the body, the key (optional for the team); see [`send_reply`].
pub(crate) async fn add_message(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let key = request.idempotency_key()?;
    let body = request.json::<AgentMessageDraft>(BODY_BYTES_MAX)?;
    let attempt = key.map(|key| Attempt::new(key, cx.url.path(), &body.text));
    let db = cx.db(&agent.site_id)?;
    send_reply(cx, &db, &agent, &ticket_id(id)?, body.value, attempt).await
}

/// How often a reply is decided on anew because the ticket changed meanwhile.
const ATTEMPTS_MAX: u8 = 3;

/// Stores what an agent writes.
///
/// 1. an earlier answer under the key;
/// 2. the text is there and says nothing forbidden;
/// 3. the ticket exists, is what the agent saw, and the step of its status is legal;
/// 4. store message, status, facts, answer and the task to tell live connections, as one batch; tell them. When the ticket
///    changed between 3 and 4 and a status was asked for, decide again;
/// 5. bring the ticket's clocks up to date.
pub(crate) async fn send_reply(
    cx: &Cx,
    db: &Db,
    agent: &Agent,
    ticket: &TicketId,
    draft: AgentMessageDraft,
    attempt: Option<Attempt>,
) -> Result<Reply, ApiError> {
    // 1.
    if let Some(answer) = earlier_answer(db, agent, attempt.as_ref()).await? {
        return Ok(Reply::created_text(answer));
    }
    // 2.
    let text = MessageDraft { body: draft.body.clone(), ..MessageDraft::default() }.check();
    let cleaned = text.as_deref().unwrap_or(&draft.body);
    refuse_forbidden(db, agent, draft.internal, cleaned).await?;
    let mut attempts_left = ATTEMPTS_MAX;
    let answer = loop {
        // 3.
        let state = db.run(changes::state(&agent.site_id, ticket.as_str(), draft.version)).await?.first::<State>()?;
        let state = state.ok_or_else(ApiError::not_found)?;
        let text = text.clone()?;
        if let Some(seen) = draft.version {
            refuse_collision(seen, &state)?;
        }
        let (status, summary) = wanted_status(&state, &draft)?;
        // 4.
        let message = reply_message(cx, agent, &draft, text);
        let addition = Addition {
            site: &agent.site_id,
            ticket,
            author_id: agent.agent_id.as_str(),
            message: &message,
            status,
            still: (status.is_some() || draft.version.is_some()).then_some(state.desk.version),
            is_response: !draft.internal,
            has_read_all: false,
            signals: Signals::default(),
            root_cause: draft.root_cause,
            resolution_summary: summary.as_deref(),
        };
        attempts_left -= 1;
        match store_message(cx, db, &addition, attempt.as_ref()).await {
            Ok(answer) => break answer,
            Err(error) => match earlier_answer(db, agent, attempt.as_ref()).await? {
                Some(answer) => break answer,
                None if attempts_left > 0 && addition.still.is_some() && error.is_conflict() => {}
                None => return Err(error),
            },
        }
    };
    // 5.
    jobs::follow_up_now(cx, db, &agent.site_id, ticket, Vec::new()).await;
    Ok(Reply::created_text(answer))
}

fn reply_message(cx: &Cx, agent: &Agent, draft: &AgentMessageDraft, body: String) -> Message {
    Message {
        id: MessageId::from_random(platform::random_16()),
        seq: 0,
        author: Author { kind: AuthorKind::Agent, name: Some(agent.name.clone()) },
        body,
        attachments: Vec::new(),
        internal: draft.internal,
        created_at: cx.now,
    }
}

pub(crate) async fn earlier_answer(
    db: &Db,
    agent: &Agent,
    attempt: Option<&Attempt>,
) -> Result<Option<String>, ApiError> {
    let Some(attempt) = attempt else { return Ok(None) };
    let rows: Rows = db.run(idempotency::find(&agent.site_id, agent.agent_id.as_str(), &attempt.key)).await?;
    let earlier: Option<Earlier> = rows.first()?;
    earlier.map(|earlier| earlier.answer_to(attempt)).transpose()
}

/// Whether the step that an agent asks for is legal; to ask for the status it has is to ask for nothing. Solving asks for
/// the cause and what was done (T1); gives the summary too.
fn wanted_status(state: &State, draft: &AgentMessageDraft) -> Result<(Option<TicketStatus>, Option<String>), ApiError> {
    let before = state.ticket.status;
    if before == TicketStatus::Closed {
        return Err(closed());
    }
    let mut refusals = Refusals::default();
    let summary = check_summary(&mut refusals, draft.resolution_summary.as_deref());
    if draft.status == Some(TicketStatus::Solved) && before != TicketStatus::Solved {
        let has_cause = draft.root_cause.or(state.desk.root_cause).is_some();
        require_solution(&mut refusals, has_cause, summary.is_some() || state.desk.resolution_summary.is_some());
    }
    refusals.into_result(())?;
    match draft.status {
        Some(wanted) if wanted != before && !before.may_become(wanted, Actor::Agent) => {
            Err(ApiError::conflict("the ticket cannot go to that status from here"))
        }
        wanted => Ok((wanted, summary)),
    }
}
