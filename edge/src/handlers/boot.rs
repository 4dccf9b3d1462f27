//! What a page needs before anybody touches the widget. Reads KV once and nothing else.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply, Sharing};
use crate::snapshot;

/// `GET boot/`: the published snapshot, with the addresses of the deployed panel's files appended.
pub(crate) async fn get_boot(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let site = cx.site()?;
    let boot = snapshot::boot(cx, &site, cx.query("locale").as_deref()).await?;
    cx.check_origin(&boot.origins)?;
    let assets = cx.env.var("ASSET_MANIFEST").map(|manifest| manifest.to_string()).unwrap_or_else(|_| "{}".to_owned());
    let etag = format!("\"{}-{}\"", boot.etag, snapshot::short_hash(&assets));
    let known = request.header("if-none-match")?;
    let body = format!("{},\"assets\":{assets}}}", boot.body);
    Ok(Reply::ok_text(body).cached(Caching::Revalidate).shared(Sharing::SiteOrigins).tagged(&etag, known.as_deref()))
}
