//! Visitors come in: anonymously where the site allows it, or with an identity that the site signed. And go.

use crate::auth::{self, Bearer, TokenRef, new_token};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::reply::Reply;
use crate::store::sessions::{self, Door, Visitor};
use crate::store::tickets;
use buoy_shared::api::{Session, SessionRequest};
use buoy_shared::id::SiteId;
use buoy_shared::identity::{self, Claims};
use buoy_shared::problem::ProblemKind;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode};

/// How long an anonymous visitor can come back to their tickets, in seconds: a quarter.
const ANONYMOUS_SECONDS: i64 = 90 * 86_400;
/// How long a known visitor's token lives, in seconds; the page signs in again with a fresh identity.
const KNOWN_SECONDS: i64 = 86_400;

/// `POST session/`.
///
/// 1. the site exists and allows the page's origin;
/// 2. an identity, if there is one, is signed by one of the site's keys; without one the site allows anonymous visitors;
/// 3. there is room for another session from this address;
/// 4. the customer and the token's hash are stored as one batch.
pub(crate) async fn create_session(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let asked: SessionRequest = request.json(BODY_BYTES_MAX)?.value;
    // 1.
    if asked.site.is_empty() {
        return Err(ApiError::field("site", FieldCode::Required, "the site's id is needed"));
    }
    let no_such_site = || ApiError::field("site", FieldCode::UnknownValue, "there is no such site");
    let site = SiteId::parse(&asked.site).map_err(|_| no_such_site())?;
    let db = cx.db(&site)?;
    let door = sessions::door(&db, &site).await?.ok_or_else(no_such_site)?;
    cx.check_origin(&door.origins)?;
    // 2.
    let claims = asked.identity.as_deref().map(|token| believe(cx, token, &site, &door)).transpose()?;
    if claims.is_none() && door.anonymous == 0 {
        return Err(ApiError::forbidden("this site needs a signed identity"));
    }
    // 3.
    limits::charge_session(cx, &site).await?;
    let visitor = claims.as_ref().map_or(Visitor::Anonymous, Visitor::Known);
    let lifetime = if claims.is_some() { KNOWN_SECONDS } else { ANONYMOUS_SECONDS };
    let expires_at = cx.now.plus_seconds(lifetime);
    // 4.
    let (token, hash) = new_token(Bearer::Visitor, &site);
    let tier = tier_of(claims.as_ref(), &door);
    let customer = sessions::open(&db, &TokenRef { site, hash }, &visitor, tier, cx.now, expires_at).await?;
    Reply::created(&Session { token, visitor: customer.to_string(), expires_at })
}

/// `DELETE session/`: the token ends, and with it what it could see. One that is not valid has nothing to end.
pub(crate) async fn end_session(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let token = auth::visitor(request)?;
    let db = cx.db(&token.site)?;
    let caller = tickets::caller(&db, &token, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    db.run(sessions::end(&token)).await?;
    Ok(Reply::nothing())
}

fn believe(cx: &Cx, token: &str, site: &SiteId, door: &Door) -> Result<Claims, ApiError> {
    identity::verify(token, site.as_str(), &door.keys, cx.now).map_err(|reason| {
        worker::console_log!("{}: identity refused: {reason:?}", cx.request_id);
        ApiError::with_detail(ProblemKind::Unauthenticated, "the identity is not valid for this site")
    })
}

/// The tier that the site signed, if the policy knows it; a tier decides promises, so nothing unsigned counts.
fn tier_of<'a>(claims: Option<&'a Claims>, door: &'a Door) -> &'a str {
    let signed = claims.and_then(|claims| claims.tier.as_deref());
    signed.filter(|tier| door.tiers.iter().any(|known| known == tier)).unwrap_or(&door.default_tier)
}
