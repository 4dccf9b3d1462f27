//! Digests, at the turns of each desk's day (C3).

use crate::error::ApiError;
use crate::store::{Db, digests, sites};
use buoy_shared::digest::due;
use buoy_shared::id::SiteId;
use buoy_shared::time::Timestamp;

/// The cron's part: writes down what is due for the sites that somebody reads digests of. What goes wrong with one is its own.
pub(super) async fn sweep(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for site in digests::readers(db).await? {
        if let Err(error) = write_down(db, &site, now).await {
            worker::console_error!("digests of {site}: {error:?}");
        }
    }
    Ok(())
}

async fn write_down(db: &Db, site: &SiteId, now: Timestamp) -> Result<(), ApiError> {
    let Some(found) = sites::find(db, site).await? else { return Ok(()) };
    let rows: Vec<_> = due(&found.policy, now).into_iter().map(|due| digests::put(site, due, now)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    db.batch(rows.into_iter().collect::<Result<_, _>>()?).await.map(drop)
}
