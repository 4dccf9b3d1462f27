//! Articles, their published indexes, and votes on them.

use super::{Cursor, Db, Millis, Query, Rows};
use crate::error::ApiError;
use buoy_shared::api::{ArticleInfo, Page};
use buoy_shared::article::Article;
use buoy_shared::id::{ArticleId, SiteId};
use buoy_shared::markdown::ParsedArticle;
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Articles read at once while an index is built; their texts together stay far below the memory of an isolate.
const BUILD_PAGE: u32 = 100;

/// Stores an article or replaces its text. Whether it is published changes only towards published.
pub(crate) fn put(
    site: &SiteId,
    locale: &str,
    slug: &str,
    markdown: &str,
    article: &ParsedArticle,
    published: bool,
    now: Timestamp,
) -> Result<Query, ApiError> {
    Ok(Query::new(
        "INSERT INTO articles (site_id, locale, slug, article_id, title, summary, keywords, headings, body, minutes, blocks, markdown, published, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14) \
         ON CONFLICT (site_id, locale, slug) DO UPDATE SET title = ?5, summary = ?6, keywords = ?7, headings = ?8, body = ?9, minutes = ?10, \
         blocks = ?11, markdown = ?12, published = max(published, ?13), updated_at = CASE WHEN markdown = ?12 THEN updated_at ELSE ?14 END",
    )
    .site(site)
    .text(locale)
    .text(slug)
    .text(ArticleId::from_random(crate::platform::random_16()).as_str())
    .text(&article.title)
    .text(&article.summary)
    .text(&article.keywords)
    .text(&article.headings)
    .text(&article.body)
    .number(article.minutes)
    .text(&serde_json::to_string(&article.blocks)?)
    .text(markdown)
    .flag(published)
    .time(now))
}

/// Whether there is such an article, published or not.
pub(crate) async fn exists(db: &Db, site: &SiteId, locale: &str, slug: &str) -> Result<bool, ApiError> {
    let query =
        Query::new("SELECT json_quote(slug) AS j FROM articles WHERE site_id = ?1 AND locale = ?2 AND slug = ?3");
    Ok(db.run(query.site(site).text(locale).text(slug)).await?.first_text().is_some())
}

/// Publishes or unpublishes.
pub(crate) fn set_published(site: &SiteId, locale: &str, slug: &str, published: bool) -> Query {
    Query::new(
        "UPDATE articles SET published = ?4 WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 \
         RETURNING json_object('slug', slug, 'locale', locale, 'title', title, 'published', published, 'updated_at', updated_at) AS j",
    )
    .site(site)
    .text(locale)
    .text(slug)
    .flag(published)
}

/// A line of the team's list, as stored.
#[derive(Debug, Deserialize)]
pub(crate) struct InfoRow {
    slug: String,
    locale: String,
    title: String,
    published: u8,
    updated_at: Millis,
}

impl From<InfoRow> for ArticleInfo {
    fn from(row: InfoRow) -> Self {
        Self {
            slug: row.slug,
            locale: row.locale,
            title: row.title,
            published: row.published != 0,
            updated_at: row.updated_at.into(),
        }
    }
}

/// Reads the article that [`set_published`] changed.
pub(crate) fn changed(rows: Option<&Rows>) -> Result<Option<ArticleInfo>, ApiError> {
    let row: Option<InfoRow> = rows.map(Rows::first).transpose()?.flatten();
    Ok(row.map(ArticleInfo::from))
}

/// A page of a site's articles, the last changed first, of one locale or all.
pub(crate) async fn list(
    db: &Db,
    site: &SiteId,
    locale: Option<&str>,
    cursor: &Cursor,
    limit: usize,
) -> Result<Page<ArticleInfo>, ApiError> {
    let query = Query::new(
        "SELECT json_object('slug', slug, 'locale', locale, 'title', title, 'published', published, 'updated_at', updated_at) AS j FROM articles \
         WHERE site_id = ?1 AND (?2 IS NULL OR locale = ?2) AND (updated_at, locale || '/' || slug) < (?3, ?4) \
         ORDER BY updated_at DESC, locale || '/' || slug DESC LIMIT ?5",
    )
    .site(site)
    .maybe_text(locale)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<InfoRow> = db.run(query).await?.all()?;
    Ok(super::tickets::page(rows, limit, |row| {
        Cursor::write(row.updated_at.into(), &format!("{}/{}", row.locale, row.slug))
    }))
}

#[derive(Debug, Deserialize)]
struct ArticleRow {
    slug: String,
    locale: String,
    title: String,
    summary: String,
    minutes: u32,
    updated_at: Millis,
    blocks: Vec<buoy_shared::article::Block>,
}

/// A published article in the first of these locales that has it.
pub(crate) async fn published(
    db: &Db,
    site: &SiteId,
    slug: &str,
    locales: [&str; 2],
) -> Result<Option<Article>, ApiError> {
    let query = Query::new(
        "SELECT json_object('slug', slug, 'locale', locale, 'title', title, 'summary', summary, 'minutes', minutes, 'updated_at', updated_at, \
         'blocks', json(blocks)) AS j FROM articles WHERE site_id = ?1 AND slug = ?2 AND published = 1 AND locale IN (?3, ?4) ORDER BY locale <> ?3 LIMIT 1",
    )
    .site(site)
    .text(slug)
    .text(locales[0])
    .text(locales[1]);
    let row: Option<ArticleRow> = db.run(query).await?.first()?;
    Ok(row.map(|row| Article {
        slug: row.slug,
        locale: row.locale,
        title: row.title,
        summary: row.summary,
        minutes: row.minutes,
        updated_at: row.updated_at.into(),
        blocks: row.blocks,
    }))
}

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

/// Every published article of a locale, in the order of their slugs.
pub(crate) async fn for_index(db: &Db, site: &SiteId, locale: &str) -> Result<Vec<Indexed>, ApiError> {
    let mut articles: Vec<Indexed> = Vec::new();
    loop {
        let after = articles.last().map_or(String::new(), |article| article.slug.clone());
        let query = Query::new(
            "SELECT json_object('slug', slug, 'title', title, 'headings', headings, 'body', body, 'keywords', keywords, 'summary', summary) AS j \
             FROM articles WHERE site_id = ?1 AND locale = ?2 AND slug > ?3 AND published = 1 ORDER BY slug LIMIT ?4",
        )
        .site(site)
        .text(locale)
        .text(&after)
        .number(BUILD_PAGE);
        let page: Vec<Indexed> = db.run(query).await?.all()?;
        let is_last = page.len() < BUILD_PAGE as usize;
        articles.extend(page);
        if is_last {
            return Ok(articles);
        }
    }
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

/// Counts a vote, once for each id; false when there is no such published article.
pub(crate) async fn vote(
    db: &Db,
    site: &SiteId,
    locale: &str,
    slug: &str,
    vote: &str,
    helpful: bool,
    now: Timestamp,
) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO article_votes (site_id, locale, slug, vote_id, helpful, created_at) \
         SELECT site_id, locale, slug, ?4, ?5, ?6 FROM articles WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 AND published = 1 \
         ON CONFLICT (site_id, locale, slug, vote_id) DO UPDATE SET helpful = ?5 RETURNING vote_id AS j",
    )
    .site(site)
    .text(locale)
    .text(slug)
    .text(vote)
    .flag(helpful)
    .time(now);
    Ok(db.run(query).await?.first_text().is_some())
}
