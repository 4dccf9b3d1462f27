//! Articles as their authors save them: texts with a history, drafts, old addresses.

use super::articles::is_stale;
use super::{Db, Millis, Query};
use crate::error::ApiError;
use buoy_shared::api::{ArticleDetail, ExportedArticle, VERSIONS_KEPT};
use buoy_shared::article::old_address;
use buoy_shared::id::{ArticleId, SiteId};
use buoy_shared::markdown::{ParsedArticle, word_count};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Which article, in which language.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) locale: &'a str,
    pub(crate) slug: &'a str,
}

impl Name<'_> {
    fn query(self, sql: &'static str) -> Query {
        // site-free: the texts are those below; each binds the site first, which is what this function is for
        Query::new(sql).site(self.site).text(self.locale).text(self.slug)
    }
}

/// A text to be saved.
pub(crate) struct Saved<'a> {
    pub(crate) markdown: &'a str,
    pub(crate) article: &'a ParsedArticle,
    pub(crate) publish: bool,
    pub(crate) author: &'a str,
}

/// Saves a text: a version of its own if it differs from the newest, and what readers see if it is published or nobody
/// sees the article yet; the oldest versions go. Statements for a batch.
pub(crate) fn save(name: Name<'_>, saved: &Saved<'_>, now: Timestamp) -> Result<[Query; 3], ApiError> {
    save_over(name, saved, None, now)
}

/// The same over the newest version that the author has `seen`. If another came meanwhile, the new one has no number, which
/// the column refuses, and the whole batch with it (see [`was_overtaken`]).
pub(crate) fn save_over(
    name: Name<'_>,
    saved: &Saved<'_>,
    seen: Option<u32>,
    now: Timestamp,
) -> Result<[Query; 3], ApiError> {
    let version = name
        .query(
            "INSERT INTO article_versions (site_id, locale, slug, version, title, markdown, author_name, created_at) \
             SELECT ?1, ?2, ?3, CASE WHEN ?8 IS NULL OR ?8 = coalesce(newest, (SELECT version FROM articles WHERE site_id = ?1 AND locale = ?2 AND slug = ?3)) \
             THEN coalesce(newest, 0) + 1 END, ?4, ?5, ?6, ?7 \
             FROM (SELECT max(version) AS newest FROM article_versions WHERE site_id = ?1 AND locale = ?2 AND slug = ?3) \
             WHERE ?5 IS NOT (SELECT markdown FROM article_versions WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 ORDER BY version DESC LIMIT 1)",
        )
        .text(&saved.article.title)
        .text(saved.markdown)
        .text(saved.author)
        .time(now)
        .maybe_number(seen);
    Ok([version, show(name, saved, None, now)?, prune(name)])
}

/// A batch's error as the author should hear it.
pub(crate) fn was_overtaken(error: ApiError) -> ApiError {
    if error.mentions("article_versions.version") { newer_was_saved() } else { error }
}

/// The refusal to save over a version that is not the newest.
pub(crate) fn newer_was_saved() -> ApiError {
    ApiError::conflict("somebody saved a newer version; read it and save again")
}

/// Makes a text what readers see: that of a version, or of the newest one. Readers never go back to an older version, and
/// whether the article is published changes only towards published.
pub(crate) fn show(name: Name<'_>, saved: &Saved<'_>, version: Option<u32>, now: Timestamp) -> Result<Query, ApiError> {
    let article = saved.article;
    // An author's date tells more than the moment of an import, unless it lies ahead, or is that of an older text.
    let dated = article.front.updated.as_ref().and_then(|date| Timestamp::parse_rfc3339(&format!("{date}T00:00:00Z")));
    let dated = dated.filter(|date| *date < now);
    Ok(name
        .query(
            "INSERT INTO articles (site_id, locale, slug, article_id, title, summary, keywords, headings, body, minutes, blocks, markdown, published, \
             created_at, updated_at, section, position, difficulty, related, words, version) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, coalesce(?15, ?14), ?16, ?17, ?18, ?19, ?20, \
             coalesce(?21, (SELECT max(version) FROM article_versions WHERE site_id = ?1 AND locale = ?2 AND slug = ?3), 1)) \
             ON CONFLICT (site_id, locale, slug) DO UPDATE SET title = excluded.title, summary = excluded.summary, keywords = excluded.keywords, \
             headings = excluded.headings, body = excluded.body, minutes = excluded.minutes, blocks = excluded.blocks, \
             published = max(published, excluded.published), \
             updated_at = CASE WHEN markdown = excluded.markdown THEN updated_at WHEN ?15 <= updated_at THEN ?14 ELSE excluded.updated_at END, \
             markdown = excluded.markdown, \
             section = excluded.section, position = excluded.position, difficulty = excluded.difficulty, related = excluded.related, \
             words = excluded.words, version = excluded.version WHERE (?13 = 1 OR published = 0) AND (?21 IS NULL OR ?21 >= version)",
        )
        .text(ArticleId::from_random(crate::platform::random_16()).as_str())
        .text(&article.title)
        .text(&article.summary)
        .text(&article.keywords)
        .text(&article.headings)
        .text(&article.body)
        .number(article.minutes)
        .text(&serde_json::to_string(&article.blocks)?)
        .text(saved.markdown)
        .flag(saved.publish)
        .time(now)
        .maybe_time(dated)
        .text(article.front.section.as_deref().unwrap_or_default())
        .number(article.front.order.unwrap_or_default())
        .maybe_text(article.front.difficulty.map(buoy_shared::article::Difficulty::as_str))
        .text(&serde_json::to_string(&article.front.related)?)
        .number(u32::try_from(word_count(&article.body)).unwrap_or(u32::MAX))
        .maybe_number(version))
}

