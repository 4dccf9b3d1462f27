//! Articles, for the team that writes them. What is published shows up at once (K3).

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::reply::Reply;
use crate::store::outbox::{self, Task};
use crate::store::{Cursor, articles};
use buoy_shared::api::{ArticleSource, ImportRefusal, ImportReport, ImportRequest, PublishRequest, Role};
use buoy_shared::article::is_slug;
use buoy_shared::markdown::{self, ParsedArticle};
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, IMPORT_BYTES_MAX};
use buoy_shared::ticket::is_locale_tag;

/// Articles in one request; each is a statement of one batch.
const IMPORT_ARTICLES_MAX: usize = 50;

/// `POST agent/kb/import/`.
///
/// 1. the agent and the body;
/// 2. parse each article; one that cannot be read is named in the report and keeps no other from being stored;
/// 3. store them and the tasks to rebuild the indexes of their locales as one batch; rebuild.
pub(crate) async fn import_articles(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let asked: ImportRequest = request.json(IMPORT_BYTES_MAX)?.value;
    if asked.articles.len() > IMPORT_ARTICLES_MAX {
        return Err(ApiError::field("articles", FieldCode::TooLong, "at most 50 articles a request"));
    }
    // 2.
    let mut queries = Vec::new();
    let mut locales: Vec<&str> = Vec::new();
    let mut report = ImportReport { stored: 0, refused: Vec::new() };
    for source in &asked.articles {
        match parse(source) {
            Ok(article) => {
                queries.push(articles::put(
                    &agent.site_id,
                    &source.locale,
                    &source.slug,
                    &source.markdown,
                    &article,
                    asked.publish,
                    cx.now,
                )?);
                report.stored += 1;
                if !locales.contains(&source.locale.as_str()) {
                    locales.push(&source.locale);
                }
            }
            Err(detail) => report.refused.push(ImportRefusal { slug: source.slug.clone(), detail }),
        }
    }
    // 3.
    let db = cx.db(&agent.site_id)?;
    let mut entries = Vec::new();
    if asked.publish && asked.rebuild {
        for locale in locales {
            let (entry, task) = outbox::put(&agent.site_id, Task::PublishIndex { locale: locale.to_owned() }, cx.now)?;
            queries.push(task);
            entries.push(entry);
        }
    }
    if !queries.is_empty() {
        db.batch(queries).await?;
    }
    jobs::attempt_now(cx, &db, &entries).await?;
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
    Reply::ok(
        &articles::list(&cx.db(&agent.site_id)?, &agent.site_id, cx.query("locale").as_deref(), &cursor, cx.limit()?)
            .await?,
    )
}

/// `POST agent/kb/articles/<slug>/publish/`.
pub(crate) async fn publish_article(cx: &Cx, request: &Incoming, slug: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let asked: PublishRequest = request.json(BODY_BYTES_MAX)?.value;
    if !is_locale_tag(&asked.locale) {
        return Err(ApiError::field("locale", FieldCode::InvalidFormat, "which locale to publish in, such as en"));
    }
    let db = cx.db(&agent.site_id)?;
    if !is_slug(slug) || !articles::exists(&db, &agent.site_id, &asked.locale, slug).await? {
        return Err(ApiError::not_found());
    }
    let (entry, task) = outbox::put(&agent.site_id, Task::PublishIndex { locale: asked.locale.clone() }, cx.now)?;
    let results =
        db.batch(vec![articles::set_published(&agent.site_id, &asked.locale, slug, asked.published), task]).await?;
    let info = articles::changed(results.first())?;
    jobs::attempt_now(cx, &db, &[entry]).await?;
    Reply::ok(&info.ok_or_else(ApiError::not_found)?)
}
