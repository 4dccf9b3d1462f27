//! What Slack says when somebody presses a button under a message of ours (E5): a form with one JSON text in it, signed by
//! the secret of the team's own Slack app.

use crate::id::PageId;
use crate::identity::secrets_match;
use crate::text::{NAME_CHARS_MAX, clean_line};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt::Write as _;

use super::event::{EventKind, Happening, cut};
use super::words::is_russian;

/// Where Slack puts its signature.
pub const SIGNATURE_HEADER: &str = "x-slack-signature";
/// Where Slack puts the time of its request, in seconds since 1970, which is signed too.
pub const TIMESTAMP_HEADER: &str = "x-slack-request-timestamp";
/// How old a request may be, in seconds: Slack's own advice against requests that somebody recorded.
pub const AGE_SECONDS_MAX: i64 = 300;

/// What the button is called in what Slack sends.
const ACKNOWLEDGE: &str = "page_acknowledge";

/// A press of the button that takes a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The page.
    pub page: PageId,
    /// Who pressed it, as Slack calls them.
    pub name: String,
}

/// The row with the button, for a page that nobody has taken.
pub(super) fn button(happening: &Happening, locale: &str) -> Option<Value> {
    let page = happening.data.page.as_ref().filter(|_| happening.kind == EventKind::PageTriggered)?;
    let text = if is_russian(locale) { "Принять" } else { "Acknowledge" };
    Some(json!({ "type": "actions", "elements": [{
        "type": "button", "style": "primary", "action_id": ACKNOWLEDGE, "value": page.id,
        "text": { "type": "plain_text", "text": text },
    }] }))
}

/// Whether one of `secrets` signed a request of at most [`AGE_SECONDS_MAX`] before or after `now`, in seconds since 1970.
#[must_use]
pub fn is_signed<'a>(
    secrets: impl IntoIterator<Item = &'a str>,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: i64,
) -> bool {
    let is_fresh = timestamp.parse().is_ok_and(|sent: i64| now.abs_diff(sent) <= AGE_SECONDS_MAX.unsigned_abs());
    is_fresh
        && secrets
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .filter_map(|secret| sign(secret, timestamp, body))
            .any(|expected| secrets_match(signature, &expected))
}

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in [b"v0:".as_slice(), timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    let mut text = "v0=".to_owned();
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

/// The press that a body tells of; none when it tells of anything else.
#[must_use]
pub fn read_press(body: &[u8]) -> Option<Press> {
    let payload = url::form_urlencoded::parse(body).find(|(name, _)| name == "payload")?.1;
    let told: Value = serde_json::from_str(&payload).ok()?;
    let text = |pointer: &str| told.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    if text("/type") != "block_actions" || text("/actions/0/action_id") != ACKNOWLEDGE {
        return None;
    }
    let page = PageId::parse(text("/actions/0/value")).ok()?;
    let names = [text("/user/name"), text("/user/username"), text("/user/id")];
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or("Slack");
    Some(Press { page, name: cut(&clean_line(name), NAME_CHARS_MAX) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::event::{EventData, PageBrief};
    use crate::time::Timestamp;

    /// The example of Slack's own documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SENT: &str = "1531420618";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNED: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const NOW: i64 = 1_531_420_618;

    #[test]
    fn slacks_own_example_is_signed_and_every_change_of_it_is_not() {
        assert!(is_signed([SECRET], SENT, SIGNED, BODY, NOW));
        assert!(is_signed(["another", SECRET], SENT, SIGNED, BODY, NOW), "any of the site's apps");
        assert!(is_signed([SECRET], SENT, SIGNED, BODY, NOW + AGE_SECONDS_MAX));
        for (secrets, sent, signature, body, now) in [
            (vec!["another"], SENT, SIGNED, BODY, NOW),
            (vec![], SENT, SIGNED, BODY, NOW),
            (vec![SECRET], "1531420619", SIGNED, BODY, NOW),
            (vec![SECRET], "", SIGNED, BODY, NOW),
            (vec![SECRET], SENT, "", BODY, NOW),
            (vec![SECRET], SENT, &SIGNED[..40], BODY, NOW),
            (vec![SECRET], SENT, SIGNED, &BODY[1..], NOW),
            (vec![SECRET], SENT, SIGNED, BODY, NOW + AGE_SECONDS_MAX + 1),
            (vec![SECRET], SENT, SIGNED, BODY, NOW - AGE_SECONDS_MAX - 1),
        ] {
            assert!(!is_signed(secrets.clone(), sent, signature, body, now), "{secrets:?} {sent} {signature} {now}");
        }
        let empty = sign("", SENT, BODY).expect("a signature");
        assert!(!is_signed([""], SENT, &empty, BODY, NOW), "an empty secret is none");
    }

    fn form(payload: &Value) -> String {
        url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish()
    }

    #[test]
    fn e5_the_button_comes_back_with_the_page_and_with_who_pressed_it() {
        let page = PageId::from_random([7; 16]);
        let brief = PageBrief { id: page.to_string(), ..PageBrief::default() };
        let data = EventData { page: Some(brief), ..EventData::default() };
        let mut happening = Happening { id: "evt_1".into(), kind: EventKind::PageTriggered, at: Timestamp::MIN, data };
        let row = button(&happening, "en").expect("a row");
        let pressed = json!({ "type": "block_actions", "user": { "id": "U1", "username": "ann", "name": "ann" },
            "actions": [row["elements"][0]] });
        let expected = Press { page, name: "ann".into() };
        assert_eq!(read_press(form(&pressed).as_bytes()), Some(expected));
        assert_eq!(button(&happening, "ru").expect("a row")["elements"][0]["text"]["text"], "Принять");
        happening.kind = EventKind::PageAcknowledged;
        assert_eq!(button(&happening, "en"), None, "there is nothing left to take");
    }

    #[test]
    fn what_is_no_press_of_this_button_is_none() {
        for payload in [
            json!({}),
            json!({ "type": "view_submission" }),
            json!({ "type": "block_actions", "actions": [] }),
            json!({ "type": "block_actions", "actions": [{ "action_id": "other", "value": "pge_00000000000000000000000000" }] }),
            json!({ "type": "block_actions", "actions": [{ "action_id": ACKNOWLEDGE, "value": "pge_1" }] }),
        ] {
            assert_eq!(read_press(form(&payload).as_bytes()), None, "{payload}");
        }
        for body in ["", "payload=", "payload=%7B", "\u{0}", "payload"] {
            assert_eq!(read_press(body.as_bytes()), None, "{body:?}");
        }
    }
}
