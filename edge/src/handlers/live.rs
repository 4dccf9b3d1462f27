//! The live connection to one ticket: checks who asks, then hands the socket to the ticket's Durable Object.

use crate::auth::{Bearer, read_token};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::durable::thread;
use crate::error::ApiError;
use crate::router::Answer;
use crate::store::tickets;
use buoy_shared::api::{LIVE_PROTOCOL, LIVE_TOKEN_PREFIX};
use buoy_shared::problem::ProblemKind;

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
