//! For whoever watches over the installation.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply, Sharing};
use crate::store::{Db, sites};
use buoy_shared::api::Health;
use std::collections::BTreeMap;

/// The document that `cargo xtask openapi` prints from the types; a test holds the two together.
const OPENAPI: &str = include_str!("../../openapi.json");

/// `GET health/`: asks each storage a question; 503 when one does not answer.
pub(crate) async fn get_health(cx: &Cx) -> Result<Reply, ApiError> {
    let database = database_answers(cx).await;
    let snapshots = match cx.snapshots() {
        Ok(kv) => kv.get("health").text().await.is_ok(),
        Err(_) => false,
    };
    let word = |passes: bool| if passes { "pass" } else { "fail" }.to_owned();
    let checks = BTreeMap::from([("database".to_owned(), word(database)), ("snapshots".to_owned(), word(snapshots))]);
    let health = Health { status: word(database && snapshots), checks };
    if database && snapshots { Ok(Reply::ok(&health)?.shared(Sharing::Everyone)) } else { Reply::failing(&health) }
}

async fn database_answers(cx: &Cx) -> bool {
    let Ok(databases) = Db::every(&cx.env) else { return false };
    for db in databases {
        if !sites::can_be_read(&db).await {
            return false;
        }
    }
    true
}

/// `GET openapi.json`.
pub(crate) fn get_openapi() -> Reply {
    Reply::ok_text(OPENAPI.to_owned()).cached(Caching::Revalidate).shared(Sharing::Everyone)
}
