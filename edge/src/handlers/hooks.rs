//! Alerts of other systems (C1): each becomes a draft of an incident, a ticket or nothing, by the policy's rules, once.

use crate::auth::{self, Bearer, TokenRef, new_token};
use crate::body::Incoming;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::handlers::on_call::take_page;
use crate::handlers::tickets::{Via, file_ticket, write_message};
use crate::incident_desk::Desk;
use crate::jobs;
use crate::reply::Reply;
use crate::store::idempotency::{self, Attempt};
use crate::store::incidents::Author;
use crate::store::pages::Taker;
use crate::store::sessions::{self, Visitor};
use crate::store::sites::Site;
use crate::store::{Db, alert_ends, hooks, sites};
use buoy_shared::alerts::{Alert, Severity, Source, echo, read};
use buoy_shared::api::{HookReport, HookToken, Role};
use buoy_shared::delivery::event::cut;
use buoy_shared::identity::Claims;
use buoy_shared::incident::{IncidentDraft, Severity as Urgency};
use buoy_shared::policy::Becomes;
use buoy_shared::problem::ProblemKind;
use buoy_shared::secret::Secret;
use buoy_shared::text::{FieldCode, IMPORT_BYTES_MAX, MESSAGE_CHARS_MAX, TITLE_CHARS_MAX};
use buoy_shared::ticket::{MessageDraft, Origin, Ticket, TicketDraft};
use serde_json::Value;

/// How long the session lives by which an alert becomes a ticket, in seconds: as long as a request.
const SESSION_SECONDS: i64 = 60;
/// Who keeps what an alert became, among the keys of repeats.
const CALLER: &str = "alerts";

/// `POST agent/hooks/`: a token for those who send alerts; the one before it lives on until the next.
pub(crate) async fn create_token(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Admin).await?;
    let (token, hash) = new_token(Bearer::Hook, &agent.site_id);
    hooks::add(&cx.db(&agent.site_id)?, &agent.site_id, &hash, cx.now).await?;
    Reply::created(&HookToken { token: Secret::new(token) })
}

/// `POST hooks/<source>/`.
///
/// 1. the token, as a bearer's; a Statuspage cannot send headers and has it in its address;
/// 2. what the source sent, in its own shape; what it heard from us first is no alert, but may say who took a page (E5);
/// 3. each alert by the policy's rules; one that came before changes nothing, and one that cannot be kept does not keep the
///    others out. A fault of ours is told, so that all come again.
pub(crate) async fn take_alerts(cx: &Cx, request: &Incoming, source: &str) -> Result<Reply, ApiError> {
    // 1.
    let source = Source::parse(source).ok_or_else(ApiError::unauthenticated)?;
    let token = match (source, cx.query("key")) {
        (Source::Statuspage, Some(key)) => auth::read_token(Bearer::Hook, &key)?,
        _ => auth::hook(request)?,
    };
    let db = cx.db(&token.site)?;
    if !hooks::is_known(&db, &token).await? {
        return Err(ApiError::unauthenticated());
    }
    // 2.
    let body: Value = request.json(IMPORT_BYTES_MAX)?.value;
    if let Some(echo) = echo(source, &body) {
        if let Some(name) = &echo.taken_by {
            take_page(cx, &db, &token.site, &echo.about, Taker::Elsewhere(name)).await?;
        }
        return Reply::ok(&HookReport { ignored: 1, ..HookReport::default() });
    }
    let alerts = read(source, &body)
        .map_err(|field| ApiError::field(field, FieldCode::Required, "every alert of this source has it"))?;
    // 3.
    let site = sites::find(&db, &token.site).await?.ok_or_else(ApiError::unauthenticated)?;
    let mut report = HookReport::default();
    let mut fault = None;
    for alert in &alerts {
        match take(cx, &db, &site, &token, source, alert).await {
            Ok(Taken::Draft) => report.drafts += 1,
            Ok(Taken::Ticket) => report.tickets += 1,
            Ok(Taken::Over) => report.over += 1,
            Ok(Taken::Nothing) => report.ignored += 1,
            Ok(Taken::Known) => {}
            Err(error) if matches!(error.kind(), ProblemKind::Internal | ProblemKind::Unavailable) => {
                fault = Some(error);
            }
            Err(error) => {
                worker::console_log!("{}: an alert is refused: {error:?}", cx.request_id);
                report.refused += 1;
            }
        }
    }
    fault.map_or_else(|| Reply::ok(&report), Err)
}

/// What an alert became.
enum Taken {
    Draft,
    Ticket,
    /// Its end is told of.
    Over,
    Nothing,
    /// It was drafted before.
    Known,
}

async fn take(
    cx: &Cx,
    db: &Db,
    site: &Site,
    token: &TokenRef,
    source: Source,
    alert: &Alert,
) -> Result<Taken, ApiError> {
    // Whatever the rules say of it by now, and however it words its end.
    if !alert.firing && over(cx, db, token, source, alert).await? {
        return Ok(Taken::Over);
    }
    let becomes = site.policy.alert_rules.becomes(source.as_str(), &alert.title, alert.severity);
    Ok(match becomes {
        Becomes::Incident if alert.firing => {
            if draft(cx, db, token, source, alert).await? {
                Taken::Draft
            } else {
                Taken::Known
            }
        }
        Becomes::Ticket if ticket(cx, db, site, token, source, alert).await? => Taken::Ticket,
        Becomes::Nothing | Becomes::Incident | Becomes::Ticket => Taken::Nothing,
    })
}

