//! What visitors read of their own tickets, and how far they have read. What is not theirs looks like what does not exist.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::store::{Cursor, threads, tickets};
use buoy_shared::api::{Items, SeenMark};
use buoy_shared::text::BODY_BYTES_MAX;
use buoy_shared::ticket::ThreadEvent;

/// `GET tickets/`.
pub(crate) async fn list_tickets(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let page = tickets::list(&cx.db(&token.site)?, &token, &cursor, cx.limit()?, cx.now).await?;
    cx.check_origin(&page.origins)?;
    Reply::ok(&page.value)
}

/// `GET tickets/<ticket>/`.
pub(crate) async fn get_ticket(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let found = tickets::get(&cx.db(&token.site)?, &token, id, cx.now).await?;
    cx.check_origin(&found.origins)?;
    Reply::ok(&found.value.ok_or_else(ApiError::not_found)?)
}

/// `GET tickets/<ticket>/events/`.
pub(crate) async fn list_events(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let after = cx.place("after")?.unwrap_or_default();
    let found = threads::events(&cx.db(&token.site)?, &token, id, after, cx.now).await?;
    cx.check_origin(&found.origins)?;
    let facts = found.value.ok_or_else(ApiError::not_found)?;
    Reply::ok(&Items { items: facts.into_iter().filter_map(|fact| ThreadEvent::of(fact.into())).collect() })
}

/// `POST tickets/<ticket>/seen/`.
pub(crate) async fn mark_seen(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let mark: SeenMark = request.json(BODY_BYTES_MAX)?.value;
    let db = cx.db(&token.site)?;
    let caller = tickets::caller(&db, &token, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    let seen = tickets::mark_seen(&db, &token.site, &caller.customer_id, id, mark.seq).await?;
    Reply::ok(&SeenMark { seq: seen.ok_or_else(ApiError::not_found)? })
}
