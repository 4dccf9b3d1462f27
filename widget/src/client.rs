//! Every call to the edge goes through here, typed by `shared::api` (W7).
//!
//! A call ends after a time, is repeated with the same idempotency key when the network or the edge failed, and comes
//! back as a typed answer or a [`Failure`]. It must not know a view, and must not put a token anywhere but in a header.

use crate::browser;
use crate::session::Sessions;
use crate::slot::Slot;
use crate::wire;
use buoy_shared::api::{
    Audience, CreateSession, Endpoint, IDEMPOTENCY_KEY, Method, ROUTES, Route, RouteId, Session, SessionRequest,
};
use buoy_shared::problem::{Problem, ProblemKind};
use buoy_shared::text::FieldError;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

/// Longest wait for one answer: a phone in a tunnel gets its answer or a clear refusal.
const TIMEOUT_MS: u32 = 15_000;
/// How often a call is made before it counts as failed.
const ATTEMPTS_MAX: u32 = 3;
/// Between two looks at whether a session that is being opened is there, in milliseconds.
const OPENING_MS: f64 = 50.0;

/// The first pause between two attempts; it doubles, and a random part keeps pages from coming back together.
const BACKOFF_MS: u32 = 400;
/// The longest `Retry-After` that is waited for; a longer one is a matter for the person.
const RETRY_AFTER_SECONDS_MAX: u32 = 4;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Offline, blocked, or too slow.
    Unreachable,
    /// The edge failed, or answered in a form that is not the contract's.
    Ours,
    /// Too many requests.
    Busy,
    /// The token is not, or no longer, valid.
    SignedOut,
    /// Nothing there, or somebody else's.
    NotFound,
    /// Fields that the edge refused.
    Invalid(Vec<FieldError>),
}

/// A row of the contract's table, found while compiling: only the paths in use reach the visitor.
#[expect(clippy::indexing_slicing, reason = "evaluated while compiling: a row that is missing fails the build")]
const fn row(id: RouteId) -> &'static Route {
    let mut at = 0;
    while ROUTES[at].id as u8 != id as u8 {
        at += 1;
    }
    &ROUTES[at]
}

/// Where an endpoint is, as constants.
trait Address: Endpoint {
    const METHOD: Method = row(Self::ID).method;
    const PATH: &'static str = row(Self::ID).path;
    const NEEDS_TOKEN: bool = matches!(row(Self::ID).audience, Audience::Visitor);
}
impl<E: Endpoint> Address for E {}

/// What a call says beside its body.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ask<'a> {
    /// Stands for the `<name>` segment of the path.
    pub(crate) name: &'a str,
    /// The query, name and value in turn.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// Makes a repeated POST harmless; a fresh one when empty.
    pub(crate) key: &'a str,
}

/// A call as text: what it takes to make one is compiled once and not once a route.
pub(crate) struct Call {
    method: Method,
    url: String,
    body: Option<String>,
    /// Whether it is made in the visitor's name.
    pub(crate) needs_token: bool,
    key: String,
    /// Who the visitor was when it was made: it is sent a moment later, and by then somebody else may be here.
    turn: u32,
}

/// The text of an answer, read.
pub(crate) fn read<T: DeserializeOwned>(answer: Result<String, Failure>) -> Result<T, Failure> {
    wire::from_text(&answer?).ok_or(Failure::Ours)
}

/// Calls the edge on behalf of one site.
pub(crate) struct Client {
    /// Where the edge is.
    pub(crate) origin: String,
    /// For which site.
    pub(crate) site: String,
    /// As whom.
    pub(crate) sessions: Sessions,
    /// Whether the edge did not take the host's word on who this is: it is signed wrongly, for another site, or too old.
    /// Until there is a better one nothing can be sent or shown, and the line is not to blame.
    pub(crate) is_refused: Slot<bool>,
}

