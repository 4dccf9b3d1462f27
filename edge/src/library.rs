//! What readers read, from its published copies: an article, a search, the list of a help centre.
//!
//! For the panel's API and for the public pages alike. Every copy's key names the publication it belongs to, so a new
//! one makes new keys and the old ones fade.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::snapshot::{self, SitePublic};
use crate::store::articles::Readable;
use crate::store::{articles, authoring};
use buoy_shared::api::{SearchAnswer, SearchItem};
use buoy_shared::article::{Article, RelatedArticle, is_slug};
use buoy_shared::help_centre::Hit;
use buoy_shared::id::SiteId;
use buoy_shared::search::{self, Index};
use futures_util::future::{Either, select};
use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, console_error};

/// How long a rendered thing stays in KV, in seconds.
pub(crate) const COPY_SECONDS: u64 = 7 * 86_400;

/// Articles that another one points to: what fits below it and is still read.
const RELATED_MAX: usize = 3;

/// Letters of a hit's text in which its words are looked for: four screens.
const TEXT_LETTERS_MAX: u32 = 8_000;

/// How long a page of results waits for the texts of its hits.
const TEXTS_PATIENCE: Duration = Duration::from_millis(500);

/// What is shown of such a text, in bytes: two lines, or one of a script whose letters have two or three.
const EXCERPT_BYTES: usize = 220;

/// Results looked at for related articles: the article itself is among them.
const RELATED_HITS: usize = 6;

/// The current index of a locale; rebuilt when KV has lost it or nothing was ever published.
pub(crate) async fn current_index(
    cx: &Cx,
    id: &SiteId,
    site: &SitePublic,
    locale: &str,
) -> Result<(String, Vec<u8>), ApiError> {
    if let Some(hash) = site.index_hash(locale)
        && let Some(bytes) = snapshot::index(cx, id, locale, hash).await?
    {
        return Ok((hash.to_owned(), bytes));
    }
    snapshot::index_for_reader(cx, id, locale).await
}

thread_local! {
    /// Indexes that this isolate has loaded, the least used first: site, locale and hash, and the bytes of the file. What has
    /// a hash never changes.
    static LOADED: RefCell<Vec<(String, usize, Rc<Index>)>> = const { RefCell::new(Vec::new()) };
}

/// Indexes that an isolate keeps, and the bytes of their files together, beside the one that was asked for last: loaded they
/// have about three times as many, and an isolate has 128 MB in all.
const LOADED_MAX: usize = 4;
const LOADED_BYTES_MAX: usize = 8_000_000;

/// An index that is loaded, now the last to be let go.
fn used_again(key: &str) -> Option<Rc<Index>> {
    LOADED.with_borrow_mut(|all| {
        let at = all.iter().position(|(known, ..)| known == key)?;
        all.get_mut(at..)?.rotate_left(1);
        all.last().map(|(.., index)| Rc::clone(index))
    })
}

/// The same, ready to be asked.
async fn loaded_index(cx: &Cx, id: &SiteId, site: &SitePublic, locale: &str) -> Result<Rc<Index>, ApiError> {
    let key = |hash: &str| format!("{id}/{locale}/{hash}");
    if let Some(index) = site.index_hash(locale).and_then(|hash| used_again(&key(hash))) {
        return Ok(index);
    }
    let (hash, bytes) = current_index(cx, id, site, locale).await?;
    let index = Index::load(&bytes)
        .map_err(|error| ApiError::internal(format!("a published index does not load: {error:?}")))?;
    let index = Rc::new(index);
    LOADED.with_borrow_mut(|all| {
        while all.len() >= LOADED_MAX || all.iter().map(|(_, size, _)| size).sum::<usize>() > LOADED_BYTES_MAX {
            all.remove(0);
        }
        all.push((key(&hash), bytes.len(), Rc::clone(&index)));
    });
    Ok(index)
}

/// The best articles for some words, and how sure the best of them is.
pub(crate) async fn search(
    cx: &Cx,
    id: &SiteId,
    site: &SitePublic,
    locale: &str,
    query: &str,
    limit: usize,
) -> Result<SearchAnswer, ApiError> {
    let index = loaded_index(cx, id, site, locale).await?;
    let item = |hit: &search::Hit| SearchItem {
        slug: index.slug(hit.doc).to_owned(),
        title: index.title(hit.doc).to_owned(),
        summary: index.summary(hit.doc).to_owned(),
        score: hit.score,
    };
    let found = index.answer(query, limit);
    let items = found.hits.iter().map(item).collect();
    Ok(SearchAnswer { items, confidence: found.confidence, fits: found.fits() })
}