fn title_of(source: Source, alert: &Alert) -> String {
    if alert.title.is_empty() { source.as_str().to_owned() } else { alert.title.clone() }
}

fn key_of(source: Source, key: &str) -> String {
    format!("{}:{key}", source.as_str())
}

/// Drafts an incident; false when the alert was drafted before.
async fn draft(cx: &Cx, db: &Db, token: &TokenRef, source: Source, alert: &Alert) -> Result<bool, ApiError> {
    let key = key_of(source, &alert.key);
    let attempt = Attempt::new(key.clone(), "alert", "");
    if db.run(idempotency::find(&token.site, CALLER, &attempt.key)).await?.first_text().is_some() {
        // It goes on: it is not to be forgotten meanwhile.
        db.run(idempotency::prolong(&token.site, CALLER, &attempt.key, cx.now)).await?;
        return Ok(false);
    }
    let severity = match alert.severity {
        Severity::Critical => Urgency::P1,
        Severity::Warning => Urgency::P2,
        Severity::Info => Urgency::P3,
    };
    let wanted = IncidentDraft {
        title: cut(&title_of(source, alert), TITLE_CHARS_MAX),
        body: Some(alert.text.clone()),
        severity: Some(severity),
        ..IncidentDraft::default()
    };
    let by = Author { id: None, name: source.as_str().to_owned() };
    let desk = Desk::of(db, &token.site, by, cx.now).await?;
    let (_, change) = desk.draft(&wanted, Some(&key)).await?;
    let news = change.news();
    let change = change.also(idempotency::keep(&token.site, CALLER, &attempt, "{}", cx.now));
    match change.commit(&cx.env, db, cx.now).await {
        Ok(()) => {
            jobs::attempt_in_order_after_answer(cx, news);
            Ok(true)
        }
        // It came twice at once, and the other one was first.
        Err(_) if db.run(idempotency::find(&token.site, CALLER, &attempt.key)).await?.first_text().is_some() => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Ends what the alert drafted: what nobody decided on is withdrawn, and whoever published it hears that the alert is over.
/// They end the incident themselves, with a summary. False when there is nothing to end.
async fn over(cx: &Cx, db: &Db, token: &TokenRef, source: Source, alert: &Alert) -> Result<bool, ApiError> {
    let keys = (key_of(source, &alert.key), key_of(source, &alert.last_key));
    let drafted = alert_ends::drafted(db, &token.site, (&keys.0, &keys.1)).await?;
    if drafted.is_empty() {
        return Ok(false);
    }
    let told = alert_ends::end(db, &token.site, (source.as_str(), CALLER), drafted, cx.now).await?;
    jobs::attempt_in_order_after_answer(cx, told);
    Ok(true)
}

/// Files a ticket in the name of the source, once for each alert; its end is a message in it. False when it is the end of
/// an alert that nobody heard of.
async fn ticket(
    cx: &Cx,
    db: &Db,
    site: &Site,
    token: &TokenRef,
    source: Source,
    alert: &Alert,
) -> Result<bool, ApiError> {
    let (text, hash) = new_token(Bearer::Visitor, &token.site);
    drop(text);
    let session = TokenRef { site: token.site.clone(), hash };
    let seconds = cx.now.as_millis().div_euclid(1_000);
    let claims = Claims {
        sub: format!("alerts:{}", source.as_str()),
        aud: token.site.as_str().into(),
        exp: seconds,
        iat: seconds,
        email: None,
        name: Some(source.as_str().to_owned()),
        tier: None,
        plan: None,
        locale: None,
        nbf: None,
    };
    let tier = &site.policy.site.default_tier;
    let until = cx.now.plus_seconds(SESSION_SECONDS);
    sessions::open(db, &session, &Visitor::Known(&claims), tier, cx.now, until).await?;
    let key = key_of(source, &alert.key);
    // Only the key says what is the same: a description may change while an alert goes on.
    let attempt = Attempt::new(key.clone(), "alert", "");
    if !alert.firing && db.run(idempotency::find_for_visitor(&session, &attempt.key)).await?.first_text().is_none() {
        return Ok(false);
    }
    let subject = title_of(source, alert);
    let body = if alert.text.is_empty() { subject.clone() } else { alert.text.clone() };
    let draft = TicketDraft { subject, body, ..TicketDraft::default() };
    let via = Via { origin: Origin::Alert, address: None };
    let answer = file_ticket(cx, &session, &draft, &attempt, via).await?;
    db.run(idempotency::prolong_for_visitor(&session, &attempt.key, cx.now)).await?;
    if !alert.firing {
        let filed: Ticket = serde_json::from_str(&answer)?;
        let body = cut(&format!("Over: {}", alert.text), MESSAGE_CHARS_MAX);
        let over = MessageDraft { body, ..MessageDraft::default() };
        let attempt = Attempt::new(format!("{key}:over"), "alert", "");
        write_message(cx, &session, filed.id.as_str(), &over, &attempt, Origin::Alert).await?;
    }
    Ok(true)
}