impl Client {
    /// Puts a call into text.
    pub(crate) fn prepare<E: Endpoint>(&self, ask: &Ask<'_>, body: &E::Request) -> Call {
        let body = match E::METHOD {
            Method::Get => None,
            _ => wire::to_text(body),
        };
        let key = if ask.key.is_empty() { browser::random_key() } else { ask.key.to_owned() };
        Call {
            method: E::METHOD,
            url: self.url(E::PATH, ask),
            body,
            needs_token: E::NEEDS_TOKEN,
            key,
            turn: self.sessions.turn(),
        }
    }

    /// Makes a call. A token that has ended is renewed once.
    pub(crate) async fn send(&self, call: &Call) -> Result<String, Failure> {
        let mut is_renewed = !call.needs_token;
        loop {
            let token = if call.needs_token { Some(self.token(call.turn).await?) } else { None };
            let answer = self.exchange(call, token).await;
            match &answer {
                Err(Failure::SignedOut) if !is_renewed => self.sessions.refused(),
                // What is written in the visitor's name is an act, also when nobody waits for its answer any more.
                Ok(_) if call.needs_token && call.body.is_some() => {
                    self.sessions.keep();
                    return answer;
                }
                _ => return answer,
            }
            is_renewed = true;
        }
    }

    /// An immutable file, such as the search index; the browser's cache keeps it.
    pub(crate) async fn bytes<E: Endpoint>(&self, ask: Ask<'_>) -> Result<Vec<u8>, Failure> {
        let response = attempt(&self.url(E::PATH, &ask), &RequestInit::new()).await?;
        if !response.ok() {
            return Err(Failure::Ours);
        }
        let buffer = response.array_buffer().map_err(|_| Failure::Ours)?;
        let buffer = JsFuture::from(buffer).await.map_err(|_| Failure::Unreachable)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }

    /// The address of an endpoint, also for the live connection.
    pub(crate) fn address<E: Endpoint>(&self, ask: Ask<'_>) -> String {
        self.url(E::PATH, &ask)
    }

    fn url(&self, path: &str, ask: &Ask<'_>) -> String {
        let mut url = self.origin.clone();
        match path.split_once('<').and_then(|(before, rest)| Some((before, rest.split_once('>')?.1))) {
            Some((before, after)) => {
                url.push_str(before);
                url.push_str(&browser::encode(ask.name));
                url.push_str(after);
            }
            None => url.push_str(path),
        }
        for (at, (name, value)) in ask.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&browser::encode(value));
        }
        url
    }

    /// The token of who was here at `turn`, made now if there is none. Nothing if somebody signed in or out since then: it
    /// was for the one before, and whoever is here now has not done anything.
    pub(crate) async fn token(&self, turn: u32) -> Result<String, Failure> {
        while turn == self.sessions.turn() {
            if let Some(token) = self.sessions.token() {
                return Ok(token);
            }
            if self.sessions.is_opening() {
                browser::sleep(OPENING_MS).await;
                continue;
            }
            self.sessions.take_up();
            if let Some(token) = self.sessions.token() {
                return Ok(token);
            }
            self.sessions.set_opening(true);
            let opened = self.open_session().await;
            self.sessions.set_opening(false);
            if turn == self.sessions.turn() {
                return opened.map(|session| self.sessions.begin(session));
            }
        }
        Err(Failure::SignedOut)
    }

    async fn open_session(&self) -> Result<Session, Failure> {
        // Who it is may be known in a moment: what is to be sent waits until then.
        let turn = self.sessions.turn();
        let identity = self.sessions.identity().await.map_err(|_| Failure::Ours)?;
        let is_named = identity.is_some();
        let request = SessionRequest { site: self.site.clone(), identity };
        let call = self.prepare::<CreateSession>(&Ask::default(), &request);
        let opened = read(self.exchange(&call, None).await);
        match &opened {
            _ if turn != self.sessions.turn() => {}
            Ok(_) => self.is_refused.renew(false),
            Err(Failure::SignedOut) if is_named => self.is_refused.renew(true),
            Err(_) => {}
        }
        opened
    }

    /// Repeats until there is an answer that a repetition would not change.
    async fn exchange(&self, call: &Call, token: Option<String>) -> Result<String, Failure> {
        let init = request(call, token);
        let mut pause_ms = BACKOFF_MS;
        for attempts in 1.. {
            let outcome = attempt(&call.url, &init).await;
            let is_last = attempts == ATTEMPTS_MAX;
            let response = match outcome {
                Ok(response) if response.ok() => return text(&response).await,
                Ok(response) if is_last || !may_repeat(&response) => return Err(refusal(&response).await),
                Err(failure) if is_last => return Err(failure),
                other => other.ok(),
            };
            let asked_ms =
                response.and_then(|response| retry_after(&response)).map_or(0.0, |seconds| f64::from(seconds) * 1000.0);
            let jittered_ms = f64::from(pause_ms) * (0.5 + js_sys::Math::random());
            browser::sleep(asked_ms.max(jittered_ms)).await;
            pause_ms *= 2;
        }
        Err(Failure::Unreachable)
    }
}

