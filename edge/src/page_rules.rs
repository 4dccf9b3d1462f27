//! The triage rules that pages ask before a ticket is sent (R4): a published copy for each language, named by its hash.
//!
//! Made on the spot when it is missed, as the search index is, so visitors' pages do not touch D1 while it is there.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::snapshot::{keep_copy, short_hash};
use crate::store::sites;
use buoy_shared::id::SiteId;
use buoy_shared::policy::Policy;
use buoy_shared::triage::PageRules;

/// How long a copy stays in KV, in seconds: pages that were opened with it have it by then.
const RULES_SECONDS: u64 = 30 * 86_400;

fn text(policy: &Policy, locale: &str) -> Result<String, ApiError> {
    Ok(serde_json::to_string(&PageRules::of(policy, locale))?)
}

/// What boot says of a policy's rules: nothing when none of them answers by itself.
pub(crate) fn hash(policy: &Policy, locale: &str) -> Result<String, ApiError> {
    if policy.triage.answers.is_empty() { Ok(String::new()) } else { Ok(short_hash(&text(policy, locale)?)) }
}

/// The rules of a locale, and whether they are those of the hash that was asked for.
pub(crate) async fn find(
    cx: &Cx,
    site: &SiteId,
    locale: &str,
    wanted: Option<&str>,
) -> Result<(String, bool), ApiError> {
    let kv = cx.snapshots()?;
    let key = |hash: &str| format!("triage/{site}/{locale}/{hash}");
    if let Some(hash) = wanted
        && let Some(text) = kv.get(&key(hash)).text().await?
    {
        return Ok((text, true));
    }
    limits::before_database(cx).await?;
    let found = sites::find(&cx.db(site)?, site).await?.ok_or_else(ApiError::not_found)?;
    let text = text(&found.policy, locale)?;
    let hash = short_hash(&text);
    let is_wanted = wanted == Some(hash.as_str());
    // Only what boot names is kept: a stranger's invention writes nothing.
    if is_wanted {
        keep_copy(&kv, &key(&hash), &text, RULES_SECONDS).await;
    }
    Ok((text, is_wanted))
}
