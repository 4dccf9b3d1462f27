//! State of the system, for anybody. Reads KV and nothing else.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply, Sharing};
use crate::snapshot;

/// `GET status/`.
pub(crate) async fn get_status(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let site = cx.site_or_default()?;
    let status = snapshot::status(cx, &site, cx.query("locale").as_deref()).await?;
    let known = request.header("if-none-match")?;
    Ok(Reply::ok_text(status.body)
        .cached(Caching::Revalidate)
        .shared(Sharing::Everyone)
        .tagged(&format!("\"{}\"", status.etag), known.as_deref()))
}
