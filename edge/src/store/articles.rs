//! Articles as readers and lists see them.

use super::{Cursor, Db, Millis, Query, Rows};
use crate::error::ApiError;
use buoy_shared::api::{ArticleInfo, Page, STALE_DAYS};
use buoy_shared::article::{Article, Difficulty};
use buoy_shared::help_centre::{Entry, SECTION_SHOWN};
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// A line of the team's list as JSON. `has_draft` is whether a newer version than the shown one was saved.
macro_rules! info_json {
    () => {
        "json_object('slug', slug, 'locale', locale, 'title', title, 'published', published, 'updated_at', updated_at, 'has_draft', \
         EXISTS (SELECT 1 FROM article_versions v WHERE v.site_id = articles.site_id AND v.locale = articles.locale \
         AND v.slug = articles.slug AND v.version > articles.version))"
    };
}

/// Publishes or unpublishes. What readers do not see yet is the newest text; nobody publishes one that is newer than what
/// they have `seen`: then nothing changes and no row comes back.
pub(crate) fn set_published(site: &SiteId, locale: &str, slug: &str, published: bool, seen: u32) -> Query {
    Query::new(concat!(
        "UPDATE articles SET published = ?4 WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 \
         AND (?4 = 0 OR published = 1 OR version <= ?5) RETURNING ",
        info_json!(),
        " AS j"
    ))
    .site(site)
    .text(locale)
    .text(slug)
    .flag(published)
    .number(seen)
}

/// A line of the team's list, as stored.
#[derive(Debug, Deserialize)]
pub(crate) struct InfoRow {
    slug: String,
    locale: String,
    title: String,
    published: u8,
    updated_at: Millis,
    has_draft: u8,
}

/// Whether an article that changed then should be looked at (K4).
pub(crate) fn is_stale(updated_at: Timestamp, now: Timestamp) -> bool {
    updated_at < now.plus_seconds(-STALE_DAYS * 86_400)
}

impl InfoRow {
    fn into_info(self, now: Timestamp) -> ArticleInfo {
        let row = self;
        ArticleInfo {
            stale: is_stale(row.updated_at.into(), now),
            has_draft: row.has_draft != 0,
            slug: row.slug,
            locale: row.locale,
            title: row.title,
            published: row.published != 0,
            updated_at: row.updated_at.into(),
        }
    }
}

/// Reads the article that [`set_published`] changed.
pub(crate) fn changed(rows: Option<&Rows>, now: Timestamp) -> Result<Option<ArticleInfo>, ApiError> {
    let row: Option<InfoRow> = rows.map(Rows::first).transpose()?.flatten();
    Ok(row.map(|row| row.into_info(now)))
}

/// A page of a site's articles, the last changed first, of one locale or all.
pub(crate) async fn list(
    db: &Db,
    site: &SiteId,
    locale: Option<&str>,
    cursor: &Cursor,
    limit: usize,
    now: Timestamp,
) -> Result<Page<ArticleInfo>, ApiError> {
    let query = Query::new(concat!(
        "SELECT ",
        info_json!(),
        " AS j FROM articles WHERE site_id = ?1 AND (?2 IS NULL OR locale = ?2) AND (updated_at, locale || '/' || slug) < (?3, ?4) \
         ORDER BY updated_at DESC, locale || '/' || slug DESC LIMIT ?5"
    ))
    .site(site)
    .maybe_text(locale)
    .time(cursor.time)
    .text(&cursor.id)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<InfoRow> = db.run(query).await?.all()?;
    let page = super::tickets::page::<InfoRow, InfoRow>(rows, limit, |row| {
        Cursor::write(row.updated_at.into(), &format!("{}/{}", row.locale, row.slug))
    });
    Ok(Page { items: page.items.into_iter().map(|row| row.into_info(now)).collect(), next_cursor: page.next_cursor })
}

#[derive(Debug, Deserialize)]
struct ArticleRow {
    slug: String,
    locale: String,
    title: String,
    summary: String,
    minutes: u32,
    updated_at: Millis,
    section: String,
    difficulty: Option<Difficulty>,
    keywords: String,
    related: Vec<String>,
    blocks: Vec<buoy_shared::article::Block>,
}

/// A published article, and what its related ones are found by.
pub(crate) struct Readable {
    pub(crate) article: Article,
    pub(crate) keywords: String,
    /// The author's choice; empty leaves it to the search.
    pub(crate) related: Vec<String>,
}

