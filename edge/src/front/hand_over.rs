//! The line to the courier: requests that it answers, and news that it carries.

use crate::auth;
use crate::body::Incoming;
use crate::courier::NEWS_PATH;
use crate::cx::{Cx, LEFT_HEADER};
use crate::error::{ApiError, UNAUTHENTICATED_STATUS};
use crate::jobs;
use crate::limits;
use crate::router::Answer;
use crate::store::Db;
use crate::store::outbox::Entry;
use buoy_shared::api::{Audience, RouteId};
use buoy_shared::problem::ProblemKind;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use worker::{Delay, Env, Headers, Method, Request, RequestInit, Response};

/// The courier's binding (see `edge/wrangler.toml`).
const BINDING: &str = "COURIER";

/// How long an answer of the courier is waited for. It calls somebody outside in some of them, with a time-out of 15 seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// Hands a request of a route on. Wrong tokens of the team and the operator are counted here, together with those of this
/// worker's own routes, although the courier finds out.
pub(super) async fn hand_on(cx: &Cx, id: RouteId, request: &Incoming) -> Result<Answer, ApiError> {
    let audience = id.route().audience;
    if audience == Audience::Operator && auth::shows_token(request) && !auth::shows_agents_token(request) {
        limits::operator_may_try(cx).await?;
    }
    let answer = forward(cx, request).await?;
    let was_refused = matches!(&answer, Answer::Finished(answer) if answer.status_code() == UNAUTHENTICATED_STATUS);
    let is_staff = matches!(audience, Audience::Agent | Audience::Operator);
    if was_refused && is_staff && auth::shows_token(request) {
        return Err(limits::staff_failure(cx).await);
    }
    Ok(answer)
}

/// Hands a request on as it came, and does what the courier left to this worker: what is published before the answer goes
/// out, so that whoever changed something sees it; the rest after it.
pub(super) async fn forward(cx: &Cx, request: &Incoming) -> Result<Answer, ApiError> {
    let asked = pin!(ask(&cx.env, request.copy()?));
    let outcome = match select(asked, pin!(Delay::from(PATIENCE))).await {
        Either::Left((outcome, _)) => outcome.map_err(|error| format!("the courier does not answer: {error}")),
        Either::Right(_) => Err("the courier does not answer in time".to_owned()),
    };
    let response = outcome.map_err(|error| {
        worker::console_error!("{}: {error}", cx.request_id);
        ApiError::new(ProblemKind::Unavailable)
    })?;
    let Some(left) = response.headers().get(LEFT_HEADER)? else { return Ok(Answer::Finished(response)) };
    match serde_json::from_str(&left) {
        Ok(entries) => follow(cx, entries).await?,
        Err(error) => worker::console_error!("{}: the courier left what is no list of rows: {error}", cx.request_id),
    }
    let headers: Headers = response.headers().entries().filter(|(name, _)| name != LEFT_HEADER).collect();
    Ok(Answer::Finished(response.with_headers(headers)))
}

async fn follow(cx: &Cx, left: Vec<Entry>) -> Result<(), ApiError> {
    let (published, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|entry| entry.payload.publishes());
    for entry in &published {
        let db = Db::of(&cx.env, &jobs::site_of(entry)?)?;
        jobs::front::attempt_now(cx, &db, std::slice::from_ref(entry)).await?;
    }
    after_answer(cx, rest);
    Ok(())
}

async fn ask(env: &Env, request: Request) -> worker::Result<Response> {
    env.service(BINDING)?.fetch_request(request).await
}

/// The first attempt at rows: what is ours is done here, the courier hears of the rest. When neither comes to it, the crons
/// find the rows.
pub(super) fn after_answer(cx: &Cx, entries: Vec<Entry>) {
    let (ours, news): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.payload.is_the_fronts());
    jobs::front::after_answer(cx, ours);
    if news.is_empty() {
        return;
    }
    let env = cx.env.clone();
    let request = news_request(cx, &news);
    cx.context.wait_until(async move {
        let outcome = match request {
            Ok(request) => ask(&env, request).await.map(|response| response.status_code()),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(status) if status < 300 => {}
            Ok(status) => worker::console_error!("the courier did not take news: {status}"),
            Err(error) => worker::console_error!("the courier does not hear of news: {error}"),
        }
    });
}

fn news_request(cx: &Cx, news: &[Entry]) -> worker::Result<Request> {
    let mut url = cx.url.clone();
    url.set_path(NEWS_PATH);
    url.set_query(None);
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    #[cfg(feature = "test-clock")]
    headers.set("x-test-now", &cx.now.to_rfc3339())?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(serde_json::to_string(news)?.as_str().into()));
    Request::new_with_init(url.as_str(), &init)
}
