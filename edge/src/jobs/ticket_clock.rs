//! placeholder
use crate::error::ApiError;
use crate::store::Db;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
pub(crate) async fn attend(_db: &Db, _site: &SiteId, _ticket: &TicketId, _now: Timestamp) -> Result<(), ApiError> {
    Ok(())
}
pub(crate) async fn sweep(_db: &Db, _now: Timestamp) -> Result<(), ApiError> {
    Ok(())
}