/// The texts of hits, which are in no published copy. A search stands without them where the database is slow or away, or where
/// somebody asks too often.
async fn texts_in_time(cx: &Cx, id: &SiteId, locales: [&str; 2], slugs: &[&str]) -> Vec<articles::Text> {
    let read = async {
        limits::before_database(cx).await?;
        articles::texts(&cx.db(id)?, id, locales, slugs, TEXT_LETTERS_MAX).await
    };
    match select(pin!(read), Delay::from(TEXTS_PATIENCE)).await {
        Either::Left((Ok(texts), _)) => return texts,
        Either::Left((Err(error), _)) => console_error!("{}: hits without excerpts: {error:?}", cx.request_id),
        Either::Right(_) => console_error!("{}: hits without excerpts: the database is slow", cx.request_id),
    }
    Vec::new()
}

/// What a search found as a page shows it.
pub(crate) struct Shown {
    pub(crate) hits: Vec<Hit>,
    /// Whether to say that none of it may answer: by the rule of the panel, which is silent in the middle of a word.
    pub(crate) is_doubtful: bool,
}

/// What [`search`] finds, with the words that made each article a hit, and the place of its text that has most of them.
pub(crate) async fn search_to_show(
    cx: &Cx,
    id: &SiteId,
    site: &SitePublic,
    locale: &str,
    query: &str,
    limit: usize,
) -> Result<Shown, ApiError> {
    let index = loaded_index(cx, id, site, locale).await?;
    let found = index.answer(query, limit);
    let slugs: Vec<&str> = found.hits.iter().map(|hit| index.slug(hit.doc)).collect();
    let locales = [locale, site.default_locale.as_str()];
    let texts = if slugs.is_empty() { Vec::new() } else { texts_in_time(cx, id, locales, &slugs).await };
    let shown = |hit: &search::Hit| {
        let slug = index.slug(hit.doc);
        let text = texts.iter().find(|text| text.slug == slug);
        let body = text.map_or("", |text| text.body.as_str());
        Hit {
            slug: slug.to_owned(),
            locale: text.map_or(locale, |text| text.locale.as_str()).to_owned(),
            title: index.marked(index.title(hit.doc), query),
            excerpt: index.excerpt(index.summary(hit.doc), body, query, EXCERPT_BYTES),
        }
    };
    Ok(Shown { hits: found.hits.iter().map(shown).collect(), is_doubtful: found.is_doubtful() })
}

/// An article as finished JSON, in the locale asked for, else in the site's own, else by an old name of it.
pub(crate) async fn article_json(
    cx: &Cx,
    id: &SiteId,
    site: &SitePublic,
    locale: &str,
    slug: &str,
) -> Result<String, ApiError> {
    if !is_slug(slug) {
        return Err(ApiError::not_found());
    }
    let kv = cx.snapshots()?;
    let key = format!("article/{id}/{locale}/{}/{slug}", site.articles_version(locale));
    if let Some(json) = kv.get(&key).text().await? {
        return Ok(json);
    }
    limits::before_database(cx).await?;
    let db = cx.db(id)?;
    let locales = [locale, site.default_locale.as_str()];
    let mut found = articles::published(&db, id, slug, locales).await?;
    if found.is_none()
        && let Some(current) = authoring::redirected(&db, id, slug).await?
    {
        found = articles::published(&db, id, &current, locales).await?;
    }
    let article = with_related(cx, id, site, found.ok_or_else(ApiError::not_found)?).await?;
    let json = serde_json::to_string(&article)?;
    snapshot::keep_copy(&kv, &key, &json, COPY_SECONDS).await;
    Ok(json)
}

/// The article with the two or three that go on from it: its author's choice, else those that share its words.
async fn with_related(cx: &Cx, id: &SiteId, site: &SitePublic, found: Readable) -> Result<Article, ApiError> {
    let Readable { mut article, keywords, related } = found;
    let index = loaded_index(cx, id, site, &article.locale).await?;
    let entry = |doc: u32| RelatedArticle { slug: index.slug(doc).to_owned(), title: index.title(doc).to_owned() };
    article.related = if related.is_empty() {
        let hits = index.search(&[article.title.as_str(), &keywords].join(" "), RELATED_HITS);
        let others = hits.iter().map(|hit| entry(hit.doc)).filter(|other| other.slug != article.slug);
        others.take(RELATED_MAX).collect()
    } else {
        // In the author's order; what is not published is left out.
        let chosen = related.iter().filter_map(|slug| {
            (0..u32::try_from(index.len()).unwrap_or(u32::MAX)).find(|doc| index.slug(*doc) == slug.as_str())
        });
        chosen.take(RELATED_MAX).map(entry).collect()
    };
    Ok(article)
}
