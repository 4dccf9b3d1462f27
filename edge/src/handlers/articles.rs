//! Articles, for the team that writes them: import, lists, publishing. What is published shows up at once (K3).

use super::authoring;
use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::reply::Reply;
use crate::snapshot;
use crate::store::authoring::{Name, Saved};
use crate::store::{self, Cursor, articles, kb_indexes};
use buoy_shared::api::{ArticleSource, ImportRefusal, ImportReport, ImportRequest, Page, PublishRequest, Role};
use buoy_shared::article::is_slug;
use buoy_shared::markdown::{self, ParsedArticle};
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, IMPORT_BYTES_MAX};
use buoy_shared::ticket::is_locale_tag;

/// Articles in one request; each is two statements of one batch.
const IMPORT_ARTICLES_MAX: usize = 50;
/// Articles of one page of an export: their texts together stay far below the memory of an isolate.
const EXPORT_PAGE_MAX: usize = 20;

/// `POST agent/kb/import/`.
///
/// 1. the agent and the body;
/// 2. parse each article; one that cannot be read is named in the report and keeps no other from being stored. What its
///    author calls a draft, and what has no text yet, is stored and not shown;
/// 3. store them, the old addresses of those that are published and the tasks to rebuild the indexes of all locales that
///    were named as one batch; rebuild.
pub(crate) async fn import_articles(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let asked: ImportRequest = request.json(IMPORT_BYTES_MAX)?.value;
    if asked.articles.len() > IMPORT_ARTICLES_MAX {
        return Err(ApiError::field("articles", FieldCode::TooLong, "at most 50 articles a request"));
    }
    // 2.
    let site = snapshot::site(cx, &agent.site_id).await?;
    let mut queries = Vec::new();
    let mut locales: Vec<&str> = Vec::new();
    let mut redirects = Vec::new();
    let mut report = ImportReport { stored: 0, refused: Vec::new() };
    for source in &asked.articles {
        // Of a refused article too: it may be the only one of the request that asks for the index of what came before.
        let locale = site.spelling(&source.locale);
        if is_locale_tag(locale) && !locales.contains(&locale) {
            locales.push(locale);
        }
        match parse(source) {
            Ok(article) => {
                let name = Name { site: &agent.site_id, locale, slug: &source.slug };
                let publish = asked.publish && article.has_text() && !article.front.draft;
                let saved = Saved { markdown: &source.markdown, article: &article, publish, author: &agent.name };
                queries.extend(store::authoring::save(name, &saved, cx.now)?);
                if publish {
                    redirects.extend(article.front.redirect_from.into_iter().map(|old| (old, source.slug.clone())));
                }
                report.stored += 1;
            }
            Err(detail) => report.refused.push(ImportRefusal { slug: source.slug.clone(), detail }),
        }
    }
    // 3.
    let db = cx.db(&agent.site_id)?;
    queries.extend(store::authoring::redirect(&agent.site_id, &redirects)?);
    let mut entries = Vec::new();
    if asked.publish && asked.rebuild {
        let slugs: Vec<&str> = asked.articles.iter().map(|source| source.slug.as_str()).collect();
        let lacking = kb_indexes::locales_lacking(&db, &agent.site_id, &locales, &slugs, true).await?;
        entries = authoring::rebuild(&agent.site_id, &locales, lacking, &mut queries, cx.now)?;
    }
    if !queries.is_empty() {
        db.batch(queries).await?;
    }
    jobs::attempt_in_order_after_answer(cx, entries);
    Reply::ok(&report)
}

fn parse(source: &ArticleSource) -> Result<ParsedArticle, String> {
    if !is_slug(&source.slug) {
        return Err("the slug has 1 to 120 of a-z, 0-9 and -, and begins and ends with a letter or digit".to_owned());
    }
    if !is_locale_tag(&source.locale) {
        return Err(format!("{:?} is not a language tag", source.locale));
    }
    markdown::parse(&source.markdown).map_err(|error| error.to_string())
}

/// `GET agent/kb/articles/`.
pub(crate) async fn list_articles(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let (db, locale) = (cx.db(&agent.site_id)?, cx.query("locale"));
    Reply::ok(&articles::list(&db, &agent.site_id, locale.as_deref(), &cursor, cx.limit()?, cx.now).await?)
}

/// `GET agent/kb/export/`: the cursor is the last article's locale and slug.
pub(crate) async fn export_articles(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let cursor = cx.query("cursor").unwrap_or_default();
    let after = match cursor.split_once('/') {
        Some((locale, slug)) if is_locale_tag(locale) && is_slug(slug) => (locale, slug),
        None if cursor.is_empty() => ("", ""),
        _ => return Err(ApiError::invalid_parameter("cursor", "pass next_cursor as it was given")),
    };
    let limit = cx.limit()?.min(EXPORT_PAGE_MAX);
    let db = cx.db(&agent.site_id)?;
    let mut items = store::authoring::export(&db, &agent.site_id, cx.query("locale").as_deref(), after, limit).await?;
    let has_more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| has_more);
    let next_cursor = last.map(|last| format!("{}/{}", last.locale, last.slug));
    Reply::ok(&Page { items, next_cursor })
}

/// `POST agent/kb/articles/<slug>/publish/`: shows the newest text, or takes the article back.
///
/// 1. the agent, the body, the article and its newest text;
/// 2. a draft becomes what readers see; else only the mark changes, unless what it would show is newer than what was read;
/// 3. one batch with the task to rebuild the index; rebuild.
pub(crate) async fn publish_article(cx: &Cx, request: &Incoming, slug: &str) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let asked: PublishRequest = request.json(BODY_BYTES_MAX)?.value;
    let name = authoring::name(&agent.site_id, &asked.locale, slug)?;
    let db = cx.db(&agent.site_id)?;
    let newest = store::authoring::detail(&db, name, None, cx.now).await?.ok_or_else(ApiError::not_found)?;
    // 2.
    let mut queries = Vec::new();
    let mut redirects = Vec::new();
    if asked.published {
        let article = authoring::parse(&newest.markdown)?;
        authoring::needs_text(&article)?;
        redirects = article.front.redirect_from.iter().map(|old| (old.clone(), slug.to_owned())).collect();
        if newest.newest_version > newest.published_version {
            let saved = Saved { markdown: &newest.markdown, article: &article, publish: true, author: &agent.name };
            queries.push(store::authoring::show(name, &saved, Some(newest.newest_version), cx.now)?);
        }
    }
    queries.push(articles::set_published(&agent.site_id, &asked.locale, slug, asked.published, newest.newest_version));
    let place = queries.len() - 1;
    queries.extend(store::authoring::redirect(&agent.site_id, &redirects)?);
    // 3.
    let lacking = kb_indexes::locales_lacking(&db, &agent.site_id, &[&asked.locale], &[slug], false).await?;
    let entries = authoring::rebuild(&agent.site_id, &[&asked.locale], lacking, &mut queries, cx.now)?;
    let results = db.batch(queries).await?;
    let info = articles::changed(results.get(place), cx.now)?;
    jobs::attempt_in_order_after_answer(cx, entries);
    Reply::ok(&info.ok_or_else(store::authoring::newer_was_saved)?)
}
