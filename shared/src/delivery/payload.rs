//! What is sent: an event in the form of each kind of destination.

use super::event::{EventKind, Happening, cut};
use super::signature;
use super::words::{Words, words};
pub use crate::api::DestinationKind as Kind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Where third parties are reached; tests point these to their own machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bases {
    /// Such as `https://api.telegram.org`.
    pub telegram: String,
    /// The token of the agents' bot.
    pub telegram_token: String,
    /// Such as `https://events.pagerduty.com`.
    pub pagerduty: String,
}

/// A destination, as far as sending needs it.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// What it is.
    pub kind: Kind,
    /// An address, a chat's number, a mailbox; for PagerDuty nothing.
    pub address: &'a str,
    /// Its secrets, the newest first.
    pub secrets: &'a [&'a str],
    /// The key of a project, where the kind has projects.
    pub project: Option<&'a str>,
    /// The language its readers read.
    pub locale: &'a str,
    /// A forum topic of a chat.
    pub topic: Option<i64>,
}

/// A request that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Where to.
    pub url: String,
    /// Its headers besides the content type, which is JSON.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: String,
}

/// Characters of a headline in lists of others: what Zendesk and Jira keep of a title.
const TITLE_CHARS_MAX: usize = 240;

/// The request for an event; none for a mailbox, which is not called. `seconds` is the attempt's time since 1970.
#[must_use]
pub fn request(target: &Target<'_>, happening: &Happening, bases: &Bases, seconds: i64) -> Option<Outgoing> {
    let words = words(happening, target.locale);
    let base = target.address.trim_end_matches('/');
    let (url, headers, body) = match target.kind {
        Kind::Webhook => return Some(webhook(target, happening, seconds)),
        Kind::Email => return None,
        Kind::Telegram => (
            telegram_url(bases, "sendMessage"),
            Vec::new(),
            telegram(target.address, target.topic, happening, &words, target.locale),
        ),
        Kind::Slack => (target.address.to_owned(), Vec::new(), slack(target, happening, &words)),
        Kind::PagerDuty => {
            let key = target.secrets.first().copied().unwrap_or_default();
            (format!("{}/v2/enqueue", bases.pagerduty), Vec::new(), pagerduty(key, happening, &words))
        }
        Kind::Jira => (format!("{base}/rest/api/2/issue"), basic(target), jira(target.project, &words)),
        Kind::Zendesk => (format!("{base}/api/v2/requests.json"), basic(target), zendesk(happening, &words)),
    };
    Some(Outgoing { url, headers, body: body.to_string() })
}

/// The address of a method of the bot.
#[must_use]
pub fn telegram_url(bases: &Bases, method: &str) -> String {
    format!("{}/bot{}/{method}", bases.telegram, bases.telegram_token)
}

fn webhook(target: &Target<'_>, happening: &Happening, seconds: i64) -> Outgoing {
    signed(target.address, target.secrets, &happening.id, seconds, happening.body())
}

/// A request as Standard Webhooks wants it: a body under an id, signed by each of the secrets. `seconds` is the attempt's time
/// since 1970.
pub(crate) fn signed(url: &str, secrets: &[&str], id: &str, seconds: i64, body: String) -> Outgoing {
    let signature = signature::sign(secrets.iter().copied(), id, seconds, &body);
    let headers = vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signature),
    ];
    Outgoing { url: url.to_owned(), headers, body }
}

/// Name and token, as `name:token`.
fn basic(target: &Target<'_>) -> Vec<(&'static str, String)> {
    let credentials = target.secrets.first().filter(|secret| !secret.is_empty());
    credentials.map(|text| vec![("authorization", format!("Basic {}", STANDARD.encode(text)))]).unwrap_or_default()
}

/// Escapes what Telegram's HTML gives a meaning to.
#[must_use]
pub fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn telegram(chat: &str, topic: Option<i64>, happening: &Happening, words: &Words, locale: &str) -> Value {
    let mut text = format!("<b>{}</b>", escape_html(&words.headline));
    if !words.text.is_empty() {
        text.push('\n');
        text.push_str(&escape_html(&words.text));
    }
    let mut call = json!({ "chat_id": chat.parse::<i64>().unwrap_or_default(), "text": text, "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true } });
    if let Some(topic) = topic {
        set(&mut call, "message_thread_id", topic.into());
    }
    if let Some(buttons) = crate::telegram::buttons::for_event(happening, locale) {
        set(&mut call, "reply_markup", buttons);
    }
    call
}

/// Sets a field of an object.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

fn slack(target: &Target<'_>, happening: &Happening, words: &Words) -> Value {
    // Slack gives meaning to the same three letters.
    let headline = escape_html(&words.headline);
    let mut blocks = vec![json!({ "type": "section", "text": { "type": "mrkdwn", "text": format!("*{headline}*") } })];
    if !words.text.is_empty() {
        // Plain text: what a customer wrote must not become a mention or a link.
        let text = json!({ "type": "plain_text", "text": cut(&words.text, 2_500), "emoji": false });
        blocks.push(json!({ "type": "section", "text": text }));
    }
    // Without the app's secret nobody could believe what a button sends.
    let button = target.secrets.first().and_then(|_| super::slack::button(happening, target.locale));
    blocks.extend(button);
    json!({ "text": headline, "blocks": blocks })
}

fn pagerduty(key: &str, happening: &Happening, words: &Words) -> Value {
    let data = &happening.data;
    let (about, resolved) = match (&data.page, &data.incident, &data.ticket) {
        (Some(page), ..) => (page.id.as_str(), false),
        // What the draft opened is closed; the incident that it became, a person ends.
        (_, Some(incident), _) if happening.kind == EventKind::AlertOver => {
            (incident.draft.as_deref().unwrap_or(&incident.id), true)
        }
        (_, Some(incident), _) => (incident.id.as_str(), matches!(incident.status.as_str(), "resolved" | "withdrawn")),
        (.., Some(ticket)) => (ticket.id.as_str(), false),
        _ => (happening.id.as_str(), false),
    };
    let action = match happening.kind {
        EventKind::PageAcknowledged => "acknowledge",
        _ if resolved => "resolve",
        _ => "trigger",
    };
    let severity = match happening.kind {
        EventKind::PageTriggered => "critical",
        EventKind::SlaBreached | EventKind::IncidentUpdated | EventKind::TicketEscalated => "error",
        EventKind::SlaWarning | EventKind::TicketRatedLow => "warning",
        _ => "info",
    };
    json!({
        "routing_key": key, "event_action": action, "dedup_key": about, "client": "Buoy",
        "payload": { "summary": cut(&words.headline, 1_024), "source": data.site, "severity": severity,
            "timestamp": happening.at, "class": happening.kind.as_str(), "custom_details": { "text": words.text } },
    })
}

fn jira(project: Option<&str>, words: &Words) -> Value {
    json!({ "fields": {
        "project": { "key": project.unwrap_or_default() }, "issuetype": { "name": "Task" },
        "summary": cut(&words.headline, TITLE_CHARS_MAX), "description": words.text, "labels": ["buoy"],
    } })
}

fn zendesk(happening: &Happening, words: &Words) -> Value {
    let name = happening.data.ticket.as_ref().and_then(|ticket| ticket.requester.as_deref()).unwrap_or("Buoy");
    let text = if words.text.is_empty() { &words.headline } else { &words.text };
    json!({ "request": { "requester": { "name": name }, "subject": cut(&words.headline, TITLE_CHARS_MAX), "comment": { "body": text } } })
}

#[cfg(test)]
mod tests;
