//! Tickets, for the team that answers them.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::tickets::{closed, store_message, ticket_id};
use crate::platform;
use crate::reply::Reply;
use crate::store::idempotency::{self, Attempt, Earlier};
use crate::store::threads::Addition;
use crate::store::{Cursor, Db, Rows, staff};
use buoy_shared::api::{AgentInfo, Role};
use buoy_shared::id::MessageId;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode};
use buoy_shared::ticket::{Actor, AgentMessageDraft, Author, AuthorKind, Message, MessageDraft, TicketStatus};

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

/// `GET stats/`.
pub(crate) async fn get_stats(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    Reply::ok(&staff::stats(&cx.db(&agent.site_id)?, &agent.site_id, cx.now).await?)
}

/// `GET agent/tickets/`.
pub(crate) async fn list_tickets(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let parse = |word: String| {
        TicketStatus::parse(&word).ok_or_else(|| {
            ApiError::field("status", FieldCode::UnknownValue, "expected open, in_progress, pending, solved or closed")
        })
    };
    let status = cx.query("status").map(parse).transpose()?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    Reply::ok(&staff::list(&cx.db(&agent.site_id)?, &agent.site_id, status, &cursor, cx.limit()?).await?)
}

/// `GET agent/tickets/<ticket>/`.
pub(crate) async fn get_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let ticket = staff::get(&cx.db(&agent.site_id)?, &agent.site_id, &ticket_id(id)?).await?;
    Reply::ok(&ticket.ok_or_else(ApiError::not_found)?)
}

/// `POST agent/tickets/<ticket>/add_message/`.
///
/// 1. the agent, the body, an earlier answer under the key (optional for the team);
/// 2. the ticket exists, the step of its status is legal, the text is there;
/// 3. store message, status, facts, answer and the task to tell live connections, as one batch; tell them.
pub(crate) async fn add_message(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let key = request.idempotency_key()?;
    let body = request.json::<AgentMessageDraft>(BODY_BYTES_MAX)?;
    let attempt = key.map(|key| Attempt::new(key, cx.url.path(), &body.text));
    let db = cx.db(&agent.site_id)?;
    if let Some(answer) = earlier_answer(&db, &agent, attempt.as_ref()).await? {
        return Ok(Reply::created_text(answer));
    }
    // 2.
    let ticket = ticket_id(id)?;
    let before = staff::status(&db, &agent.site_id, &ticket).await?.ok_or_else(ApiError::not_found)?;
    let draft = body.value;
    let text = MessageDraft { body: draft.body.clone() }.check()?;
    let status = wanted_status(before, &draft)?;
    // 3.
    let message = Message {
        id: MessageId::from_random(platform::random_16()),
        seq: 0,
        author: Author { kind: AuthorKind::Agent, name: Some(agent.name.clone()) },
        body: text,
        internal: draft.internal,
        created_at: cx.now,
    };
    let is_response = !draft.internal;
    let addition = Addition {
        site: &agent.site_id,
        ticket: &ticket,
        author_id: agent.agent_id.as_str(),
        message: &message,
        status,
        is_response,
    };
    match store_message(cx, &db, &addition, attempt.as_ref()).await {
        Ok(answer) => Ok(Reply::created_text(answer)),
        Err(error) => earlier_answer(&db, &agent, attempt.as_ref()).await?.map(Reply::created_text).ok_or(error),
    }
}

async fn earlier_answer(
    db: &Db,
    agent: &crate::store::agents::Agent,
    attempt: Option<&Attempt>,
) -> Result<Option<String>, ApiError> {
    let Some(attempt) = attempt else { return Ok(None) };
    let rows: Rows = db.run(idempotency::find(&agent.site_id, agent.agent_id.as_str(), &attempt.key)).await?;
    let earlier: Option<Earlier> = rows.first()?;
    earlier.map(|earlier| earlier.answer_to(attempt)).transpose()
}

/// Whether the step that an agent asks for is legal; to ask for the status it has is to ask for nothing.
fn wanted_status(before: TicketStatus, draft: &AgentMessageDraft) -> Result<Option<TicketStatus>, ApiError> {
    match draft.status {
        _ if before == TicketStatus::Closed => Err(closed()),
        Some(wanted) if wanted != before && !before.may_become(wanted, Actor::Agent) => {
            Err(ApiError::conflict("the ticket cannot go to that status from here"))
        }
        wanted => Ok(wanted),
    }
}
