//! Digests, at the turns of each desk's day (C3).

use crate::error::ApiError;
use crate::store::{Db, digests, sites};
use buoy_shared::digest::due;
use buoy_shared::time::Timestamp;

/// The cron's part: writes down what is due for the sites that somebody reads digests of.
pub(super) async fn sweep(db: &Db, now: Timestamp) -> Result<(), ApiError> {
    for site in digests::readers(db).await? {
        let Some(found) = sites::find(db, &site).await? else { continue };
        let rows: Vec<_> = due(&found.policy, now).into_iter().map(|due| digests::put(&site, due, now)).collect();
        if !rows.is_empty() {
            db.batch(rows.into_iter().collect::<Result<_, _>>()?).await?;
        }
    }
    Ok(())
}
