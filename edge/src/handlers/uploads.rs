//! Files that people attach: taken in within limits, checked by their first bytes, given back as downloads only.
//!
//! A file's body is held in memory, a few at a time (see `body.rs`), because its first bytes decide whether it is taken.
//! Nothing is unpacked, converted or shown by us.

use crate::auth::{self, Participant};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::limits;
use crate::platform;
use crate::reply::Reply;
use crate::store::{tickets, uploads};
use buoy_shared::id::UploadId;
use buoy_shared::policy::Attachments;
use buoy_shared::problem::ProblemKind;
use buoy_shared::text::FieldCode;
use buoy_shared::ticket::Attachment;
use buoy_shared::upload::{FILE_NAME_HEADER, FileKind, UPLOAD_BYTES_MAX, content_disposition, decode_percent};
use worker::Bucket;

/// Where the bytes are.
pub(crate) fn files(env: &worker::Env) -> Result<Bucket, ApiError> {
    Ok(env.bucket("FILES")?)
}

/// `POST uploads/`, the file itself as the body.
///
/// 1. who sends it, from which page;
/// 2. its kind is one of ours, by the declared type and by its bytes; its name is cleaned;
/// 3. there is room for another file of this visitor and address;
/// 4. row first, bytes second: a crash between leaves a row that retention takes away, never bytes that nobody knows of.
///    When the sender was erased meanwhile, the bytes go as well.
pub(crate) async fn create_upload(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    // 1.
    let token = auth::visitor(request)?;
    let bytes = request.bytes(UPLOAD_BYTES_MAX)?;
    let db = cx.db(&token.site)?;
    let caller = tickets::caller(&db, &token, cx.now).await?;
    cx.check_origin(&caller.site.origins)?;
    // 2.
    let allowed = &caller.site.policy.attachments;
    let kind = FileKind::of(&request.header("content-type")?.unwrap_or_default());
    let kind = kind.filter(|kind| allowed.types.iter().any(|name| name == kind.content_type));
    let kind = kind.ok_or_else(|| unsupported(allowed))?;
    if bytes.len() > allowed.max_bytes as usize {
        let detail = format!("at most {} bytes", allowed.max_bytes);
        return Err(ApiError::with_detail(ProblemKind::BodyTooLarge, detail));
    }
    if bytes.is_empty() {
        return Err(ApiError::field("body", FieldCode::Required, "the file is empty"));
    }
    if !kind.fits(bytes) {
        return Err(ApiError::field("body", FieldCode::InvalidFormat, "the file is not of the type that it says"));
    }
    let wrong_name =
        || ApiError::field(FILE_NAME_HEADER, FieldCode::InvalidFormat, "expected the name as percent-encoded UTF-8");
    let name = decode_percent(&request.header(FILE_NAME_HEADER)?.unwrap_or_default()).ok_or_else(wrong_name)?;
    // 3.
    limits::charge_upload(cx, &token.site, caller.customer_id.as_str()).await?;
    // 4.
    let file = Attachment {
        id: UploadId::from_random(platform::random_16()),
        name: kind.clean_name(&name),
        content_type: kind.content_type.to_owned(),
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    };
    let key = uploads::object_key(&token.site, file.id.as_str());
    if !uploads::insert(&db, &token, &file, cx.now).await? {
        return Err(ApiError::unauthenticated());
    }
    let bucket = files(&cx.env)?;
    bucket.put(&key, bytes.to_vec()).execute().await?;
    if !uploads::is_known(&db, &token.site, &file.id).await? {
        bucket.delete(&key).await?;
        return Err(ApiError::unauthenticated());
    }
    Reply::created(&file)
}

fn unsupported(allowed: &Attachments) -> ApiError {
    ApiError::with_detail(ProblemKind::UnsupportedMediaType, format!("expected one of {}", allowed.types.join(", ")))
}

/// `GET uploads/<upload>/`: for the visitor who sent it, and for the team once it hangs on a ticket.
pub(crate) async fn get_upload(cx: &Cx, request: &Incoming, id: &str) -> Result<Reply, ApiError> {
    let upload = UploadId::parse(id).map_err(|_| ApiError::not_found());
    let (site, found) = match auth::participant(cx, request).await? {
        Participant::Visitor(token) => {
            let id = upload.as_ref().map(UploadId::as_str).unwrap_or_default();
            let (origins, found) = uploads::find_for_visitor(&cx.db(&token.site)?, &token, id, cx.now).await?;
            cx.check_origin(&origins)?;
            (token.site, found)
        }
        Participant::Staff(agent) => {
            let id = upload.as_ref().map(UploadId::as_str).unwrap_or_default();
            let found = uploads::find_attached(&cx.db(&agent.site_id)?, &agent.site_id, id).await?;
            (agent.site_id, found)
        }
    };
    let (upload, found) = (upload?, found.ok_or_else(ApiError::not_found)?);
    let object = files(&cx.env)?.get(uploads::object_key(&site, upload.as_str())).execute().await?;
    let object = object.ok_or_else(ApiError::not_found)?;
    let body = object.body().ok_or_else(ApiError::not_found)?.response_body()?;
    Ok(Reply::file(body, found.content_type, content_disposition(&found.name)))
}
