//! Replacing the key with which a site signs identities: add the new one, let the site's servers change over, retire the
//! old one. A retired key opens no session any more; sessions that it opened live on until they end by themselves.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::platform;
use crate::reply::Reply;
use crate::store::identity_keys;
use buoy_shared::api::{IdentityKey, RouteId};
use buoy_shared::id::RequestId;
use buoy_shared::secret::Secret;

/// Letters of a key's name: enough that no two keys of a site ever share one.
const KID_CHARS: usize = 10;

/// `POST operator/sites/<site>/identity_keys/`. The secret is shown here, and to the operator with the site.
pub(crate) async fn add_key(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let site = auth::operator_or_admin(cx, request, id).await?;
    let db = cx.db(&site)?;
    identity_keys::count(&db, &site).await?.ok_or_else(ApiError::not_found)?;
    let random = RequestId::from_random(platform::random_16());
    let name: String = random.as_str().trim_start_matches(RequestId::PREFIX).chars().take(KID_CHARS).collect();
    let key = IdentityKey { kid: format!("k{name}"), secret: Secret::new(platform::random_secret()) };
    if identity_keys::add(&db, &site, &key, cx.now).await? {
        Reply::created(&key)
    } else {
        Err(ApiError::conflict("two keys live already; retire one first"))
    }
}

/// `DELETE operator/sites/<site>/identity_keys/<kid>/`. The last key stays: a site without one could vouch for nobody.
pub(crate) async fn retire_key(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let site = auth::operator_or_admin(cx, request, id).await?;
    let db = cx.db(&site)?;
    let path = request.path();
    let kid = RouteId::RetireIdentityKey.route().parameter("kid", &path).unwrap_or_default();
    if identity_keys::retire(&db, &site, kid, cx.now).await? {
        Ok(Reply::nothing())
    } else if identity_keys::has(&db, &site, kid).await? {
        Err(ApiError::conflict("this is the last key; add another first"))
    } else {
        Err(ApiError::not_found())
    }
}
