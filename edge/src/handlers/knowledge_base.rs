//! What we know, for everybody who reads: the index for the page's own search, articles, votes (W3, K3).

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::platform;
use crate::reply::{Caching, Reply};
use crate::snapshot::{self, SitePublic};
use crate::store::articles;
use buoy_shared::api::{ArticleVote, SearchAnswer, SearchItem};
use buoy_shared::article::is_slug;
use buoy_shared::id::SiteId;
use buoy_shared::search::Index;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode};

/// Results of a search, unless fewer are asked for.
const RESULTS_MAX: usize = 10;

/// How long a rendered article stays in KV, in seconds. Its key names the publication it belongs to, so a new one
/// makes new keys and the old ones fade.
const ARTICLE_SECONDS: u64 = 7 * 86_400;

async fn public_site(cx: &Cx) -> Result<(SiteId, SitePublic), ApiError> {
    let id = cx.site()?;
    let site = snapshot::site(cx, &id).await?;
    cx.check_origin(&site.origins)?;
    Ok((id, site))
}

/// `GET kb/index/`. Asked for by hash, it never changes; asked for without, it is the current one. A hash that is
/// gone gives the current one too: the page searches what is there.
pub(crate) async fn get_index(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let locale = cx.query("locale").ok_or_else(|| ApiError::missing_parameter("locale"))?;
    let (id, site) = public_site(cx).await?;
    let locale = site.locale_for(Some(&locale)).to_owned();
    if let Some(hash) = cx.query("hash").filter(|hash| hash.len() <= 32)
        && let Some(bytes) = snapshot::index(cx, &id, &locale, &hash).await?
    {
        return Ok(Reply::bytes(bytes).cached(Caching::Immutable));
    }
    let (hash, bytes) = current_index(cx, &id, &site, &locale).await?;
    let known = request.header("if-none-match")?;
    Ok(Reply::bytes(bytes).cached(Caching::Revalidate).tagged(&format!("\"{hash}\""), known.as_deref()))
}

/// The current index of a locale; rebuilt when KV has lost it or nothing was ever published.
async fn current_index(cx: &Cx, id: &SiteId, site: &SitePublic, locale: &str) -> Result<(String, Vec<u8>), ApiError> {
    if let Some(hash) = site.index_hash(locale)
        && let Some(bytes) = snapshot::index(cx, id, locale, hash).await?
    {
        return Ok((hash.to_owned(), bytes));
    }
    snapshot::build_index(&cx.env, id, locale).await
}

/// `GET kb/articles/<slug>/`, in the locale asked for, else in the site's own.
pub(crate) async fn get_article(cx: &Cx, slug: &str) -> Result<Reply, ApiError> {
    if !is_slug(slug) {
        return Err(ApiError::not_found());
    }
    let (id, site) = public_site(cx).await?;
    let locale = site.locale_for(cx.query("locale").as_deref());
    let kv = cx.snapshots()?;
    let version = site.articles_version(locale);
    let key = format!("article/{id}/{locale}/{version}/{slug}");
    if let Some(json) = kv.get(&key).text().await? {
        return Ok(Reply::ok_text(json).cached(Caching::Revalidate));
    }
    let article = articles::published(&cx.db(&id)?, &id, slug, [locale, &site.default_locale])
        .await?
        .ok_or_else(ApiError::not_found)?;
    let json = serde_json::to_string(&article)?;
    kv.put(&key, json.as_str())?.expiration_ttl(ARTICLE_SECONDS).execute().await?;
    Ok(Reply::ok_text(json).cached(Caching::Revalidate))
}

/// `GET kb/search/`: the engine of the page, for those who cannot run it.
pub(crate) async fn search_articles(cx: &Cx) -> Result<Reply, ApiError> {
    let (id, site) = public_site(cx).await?;
    let locale = site.locale_for(cx.query("locale").as_deref()).to_owned();
    let (_, bytes) = current_index(cx, &id, &site, &locale).await?;
    let index = Index::load(&bytes)
        .map_err(|error| ApiError::internal(format!("a published index does not load: {error:?}")))?;
    let limit = cx.limit()?.min(RESULTS_MAX);
    let hits = index.search(&cx.query("q").unwrap_or_default(), limit);
    let items = hits
        .iter()
        .map(|hit| SearchItem {
            slug: index.slug(hit.doc).to_owned(),
            title: index.title(hit.doc).to_owned(),
            summary: index.summary(hit.doc).to_owned(),
            score: hit.score,
        })
        .collect();
    Reply::ok(&SearchAnswer { items })
}

/// `POST kb/feedback/`.
pub(crate) async fn vote_article(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let vote: ArticleVote = request.json(BODY_BYTES_MAX)?.value;
    let unknown = |field: &str| ApiError::field(field, FieldCode::UnknownValue, "there is no such published article");
    let id = SiteId::parse(&vote.site).map_err(|_| unknown("site"))?;
    let site = snapshot::site(cx, &id).await.map_err(|_| unknown("site"))?;
    cx.check_origin(&site.origins)?;
    // Repeated with its key, a vote is one vote.
    let id_of_vote = request.idempotency_key()?.map_or_else(platform::random_secret, |key| snapshot::short_hash(&key));
    let counted =
        articles::vote(&cx.db(&id)?, &id, &vote.locale, &vote.slug, &id_of_vote, vote.helpful, cx.now).await?;
    if counted { Reply::created(&vote) } else { Err(unknown("slug")) }
}
