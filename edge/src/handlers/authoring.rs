//! One article in the hands of its author: read, saved, restored, looked at before it is saved (K3).

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::reply::Reply;
use crate::snapshot;
use crate::store::agents::Agent;
use crate::store::authoring::{self, Name, Saved};
use crate::store::outbox::{self, Entry, Task};
use crate::store::{Query, kb_indexes};
use buoy_shared::api::{ArticleEdit, Preview, PreviewRequest, RestoreRequest, Role};
use buoy_shared::article::is_slug;
use buoy_shared::id::SiteId;
use buoy_shared::markdown::{self, ParsedArticle};
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, IMPORT_BYTES_MAX};
use buoy_shared::ticket::is_locale_tag;
use buoy_shared::time::Timestamp;

/// An article's name; what cannot be one is not there.
pub(crate) fn name<'a>(site: &'a SiteId, locale: &'a str, slug: &'a str) -> Result<Name<'a>, ApiError> {
    if !is_locale_tag(locale) {
        return Err(ApiError::field("locale", FieldCode::InvalidFormat, "a language tag, such as en"));
    }
    if is_slug(slug) { Ok(Name { site, locale, slug }) } else { Err(ApiError::not_found()) }
}

/// Reads an article's text.
pub(crate) fn parse(text: &str) -> Result<ParsedArticle, ApiError> {
    markdown::parse(text).map_err(|error| ApiError::field("markdown", FieldCode::InvalidFormat, &error.to_string()))
}

/// What is published has something to read.
pub(crate) fn needs_text(article: &ParsedArticle) -> Result<(), ApiError> {
    let refusal = || ApiError::field("markdown", FieldCode::Required, "an article without a text is not published");
    if article.has_text() { Ok(()) } else { Err(refusal()) }
}

/// `GET agent/kb/articles/<slug>/`.
pub(crate) async fn get_source(cx: &Cx, request: &Incoming, slug: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let locale = cx.query("locale").ok_or_else(|| ApiError::missing_parameter("locale"))?;
    let read = |text: String| text.parse().map_err(|_| ApiError::invalid_parameter("version", "expected a number"));
    let version = cx.query("version").map(read).transpose()?;
    let found =
        authoring::detail(&cx.db(&agent.site_id)?, name(&agent.site_id, &locale, slug)?, version, cx.now).await?;
    Reply::ok(&found.ok_or_else(ApiError::not_found)?)
}

/// `GET agent/kb/articles/<slug>/versions/`.
pub(crate) async fn list_versions(cx: &Cx, request: &Incoming, slug: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let locale = cx.query("locale").ok_or_else(|| ApiError::missing_parameter("locale"))?;
    let items = authoring::versions(&cx.db(&agent.site_id)?, name(&agent.site_id, &locale, slug)?).await?;
    if items.is_empty() {
        return Err(ApiError::not_found());
    }
    Ok(Reply::ok_text(format!("{{\"items\":[{}]}}", items.join(","))))
}

/// `PUT agent/kb/articles/<slug>/`.
pub(crate) async fn put_article(cx: &Cx, request: &Incoming, slug: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let edit: ArticleEdit = request.json(IMPORT_BYTES_MAX)?.value;
    let site = snapshot::site(cx, &agent.site_id).await?;
    let name = name(&agent.site_id, site.spelling(&edit.locale), slug)
        .map_err(|error| if is_slug(slug) { error } else { ApiError::not_found() })?;
    let mut seen = None;
    if let Some(edited) = edit.version {
        let newest = authoring::detail(&cx.db(&agent.site_id)?, name, None, cx.now).await?;
        seen = newest.map(|newest| newest.newest_version);
        if seen.is_some_and(|newest| newest != edited) {
            return Err(authoring::newer_was_saved());
        }
    }
    save(cx, &agent, name, (&edit.markdown, seen), edit.publish).await
}

/// `POST agent/kb/articles/<slug>/restore/`.
pub(crate) async fn restore_article(cx: &Cx, request: &Incoming, slug: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let asked: RestoreRequest = request.json(BODY_BYTES_MAX)?.value;
    let name = name(&agent.site_id, &asked.locale, slug)?;
    let db = cx.db(&agent.site_id)?;
    authoring::detail(&db, name, None, cx.now).await?.ok_or_else(ApiError::not_found)?;
    let unknown = || ApiError::field("version", FieldCode::UnknownValue, "this version is not kept");
    let old = authoring::detail(&db, name, Some(asked.version), cx.now).await?.ok_or_else(unknown)?;
    save(cx, &agent, name, (&old.markdown, None), asked.publish).await
}

/// Saves a text as the newest version, over the one that its author has seen, if they said which.
///
/// 1. it reads as an article, and has a text if it is to be published;
/// 2. one batch: version, what readers see, old versions, the task to rebuild the index, and the old addresses of a text that
///    is published: those of a draft lead where they led; rebuild.
async fn save(
    cx: &Cx,
    agent: &Agent,
    name: Name<'_>,
    (text, seen): (&str, Option<u32>),
    publish: bool,
) -> Result<Reply, ApiError> {
    // 1.
    let article = parse(text)?;
    if publish {
        needs_text(&article)?;
    }
    // 2.
    let saved = Saved { markdown: text, article: &article, publish, author: &agent.name };
    let mut queries: Vec<_> = authoring::save_over(name, &saved, seen, cx.now)?.into();
    let mut entries = Vec::new();
    let db = cx.db(name.site)?;
    if publish {
        let redirects: Vec<(String, String)> =
            article.front.redirect_from.iter().map(|old| (old.clone(), name.slug.to_owned())).collect();
        queries.extend(authoring::redirect(name.site, &redirects)?);
        let lacking = kb_indexes::locales_lacking(&db, name.site, &[name.locale], &[name.slug], false).await?;
        entries = rebuild(name.site, &[name.locale], lacking, &mut queries, cx.now)?;
    }
    db.batch(queries).await.map_err(authoring::was_overtaken)?;
    jobs::attempt_in_order_after_answer(cx, entries);
    Reply::ok(&authoring::detail(&db, name, None, cx.now).await?.ok_or_else(ApiError::not_found)?)
}

/// Adds to a batch the tasks to rebuild the indexes of locales that changed, and after these of others that lack what
/// changed, for which nobody waits.
pub(crate) fn rebuild(
    site: &SiteId,
    changed: &[&str],
    lacking: Vec<String>,
    queries: &mut Vec<Query>,
    now: Timestamp,
) -> Result<Vec<Entry>, ApiError> {
    let first = changed.iter().map(|locale| Task::publish_index((*locale).to_owned()));
    let later = lacking.into_iter().map(|locale| Task::PublishIndex { locale, later: true });
    let mut entries = Vec::new();
    for task in first.chain(later) {
        let (entry, query) = outbox::put(site, task, now)?;
        queries.push(query);
        entries.push(entry);
    }
    Ok(entries)
}

/// `POST agent/kb/preview/`.
pub(crate) async fn preview_article(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    auth::agent(cx, request, Role::Viewer).await?;
    let asked: PreviewRequest = request.json(IMPORT_BYTES_MAX)?.value;
    let ParsedArticle { title, summary, minutes, front, blocks, .. } = parse(&asked.markdown)?;
    Reply::ok(&Preview { title, summary, minutes, difficulty: front.difficulty, blocks })
}
