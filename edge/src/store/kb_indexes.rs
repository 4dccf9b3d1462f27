//! What search indexes are built of, and which of them are published.

use super::{Db, Query};
use crate::error::ApiError;
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Articles read at once while an index is built; of those before only the counted words are kept, so that their texts stay
/// far below the memory of an isolate.
pub(crate) const BUILD_PAGE: u32 = 100;

/// What the index wants of an article.
#[derive(Debug, Deserialize)]
pub(crate) struct Indexed {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) headings: String,
    pub(crate) body: String,
    pub(crate) keywords: String,
    pub(crate) summary: String,
}

/// Published articles of a locale that another one lacks (all of them when both are the same) and whose slugs come after
/// one, in that order, as many as are read at once; fewer at the end.
pub(crate) async fn for_index(
    db: &Db,
    site: &SiteId,
    (locale, lacking): (&str, &str),
    after: &str,
) -> Result<Vec<Indexed>, ApiError> {
    let query = Query::new(
        "SELECT json_object('slug', slug, 'title', title, 'headings', headings, 'body', body, 'keywords', keywords, 'summary', summary) AS j \
         FROM articles a WHERE site_id = ?1 AND locale = ?2 AND slug > ?3 AND published = 1 AND (?2 = ?5 OR NOT EXISTS \
         (SELECT 1 FROM articles o WHERE o.site_id = ?1 AND o.locale = ?5 AND o.slug = a.slug AND o.published = 1)) ORDER BY slug LIMIT ?4",
    );
    db.run(query.site(site).text(locale).text(after).number(BUILD_PAGE).text(lacking)).await?.all()
}

/// What tells one state of what a locale's index is made of from another, without reading it: its published articles, those
/// of the site's own language, which stand in for what it lacks, and the policy.
pub(crate) async fn state(db: &Db, site: &SiteId, locale: &str) -> Result<String, ApiError> {
    let query = Query::new(
        "SELECT json_array(a.locale, s.policy_version, count(*), sum(a.version), max(a.updated_at)) AS j FROM sites s \
         JOIN articles a ON a.site_id = s.site_id AND a.locale IN (?2, s.policy_json ->> '$.site.default_locale') AND a.published = 1 \
         WHERE s.site_id = ?1 GROUP BY a.locale ORDER BY a.locale",
    )
    .site(site)
    .text(locale);
    Ok(db.run(query).await?.into_texts().concat())
}

/// The languages of a site, besides those that changed, in whose indexes articles of its own language stand in for what they
/// lack: one of `slugs`, or, after a change of more than these (`all`), any.
pub(crate) async fn locales_lacking(
    db: &Db,
    site: &SiteId,
    changed: &[&str],
    slugs: &[&str],
    all: bool,
) -> Result<Vec<String>, ApiError> {
    let query = Query::new(
        "WITH s AS (SELECT policy_json ->> '$.site.default_locale' AS own, policy_json FROM sites WHERE site_id = ?1 \
         AND own IN (SELECT value FROM json_each(?2))) \
         SELECT json_quote(l.value) AS j FROM s, json_each(s.policy_json, '$.site.locales') l WHERE l.value NOT IN (SELECT value FROM json_each(?2)) \
         AND EXISTS (SELECT value AS slug FROM json_each(?3) UNION ALL SELECT slug FROM articles WHERE ?4 AND site_id = ?1 AND locale = s.own AND published = 1 \
         EXCEPT SELECT slug FROM articles WHERE site_id = ?1 AND locale = l.value AND published = 1)",
    )
    .site(site)
    .text(&serde_json::to_string(changed)?)
    .text(&serde_json::to_string(slugs)?)
    .flag(all);
    db.run(query).await?.all()
}

/// Notes which index is published.
pub(crate) async fn note_index(
    db: &Db,
    site: &SiteId,
    locale: &str,
    hash: &str,
    articles: u32,
    now: Timestamp,
) -> Result<(), ApiError> {
    let query = Query::new(
        "INSERT INTO kb_indexes (site_id, locale, hash, articles, published_at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (site_id, locale) DO UPDATE SET hash = ?3, articles = ?4, published_at = ?5",
    )
    .site(site)
    .text(locale)
    .text(hash)
    .number(articles)
    .time(now);
    db.run(query).await.map(drop)
}

/// An index that was published a while ago.
#[derive(Debug, Deserialize)]
pub(crate) struct AgedIndex {
    pub(crate) site: SiteId,
    pub(crate) locale: String,
    /// In milliseconds since 1970.
    pub(crate) published_at: i64,
}

/// Indexes that one run of the cron renews: each is built from all articles of its locale.
const RENEWED_MAX: u32 = 3;

/// Indexes that were published before then and do not wait to be published anew already, the oldest first.
pub(crate) async fn aged_indexes(db: &Db, before: Timestamp) -> Result<Vec<AgedIndex>, ApiError> {
    // site-free: the cron serves every site
    let query = Query::new(
        "SELECT json_object('site', k.site_id, 'locale', k.locale, 'published_at', k.published_at) AS j FROM kb_indexes k \
         WHERE k.published_at < ?1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.site_id = k.site_id AND o.kind = 'publish_index' \
         AND o.payload ->> 'locale' = k.locale) ORDER BY k.published_at LIMIT ?2",
    );
    db.run(query.time(before).number(RENEWED_MAX)).await?.all()
}

/// The published index of a locale.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IndexInfo {
    pub(crate) locale: String,
    pub(crate) hash: String,
    pub(crate) articles: u32,
    /// In milliseconds since 1970.
    pub(crate) published_at: i64,
}

/// The published indexes of a site.
pub(crate) fn indexes(site: &SiteId) -> Query {
    Query::new("SELECT json_object('locale', locale, 'hash', hash, 'articles', articles, 'published_at', published_at) AS j FROM kb_indexes WHERE site_id = ?1").site(site)
}
