//! Pictures in articles: sent by the team, kept in R2 under a name that follows from their bytes, shown to everybody.
//!
//! Unlike what visitors send they are shown inline, so only kinds that a browser draws and never runs are taken.

use super::uploads::files;
use crate::auth;
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply, Sharing};
use buoy_shared::api::{Picture, Role};
use buoy_shared::id::SiteId;
use buoy_shared::problem::ProblemKind;
use buoy_shared::text::FieldCode;
use buoy_shared::upload::{FileKind, PICTURE_BYTES_MAX};
use sha2::{Digest as _, Sha256};

/// Where pictures are, below the help centre.
pub(crate) const PICTURES: &str = "pictures/";
/// Bytes of the hash in a name: 128 bits, which nobody meets twice by chance.
const NAME_BYTES: usize = 16;

/// `POST agent/kb/pictures/`, the picture itself as the body.
///
/// 1. the agent; a kind that is shown, by the declared type and by the bytes;
/// 2. kept under a name that follows from the bytes: sent twice, it is there once.
pub(crate) async fn create_picture(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    // 1.
    let agent = auth::agent(cx, request, Role::Agent).await?;
    let bytes = request.bytes(PICTURE_BYTES_MAX)?;
    let kind = FileKind::of_picture(&request.header("content-type")?.unwrap_or_default()).ok_or_else(|| {
        ApiError::with_detail(
            ProblemKind::UnsupportedMediaType,
            "expected image/png, image/jpeg, image/gif or image/webp",
        )
    })?;
    if bytes.is_empty() || !kind.fits(bytes) {
        return Err(ApiError::field("body", FieldCode::InvalidFormat, "the file is not of the type that it says"));
    }
    // 2.
    let hash: String = Sha256::digest(bytes).iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{hash}.{}", kind.ending());
    files(&cx.env)?.put(object_key(&agent.site_id, &name), bytes.to_vec()).execute().await?;
    Reply::created(&Picture {
        address: format!("/help/{PICTURES}{}/{name}", agent.site_id),
        content_type: kind.content_type.to_owned(),
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    })
}

/// Apart from what visitors send, which lies under `<site>/`.
fn object_key(site: &SiteId, name: &str) -> String {
    format!("kb/{site}/{name}")
}

/// `GET /help/pictures/<site>/<name>`.
pub(crate) async fn show_picture(cx: &Cx, path: &str) -> Result<Reply, ApiError> {
    let (site, name) = path.split_once('/').ok_or_else(ApiError::not_found)?;
    let site = SiteId::parse(site).map_err(|_| ApiError::not_found())?;
    let (hash, ending) = name.split_once('.').ok_or_else(ApiError::not_found)?;
    let is_hash = hash.len() == NAME_BYTES * 2 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let kind = FileKind::of_picture_ending(ending).filter(|_| is_hash).ok_or_else(ApiError::not_found)?;
    let object = files(&cx.env)?.get(object_key(&site, name)).execute().await?.ok_or_else(ApiError::not_found)?;
    let body = object.body().ok_or_else(ApiError::not_found)?.response_body()?;
    Ok(Reply::picture(body, kind.content_type).cached(Caching::Immutable).shared(Sharing::Everyone))
}