/// Forgets the oldest versions past the number that is kept, but never the one that readers see.
fn prune(name: Name<'_>) -> Query {
    name.query(
        "DELETE FROM article_versions WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 \
         AND version <= (SELECT max(version) FROM article_versions WHERE site_id = ?1 AND locale = ?2 AND slug = ?3) - ?4 \
         AND version <> (SELECT version FROM articles WHERE site_id = ?1 AND locale = ?2 AND slug = ?3)",
    )
    .number(VERSIONS_KEPT)
}

/// Lets old addresses lead to articles: pairs of what an author wrote and a slug. An address that is the slug of another
/// article leads there first. One that leads somewhere already is taken over only by what readers see: a draft must not take
/// it from them. If such an address was an article that readers do not see any more, what led to that leads on with it.
pub(crate) fn redirect(site: &SiteId, pairs: &[(String, String)]) -> Result<Vec<Query>, ApiError> {
    let kept: Vec<(String, &str)> = pairs
        .iter()
        .filter_map(|(old, slug)| Some((old_address(old)?, slug.as_str())))
        .filter(|(old, slug)| old != slug)
        .collect();
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let take = Query::new(
        "INSERT INTO article_redirects (site_id, old_address, slug) \
         SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?2) WHERE true \
         ON CONFLICT (site_id, old_address) DO UPDATE SET slug = excluded.slug \
         WHERE EXISTS (SELECT 1 FROM articles a WHERE a.site_id = ?1 AND a.slug = excluded.slug AND a.published = 1)",
    );
    let lead_on = Query::new(
        "WITH shown AS (SELECT slug FROM articles WHERE site_id = ?1 AND published = 1) \
         UPDATE article_redirects AS r SET slug = (SELECT value ->> '$[1]' FROM json_each(?2) WHERE value ->> '$[0]' = r.slug) \
         WHERE r.site_id = ?1 AND r.slug IN (SELECT value ->> '$[0]' FROM json_each(?2) WHERE value ->> '$[1]' IN shown) AND r.slug NOT IN shown",
    );
    let slugs: Vec<(&str, &str)> = kept.iter().map(|(old, slug)| (named_by(old), *slug)).collect();
    let lead_on = lead_on.site(site).text(&serde_json::to_string(&slugs)?);
    Ok(vec![take.site(site).text(&serde_json::to_string(&kept)?), lead_on])
}

/// The slug in an old address, if it is an article's: `/help/a` and `/a` are that of `a`.
fn named_by(address: &str) -> &str {
    address.strip_prefix("/help/").unwrap_or(address).trim_start_matches('/')
}

/// Where an old address leads: the slug of a published article, in any language.
pub(crate) async fn redirected(db: &Db, site: &SiteId, address: &str) -> Result<Option<String>, ApiError> {
    let Some(address) = old_address(address) else { return Ok(None) };
    // `/help/a` may be kept as it is, as `/a`, or as the slug `a`.
    let below = address.strip_prefix("/help").filter(|rest| rest.starts_with('/')).unwrap_or(&address);
    let query = Query::new(
        "SELECT json_quote(r.slug) AS j FROM article_redirects r WHERE r.site_id = ?1 AND r.old_address IN (?2, ?3, ?4) \
         AND EXISTS (SELECT 1 FROM articles a WHERE a.site_id = ?1 AND a.slug = r.slug AND a.published = 1) \
         ORDER BY length(r.old_address) DESC LIMIT 1",
    )
    .site(site)
    .text(&address)
    .text(below)
    .text(below.trim_start_matches('/'));
    db.run(query).await?.first()
}

