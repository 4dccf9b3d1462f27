//! What is kept of one person: told in full, and forgotten. Admins only; a person of another site does not exist.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::uploads::files;
use crate::reply::Reply;
use crate::store::agents::Agent;
use crate::store::{Db, erasure, export, uploads};
use buoy_shared::api::{Erasure, Role};
use buoy_shared::id::{CustomerId, SiteId};

/// Steps of one call. The platform takes 1,000 statements of one invocation, each of a batch for itself: a ticket's step has
/// eight, so these have 800, and the person has twenty-two, twice. Whoever has more is erased in several calls.
const STEPS_MAX: u32 = 100;

/// `GET agent/customers/<customer>/export/`.
pub(crate) async fn export_customer(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Admin).await?;
    let customer = CustomerId::parse(id).map_err(|_| ApiError::not_found())?;
    let db = cx.db(&agent.site_id)?;
    let profile = export::profile(&db, &agent.site_id, &customer).await?.ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok_text(export::export(&db, &agent.site_id, &profile, &customer).await?))
}

/// `POST agent/customers/<customer>/erase/`.
///
/// 1. who asks, about whom;
/// 2. the person and every way to them, as one batch: from here on nobody is this customer;
/// 3. their files, bytes first: a row without bytes is found again, bytes without a row would not be;
/// 4. their tickets, one after the other;
/// 5. the second step once more: what they were writing when it was done first has left its answer and its news, and now
///    that their tickets are closed nothing is added.
///
/// After a crash between any two steps the same call goes on where this one ended.
pub(crate) async fn erase_customer(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Admin).await?;
    let customer = CustomerId::parse(id).map_err(|_| ApiError::not_found())?;
    let db = cx.db(&agent.site_id)?;
    // 2.
    let erase_person = || erasure::begin(&db, &agent.site_id, &customer, cx.now);
    let erased_at = erase_person().await?.ok_or_else(ApiError::not_found)?;
    // 3. and 4.
    let mut steps = STEPS_MAX;
    let complete = erase_files(cx, &db, &agent.site_id, &customer, &mut steps).await?
        && erase_tickets(cx, &db, &agent, &customer, &mut steps).await?;
    // 5.
    if complete {
        erase_person().await?;
    }
    Reply::ok(&Erasure { customer: customer.to_string(), erased_at, complete })
}

async fn erase_files(
    cx: &Cx,
    db: &Db,
    site: &SiteId,
    customer: &CustomerId,
    steps: &mut u32,
) -> Result<bool, ApiError> {
    while take_step(steps) {
        let next = erasure::next_files(db, site, customer).await?;
        if next.is_empty() {
            return Ok(true);
        }
        let keys: Vec<String> = next.iter().map(|file| uploads::object_key(site, file.as_str())).collect();
        files(&cx.env)?.delete_multiple(keys).await?;
        erasure::forget_files(db, site, &next).await?;
    }
    Ok(false)
}

async fn erase_tickets(
    cx: &Cx,
    db: &Db,
    agent: &Agent,
    customer: &CustomerId,
    steps: &mut u32,
) -> Result<bool, ApiError> {
    let site = &agent.site_id;
    while take_step(steps) {
        let Some(telling) = erasure::next_ticket(db, site, customer).await? else { return Ok(true) };
        let more = erasure::empty_messages(db, site, &telling).await?;
        if !more {
            erasure::empty_ticket(db, site, &telling, &agent.name, cx.now).await?;
        }
    }
    Ok(false)
}

/// Whether another step fits this call.
fn take_step(steps: &mut u32) -> bool {
    let fits = *steps > 0;
    *steps = steps.saturating_sub(1);
    fits
}
