//! The public help centre, `/help`: pages that are readable with scripts off, rendered here (K).
//!
//! Each page is kept in KV under the publication it belongs to, so readers do not touch the database. The pages embed
//! our own widget, and their policy allows that and nothing else.

use super::{page_words, pictures};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::library::{self, COPY_SECONDS};
use crate::limits;
use crate::reply::{Caching, Reply};
use crate::router::is_below;
use crate::snapshot::{self, SitePublic};
use crate::store::{articles, authoring};
use buoy_shared::article::{Article, is_slug};
use buoy_shared::help_centre::{self, HELP_PATH};
use buoy_shared::id::SiteId;
use buoy_shared::page_words::PageWords;
use buoy_shared::problem::ProblemKind;
use buoy_shared::public_page::PublicSite;
use buoy_shared::search::QUERY_CHARS_MAX;

/// The style of the pages.
const STYLE: &str = include_str!("../help.css");
/// Where the search page is, below the first page.
const SEARCH: &str = "search";
/// Results of a search page.
const RESULTS_MAX: usize = 20;
/// Our own files, pictures of articles from the web, our widget; nobody frames it, forms come back to us.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
    img-src 'self' https: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether a path is one of the help centre's.
pub(crate) fn is_ours(path: &str) -> bool {
    is_below(path, HELP_PATH)
}

/// What a request is about.
pub(super) struct Asked {
    pub(super) id: SiteId,
    pub(super) site: SitePublic,
    pub(super) locale: String,
    is_default: bool,
    origin: String,
    words: &'static PageWords,
}

impl Asked {
    pub(super) async fn read(cx: &Cx, request: &Incoming) -> Result<Self, ApiError> {
        let id = cx.site_or_default()?;
        let site = snapshot::site(cx, &id).await?;
        let wanted = match cx.query("locale") {
            Some(locale) => Some(locale),
            None => request.header("accept-language")?,
        };
        let locale = site.locale_among(wanted.as_deref().unwrap_or_default()).to_owned();
        let is_default = cx.is_default_site(&id);
        let origin = cx.url.origin().ascii_serialization();
        let words = page_words::of(cx, &locale).await;
        Ok(Self { id, site, locale, is_default, origin, words })
    }

    /// The language to ask for what these have: the reader's, where that or the site's own is one of them, else the first that
    /// the site speaks.
    fn locale_of<'a>(&'a self, locales: &'a [String]) -> Option<&'a str> {
        if locales.iter().any(|locale| *locale == self.locale || *locale == self.site.default_locale) {
            return Some(&self.locale);
        }
        locales.iter().find(|locale| self.site.locales.contains(locale)).map(String::as_str)
    }

    pub(super) fn pages<'a>(&'a self, style_hash: &'a str) -> PublicSite<'a> {
        PublicSite {
            id: self.id.as_str(),
            is_default: self.is_default,
            name: &self.site.name,
            locale: &self.locale,
            locales: &self.site.locales,
            default_locale: &self.site.default_locale,
            origin: &self.origin,
            style_hash,
            words: self.words,
        }
    }
}

/// Names the style by its content.
pub(super) fn style_hash() -> String {
    snapshot::short_hash(STYLE)
}

/// Every path below `/help`.
pub(crate) async fn serve(cx: &Cx, request: &Incoming, path: &str) -> Result<Reply, ApiError> {
    if !matches!(request.method_word().as_str(), "GET" | "HEAD") {
        return Err(ApiError::method_not_allowed("GET, HEAD, OPTIONS".to_owned()));
    }
    let style_hash = style_hash();
    let rest = path.strip_prefix(HELP_PATH).unwrap_or_default().trim_matches('/');
    if rest == "style.css" {
        return Ok(Reply::style(STYLE.to_owned()).cached(Caching::Immutable));
    }
    if let Some(picture) = rest.strip_prefix(pictures::PICTURES) {
        return pictures::show_picture(cx, picture).await;
    }
    let asked = Asked::read(cx, request).await?;
    let pages = asked.pages(&style_hash);
    // A page names the other languages of what it shows, so it changes with theirs.
    let version = format!("{}-{}", asked.site.articles_version(&asked.locale), asked.site.newest_publication());
    // A page in English, because the words of its language could not be read, is not kept as that language's.
    let words = asked.words.language();
    let place = format!("{}/{}/{version}/{style_hash}/{words}/{}", asked.id, asked.locale, asked.origin);
    match rest {
        "" => {
            // An empty one is that of the articles without a section.
            let named =
                cx.url.query_pairs().find(|(name, _)| name == "section").map(|(_, section)| section.into_owned());
            let section = named.filter(|section| section.chars().count() <= SECTION_CHARS_MAX);
            let key = format!("help/{place}/?{}", section.as_deref().map(snapshot::short_hash).unwrap_or_default());
            let html = kept(cx, &key, home(cx, &asked, &pages, section.as_deref())).await?;
            Ok(page(html.unwrap_or_default()))
        }
        // Without words it may be an article's name.
        SEARCH if cx.url.query_pairs().any(|(name, _)| name == "q") => search(cx, &asked, &pages).await,
        "sitemap.xml" => {
            limits::before_database(cx).await?;
            let known = articles::addresses(&cx.db(&asked.id)?, &asked.id).await?;
            Ok(Reply::xml(help_centre::sitemap(&pages, &known)).cached(Caching::Revalidate))
        }
        slug => {
            if is_slug(slug) {
                let key = format!("help/{place}/{slug}");
                let html = kept(cx, &key, article(cx, &asked, &pages, slug)).await?;
                if let Some(html) = html {
                    return Ok(page(html));
                }
                if slug == SEARCH {
                    return search(cx, &asked, &pages).await;
                }
            } else {
                // Whoever asked for a slug was counted when no copy of its page was found.
                limits::before_database(cx).await?;
            }
            match authoring::redirected(&cx.db(&asked.id)?, &asked.id, path).await? {
                Some(current) if current != slug => Ok(Reply::moved(&pages.article_path(&current, &asked.locale))),
                _ => Ok(Reply::missing_page(help_centre::missing(&pages), POLICY)),
            }
        }
    }
}

