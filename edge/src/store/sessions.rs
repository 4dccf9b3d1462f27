//! Visitors: their tokens, and the customers behind them.

use super::sites::{Site, SiteRow, known, site_row_json};
use super::{Db, Query, Rows};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::api::IdentityKey;
use buoy_shared::id::{CustomerId, SiteId};
use buoy_shared::identity::Claims;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// What signing in needs to know of a site.
#[derive(Deserialize)]
pub(crate) struct Door {
    pub(crate) origins: Vec<String>,
    pub(crate) anonymous: u8,
    pub(crate) keys: Vec<IdentityKey>,
    pub(crate) default_tier: String,
    pub(crate) tiers: Vec<String>,
}

/// What signing in needs to know of a site, if it exists.
pub(crate) async fn door(db: &Db, site: &SiteId) -> Result<Option<Door>, ApiError> {
    let query = Query::new(
        "SELECT json_object('origins', json(origins), 'anonymous', anonymous, 'keys', json(identity_keys), \
         'default_tier', json_extract(policy_json, '$.site.default_tier'), \
         'tiers', (SELECT json_group_array(json_extract(value, '$.key')) FROM json_each(policy_json, '$.tiers'))) AS j \
         FROM sites WHERE site_id = ?1",
    )
    .site(site);
    db.run(query).await?.first()
}

/// Who comes in.
pub(crate) enum Visitor<'a> {
    /// Nobody vouches for them: a customer of their own, never merged with another.
    Anonymous,
    /// The site vouches for them.
    Known(&'a Claims),
}

/// Opens a session. A known visitor is the customer of their external id, brought up to date; gives that customer.
pub(crate) async fn open(
    db: &Db,
    token: &TokenRef,
    visitor: &Visitor<'_>,
    tier: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<CustomerId, ApiError> {
    let fresh = CustomerId::from_random(crate::platform::random_16());
    let customer = match visitor {
        Visitor::Anonymous => Query::new(
            "INSERT INTO customers (site_id, customer_id, tier, verified, created_at, updated_at) VALUES (?1, ?2, ?3, 0, ?4, ?4) \
             RETURNING json_quote(customer_id) AS j",
        )
        .site(&token.site)
        .text(fresh.as_str())
        .text(tier)
        .time(now),
        Visitor::Known(claims) => Query::new(
            "INSERT INTO customers (site_id, customer_id, tier, verified, created_at, updated_at, external_id, name, email, plan, locale) \
             VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5, ?6, ?7, ?8, ?9) \
             ON CONFLICT (site_id, external_id) WHERE external_id IS NOT NULL \
             DO UPDATE SET tier = ?3, updated_at = ?4, name = coalesce(?6, name), email = coalesce(?7, email), plan = coalesce(?8, plan), locale = coalesce(?9, locale) \
             RETURNING json_quote(customer_id) AS j",
        )
        .site(&token.site)
        .text(fresh.as_str())
        .text(tier)
        .time(now)
        .text(&claims.sub)
        .maybe_text(claims.name.as_deref())
        .maybe_text(claims.email.as_deref())
        .maybe_text(claims.plan.as_deref())
        .maybe_text(claims.locale.as_deref()),
    };
    let external_id = if let Visitor::Known(claims) = visitor { Some(claims.sub.as_str()) } else { None };
    let session = Query::new(
        "INSERT INTO sessions (site_id, token_hash, customer_id, created_at, expires_at) \
         SELECT site_id, ?2, customer_id, ?3, ?4 FROM customers \
         WHERE site_id = ?1 AND ((?5 IS NULL AND customer_id = ?6) OR (?5 IS NOT NULL AND external_id = ?5))",
    )
    .site(&token.site)
    .text(&token.hash)
    .time(now)
    .time(expires_at)
    .maybe_text(external_id)
    .text(fresh.as_str());
    let results = db.batch(vec![customer, session]).await?;
    results
        .first()
        .map(Rows::first)
        .transpose()?
        .flatten()
        .ok_or_else(|| ApiError::internal("a customer was not stored"))
}

/// The customer behind a token, and their site.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) customer_id: CustomerId,
    pub(crate) name: Option<String>,
    pub(crate) tier: String,
    /// The language that was signed for them.
    pub(crate) locale: Option<String>,
    pub(crate) site: Site,
}

#[derive(Deserialize)]
struct CallerRow {
    customer_id: CustomerId,
    name: Option<String>,
    tier: String,
    locale: Option<String>,
    site: SiteRow,
}

/// Finds the customer behind a token that is still valid: one of a stranger is not, where the site no longer takes
/// strangers. First statement of the batches that visitors' requests run.
pub(crate) fn find(token: &TokenRef, now: Timestamp) -> Query {
    Query::new(concat!(
        "SELECT json_object('customer_id', c.customer_id, 'name', c.name, 'tier', c.tier, 'locale', c.locale, 'site', ",
        site_row_json!(),
        ") AS j FROM sessions e JOIN customers c ON c.site_id = e.site_id AND c.customer_id = e.customer_id \
         JOIN sites s ON s.site_id = e.site_id WHERE e.site_id = ?1 AND e.token_hash = ?3 AND e.expires_at > ?4 \
         AND (s.anonymous = 1 OR c.verified = 1)"
    ))
    .site(&token.site)
    .knowing(known(&token.site))
    .text(&token.hash)
    .time(now)
}

/// Reads what [`find`] gave.
pub(crate) fn caller(rows: Option<&Rows>, token: &TokenRef) -> Result<Caller, ApiError> {
    let rows = rows.ok_or_else(ApiError::unauthenticated)?;
    let row: CallerRow = rows.first()?.ok_or_else(ApiError::unauthenticated)?;
    let site = row.site.into_site(&token.site, rows)?;
    Ok(Caller { customer_id: row.customer_id, name: row.name, tier: row.tier, locale: row.locale, site })
}

/// Ends a session; the origins whose pages may do so were checked.
pub(crate) fn end(token: &TokenRef) -> Query {
    Query::new("DELETE FROM sessions WHERE site_id = ?1 AND token_hash = ?2").site(&token.site).text(&token.hash)
}

/// Forgets sessions that have ended, a bounded number at a time.
pub(crate) fn forget_ended(now: Timestamp) -> Query {
    // site-free: retention looks at every site's rows alike
    Query::new("DELETE FROM sessions WHERE (site_id, token_hash) IN (SELECT site_id, token_hash FROM sessions WHERE expires_at < ?1 ORDER BY expires_at LIMIT 500)").time(now)
}
