//! The live connection to one ticket: checks who asks, then hands the socket, or the word, to the ticket's Durable Object.

use crate::auth::{self, Bearer, read_token};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::durable::thread;
use crate::error::ApiError;
use crate::handlers::tickets::{closed, ticket_id};
use crate::limits;
use crate::reply::Reply;
use crate::router::Answer;
use crate::store::{changes, tickets};
use buoy_shared::api::{LIVE_PROTOCOL, LIVE_TOKEN_PREFIX, Role};
use buoy_shared::problem::ProblemKind;
use buoy_shared::ticket::TicketStatus;

/// `GET tickets/<ticket>/live?after=<seq>&events_after=<version>` as a WebSocket.
///
/// A page cannot set headers on a WebSocket, so the token is the second of the subprotocols: an address would end up
/// in logs. Whose ticket it is is checked here, once, with the origin; the object that holds the socket trusts us.
pub(crate) async fn follow_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Answer, ApiError> {
    let header = |name: &str| request.header(name);
    if !header("upgrade")?.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
        return Err(ApiError::with_detail(ProblemKind::MalformedRequest, "this address speaks WebSocket only"));
    }
    let protocols = header("sec-websocket-protocol")?.unwrap_or_default();
    let mut offered = protocols.split(',').map(str::trim);
    if !offered.clone().any(|protocol| protocol == LIVE_PROTOCOL) {
        return Err(ApiError::with_detail(
            ProblemKind::MalformedRequest,
            format!("offer the subprotocol {LIVE_PROTOCOL}"),
        ));
    }
    let token =
        offered.find_map(|protocol| protocol.strip_prefix(LIVE_TOKEN_PREFIX)).ok_or_else(ApiError::unauthenticated)?;
    let token = read_token(Bearer::Visitor, token)?;
    let after = cx.place("after")?.unwrap_or_default();
    let events_after = cx.place("events_after")?;
    let found = tickets::get(&cx.db(&token.site)?, &token, id, cx.now).await?;
    cx.check_origin(&found.origins)?;
    let ticket = found.value.ok_or_else(ApiError::not_found)?;
    Ok(Answer::Finished(thread::follow(&cx.env, &token, &ticket.id, after, events_after).await?))
}

/// `POST agent/tickets/<ticket>/typing/`: who reads the ticket right now sees that this member of the team is writing.
///
/// Nothing is stored: whoever is not here now need not know later.
pub(crate) async fn announce_typing(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let ticket = ticket_id(id)?;
    let query = changes::state(&agent.site_id, ticket.as_str(), None);
    let state: Option<changes::State> = cx.db(&agent.site_id)?.run(query).await?.first()?;
    if state.ok_or_else(ApiError::not_found)?.ticket.status == TicketStatus::Closed {
        return Err(closed());
    }
    limits::charge_typing(cx, &agent.site_id, agent.agent_id.as_str()).await?;
    thread::announce_typing(&cx.env, &agent.site_id, &ticket, &agent.name).await?;
    Ok(Reply::nothing())
}