/// The request, the same for every attempt: the key makes a repetition harmless.
fn request(call: &Call, token: Option<String>) -> RequestInit {
    let headers = Object::new();
    let set = |name: &str, value: &str| {
        let _ = Reflect::set(&headers, &name.into(), &value.into());
    };
    if let Some(token) = token {
        set("authorization", &["Bearer ", &token].concat());
    }
    let init = RequestInit::new();
    if let Some(body) = &call.body {
        set("content-type", "application/json");
        set(IDEMPOTENCY_KEY, &call.key);
        init.set_body(&body.as_str().into());
    }
    init.set_method(call.method.as_str());
    init.set_headers(&headers);
    init
}

/// One attempt, ended when it takes too long.
async fn attempt(url: &str, init: &RequestInit) -> Result<Response, Failure> {
    let limit = AbortController::new().map_err(|_| Failure::Ours)?;
    init.set_signal(Some(&limit.signal()));
    let answer = browser::window().fetch_with_str_and_init(url, init);
    let first = Promise::race(&Array::of2(&answer, &browser::sleep_promise(f64::from(TIMEOUT_MS))));
    let outcome = JsFuture::from(first).await;
    match outcome.ok().and_then(|value| value.dyn_into::<Response>().ok()) {
        Some(response) => Ok(response),
        None => {
            limit.abort();
            Err(Failure::Unreachable)
        }
    }
}

async fn text(response: &Response) -> Result<String, Failure> {
    let text = response.text().map_err(|_| Failure::Ours)?;
    let text = JsFuture::from(text).await.map_err(|_| Failure::Unreachable)?;
    text.as_string().ok_or(Failure::Ours)
}

/// Whether the same request may succeed in a moment.
fn may_repeat(response: &Response) -> bool {
    let status = response.status();
    (status >= 500 || status == 429) && retry_after(response).is_none_or(|seconds| seconds <= RETRY_AFTER_SECONDS_MAX)
}

fn retry_after(response: &Response) -> Option<u32> {
    response.headers().get("retry-after").ok()??.parse().ok()
}

/// Reads a problem document; the page decides by its kind, never by the status.
async fn refusal(response: &Response) -> Failure {
    text(response).await.map_or(Failure::Ours, |body| refused(&body))
}

/// The same from its text.
pub(crate) fn refused(body: &str) -> Failure {
    let Some(problem) = wire::from_text::<Problem>(body) else { return Failure::Ours };
    let is = |kind: ProblemKind| problem.kind == kind.uri();
    if is(ProblemKind::InvalidInput) {
        Failure::Invalid(problem.errors)
    } else if is(ProblemKind::Unauthenticated) || is(ProblemKind::Forbidden) {
        Failure::SignedOut
    } else if is(ProblemKind::NotFound) {
        Failure::NotFound
    } else if is(ProblemKind::RateLimited) {
        Failure::Busy
    } else {
        Failure::Ours
    }
}
