//! What a destination's answer means.
//!
//! The status is the answer, the body only explains: whoever says 200 and then drops the line has taken the message. Where
//! nothing was said at all, nobody knows, so it is tried again.

use super::payload::Kind;
use super::schedule::ASKED_WAIT_SECONDS_MAX;
use crate::time::Timestamp;
use jiff::fmt::rfc2822;

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has arrived.
    Delivered,
    /// It is tried again, no sooner than after the seconds that the receiver asked for.
    Retry {
        /// Seconds that the receiver asked for.
        asked: Option<u32>,
    },
    /// It will never be taken in this form: laid aside for a person to look at.
    Refused,
    /// Nobody wants anything there any more: the destination is switched off.
    Gone,
    /// Nothing is wrong with the destination, only with where in it this went: the forum topic was deleted.
    TopicGone,
    /// A Telegram group has become a supergroup: it is reached under another number from now on.
    Moved {
        /// The number.
        chat: i64,
    },
}

/// Judges an answer that came at `now`. No more than [`ASKED_WAIT_SECONDS_MAX`] is granted to who asks for a wait. `retry_after` is the header's value: seconds or a date (RFC 9110); `body` is what
/// could be read of the body.
#[must_use]
pub fn judge(kind: Kind, status: u16, retry_after: Option<&str>, body: &str, now: Timestamp) -> Verdict {
    let asked = retry_after.and_then(|text| wait_seconds(text.trim(), now));
    // Whoever asks for years (a moment where seconds are due is a common slip) would never be called again.
    bounded(match (kind, status) {
        (_, 200..=299) => Verdict::Delivered,
        (Kind::Telegram, _) => telegram(status, asked, body),
        (_, 410) | (Kind::Slack, 404) => Verdict::Gone,
        // A receiver of one's own may be mended under our eyes: what it refuses today it may take tomorrow.
        (Kind::Webhook, _) | (_, 408 | 425 | 429 | 500..) => Verdict::Retry { asked },
        (_, 400..=499) => Verdict::Refused,
        _ => Verdict::Retry { asked },
    })
}

fn bounded(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Retry { asked } => Verdict::Retry { asked: asked.map(|seconds| seconds.min(ASKED_WAIT_SECONDS_MAX)) },
        other => other,
    }
}

/// The wait that a `Retry-After` asks for. A date is rounded up to whole seconds; one that is past asks for nothing.
fn wait_seconds(text: &str, now: Timestamp) -> Option<u32> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    let millis = at.as_millisecond().saturating_sub(now.as_millis()).max(0);
    Some(u32::try_from(millis.saturating_add(999) / 1_000).unwrap_or(u32::MAX))
}

fn telegram(status: u16, header: Option<u32>, body: &str) -> Verdict {
    let said: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let parameter = |name: &str| said.get("parameters").and_then(|parameters| parameters.get(name));
    if let Some(chat) = parameter("migrate_to_chat_id").and_then(serde_json::Value::as_i64) {
        return Verdict::Moved { chat };
    }
    let wait = parameter("retry_after").and_then(serde_json::Value::as_u64).and_then(|s| u32::try_from(s).ok());
    let description = said.get("description").and_then(serde_json::Value::as_str).unwrap_or_default();
    match status {
        400 if description.contains("thread not found") || description.contains("TOPIC_DELETED") => Verdict::TopicGone,
        // The bot was thrown out, or its owner blocked it.
        403 => Verdict::Gone,
        400 | 404 => Verdict::Refused,
        _ => Verdict::Retry { asked: wait.or(header) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_of_each_kind_is_judged() {
        let now = Timestamp::parse_rfc3339("2026-10-21T07:26:29.5Z").expect("an instant");
        let retry = |asked| Verdict::Retry { asked };
        let moved = r#"{"ok":false,"parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        let gone = r#"{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}"#;
        let wait = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":7}}"#;
        for (kind, status, retry_after, body, expected) in [
            (Kind::Webhook, 200, None, "", Verdict::Delivered),
            (Kind::Webhook, 204, None, "", Verdict::Delivered),
            (Kind::Webhook, 301, None, "", retry(None)),
            (Kind::Webhook, 400, None, "", retry(None)),
            (Kind::Webhook, 410, None, "", Verdict::Gone),
            (Kind::Webhook, 429, Some("120"), "", retry(Some(120))),
            (Kind::Webhook, 503, Some(" 5 "), "", retry(Some(5))),
            (Kind::Webhook, 503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), "", retry(Some(91))),
            (Kind::Webhook, 429, Some("Wed, 21 Oct 2026 07:26:00 GMT"), "", retry(Some(0))),
            (Kind::Webhook, 429, Some("Thu, 21 Oct 9999 07:26:00 GMT"), "", retry(Some(86_400))),
            (Kind::Webhook, 429, Some("1795543200"), "", retry(Some(86_400))),
            (Kind::Webhook, 429, Some("soon"), "", retry(None)),
            (Kind::Slack, 429, Some("Wed, 21 Oct 2026 07:26:30 GMT"), "", retry(Some(1))),
            (Kind::Slack, 200, None, "ok", Verdict::Delivered),
            (Kind::Slack, 400, None, "invalid_payload", Verdict::Refused),
            (Kind::Slack, 404, None, "no_team", Verdict::Gone),
            (Kind::Slack, 429, Some("1"), "", retry(Some(1))),
            (Kind::PagerDuty, 202, None, "", Verdict::Delivered),
            (Kind::PagerDuty, 400, None, "", Verdict::Refused),
            (Kind::PagerDuty, 500, None, "", retry(None)),
            (Kind::Jira, 201, None, "", Verdict::Delivered),
            (Kind::Jira, 401, None, "", Verdict::Refused),
            (Kind::Zendesk, 422, None, "", Verdict::Refused),
            (Kind::Zendesk, 302, None, "", retry(None)),
            (Kind::Telegram, 200, None, "cut of", Verdict::Delivered),
            (Kind::Telegram, 400, None, "{}", Verdict::Refused),
            (Kind::Telegram, 400, None, moved, Verdict::Moved { chat: -1_001_234_567_890 }),
            (Kind::Telegram, 400, None, gone, Verdict::TopicGone),
            (Kind::Telegram, 403, None, "{}", Verdict::Gone),
            (Kind::Telegram, 429, None, wait, retry(Some(7))),
            (Kind::Telegram, 429, Some("9"), "no json", retry(Some(9))),
            (Kind::Telegram, 429, Some("4294967295"), "no json", retry(Some(86_400))),
            (Kind::Telegram, 500, None, "", retry(None)),
        ] {
            assert_eq!(judge(kind, status, retry_after, body, now), expected, "{kind:?} {status} {body}");
        }
    }
}