/// Every path that is nobody's: an article may have been there in the help centre of before (`redirect_from`).
pub(crate) async fn moved(cx: &Cx, request: &Incoming, path: &str) -> Result<Reply, ApiError> {
    let id = cx.site_or_default().map_err(|_| ApiError::not_found())?;
    limits::before_database(cx).await?;
    let current = authoring::redirected(&cx.db(&id)?, &id, path).await?.ok_or_else(ApiError::not_found)?;
    let asked = Asked::read(cx, request).await?;
    Ok(Reply::moved(&asked.pages("").article_path(&current, &asked.locale)))
}

/// Characters of a section's name that is asked for.
const SECTION_CHARS_MAX: usize = 100;

fn page(html: String) -> Reply {
    Reply::page(html, POLICY.to_owned()).cached(Caching::Revalidate)
}

/// A page that was made for a reader.
struct Made {
    html: String,
    /// Whether it is worth keeping: what a stranger invents is not.
    keeps: bool,
}

/// The page as it was kept, else made and kept.
async fn kept(
    cx: &Cx,
    key: &str,
    make: impl Future<Output = Result<Option<Made>, ApiError>>,
) -> Result<Option<String>, ApiError> {
    let kv = cx.snapshots()?;
    if let Some(html) = kv.get(key).text().await? {
        return Ok(Some(html));
    }
    limits::before_database(cx).await?;
    let Some(made) = make.await? else { return Ok(None) };
    if made.keeps {
        snapshot::keep_copy(&kv, key, &made.html, COPY_SECONDS).await;
    }
    Ok(Some(made.html))
}

async fn home(cx: &Cx, asked: &Asked, pages: &PublicSite<'_>, section: Option<&str>) -> Result<Option<Made>, ApiError> {
    let locales = [asked.locale.as_str(), &asked.site.default_locale];
    let entries = articles::entries(&cx.db(&asked.id)?, &asked.id, locales, section).await?;
    let keeps = section.is_none() || !entries.is_empty();
    Ok(Some(Made { html: help_centre::home(pages, &entries, section), keeps }))
}

/// An article's page, in whichever language of the site has it if the reader's and the site's own do not: an old address
/// or a link leads to it in any. Nothing when the slug is not one of today's.
async fn article(cx: &Cx, asked: &Asked, pages: &PublicSite<'_>, slug: &str) -> Result<Option<Made>, ApiError> {
    let locales = articles::locales_of(&cx.db(&asked.id)?, &asked.id, slug).await?;
    let Some(locale) = asked.locale_of(&locales) else { return Ok(None) };
    let json = match library::article_json(cx, &asked.id, &asked.site, locale, slug).await {
        Ok(json) => json,
        Err(error) if error.kind() == ProblemKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let article: Article = serde_json::from_str(&json)?;
    if article.slug != slug {
        return Ok(None);
    }
    Ok(Some(Made { html: help_centre::article(pages, &article, &locales), keeps: true }))
}

async fn search(cx: &Cx, asked: &Asked, pages: &PublicSite<'_>) -> Result<Reply, ApiError> {
    let query: String = cx.query("q").unwrap_or_default().chars().take(QUERY_CHARS_MAX).collect();
    let query = buoy_shared::text::clean_line(&query);
    let shown = library::search_to_show(cx, &asked.id, &asked.site, &asked.locale, &query, RESULTS_MAX).await?;
    Ok(page(help_centre::results(pages, &query, &shown.hits, shown.is_doubtful)))
}
