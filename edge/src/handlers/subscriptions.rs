//! Subscribing to the public status: the form's answer, and the pages behind the links in mails. Pages for people with
//! scripts off, answered by the courier.
//!
//! What is answered never depends on whether an address is known. Whoever asks for one gets the same page, and a mail that
//! only the address' owner reads.

use super::destinations::fresh_secret;
use super::help::{self, Asked};
use crate::body::Incoming;
use crate::channels;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::limits;
use crate::platform;
use crate::reply::Reply;
use crate::snapshot;
use crate::store::outbox::{self, Task};
use crate::store::subscribers::{self, NewSubscriber};
use buoy_shared::id::SubscriberId;
use buoy_shared::problem::ProblemKind;
use buoy_shared::status_page::{
    self, Address, Outcome, Place, Question, Refusal, SUBSCRIBE_PATH, StatusBook, Typed, chosen,
};

/// Bytes of a form: an address, and the keys of a hundred components.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// Every page below the form's path.
pub(crate) async fn serve(cx: &Cx, request: &Incoming, path: &str) -> Result<Reply, ApiError> {
    let asked = Asked::read(cx, request).await?;
    let style_hash = help::style_hash();
    let place = Place { site: asked.pages(&style_hash), now: cx.now };
    let rest = path.strip_prefix(SUBSCRIBE_PATH).unwrap_or_default().trim_end_matches('/');
    let question = [Question::Confirm, Question::Leave].into_iter().find(|question| question.path() == rest);
    match (request.method_word().as_str(), question) {
        ("POST", None) if rest.is_empty() => subscribe(cx, request, &asked, &place).await,
        ("GET" | "HEAD", Some(question)) => {
            let code = cx.query("code").unwrap_or_default();
            Ok(page(status_page::question(&place, question, &code)))
        }
        ("POST", Some(question)) => answer(cx, &asked, &place, question).await,
        _ if rest.is_empty() => Err(ApiError::method_not_allowed("POST, OPTIONS".to_owned())),
        (_, Some(_)) => Err(ApiError::method_not_allowed("GET, HEAD, POST, OPTIONS".to_owned())),
        _ => Ok(Reply::missing_page(status_page::missing(&place), help::POLICY)),
    }
}

/// A page that nobody keeps.
fn page(html: String) -> Reply {
    Reply::page(html, help::POLICY.to_owned())
}

fn refused(place: &Place<'_>, book: &StatusBook, form: &Form, why: Refusal) -> Reply {
    let typed = Typed { address: &form.address, components: &form.components };
    let kind = if why == Refusal::Busy { ProblemKind::RateLimited } else { ProblemKind::InvalidInput };
    Reply::refusing_page(status_page::refused(place, book, why, typed), help::POLICY, kind)
}

/// What a form said.
struct Form {
    address: String,
    components: Vec<String>,
}

impl Form {
    fn read(cx: &Cx, request: &Incoming) -> Result<Self, ApiError> {
        let text = request.text(FORM_BYTES_MAX)?;
        // A form's body has the form of a query.
        let mut url = cx.url.clone();
        url.set_query(Some(text));
        let mut form = Self { address: String::new(), components: Vec::new() };
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "address" => form.address = value.into_owned(),
                "component" => form.components.push(value.into_owned()),
                _ => {}
            }
        }
        Ok(form)
    }
}

/// The form's answer.
///
/// 1. read the form, and refuse what is wrong with it;
/// 2. count: an address that was asked for too often gets no more mails, and the same answer;
/// 3. keep the subscription, unconfirmed, and write down that its owner is to be asked, as one batch; ask after the answer.
async fn subscribe(cx: &Cx, request: &Incoming, asked: &Asked, place: &Place<'_>) -> Result<Reply, ApiError> {
    // 1.
    let book = snapshot::book(cx, &asked.id).await?;
    let form = Form::read(cx, request)?;
    let settings = channels::settings(&cx.env);
    let Some(address) = Address::read(&form.address, settings.loopback) else {
        return Ok(refused(place, &book, &form, Refusal::Address));
    };
    let known: Vec<&str> = book.components.iter().map(|component| component.key.as_str()).collect();
    let Some(components) = chosen(&form.components, &known) else {
        return Ok(refused(place, &book, &form, Refusal::Component));
    };
    if matches!(address, Address::Email(_)) && settings.email_from.is_empty() {
        return Ok(refused(place, &book, &form, Refusal::NoMail));
    }
    // 2.
    if is_limited(limits::charge_subscription(cx, &asked.id).await)? {
        return Ok(refused(place, &book, &form, Refusal::Busy));
    }
    let secret = match address {
        Address::Webhook(_) => Some(fresh_secret()),
        Address::Email(_) => None,
    };
    let outcome = secret.as_ref().map_or(Outcome::MailSent, |secret| Outcome::HookCalled(secret.reveal()));
    if is_limited(limits::charge_confirmation(cx, &asked.id, address.as_str()).await)? {
        return Ok(page(status_page::outcome(place, outcome)));
    }
    // 3.
    let id = SubscriberId::from_random(platform::random_16());
    let code: String = platform::random_secret().chars().take(26).collect();
    let new = NewSubscriber {
        id: &id,
        address: &address,
        components: &components,
        locale: &asked.locale,
        origin: place.site.origin,
        code: &code,
        secret: secret.as_ref(),
    };
    let insert = subscribers::insert(&asked.id, &new, cx.now)?;
    let (entry, row) = outbox::put(&asked.id, Task::SubscriptionAsked { subscriber_id: id.clone() }, cx.now)?;
    let results = cx.db(&asked.id)?.batch(vec![insert, row]).await?;
    if !subscribers::was_inserted(&results) {
        return Ok(refused(place, &book, &form, Refusal::Busy));
    }
    jobs::attempt_after_answer(cx, entry);
    Ok(page(status_page::outcome(place, outcome)))
}

/// Whether a limit was met; another error is one.
fn is_limited(outcome: Result<(), ApiError>) -> Result<bool, ApiError> {
    match outcome {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == ProblemKind::RateLimited => Ok(true),
        Err(error) => Err(error),
    }
}

/// What the button of a link's page does; also what a mail program posts for its reader (RFC 8058).
async fn answer(cx: &Cx, asked: &Asked, place: &Place<'_>, question: Question) -> Result<Reply, ApiError> {
    let code = cx.query("code").unwrap_or_default();
    let db = cx.db(&asked.id)?;
    let outcome = match question {
        Question::Confirm if subscribers::confirm(&db, &asked.id, &code, cx.now).await? => Outcome::Confirmed,
        Question::Leave if subscribers::leave(&db, &asked.id, &code).await? => Outcome::Left,
        // Nothing is said to be over that may go on under another link.
        Question::Confirm | Question::Leave => Outcome::Unknown,
    };
    Ok(page(status_page::outcome(place, outcome)))
}
