//! The panel as a page of its own: what a host shows in a frame, or links to, when its policy refuses WebAssembly.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::snapshot;

/// `GET /panel?site=`. Only pages of the site's origins may frame it.
pub(crate) async fn show_panel(cx: &Cx) -> Result<Reply, ApiError> {
    let id = cx.site_or_default()?;
    let site = snapshot::site(cx, &id).await?;
    let locale = site.locale_for(cx.query("locale").as_deref());
    // Everything put into the page was checked: an id of letters, digits and `_`, one of the site's own language tags.
    let html = format!(
        "<!doctype html>\n<html lang=\"{locale}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n<title>Help</title>\n\
         <meta name=\"robots\" content=\"noindex\">\n<script type=\"module\" src=\"/page-panel.js\"></script>\n</head>\n<body>\n\
         <script async src=\"/widget.js\" data-site=\"{id}\" data-locale=\"{locale}\" data-mode=\"page\"></script>\n\
         <noscript>This page needs JavaScript.</noscript>\n</body>\n</html>\n"
    );
    let ancestors = site.origins.join(" ");
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self' {ancestors}"
    );
    Ok(Reply::page(html, policy))
}
