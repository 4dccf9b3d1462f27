//! The answers of POSTs that were done, by their idempotency keys.
//!
//! The key, the request's hash and the answer are written in the batch of the write itself. There is no "in
//! progress" row that could stick: of two requests at once, one batch is refused by the primary key as a whole.

use super::Query;
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::id::{DraftId, SiteId};
use buoy_shared::identity::token_hash;
use buoy_shared::problem::ProblemKind;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// How long answers are kept: a browser that was offline for a week may still repeat itself.
pub(crate) const RETENTION_SECONDS: i64 = 7 * 86_400;

/// A request that may be repeated.
pub(crate) struct Attempt {
    pub(crate) key: String,
    pub(crate) hash: String,
}

impl Attempt {
    /// Names a request by its key, and by what it asks: the path, whose last slash is optional, and the body.
    pub(crate) fn new(key: String, path: &str, body: &str) -> Self {
        let path = path.trim_end_matches('/');
        Self { key, hash: token_hash(&format!("{path}\n{body}")) }
    }
}

/// An answer that was given before.
#[derive(Debug, Deserialize)]
pub(crate) struct Earlier {
    request_hash: String,
    response: String,
}

impl Earlier {
    /// The answer, if the request is the same.
    pub(crate) fn answer_to(self, attempt: &Attempt) -> Result<String, ApiError> {
        if self.request_hash == attempt.hash {
            Ok(self.response)
        } else {
            Err(ApiError::with_detail(ProblemKind::IdempotencyKeyReused, "use a fresh key for a new request"))
        }
    }
}

/// Looks for an earlier answer to the visitor who bears this token.
pub(crate) fn find_for_visitor(token: &TokenRef, key: &str) -> Query {
    Query::new(
        "SELECT json_object('request_hash', request_hash, 'response', response) AS j FROM idempotency WHERE site_id = ?1 \
         AND caller = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2) AND key = ?3",
    )
    .site(&token.site)
    .text(&token.hash)
    .text(key)
}

/// Looks for an earlier answer to a caller.
pub(crate) fn find(site: &SiteId, caller: &str, key: &str) -> Query {
    Query::new("SELECT json_object('request_hash', request_hash, 'response', response) AS j FROM idempotency WHERE site_id = ?1 AND caller = ?2 AND key = ?3")
        .site(site)
        .text(caller)
        .text(key)
}

/// Keeps an answer that is known in full.
pub(crate) fn keep(site: &SiteId, caller: &str, attempt: &Attempt, response: &str, now: Timestamp) -> Query {
    Query::new("INSERT INTO idempotency (site_id, caller, key, request_hash, response, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .site(site)
        .text(caller)
        .text(&attempt.key)
        .text(&attempt.hash)
        .text(response)
        .time(now)
}

/// Keeps an answer for as long again: what it is about goes on.
pub(crate) fn prolong(site: &SiteId, caller: &str, key: &str, now: Timestamp) -> Query {
    Query::new("UPDATE idempotency SET created_at = ?4 WHERE site_id = ?1 AND caller = ?2 AND key = ?3")
        .site(site)
        .text(caller)
        .text(key)
        .time(now)
}

/// The same of an answer to the visitor who bears this token.
pub(crate) fn prolong_for_visitor(token: &TokenRef, key: &str, now: Timestamp) -> Query {
    Query::new(
        "UPDATE idempotency SET created_at = ?4 WHERE site_id = ?1 \
         AND caller = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?2) AND key = ?3",
    )
    .site(&token.site)
    .text(&token.hash)
    .text(key)
    .time(now)
}

/// Forgets one answer while nobody has decided on the draft that it gave, so that the same may be asked for anew.
pub(crate) fn forget_undecided(site: &SiteId, caller: &str, key: &str, draft: &DraftId) -> Query {
    Query::new(
        "DELETE FROM idempotency WHERE site_id = ?1 AND caller = ?2 AND key = ?3 AND EXISTS (SELECT 1 FROM incident_drafts d \
         WHERE d.site_id = ?1 AND d.draft_id = ?4 AND d.decision IS NULL)",
    )
    .site(site)
    .text(caller)
    .text(key)
    .text(draft.as_str())
}

/// Forgets answers that are older than [`RETENTION_SECONDS`], a bounded number at a time.
pub(crate) fn forget_old(now: Timestamp) -> Query {
    // site-free: retention looks at every site's rows alike
    Query::new(
        "DELETE FROM idempotency WHERE (site_id, caller, key) IN \
         (SELECT site_id, caller, key FROM idempotency WHERE created_at < ?1 ORDER BY created_at LIMIT 500)",
    )
    .time(now.plus_seconds(-RETENTION_SECONDS))
}
