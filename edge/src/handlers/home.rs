//! What the panel's first view says before anybody asked. One read of the database, and one more where a page is named.

use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply};
use crate::snapshot;
use crate::store::{page_views, sites};
use buoy_shared::api::HomeInfo;
use buoy_shared::incident::Impact;
use buoy_shared::office::office_now;
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// Milliseconds of a minute: a promise told to the second would make every answer another one.
const MINUTE_MS: i64 = 60_000;

/// Of the published status, what is said here.
#[derive(Deserialize)]
struct Published {
    indicator: Impact,
}

/// `GET home/`.
pub(crate) async fn get_home(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let id = cx.site()?;
    let db = cx.db(&id)?;
    let site = sites::find(&db, &id).await?.ok_or_else(ApiError::not_found)?;
    cx.check_origin(&site.origins)?;
    let (policy, wanted) = (&site.policy, cx.query("locale"));
    let locale = policy.locale_for(wanted.as_deref().unwrap_or(&policy.site.default_locale));
    let page = cx.query("page").unwrap_or_default();
    let suggested = page_views::suggested(&db, &id, locale, &policy.suggested(&page), &page).await?;
    let status: Published = serde_json::from_str(&snapshot::status(cx, &id, Some(locale)).await?.body)?;
    let now = office_now(policy, cx.now);
    let home = HomeInfo {
        open: now.office.open,
        next_change_at: now.office.changes_at,
        reply_by: now.reply_by.map(whole_minute),
        status: status.indicator,
        suggested,
    };
    let text = serde_json::to_string(&home)?;
    let (tag, known) = (snapshot::short_hash(&text), request.header("if-none-match")?);
    Ok(Reply::ok_text(text).cached(Caching::Revalidate).tagged(&format!("\"{tag}\""), known.as_deref()))
}

/// The next whole minute.
fn whole_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_millis((at.as_millis() + MINUTE_MS - 1).div_euclid(MINUTE_MS) * MINUTE_MS)
}
