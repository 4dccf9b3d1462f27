//! The keys with which a site signs identities: two at most, so that one can be replaced while the other serves.

use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::api::IdentityKey;
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;

/// Keys that live at once: the one in use and its successor.
pub(crate) const LIVE_MAX: u32 = 2;

/// How many keys a site has; nothing when there is no such site.
pub(crate) async fn count(db: &Db, site: &SiteId) -> Result<Option<u32>, ApiError> {
    let query =
        Query::new("SELECT json_quote(json_array_length(identity_keys)) AS j FROM sites WHERE site_id = ?1").site(site);
    db.run(query).await?.first()
}

/// Adds a key while there is room; whether it was added.
pub(crate) async fn add(db: &Db, site: &SiteId, key: &IdentityKey, now: Timestamp) -> Result<bool, ApiError> {
    let query = Query::new(
        "UPDATE sites SET identity_keys = json_insert(identity_keys, '$[#]', json(?2)), updated_at = ?3 \
         WHERE site_id = ?1 AND json_array_length(identity_keys) < ?4 RETURNING json_quote(site_id) AS j",
    )
    .site(site)
    .text(&serde_json::to_string(key)?)
    .time(now)
    .number(LIVE_MAX);
    Ok(db.run(query).await?.first_text().is_some())
}

/// Takes a key away, if it is there and not the last; whether it was.
pub(crate) async fn retire(db: &Db, site: &SiteId, kid: &str, now: Timestamp) -> Result<bool, ApiError> {
    let query = Query::new(
        "UPDATE sites SET identity_keys = (SELECT json_group_array(json(value)) FROM json_each(identity_keys) WHERE value ->> 'kid' <> ?2), \
         updated_at = ?3 WHERE site_id = ?1 AND json_array_length(identity_keys) > 1 \
         AND EXISTS (SELECT 1 FROM json_each(identity_keys) WHERE value ->> 'kid' = ?2) RETURNING json_quote(site_id) AS j",
    )
    .site(site)
    .text(kid)
    .time(now);
    Ok(db.run(query).await?.first_text().is_some())
}

/// Whether a site has a key of this name.
pub(crate) async fn has(db: &Db, site: &SiteId, kid: &str) -> Result<bool, ApiError> {
    let query = Query::new(
        "SELECT json_quote(value ->> 'kid') AS j FROM sites, json_each(identity_keys) WHERE site_id = ?1 AND value ->> 'kid' = ?2",
    )
    .site(site)
    .text(kid);
    Ok(db.run(query).await?.first_text().is_some())
}
