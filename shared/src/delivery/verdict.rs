//! What a destination's answer means.
//!
//! The status is the answer, the body only explains: whoever says 200 and then drops the line has taken the message. Where
//! nothing was said at all, nobody knows, so it is tried again.

use super::payload::Kind;

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
    /// A Telegram group has become a supergroup: it is reached under another number from now on.
    Moved {
        /// The number.
        chat: i64,
    },
}

/// Judges an answer. `retry_after` is the header's value, `body` what could be read of the body.
#[must_use]
pub fn judge(kind: Kind, status: u16, retry_after: Option<&str>, body: &str) -> Verdict {
    let asked = retry_after.and_then(|text| text.trim().parse().ok());
    match (kind, status) {
        (_, 200..=299) => Verdict::Delivered,
        (Kind::Telegram, _) => telegram(status, asked, body),
        (_, 410) | (Kind::Slack, 404) => Verdict::Gone,
        // A receiver of one's own may be mended under our eyes: what it refuses today it may take tomorrow.
        (Kind::Webhook, _) | (_, 408 | 425 | 429 | 500..) => Verdict::Retry { asked },
        (_, 400..=499) => Verdict::Refused,
        _ => Verdict::Retry { asked },
    }
}

fn telegram(status: u16, header: Option<u32>, body: &str) -> Verdict {
    let said: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let parameter = |name: &str| said.get("parameters").and_then(|parameters| parameters.get(name));
    if let Some(chat) = parameter("migrate_to_chat_id").and_then(serde_json::Value::as_i64) {
        return Verdict::Moved { chat };
    }
    let wait = parameter("retry_after").and_then(serde_json::Value::as_u64).and_then(|s| u32::try_from(s).ok());
    match status {
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
        let retry = |asked| Verdict::Retry { asked };
        let moved = r#"{"ok":false,"parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        let wait = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":7}}"#;
        for (kind, status, retry_after, body, expected) in [
            (Kind::Webhook, 200, None, "", Verdict::Delivered),
            (Kind::Webhook, 204, None, "", Verdict::Delivered),
            (Kind::Webhook, 301, None, "", retry(None)),
            (Kind::Webhook, 400, None, "", retry(None)),
            (Kind::Webhook, 410, None, "", Verdict::Gone),
            (Kind::Webhook, 429, Some("120"), "", retry(Some(120))),
            (Kind::Webhook, 503, Some(" 5 "), "", retry(Some(5))),
            (Kind::Webhook, 503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), "", retry(None)),
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
            (Kind::Telegram, 403, None, "{}", Verdict::Gone),
            (Kind::Telegram, 429, None, wait, retry(Some(7))),
            (Kind::Telegram, 429, Some("9"), "no json", retry(Some(9))),
            (Kind::Telegram, 500, None, "", retry(None)),
        ] {
            assert_eq!(judge(kind, status, retry_after, body), expected, "{kind:?} {status} {body}");
        }
    }
}
