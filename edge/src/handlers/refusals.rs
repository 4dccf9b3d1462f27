//! How a refusal is told: as a page to whoever asked for one of our pages in a browser, as a problem document to everybody
//! else.

use super::{help, page_words};
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::router::is_below;
use buoy_shared::id::SiteId;
use buoy_shared::public_page::PublicSite;
use buoy_shared::refused_page::refused_page;
use buoy_shared::status_page::STATUS_PATH;
use worker::Request;

/// Who asks, as far as a refusal needs to know.
pub(crate) enum Reader {
    /// Somebody who reads pages, in the languages that their browser names.
    Person(String),
    /// A program.
    Machine,
}

impl Reader {
    /// Headers are read for our pages only: each is a crossing to JavaScript, and routes answer programs.
    pub(crate) fn of(cx: &Cx, request: &Request) -> worker::Result<Self> {
        let path = cx.url.path();
        if !(help::is_ours(path) || is_below(path, STATUS_PATH)) {
            return Ok(Self::Machine);
        }
        let wants_page = request.headers().get("accept")?.is_some_and(|types| types.contains("text/html"));
        let languages = request.headers().get("accept-language")?.unwrap_or_default();
        Ok(if wants_page { Self::Person(languages) } else { Self::Machine })
    }
}

/// The answer to what is refused. It asks no database: that may be what failed.
pub(crate) async fn told(cx: &Cx, reader: Reader, error: ApiError) -> Reply {
    let Reader::Person(languages) = reader else { return Reply::problem(error, &cx.request_id) };
    let locale = cx.query("locale").unwrap_or_else(|| page_words::first_tag(&languages).to_owned());
    let words = page_words::of(cx, &locale).await;
    let site = cx.query("site").filter(|id| SiteId::parse(id).is_ok());
    let pages = PublicSite {
        id: site.as_deref().unwrap_or_default(),
        is_default: site.is_none(),
        name: "",
        locale: words.language(),
        locales: &[],
        default_locale: words.language(),
        origin: "",
        style_hash: &help::style_hash(),
        words,
    };
    let html = refused_page(&pages, cx.url.path(), error.kind(), cx.request_id.as_str());
    Reply::problem_page(error, &cx.request_id, html, help::POLICY)
}
