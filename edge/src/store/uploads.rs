//! Files that people attach: whose they are, and where they hang. Their bytes are in R2.

use super::{Db, Query, Rows, sessions};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::id::{CustomerId, MessageId, SiteId, TicketId, UploadId};
use buoy_shared::text::FieldCode;
use buoy_shared::ticket::Attachment;
use buoy_shared::time::Timestamp;
use buoy_shared::upload::UNATTACHED_SECONDS;
use serde::Deserialize;

/// Files that one run of the cron takes away.
const FORGET_MAX: u32 = 200;

/// The name of a file in R2: the site, and 128 random bits. Nothing of what its sender called it.
pub(crate) fn object_key(site: &SiteId, upload: &str) -> String {
    format!("{site}/{upload}")
}

/// A file's columns as JSON.
macro_rules! attachment_json {
    () => {
        "json_object('id', u.upload_id, 'name', u.name, 'content_type', u.content_type, 'size', u.size)"
    };
}

/// Notes a file whose bytes are about to be written, while the session that sends it lasts; whether it did.
pub(crate) async fn insert(db: &Db, token: &TokenRef, file: &Attachment, now: Timestamp) -> Result<bool, ApiError> {
    let query = Query::new(
        "INSERT INTO uploads (site_id, upload_id, customer_id, name, content_type, size, created_at) \
         SELECT site_id, ?2, customer_id, ?4, ?5, ?6, ?7 FROM sessions WHERE site_id = ?1 AND token_hash = ?3 AND expires_at > ?7 \
         RETURNING json_quote(upload_id) AS j",
    )
    .site(&token.site)
    .text(file.id.as_str())
    .text(&token.hash)
    .text(&file.name)
    .text(&file.content_type)
    .number(file.size)
    .time(now);
    Ok(db.run(query).await?.first_text().is_some())
}

/// Whether a file is still known: not when its sender was erased while it was written.
pub(crate) async fn is_known(db: &Db, site: &SiteId, upload: &UploadId) -> Result<bool, ApiError> {
    let query = Query::new("SELECT json_quote(upload_id) AS j FROM uploads WHERE site_id = ?1 AND upload_id = ?2")
        .site(site)
        .text(upload.as_str());
    Ok(db.run(query).await?.first_text().is_some())
}

/// The files of these names that this customer sent and has not attached, in the order of the names.
///
/// # Errors
/// When one of them is attached, somebody else's or not there, which all look the same; when they are more than the
/// site's policy takes.
pub(crate) async fn unattached(
    db: &Db,
    site: &SiteId,
    caller: &sessions::Caller,
    ids: &[String],
) -> Result<Vec<Attachment>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let files_max = caller.site.policy.attachments.max_files;
    if ids.len() > usize::from(files_max) {
        let detail = format!("at most {files_max} files with one message");
        return Err(ApiError::field("attachments", FieldCode::TooLong, &detail));
    }
    let query = Query::new(concat!(
        "SELECT ",
        attachment_json!(),
        " AS j FROM json_each(?3) w JOIN uploads u ON u.site_id = ?1 AND u.upload_id = w.value \
         WHERE u.customer_id = ?2 AND u.ticket_id IS NULL AND u.message_id IS NULL ORDER BY w.key"
    ))
    .site(site)
    .text(caller.customer_id.as_str())
    .text(&serde_json::to_string(ids)?);
    let files: Vec<Attachment> = db.run(query).await?.all()?;
    if files.len() == ids.len() { Ok(files) } else { Err(unknown()) }
}

fn unknown() -> ApiError {
    ApiError::field("attachments", FieldCode::UnknownValue, "send each file to uploads/ first, and attach it once")
}

