//! The log of wishes (R6), for the team that reviews it.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::store::{Cursor, Db, changes, features};
use buoy_shared::api::{FeatureDraft, FeatureVote, Role};
use buoy_shared::id::{FeatureId, SiteId};
use buoy_shared::text::{BODY_BYTES_MAX, FieldCode, Refusals, SUBJECT_CHARS_MAX};

/// `GET agent/features/`.
pub(crate) async fn list_features(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let cursor = Cursor::read(cx.query("cursor").as_deref())?;
    Reply::ok(&features::list(&cx.db(&agent.site_id)?, &agent.site_id, &cursor, cx.limit()?).await?)
}

/// `POST agent/features/`.
pub(crate) async fn create_feature(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let draft: FeatureDraft = request.json(BODY_BYTES_MAX)?.value;
    let mut refusals = Refusals::default();
    let title = refusals.required_line("title", &draft.title, SUBJECT_CHARS_MAX);
    refusals.into_result(())?;
    let db = cx.db(&agent.site_id)?;
    check_ticket(&db, &agent.site_id, &draft.ticket).await?;
    Reply::created(&features::create(&db, &agent.site_id, &draft.ticket, &title, cx.now).await?)
}

/// `POST agent/features/<feature>/vote/`.
pub(crate) async fn vote_feature(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let vote: FeatureVote = request.json(BODY_BYTES_MAX)?.value;
    let feature = FeatureId::parse(id).map_err(|_| ApiError::not_found())?;
    let db = cx.db(&agent.site_id)?;
    check_ticket(&db, &agent.site_id, &vote.ticket).await?;
    let counted = features::vote(&db, &agent.site_id, feature.as_str(), &vote.ticket, cx.now).await?;
    Reply::ok(&counted.ok_or_else(ApiError::not_found)?)
}

async fn check_ticket(db: &Db, site: &SiteId, ticket: &str) -> Result<(), ApiError> {
    let found = db.run(changes::state(site, ticket, None)).await?;
    if found.first_text().is_some() {
        Ok(())
    } else {
        Err(ApiError::field("ticket", FieldCode::UnknownValue, "there is no such ticket"))
    }
}
