//! Tokens of those who send alerts.

use super::{Db, Query};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;

/// Tokens that live at once: the new one and the one that it replaces.
const TOKENS_MAX: u32 = 2;

/// Adds a token; older ones than the last two end.
pub(crate) async fn add(db: &Db, site: &SiteId, hash: &str, now: Timestamp) -> Result<(), ApiError> {
    let token = Query::new("INSERT INTO hook_tokens (site_id, token_hash, created_at) VALUES (?1, ?2, ?3)")
        .site(site)
        .text(hash)
        .time(now);
    let ended = Query::new(
        "DELETE FROM hook_tokens WHERE site_id = ?1 AND token_hash NOT IN \
         (SELECT token_hash FROM hook_tokens WHERE site_id = ?1 ORDER BY created_at DESC, token_hash LIMIT ?2)",
    )
    .site(site)
    .number(TOKENS_MAX);
    db.batch(vec![token, ended]).await.map(drop)
}

/// Whether a token is one of its site's.
pub(crate) async fn is_known(db: &Db, token: &TokenRef) -> Result<bool, ApiError> {
    let query = Query::new("SELECT json_quote(1) AS j FROM hook_tokens WHERE site_id = ?1 AND token_hash = ?2");
    Ok(db.run(query.site(&token.site).text(&token.hash)).await?.first_text().is_some())
}