/// Hangs files on a message that was written before in the batch. Of two batches that want the same file, the second
/// finds it taken and writes what the column refuses, and the whole batch is refused (see [`was_taken`]).
pub(crate) fn claim(
    site: &SiteId,
    customer: &CustomerId,
    ticket: &TicketId,
    message: &MessageId,
    files: &[Attachment],
) -> Result<Vec<Query>, ApiError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
    let take = Query::new(
        "UPDATE uploads SET ticket_id = ?3, message_id = ?4 WHERE site_id = ?1 AND customer_id = ?2 AND ticket_id IS NULL AND message_id IS NULL \
         AND upload_id IN (SELECT value FROM json_each(?5))",
    )
    .site(site)
    .text(customer.as_str())
    .text(ticket.as_str())
    .text(message.as_str())
    .text(&serde_json::to_string(&ids)?);
    let show = Query::new(
        "UPDATE messages SET attachments = CASE WHEN (SELECT count(*) FROM uploads WHERE site_id = ?1 AND message_id = ?3) = ?4 \
         THEN ?5 ELSE 'taken' END WHERE site_id = ?1 AND ticket_id = ?2 AND message_id = ?3",
    )
    .site(site)
    .text(ticket.as_str())
    .text(message.as_str())
    .number(u32::try_from(files.len()).unwrap_or(u32::MAX))
    .text(&serde_json::to_string(files)?);
    Ok(vec![take, show])
}

/// A batch's error as the caller should hear it: a file that was taken meanwhile is unknown.
pub(crate) fn was_taken(error: ApiError) -> ApiError {
    if error.mentions("files_are_claimed") { unknown() } else { error }
}

/// A file as its download needs it.
#[derive(Deserialize)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) content_type: String,
}

/// A file of the visitor who bears this token, and the origins whose pages may read it.
pub(crate) async fn find_for_visitor(
    db: &Db,
    token: &TokenRef,
    upload: &str,
    now: Timestamp,
) -> Result<(Vec<String>, Option<Stored>), ApiError> {
    let query = Query::new(
        "SELECT json_object('name', name, 'content_type', content_type) AS j FROM uploads WHERE site_id = ?1 AND upload_id = ?2 \
         AND customer_id = (SELECT customer_id FROM sessions WHERE site_id = ?1 AND token_hash = ?3 AND expires_at > ?4)",
    )
    .site(&token.site)
    .text(upload)
    .text(&token.hash)
    .time(now);
    let results = db.batch(vec![sessions::find(token, now), query]).await?;
    let caller = sessions::caller(results.first(), token)?;
    Ok((caller.site.origins, results.get(1).map(Rows::first).transpose()?.flatten()))
}

/// A file of a site that hangs on a ticket.
pub(crate) async fn find_attached(db: &Db, site: &SiteId, upload: &str) -> Result<Option<Stored>, ApiError> {
    let query = Query::new(
        "SELECT json_object('name', name, 'content_type', content_type) AS j FROM uploads \
         WHERE site_id = ?1 AND upload_id = ?2 AND ticket_id IS NOT NULL",
    )
    .site(site)
    .text(upload);
    db.run(query).await?.first()
}

/// A file to be taken away.
#[derive(Debug, Deserialize)]
pub(crate) struct Gone {
    pub(crate) site: SiteId,
    pub(crate) upload: UploadId,
}

/// Files that nobody attached in time, a bounded number of them.
pub(crate) async fn forgotten(db: &Db, now: Timestamp) -> Result<Vec<Gone>, ApiError> {
    // site-free: retention looks at every site's rows alike
    let query = Query::new(
        "SELECT json_object('site', site_id, 'upload', upload_id) AS j FROM uploads \
         WHERE ticket_id IS NULL AND created_at < ?1 ORDER BY created_at LIMIT ?2",
    )
    .time(now.plus_seconds(-UNATTACHED_SECONDS))
    .number(FORGET_MAX);
    db.run(query).await?.all()
}

/// Keeps a file from being attached, because its bytes are about to be deleted; whether nobody attached it before. An
/// empty message is none: whoever finds the mark after a crash deletes on.
pub(crate) async fn condemn(db: &Db, gone: &Gone) -> Result<bool, ApiError> {
    let query = Query::new(
        "UPDATE uploads SET message_id = '' WHERE site_id = ?1 AND upload_id = ?2 AND ticket_id IS NULL RETURNING json_quote(upload_id) AS j",
    )
    .site(&gone.site)
    .text(gone.upload.as_str());
    Ok(db.run(query).await?.first_text().is_some())
}

/// Takes the row of a file away whose bytes are gone.
pub(crate) async fn forget(db: &Db, gone: &Gone) -> Result<(), ApiError> {
    let query = Query::new("DELETE FROM uploads WHERE site_id = ?1 AND upload_id = ?2 AND ticket_id IS NULL")
        .site(&gone.site)
        .text(gone.upload.as_str());
    db.run(query).await.map(drop)
}
