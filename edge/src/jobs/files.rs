//! Takes away files that nobody attached within a day.

use crate::error::ApiError;
use crate::handlers::uploads::files;
use crate::store::{Db, uploads};
use buoy_shared::time::Timestamp;
use worker::Env;

/// One run: a bounded number, the oldest first. A mark comes first, and only if the file is still unattached: so a ticket
/// that claims it at the same moment either has it or is refused. The row goes last: after a crash it says what to delete.
pub(crate) async fn forget_unattached(env: &Env, db: &Db, now: Timestamp) -> Result<(), ApiError> {
    let forgotten = uploads::forgotten(db, now).await?;
    if forgotten.is_empty() {
        return Ok(());
    }
    let bucket = files(env)?;
    for gone in forgotten {
        if uploads::condemn(db, &gone).await? {
            bucket.delete(uploads::object_key(&gone.site, gone.upload.as_str())).await?;
            uploads::forget(db, &gone).await?;
        }
    }
    Ok(())
}
