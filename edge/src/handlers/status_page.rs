//! The public status: pages (`/status`), feeds, and the JSON of Statuspage (`/api/v2/`). All of it is made from published
//! copies and reads no database, but for the archive.

use super::help;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::reply::{Caching, Reply, Sharing};
use crate::router::is_below;
use crate::snapshot;
use crate::store::Cursor;
use crate::store::incidents::{self, Archived};
use buoy_shared::status_page::{self, Feed, Listing, Place, STATUS_PATH, StatusBook};

/// Where the JSON of Statuspage begins.
const V2: &str = "/api/v2/";

/// Incidents of a page of the archive.
const ARCHIVE_PAGE: usize = 30;

/// Whether a path is one of ours.
pub(crate) fn is_ours(path: &str) -> bool {
    path.starts_with(V2) || matches!(path, "/history.atom" | "/history.rss") || is_below(path, STATUS_PATH)
}

/// Every path of the public status.
pub(crate) async fn serve(cx: &Cx, request: &Incoming, path: &str) -> Result<Reply, ApiError> {
    if !matches!(request.method_word().as_str(), "GET" | "HEAD") {
        return Err(ApiError::method_not_allowed("GET, HEAD, OPTIONS".to_owned()));
    }
    let asked = help::Asked::read(cx, request).await?;
    let style_hash = help::style_hash();
    let place = Place { site: asked.pages(&style_hash), now: cx.now };
    let book = snapshot::book(cx, &asked.id).await?;
    if let Some(document) = path.strip_prefix(V2) {
        let which = Listing::at(document.trim_end_matches('/')).ok_or_else(ApiError::not_found)?;
        // Machines that name no language get the site's own.
        let locale = cx.query("locale").map_or(asked.site.default_locale.as_str(), |_| asked.locale.as_str());
        let site = buoy_shared::public_page::PublicSite { locale, ..place.site };
        let reply = Reply::ok_text(status_page::listing(&site, &book, which));
        return Ok(reply.cached(Caching::Revalidate).shared(Sharing::Everyone));
    }
    let rest = path.strip_prefix(STATUS_PATH).unwrap_or(path).trim_matches('/');
    if let Some(feed) = feed_at(path, rest) {
        let text = status_page::feed(&place.site, &book, &feed).ok_or_else(ApiError::not_found)?;
        return Ok(Reply::feed(text, feed.is_rss).cached(Caching::Revalidate).shared(Sharing::Everyone));
    }
    let html = match rest.split_once('/') {
        None if rest.is_empty() => Some(status_page::home(&place, &book)),
        None if rest == "archive" => Some(archive(cx, &asked, &place, &book).await?),
        Some(("incidents", id)) => incident(cx, &asked, &place, book, id).await?,
        _ => None,
    };
    Ok(match html {
        Some(html) => Reply::page(html, help::POLICY.to_owned()).cached(Caching::Revalidate),
        None => Reply::missing_page(status_page::missing(&place), help::POLICY),
    })
}

/// The feed at a path: `history.atom`, `history.rss`, `components/<key>.atom`, `components/<key>.rss`.
fn feed_at<'a>(path: &'a str, rest: &'a str) -> Option<Feed<'a>> {
    let (name, is_rss) = match rest.strip_suffix(".rss") {
        Some(name) => (name, true),
        None => (rest.strip_suffix(".atom")?, false),
    };
    let component = name.strip_prefix("components/");
    (component.is_some() || name == "history").then_some(Feed { path, is_rss, component })
}

/// What ended longer ago than the policy keeps on the first page, and what that page does not show for other reasons; the
/// only page that always asks the database.
async fn archive(cx: &Cx, asked: &help::Asked, place: &Place<'_>, book: &StatusBook) -> Result<String, ApiError> {
    limits::before_database(cx).await?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    let which = Archived {
        ended_until: cx.now.plus_seconds(-i64::from(book.archive_after_days) * 86_400),
        began_before: status_page::shown_from(book, cx.now),
    };
    let page = incidents::archive(&cx.db(&asked.id)?, &asked.id, which, &cursor, ARCHIVE_PAGE).await?;
    Ok(status_page::archive(place, book, &page.items, page.next_cursor.as_deref()))
}

/// One incident: from the book, else from the database when it is older.
async fn incident(
    cx: &Cx,
    asked: &help::Asked,
    place: &Place<'_>,
    mut book: StatusBook,
    id: &str,
) -> Result<Option<String>, ApiError> {
    if let Some(html) = status_page::incident(place, &book, id) {
        return Ok(Some(html));
    }
    let Ok(id) = super::incidents::incident_id(id) else { return Ok(None) };
    limits::before_database(cx).await?;
    let Some(older) = incidents::get(&cx.db(&asked.id)?, &asked.id, &id).await? else { return Ok(None) };
    book.incidents.push(older);
    Ok(status_page::incident(place, &book, id.as_str()))
}
