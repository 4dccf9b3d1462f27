//! What both workers do around an answer: read the request, find the method, and finish what a handler gave.

use crate::body::Incoming;
use crate::cx::{Cx, Part};
use crate::error::ApiError;
use crate::handlers::refusals::{self, Reader};
use crate::platform;
use crate::reply::{Reply, Sharing, preflight};
use buoy_shared::api::{Audience, RouteId};
use buoy_shared::id::RequestId;
use std::pin::Pin;
use worker::{Context, Env, Method, Request, Response};

/// Answers a request; whatever goes wrong becomes a problem document, or a page for somebody who asked for a page.
pub(crate) async fn serve(
    part: &'static Part,
    request: Request,
    env: Env,
    context: Context,
) -> worker::Result<Response> {
    let request_id = RequestId::from_random(platform::random_16());
    let origin = request.headers().get("origin")?;
    if request.method() == Method::Options {
        return preflight(origin.as_deref(), &request_id);
    }
    let cx = match Cx::new(part, &request, env, context, request_id.clone()) {
        Ok(cx) => cx,
        Err(error) => return Reply::problem(error, &request_id).into_response(origin.as_deref(), &request_id),
    };
    let reader = Reader::of(&cx, &request)?;
    let outcome = match Incoming::read(request).await {
        Ok(incoming) => (part.answer)(&cx, &incoming).await,
        Err(error) => Err(error),
    };
    #[cfg(feature = "test-clock")]
    let outcome = outcome.map(|answer| match answer {
        Answer::Reply(reply) => Answer::Reply(reply.counted(crate::store::testing::statements())),
        finished => finished,
    });
    let response = match outcome {
        Ok(Answer::Reply(reply)) => reply.into_response(origin.as_deref(), &request_id),
        Ok(Answer::Finished(response)) => return Ok(response),
        Err(error) => refusals::told(&cx, reader, error).await.into_response(origin.as_deref(), &request_id),
    }?;
    cx.name_left(&response)?;
    Ok(response)
}

/// Most answers are ours to finish. A WebSocket's comes from its Durable Object as it is, the courier's from the courier.
pub(crate) enum Answer {
    Reply(Reply),
    Finished(Response),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

/// A handler at work.
pub(crate) type Work<'a> = Pin<Box<dyn Future<Output = Result<Reply, ApiError>> + 'a>>;

/// A worker at work.
pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, ApiError>> + 'a>>;

/// Whether a path is this one, or lies below it.
pub(crate) fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A request's method. HEAD is GET without the body, which the platform drops.
pub(crate) fn method(request: &Incoming) -> String {
    let method = request.method_word();
    if method == "HEAD" { "GET".to_owned() } else { method }
}

/// What a handler gave, with what pages may do with it.
pub(crate) fn finish(id: RouteId, reply: Result<Reply, ApiError>) -> Result<Answer, ApiError> {
    let answers_pages = matches!(id.route().audience, Audience::Public | Audience::Visitor | Audience::Participant);
    reply.map(|reply| if answers_pages { reply } else { reply.shared(Sharing::Nobody) }).map(Answer::from)
}
