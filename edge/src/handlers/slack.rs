//! Presses of buttons in Slack (E5).

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::on_call::take_page;
use crate::reply::Reply;
use crate::store::destinations;
use crate::store::pages::Taker;
use buoy_shared::delivery::slack::{self, Press};
use buoy_shared::id::SiteId;
use buoy_shared::text::BODY_BYTES_MAX;
use serde_json::json;

/// `POST slack/<site>/`: signed by the app of one of the site's Slack destinations; a site without one looks like a wrong
/// signature. Pressed again, or after somebody else, it changes nothing, and Slack's channel has read who was first.
pub(crate) async fn take_press(cx: &Cx, request: &Incoming, site: &str) -> Result<Reply, ApiError> {
    let site = SiteId::parse(site).map_err(|_| ApiError::unauthenticated())?;
    let db = cx.db(&site).map_err(|_| ApiError::unauthenticated())?;
    let header = |name: &str| Ok::<_, ApiError>(request.header(name)?.unwrap_or_default());
    let (sent, signature) = (header(slack::TIMESTAMP_HEADER)?, header(slack::SIGNATURE_HEADER)?);
    let body = request.bytes(BODY_BYTES_MAX)?;
    let secrets = destinations::secrets_of_slack(&db, &site).await?;
    let now = cx.now.as_millis().div_euclid(1_000);
    if !slack::is_signed(secrets.iter().map(buoy_shared::secret::Secret::reveal), &sent, &signature, body, now) {
        return Err(ApiError::unauthenticated());
    }
    if let Some(Press { page, name }) = slack::read_press(body) {
        take_page(cx, &db, &site, page.as_str(), Taker::Elsewhere(&name)).await?;
    }
    Reply::ok(&json!({}))
}
