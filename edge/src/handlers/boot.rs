//! What a page needs before anybody touches the widget. Reads KV once and nothing else.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply, Sharing};
use crate::snapshot;
use buoy_shared::id::SiteId;

/// The answer of `boot/`, before it is one.
pub(crate) struct Boot {
    /// Without quotes.
    pub(crate) etag: String,
    /// Whose pages may read it.
    pub(crate) origins: Vec<String>,
    /// JSON.
    pub(crate) body: String,
}

/// The published snapshot, with the addresses of the deployed panel's files appended.
pub(crate) async fn assemble(cx: &Cx, site: &SiteId, locale: Option<&str>) -> Result<Boot, ApiError> {
    let boot = snapshot::boot(cx, site, locale).await?;
    let assets = cx.env.var("ASSET_MANIFEST").map(|manifest| manifest.to_string()).unwrap_or_else(|_| "{}".to_owned());
    let etag = format!("{}-{}", boot.etag, snapshot::short_hash(&assets));
    Ok(Boot { etag, origins: boot.origins, body: format!("{},\"assets\":{assets}}}", boot.body) })
}

/// `GET boot/`.
pub(crate) async fn get_boot(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let site = cx.site()?;
    let Boot { etag, origins, body } = assemble(cx, &site, cx.query("locale").as_deref()).await?;
    cx.check_origin(&origins)?;
    let known = request.header("if-none-match")?;
    let reply = Reply::ok_text(body).cached(Caching::Revalidate).shared(Sharing::SiteOrigins);
    Ok(reply.tagged(&format!("\"{etag}\""), known.as_deref()))
}
