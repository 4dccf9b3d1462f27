//! The script tag with what it would ask for first already in it: `/<site>/widget.js`, one round trip instead of two (W1, W2).
//!
//! It is the file `/widget.js`, with the boot snapshot in the place that the loader keeps for it. A page that may not read that
//! snapshot, or that cannot be told by its referrer, gets the file as it is and asks by itself.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::boot::{self, Boot};
use crate::handlers::page_words;
use crate::reply::{Caching, Reply, Sharing};
use crate::snapshot;
use buoy_shared::id::SiteId;
use buoy_shared::public_page::language;
use serde::Deserialize;
use std::cell::OnceCell;
use std::rc::Rc;

/// What stands in the loader in place of a snapshot (`widget/loader.js`).
const PLACE: &str = "\"BOOT\"";

/// The file `/widget.js`, around the place for a snapshot.
struct Loader {
    before: String,
    after: String,
    /// Names its content.
    hash: String,
}

/// What a path of this ends with.
pub(crate) const FILE: &str = "/widget.js";

thread_local! {
    /// The loader of this deployment; another one comes with other instances of the worker.
    static LOADER: OnceCell<Rc<Loader>> = const { OnceCell::new() };
}

/// The site that a path names as the folder of the loader.
pub(crate) fn site_of(path: &str) -> Option<SiteId> {
    SiteId::parse(path.strip_prefix('/')?.strip_suffix(FILE)?).ok()
}

/// `GET /<site>/widget.js`, in the language that `locale` names, or that the visitor's browser prefers.
pub(crate) async fn get_loader(cx: &Cx, request: &Incoming, site: SiteId) -> Result<Reply, ApiError> {
    let loader = loader(cx).await?;
    let preferred = request.header("accept-language")?.unwrap_or_default();
    let locale = cx.query("locale").unwrap_or_else(|| page_words::first_tag(&preferred).to_owned());
    let boot = match boot::assemble(cx, &site, Some(&locale)).await {
        Ok(boot) if is_of_the_site(cx, request, &boot)? && is_alone(&boot)? => Some(boot),
        _ => None,
    };
    let Loader { before, after, hash } = &*loader;
    let (given, tag) = match boot {
        Some(Boot { body, etag, .. }) => (serde_json::to_string(&body)?, format!("\"{etag}-{hash}\"")),
        None => (PLACE.to_owned(), format!("\"{hash}\"")),
    };
    let known = request.header("if-none-match")?;
    let reply = Reply::script([before.as_str(), &given, after].concat());
    Ok(reply.cached(Caching::Revalidate).shared(Sharing::Everyone).tagged(&tag, known.as_deref()))
}

/// Whether the page that asks is one of the site's: a script tag sends no origin, but most send where they stand.
fn is_of_the_site(cx: &Cx, request: &Incoming, boot: &Boot) -> Result<bool, ApiError> {
    let page = request.header("referer")?.and_then(|address| worker::Url::parse(&address).ok());
    let Some(origin) = page.map(|page| page.origin().ascii_serialization()) else { return Ok(false) };
    Ok(origin == cx.url.origin().ascii_serialization() || boot.origins.contains(&origin))
}

#[derive(Deserialize)]
struct Spoken {
    locale: String,
    locales: Vec<String>,
}

/// Whether the site speaks no second form of the snapshot's language: the loader looks at the language alone, and each form may
/// have banners of its own.
fn is_alone(boot: &Boot) -> Result<bool, ApiError> {
    let Spoken { locale, locales } = serde_json::from_str(&boot.body)?;
    Ok(locales.iter().filter(|other| language(other).eq_ignore_ascii_case(language(&locale))).count() <= 1)
}

async fn loader(cx: &Cx) -> Result<Rc<Loader>, ApiError> {
    if let Some(known) = LOADER.with(|loader| loader.get().cloned()) {
        return Ok(known);
    }
    let address = format!("{}{FILE}", cx.url.origin().ascii_serialization());
    let mut file = cx.env.assets("ASSETS")?.fetch(address, None).await?;
    let text = if file.status_code() == 200 { file.text().await? } else { String::new() };
    let Some((before, after)) = text.split_once(PLACE) else {
        return Err(ApiError::internal("the loader was not deployed, or has no place for a snapshot"));
    };
    let read = Loader { before: before.to_owned(), after: after.to_owned(), hash: snapshot::short_hash(&text) };
    Ok(LOADER.with(|loader| loader.get_or_init(|| Rc::new(read)).clone()))
}
