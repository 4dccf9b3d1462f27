//! For whoever watches over the installation.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::reply::{Caching, Reply, Sharing};
use crate::store::{Db, sites};
use buoy_shared::api::Health;
use std::collections::BTreeMap;

/// Where the contract lies among the files that are deployed with the worker. What begins with `/api/` asks the worker
/// first, so nobody else gets it from there.
const OPENAPI: &str = "/api/support/openapi.json";

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

/// `GET openapi.json`: the document that `cargo xtask openapi` prints from the types; a test holds the two together. A
/// file and not a text of the worker, which every isolate would load and hardly any would send.
pub(crate) async fn get_openapi(cx: &Cx) -> Result<Reply, ApiError> {
    let address = format!("{}{OPENAPI}", cx.url.origin().ascii_serialization());
    let mut answer = cx.env.assets("ASSETS")?.fetch(address, None).await?;
    if answer.status_code() != 200 {
        return Err(ApiError::internal("the contract was not deployed"));
    }
    Ok(Reply::ok_text(answer.text().await?).cached(Caching::Revalidate).shared(Sharing::Everyone))
}
