//! What we know, for everybody who reads: the index for the page's own search, articles, votes (W3, K3).

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::library;
use crate::limits;
use crate::reply::{Caching, Reply};
use crate::snapshot::{self, SitePublic};
use crate::store::{Db, measurement, tickets};
use buoy_shared::api::ArticleVote;
use buoy_shared::article::is_slug;
use buoy_shared::id::SiteId;
use buoy_shared::problem::ProblemKind;
use buoy_shared::search::first_part;
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode};

/// Results of a search, unless fewer are asked for.
const RESULTS_MAX: usize = 10;

async fn public_site(cx: &Cx) -> Result<(SiteId, SitePublic), ApiError> {
    let id = cx.site()?;
    let site = snapshot::site(cx, &id).await?;
    cx.check_origin(&site.origins)?;
    Ok((id, site))
}

/// Which bytes of an index are asked for.
enum Part {
    Whole,
    First,
    Rest,
}

impl Part {
    fn wanted(cx: &Cx) -> Result<Self, ApiError> {
        match cx.query("part").as_deref() {
            None => Ok(Self::Whole),
            Some("first") => Ok(Self::First),
            Some("rest") => Ok(Self::Rest),
            Some(_) => Err(ApiError::field("part", FieldCode::UnknownValue, "expected `first` or `rest`")),
        }
    }

    /// Whether it is the rest of an index that is too large for pages.
    fn stays_here(&self, whole: &[u8], site: &SitePublic) -> bool {
        matches!(self, Self::Rest) && whole.len() > site.download_bytes_max as usize
    }

    fn of(&self, mut bytes: Vec<u8>, site: &SitePublic) -> Result<Vec<u8>, ApiError> {
        let damaged = |error| ApiError::internal(format!("a published index cannot be divided: {error:?}"));
        match self {
            _ if self.stays_here(&bytes, site) => bytes.clear(),
            Self::Whole => {}
            Self::First => bytes.truncate(first_part(&bytes).map_err(damaged)?),
            Self::Rest => bytes = bytes.split_off(first_part(&bytes).map_err(damaged)?),
        }
        Ok(bytes)
    }
}

/// `GET kb/index/`, whole or a part of it. Asked for by hash, it never changes; asked for without, it is the current one.
/// A hash that is gone gives the current one too: the page searches what is there. The rest of an index that is too large for
/// pages, by the policy, stays here: it is empty, which is what tells them to ask `kb/search/`.
pub(crate) async fn get_index(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let locale = cx.query("locale").ok_or_else(|| ApiError::missing_parameter("locale"))?;
    let part = Part::wanted(cx)?;
    let (id, site) = public_site(cx).await?;
    let locale = site.locale_for(Some(&locale)).to_owned();
    if let Some(hash) = cx.query("hash").filter(|hash| hash.len() <= 32)
        && let Some(bytes) = snapshot::index(cx, &id, &locale, &hash).await?
    {
        // The policy may change while the hash does not.
        let caching = if part.stays_here(&bytes, &site) { Caching::Revalidate } else { Caching::Immutable };
        return Ok(Reply::bytes(part.of(bytes, &site)?).cached(caching));
    }
    let (hash, bytes) = library::current_index(cx, &id, &site, &locale).await?;
    let known = request.header("if-none-match")?;
    Ok(Reply::bytes(part.of(bytes, &site)?)
        .cached(Caching::Revalidate)
        .tagged(&format!("\"{hash}\""), known.as_deref()))
}

/// `GET kb/articles/<slug>/`, in the locale asked for, else in the site's own. An old name gives the article with its
/// new one.
pub(crate) async fn get_article(cx: &Cx, slug: &str) -> Result<Reply, ApiError> {
    if !is_slug(slug) {
        return Err(ApiError::not_found());
    }
    let (id, site) = public_site(cx).await?;
    let locale = site.locale_for(cx.query("locale").as_deref());
    let json = library::article_json(cx, &id, &site, locale, slug).await?;
    Ok(Reply::ok_text(json).cached(Caching::Revalidate))
}

/// `GET kb/search/`: the engine of the page, for those who cannot run it.
pub(crate) async fn search_articles(cx: &Cx) -> Result<Reply, ApiError> {
    let (id, site) = public_site(cx).await?;
    let locale = site.locale_for(cx.query("locale").as_deref());
    let limit = cx.limit()?.min(RESULTS_MAX);
    let query = cx.query("q").unwrap_or_default();
    Reply::ok(&library::search(cx, &id, &site, locale, &query, limit).await?)
}

/// `POST kb/feedback/`: a visitor has one vote on an article; a second replaces the first (K4).
///
/// Who votes is told apart without being known: a session by its token, anybody else by address and browser. Both are
/// hashed together with the article, so that votes on two articles cannot be joined. A browser's name is anybody's to write,
/// so an address has a limited number of votes.
pub(crate) async fn vote_article(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let vote: ArticleVote = request.json(BODY_BYTES_MAX)?.value;
    let unknown = |field: &str| ApiError::field(field, FieldCode::UnknownValue, "there is no such published article");
    let id = SiteId::parse(&vote.site).map_err(|_| unknown("site"))?;
    let site = snapshot::site(cx, &id).await.map_err(|_| unknown("site"))?;
    cx.check_origin(&site.origins)?;
    let db = cx.db(&id)?;
    let voter = voter(cx, request, &db, &id).await?;
    limits::charge_vote(cx, &id).await?;
    let salt = salt(cx);
    let ballot = measurement::Ballot {
        locale: &vote.locale,
        slug: &vote.slug,
        voter: &snapshot::short_hash(&format!("{salt} {id} {} {} {voter}", vote.locale, vote.slug)),
        helpful: vote.helpful,
        reason: vote.reason.filter(|_| !vote.helpful),
    };
    let counted = measurement::vote(&db, &id, &ballot, cx.now).await?;
    if counted { Reply::created(&vote) } else { Err(unknown("slug")) }
}

/// Tells who votes from others. A token that opens nothing is anybody's to invent: whoever shows one is nobody we know.
async fn voter(cx: &Cx, request: &Incoming, db: &Db, site: &SiteId) -> Result<String, ApiError> {
    if let Ok(token) = auth::visitor(request)
        && token.site == *site
    {
        match tickets::caller(db, &token, cx.now).await {
            Ok(_) => return Ok(token.hash),
            Err(error) if error.kind() == ProblemKind::Unauthenticated => {}
            Err(error) => return Err(error),
        }
    }
    device(cx, request)
}

/// Address and browser.
fn device(cx: &Cx, request: &Incoming) -> Result<String, ApiError> {
    Ok(format!("{} {}", cx.address, request.header("user-agent")?.unwrap_or_default()))
}

/// What no stranger knows: without it a hash of an address would be as good as the address.
fn salt(cx: &Cx) -> String {
    cx.env.secret("OPERATOR_TOKEN").map(|secret| secret.to_string()).unwrap_or_default()
}

/// Tells readers apart who said nothing of themselves. To be hashed with what they read.
pub(super) fn somebody(cx: &Cx, request: &Incoming) -> Result<String, ApiError> {
    Ok(format!("{} {}", salt(cx), device(cx, request)?))
}
