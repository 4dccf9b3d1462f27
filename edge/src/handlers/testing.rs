//! Routes of the tests' own build, which the product does not contain: what waits in the outbox, a great many tickets at
//! once, a fact that is written twice, published copies that are gone.

use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::tickets::ticket_id;
use crate::jobs;
use crate::reply::Reply;
use crate::snapshot;
use crate::store::testing;

/// How far ahead filled tickets are due, in seconds: nothing that a test does comes there.
const LATER_SECONDS: i64 = 400 * 86_400;

/// Answers a path of the tests; none for any other.
pub(crate) async fn serve(cx: &Cx, path: &str) -> Result<Option<Reply>, ApiError> {
    let number = |name: &str| {
        let text = cx.query(name).ok_or_else(|| ApiError::missing_parameter(name))?;
        text.parse::<u32>().map_err(|_| ApiError::invalid_parameter(name, "expected a number"))
    };
    match path {
        "/__test/outbox" => {
            let site = cx.site()?;
            Reply::ok(&testing::outbox(&cx.db(&site)?, &site).await?).map(Some)
        }
        "/__test/fill" => {
            let site = cx.site()?;
            let (first, last) = (number("first")?, number("last")?);
            testing::fill(&cx.db(&site)?, &site, first, last, cx.now, cx.now.plus_seconds(LATER_SECONDS)).await?;
            Reply::ok(&last).map(Some)
        }
        "/__test/break_policy" => {
            let site = cx.site()?;
            testing::break_policy(&cx.db(&site)?, &site).await?;
            Reply::ok(&()).map(Some)
        }
        "/__test/woken" => {
            let site = cx.site()?;
            let (db, ticket) = (cx.db(&site)?, ticket_id(&cx.query("ticket").unwrap_or_default())?);
            jobs::attend_woken(&db, &site, &ticket, cx.now).await?;
            Reply::ok(&testing::next_look(&db, &site, &ticket).await?).map(Some)
        }
        "/__test/chats" => {
            let site = cx.site()?;
            Reply::ok(&testing::chats(&cx.db(&site)?, &site).await?).map(Some)
        }
        "/__test/forget_copies" => {
            snapshot::refuse_writing(cx.query("refuse").is_some());
            snapshot::forget_all(&cx.snapshots()?).await?;
            Reply::ok(&()).map(Some)
        }
        "/__test/fact_twice" => {
            let site = cx.site()?;
            let ticket = ticket_id(&cx.query("ticket").unwrap_or_default())?;
            testing::fact_twice(&cx.db(&site)?, &site, &ticket, cx.now).await?;
            Reply::ok(&ticket).map(Some)
        }
        _ => Ok(None),
    }
}