/// A published article in the first of these locales that has it.
pub(crate) async fn published(
    db: &Db,
    site: &SiteId,
    slug: &str,
    locales: [&str; 2],
) -> Result<Option<Readable>, ApiError> {
    let query = Query::new(
        "SELECT json_object('slug', slug, 'locale', locale, 'title', title, 'summary', summary, 'minutes', minutes, 'updated_at', updated_at, \
         'section', section, 'difficulty', difficulty, 'keywords', keywords, 'related', json(related), 'blocks', json(blocks)) AS j FROM articles WHERE site_id = ?1 AND slug = ?2 AND published = 1 AND locale IN (?3, ?4) ORDER BY locale <> ?3 LIMIT 1",
    )
    .site(site)
    .text(slug)
    .text(locales[0])
    .text(locales[1]);
    let row: Option<ArticleRow> = db.run(query).await?.first()?;
    Ok(row.map(|row| Readable {
        article: Article {
            slug: row.slug,
            locale: row.locale,
            title: row.title,
            summary: row.summary,
            minutes: row.minutes,
            updated_at: row.updated_at.into(),
            difficulty: row.difficulty,
            section: row.section,
            related: Vec::new(),
            blocks: row.blocks,
        },
        keywords: row.keywords,
        related: row.related,
    }))
}

/// Articles of one page of a help centre; past it people search.
const ENTRIES_MAX: u32 = 2_000;
/// Addresses of a site map; the format takes 50,000, and the first page in each language is one of them.
const ADDRESSES_MAX: u32 = 49_900;

/// The published articles of the first of these locales for a list, in the order of their sections and places, and those of
/// the second that it lacks: all of a section, else of each as many as are shown, so that a long one hides no other.
pub(crate) async fn entries(
    db: &Db,
    site: &SiteId,
    locales: [&str; 2],
    section: Option<&str>,
) -> Result<Vec<Entry>, ApiError> {
    let query = Query::new(
        "WITH e AS (SELECT slug, locale, title, summary, section, row_number() OVER (PARTITION BY section ORDER BY position, title, slug) AS place, \
         count(*) OVER (PARTITION BY section) AS total FROM articles a WHERE site_id = ?1 AND locale IN (?2, ?3) AND published = 1 \
         AND (?5 IS NULL OR section = ?5) \
         AND (locale = ?2 OR NOT EXISTS (SELECT 1 FROM articles o WHERE o.site_id = ?1 AND o.locale = ?2 AND o.slug = a.slug AND o.published = 1))) \
         SELECT json_array(slug, locale, title, summary, section, total) AS j FROM e WHERE ?5 IS NOT NULL OR place <= ?6 ORDER BY section, place LIMIT ?4",
    )
    .site(site)
    .text(locales[0])
    .text(locales[1])
    .number(ENTRIES_MAX)
    .maybe_text(section)
    .number(u32::try_from(SECTION_SHOWN).unwrap_or(u32::MAX));
    let rows: Vec<(String, String, String, String, String, usize)> = db.run(query).await?.all()?;
    let entry = |(slug, locale, title, summary, section, section_count)| Entry {
        slug,
        locale,
        title,
        summary,
        section,
        section_count,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The locales that an article is published in.
pub(crate) async fn locales_of(db: &Db, site: &SiteId, slug: &str) -> Result<Vec<String>, ApiError> {
    let query = Query::new(
        "SELECT json_quote(locale) AS j FROM articles WHERE site_id = ?1 AND slug = ?2 AND published = 1 ORDER BY locale",
    );
    db.run(query.site(site).text(slug)).await?.all()
}

/// Slug, locale and day of change of every published article.
pub(crate) async fn addresses(db: &Db, site: &SiteId) -> Result<Vec<(String, String, String)>, ApiError> {
    let query = Query::new(
        "SELECT json_array(slug, locale, strftime('%Y-%m-%d', updated_at / 1000, 'unixepoch')) AS j FROM articles \
         WHERE site_id = ?1 AND published = 1 ORDER BY slug, locale LIMIT ?2",
    );
    db.run(query.site(site).number(ADDRESSES_MAX)).await?.all()
}

/// The beginning of an article's text, in the language that it was found in.
#[derive(Debug, Deserialize)]
pub(crate) struct Text {
    pub(crate) slug: String,
    pub(crate) locale: String,
    pub(crate) body: String,
}

/// The first `letters` of the texts of some published articles; of each the first of these locales comes first.
pub(crate) async fn texts(
    db: &Db,
    site: &SiteId,
    locales: [&str; 2],
    slugs: &[&str],
    letters: u32,
) -> Result<Vec<Text>, ApiError> {
    let query = Query::new(
        "SELECT json_object('slug', slug, 'locale', locale, 'body', substr(body, 1, ?5)) AS j FROM articles \
         WHERE site_id = ?1 AND locale IN (?2, ?3) AND slug IN (SELECT value FROM json_each(?4)) AND published = 1 ORDER BY locale <> ?2",
    )
    .site(site)
    .text(locales[0])
    .text(locales[1])
    .text(&serde_json::to_string(slugs)?)
    .number(letters);
    db.run(query).await?.all()
}
