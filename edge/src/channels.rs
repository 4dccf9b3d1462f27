//! The world outside: one request at a time, with a time-out, no redirects, and nothing of an answer but what is needed.

use crate::platform;
use buoy_shared::api::DestinationKind;
use buoy_shared::delivery::payload::Outgoing;
use buoy_shared::delivery::settings::Settings;
use buoy_shared::delivery::verdict::{Verdict, judge};
use buoy_shared::time::Timestamp;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use std::cell::OnceCell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;
use worker::js_sys::{JsString, Object, Reflect};
use worker::{AbortController, Delay, Env, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response};

/// Bytes of an answer's body after which no more is read: what Telegram says of a refusal takes a few hundred, and whoever
/// subscribed a webhook may be a stranger who sends without end.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

thread_local! {
    /// The installation's settings: they do not change while an isolate lives.
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

/// The installation's settings.
pub(crate) fn settings(env: &Env) -> Rc<Settings> {
    SETTINGS.with(|known| {
        Rc::clone(known.get_or_init(|| {
            let text = env.var("DELIVERY").map(|value| value.to_string()).unwrap_or_default();
            Rc::new(Settings::parse(&text).unwrap_or_else(|error| {
                worker::console_error!("DELIVERY is not understood, the usual settings hold: {error}");
                Settings::default()
            }))
        }))
    })
}

/// A variable or secret; nothing when there is none.
pub(crate) fn variable(env: &Env, name: &str) -> String {
    env.var(name).map(|value| value.to_string()).unwrap_or_default()
}

/// What somebody outside answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    /// What could be read of the body, where that was asked for.
    pub(crate) body: String,
    /// Whether it broke off or came too late.
    pub(crate) is_broken: bool,
}

impl Answer {
    /// What follows from it. Why Telegram refuses something stands in the body alone (a group that moved, a topic that is gone),
    /// so what it refuses with half a one is tried again.
    pub(crate) fn verdict(&self, kind: DestinationKind, now: Timestamp) -> Verdict {
        let is_unexplained = kind == DestinationKind::Telegram && self.is_broken && !(200..300).contains(&self.status);
        if is_unexplained {
            return Verdict::Retry { asked: None };
        }
        judge(kind, self.status, self.retry_after.as_deref(), &self.body, now)
    }
}

/// Sends a request. An error is one of a few words: what the platform says of it may hold the address, and with it a secret.
pub(crate) async fn send(env: &Env, outgoing: &Outgoing, reads_body: bool) -> Result<Answer, &'static str> {
    let request = request(outgoing).map_err(|_| "the request could not be made")?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let limit = pin!(Delay::from(Duration::from_millis(u64::from(settings(env).timeout_ms))));
    let outcome = exchange(request, &signal, limit, reads_body).await;
    // What was not read of the answer is not waited for: few connections may be open at once.
    controller.abort();
    outcome
}

fn request(outgoing: &Outgoing) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", "Buoy")?;
    for (name, value) in &outgoing.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_redirect(RequestRedirect::Manual);
    init.with_body(Some(outgoing.body.as_str().into()));
    Request::new_with_init(&outgoing.url, &init)
}

async fn exchange(
    request: Request,
    signal: &worker::AbortSignal,
    mut limit: Pin<&mut Delay>,
    reads_body: bool,
) -> Result<Answer, &'static str> {
    let fetch = Fetch::Request(request);
    let sent = pin!(fetch.send_with_signal(signal));
    let mut response = match select(sent, limit.as_mut()).await {
        Either::Left((sent, _)) => sent.map_err(|_| "no answer")?,
        Either::Right(_) => return Err("no answer in time"),
    };
    let retry_after = response.headers().get("retry-after").ok().flatten();
    let (body, is_broken) = if reads_body { beginning(&mut response, limit).await } else { (String::new(), false) };
    Ok(Answer { status: response.status_code(), retry_after, body, is_broken })
}

/// How a body begins, and whether it broke off there or was late. The status is the answer: a body that breaks off, is late or never ends explains less, and that is
/// all. Its bytes are counted as they come, since the length that a compressed one declares is not what it becomes.
async fn beginning(response: &mut Response, mut limit: Pin<&mut Delay>) -> (String, bool) {
    let (mut body, mut is_broken) = (Vec::new(), false);
    // An answer without a body has no stream.
    if let Ok(mut chunks) = response.stream() {
        while body.len() < ANSWER_BYTES_MAX && !is_broken {
            match select(chunks.next(), limit.as_mut()).await {
                Either::Left((Some(Ok(chunk)), _)) => body.extend_from_slice(&chunk),
                Either::Left((None, _)) => break,
                Either::Left((Some(Err(_)), _)) | Either::Right(_) => is_broken = true,
            }
        }
    }
    (String::from_utf8_lossy(&body).into_owned(), is_broken)
}

/// A number that is even in 0 to 1.
pub(crate) fn chance() -> f64 {
    let [first, second, third, fourth, ..] = platform::random_16();
    f64::from(u32::from_be_bytes([first, second, third, fourth])) / f64::from(u32::MAX)
}

/// Whether this installation sends mail.
pub(crate) fn mails(env: &Env) -> bool {
    !settings(env).email_from.is_empty() && env.send_email("EMAIL").is_ok()
}

/// Sends a mail by the platform's own service. `leave` is where whoever reads it ends such mails with one click: mail
/// programs show a button for it (RFC 8058).
pub(crate) async fn mail(
    env: &Env,
    to: &str,
    subject: &str,
    text: &str,
    leave: Option<&str>,
) -> Result<(), &'static str> {
    let from = &settings(env).email_from;
    if from.is_empty() {
        return Err("no address to send mail from is set");
    }
    let service = env.send_email("EMAIL").map_err(|_| "no mail service is bound")?;
    let mut mail = worker::SendEmailBuilder::builder(from, to, subject).text(text);
    if let Some(leave) = leave {
        let headers = Object::<JsString>::new_typed();
        let link = ["<", leave, ">"].concat();
        for (name, value) in
            [("List-Unsubscribe", link.as_str()), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
        {
            Reflect::set(&headers, &name.into(), &value.into()).map_err(|_| "a header could not be set")?;
        }
        mail = mail.headers(&headers);
    }
    let mail = mail.build();
    service.send_with_builder(&mail).await.map(drop).map_err(|_| "the mail service refused")
}
