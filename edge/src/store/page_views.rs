//! Which articles are read on which page, so that the panel can suggest there what others read (W3). A page is a hash of its
//! path's shape: it can be found again, and not be read.

use super::measurement::day;
use super::{Db, Query};
use crate::error::ApiError;
use crate::snapshot;
use buoy_shared::article::RelatedArticle;
use buoy_shared::id::SiteId;
use buoy_shared::path_shape::path_shape;
use buoy_shared::policy::{PAGE_BYTES_MAX, SUGGESTED_MAX};
use buoy_shared::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// Readings on a page before they suggest anything. The reader of before counts nothing, so these are of two people at least:
/// anybody may ask what is read on a page, and what one person reads on theirs is nobody's business.
const READINGS_MIN: u32 = 3;
/// Most read articles of a page that are looked at; some are in no language that the visitor is shown.
const LOOKED_AT_MAX: u32 = 20;
/// Pairs of page and article that a site keeps. Those that were not read lately go first, then the ones that were read least.
const KEPT_MAX: u32 = 2_000;
/// Days that a reading is lately.
const LATE_DAYS: u32 = 30;
/// Days without a reading after which a pair is forgotten.
const KEPT_DAYS: u32 = 90;
/// Rows that one run of the cron forgets.
const FORGET_MAX: u32 = 1_000;

/// An article that was read on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Reading {
    page: String,
    slug: String,
    reader: String,
}

impl Reading {
    /// Nothing where the page does not say which it is. `who` tells readers apart; no more than a hash of it is kept.
    pub(crate) fn of(page: &str, slug: &str, who: &str) -> Option<Self> {
        let page = page_key(page)?;
        let reader = snapshot::short_hash(&format!("{page} {slug} {who}"));
        Some(Self { page, slug: slug.to_owned(), reader })
    }
}

/// What stands for a page.
fn page_key(page: &str) -> Option<String> {
    let shape = if page.len() > PAGE_BYTES_MAX { String::new() } else { path_shape(page) };
    (!shape.is_empty()).then(|| snapshot::short_hash(&shape))
}

/// Counts readings of published articles, and keeps as many pairs as the limit allows.
pub(crate) fn count(site: &SiteId, readings: &BTreeSet<Reading>, now: Timestamp) -> Result<[Query; 2], ApiError> {
    let count = Query::new(
        "INSERT INTO kb_page_views (site_id, page, slug, count, last_day, last_reader) \
         SELECT ?1, value ->> '$.page', value ->> '$.slug', 1, ?3, value ->> '$.reader' FROM json_each(?2) \
         WHERE EXISTS (SELECT 1 FROM articles a WHERE a.site_id = ?1 AND a.slug = value ->> '$.slug' AND a.published = 1) \
         ON CONFLICT (site_id, page, slug) DO UPDATE SET count = count + (last_reader <> excluded.last_reader), \
         last_day = ?3, last_reader = excluded.last_reader",
    )
    .site(site)
    .text(&serde_json::to_string(readings)?)
    .number(day(now));
    let forget = Query::new(
        "DELETE FROM kb_page_views WHERE site_id = ?1 AND (SELECT count(*) FROM kb_page_views WHERE site_id = ?1) > ?2 \
         AND (page, slug) IN (SELECT page, slug FROM kb_page_views WHERE site_id = ?1 \
         ORDER BY last_day >= ?3 DESC, count DESC, last_day DESC LIMIT 100 OFFSET ?2)",
    )
    .site(site)
    .number(KEPT_MAX)
    .number(day(now).saturating_sub(LATE_DAYS));
    Ok([count, forget])
}

/// Articles for a page that readers of a locale can open, in it or else in the site's own language: the named ones in their
/// order, then what is read there most.
pub(crate) async fn suggested(
    db: &Db,
    site: &SiteId,
    locale: &str,
    named: &[&str],
    page: &str,
) -> Result<Vec<RelatedArticle>, ApiError> {
    let key = page_key(page);
    if named.is_empty() && key.is_none() {
        return Ok(Vec::new());
    }
    let query = Query::new(
        "WITH read AS (SELECT slug, count FROM kb_page_views WHERE site_id = ?1 AND page = ?4 AND count >= ?5 \
         AND slug NOT IN (SELECT value FROM json_each(?3)) ORDER BY count DESC, slug LIMIT ?6), \
         wanted AS (SELECT value AS slug, key AS place, 0 AS count FROM json_each(?3) UNION ALL SELECT slug, ?6, count FROM read) \
         SELECT json_object('slug', a.slug, 'title', a.title) AS j FROM wanted CROSS JOIN articles a \
         WHERE a.site_id = ?1 AND a.slug = wanted.slug AND a.published = 1 \
         AND a.locale IN (?2, (SELECT policy_json ->> '$.site.default_locale' FROM sites WHERE site_id = ?1)) \
         AND (a.locale = ?2 OR NOT EXISTS (SELECT 1 FROM articles o WHERE o.site_id = ?1 AND o.locale = ?2 AND o.slug = a.slug AND o.published = 1)) \
         ORDER BY wanted.place, wanted.count DESC, a.slug LIMIT ?7",
    )
    .site(site)
    .text(locale)
    .text(&serde_json::to_string(named)?)
    .text(key.as_deref().unwrap_or_default())
    .number(READINGS_MIN)
    .number(LOOKED_AT_MAX)
    .number(u32::try_from(SUGGESTED_MAX).unwrap_or(u32::MAX));
    db.run(query).await?.all()
}

/// Forgets what nobody reads any more.
pub(crate) fn forget_old(now: Timestamp) -> Query {
    // site-free: retention looks at every site's rows alike
    Query::new(
        "DELETE FROM kb_page_views WHERE (site_id, page, slug) IN \
         (SELECT site_id, page, slug FROM kb_page_views WHERE last_day < ?1 ORDER BY last_day LIMIT ?2)",
    )
    .number(day(now).saturating_sub(KEPT_DAYS))
    .number(FORGET_MAX)
}