#[derive(Debug, Deserialize)]
struct DetailRow {
    title: String,
    published: u8,
    published_version: u32,
    newest_version: u32,
    version: u32,
    markdown: String,
    updated_at: Millis,
}

/// An article with one of its versions, the newest unless another is asked for.
pub(crate) async fn detail(
    db: &Db,
    name: Name<'_>,
    version: Option<u32>,
    now: Timestamp,
) -> Result<Option<ArticleDetail>, ApiError> {
    let query = name
        .query(
            "SELECT json_object('title', coalesce(v.title, a.title), 'published', a.published, 'published_version', a.version, \
             'newest_version', coalesce((SELECT max(version) FROM article_versions n WHERE n.site_id = ?1 AND n.locale = ?2 AND n.slug = ?3), a.version), \
             'version', coalesce(v.version, a.version), 'markdown', coalesce(v.markdown, a.markdown), 'updated_at', a.updated_at) AS j \
             FROM articles a LEFT JOIN article_versions v ON v.site_id = ?1 AND v.locale = ?2 AND v.slug = ?3 \
             AND v.version = coalesce(?4, (SELECT max(version) FROM article_versions n WHERE n.site_id = ?1 AND n.locale = ?2 AND n.slug = ?3)) \
             WHERE a.site_id = ?1 AND a.locale = ?2 AND a.slug = ?3 AND (?4 IS NULL OR v.version IS NOT NULL)",
        )
        .maybe_number(version);
    let row: Option<DetailRow> = db.run(query).await?.first()?;
    Ok(row.map(|row| ArticleDetail {
        slug: name.slug.to_owned(),
        locale: name.locale.to_owned(),
        title: row.title,
        published: row.published != 0,
        published_version: row.published_version,
        newest_version: row.newest_version,
        version: row.version,
        markdown: row.markdown,
        stale: is_stale(row.updated_at.into(), now),
        updated_at: row.updated_at.into(),
    }))
}

/// The versions that are kept, the newest first, each as the JSON of a [`buoy_shared::api::ArticleVersion`].
pub(crate) async fn versions(db: &Db, name: Name<'_>) -> Result<Vec<String>, ApiError> {
    let query = name
        .query(
            "SELECT json_object('version', version, 'title', title, 'author', author_name, \
             'created_at', strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch')) AS j \
             FROM article_versions WHERE site_id = ?1 AND locale = ?2 AND slug = ?3 ORDER BY version DESC LIMIT ?4",
        )
        .number(VERSIONS_KEPT + 1);
    Ok(db.run(query).await?.into_texts())
}

#[derive(Debug, Deserialize)]
struct ExportRow {
    locale: String,
    slug: String,
    published: u8,
    markdown: String,
    draft_markdown: Option<String>,
}

/// Articles after a place, in the order of locale and slug, with the texts that readers see and those that are still to be
/// published.
pub(crate) async fn export(
    db: &Db,
    site: &SiteId,
    locale: Option<&str>,
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<ExportedArticle>, ApiError> {
    let query = Query::new(
        "SELECT json_object('locale', a.locale, 'slug', a.slug, 'published', a.published, \
         'markdown', CASE WHEN a.published = 0 THEN coalesce(n.markdown, a.markdown) ELSE a.markdown END, \
         'draft_markdown', CASE WHEN a.published = 1 AND n.version > a.version THEN n.markdown END) AS j \
         FROM articles a LEFT JOIN article_versions n ON n.site_id = ?1 AND n.locale = a.locale AND n.slug = a.slug AND n.version = \
         (SELECT max(v.version) FROM article_versions v WHERE v.site_id = ?1 AND v.locale = a.locale AND v.slug = a.slug) \
         WHERE a.site_id = ?1 AND (?2 IS NULL OR a.locale = ?2) AND (a.locale, a.slug) > (?3, ?4) \
         ORDER BY a.locale, a.slug LIMIT ?5",
    )
    .site(site)
    .maybe_text(locale)
    .text(after.0)
    .text(after.1)
    .number(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1));
    let rows: Vec<ExportRow> = db.run(query).await?.all()?;
    let article = |row: ExportRow| ExportedArticle {
        locale: row.locale,
        slug: row.slug,
        published: row.published != 0,
        markdown: row.markdown,
        draft_markdown: row.draft_markdown,
    };
    Ok(rows.into_iter().map(article).collect())
}
