//! Exact forms of what is sent to each kind of destination.

use super::*;
use crate::delivery::event::{EventData, IncidentBrief, MessageBrief, PageBrief, TicketBrief};
use crate::time::Timestamp;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn bases() -> Bases {
    Bases {
        telegram: "https://api.telegram.org".into(),
        telegram_token: "1:token".into(),
        pagerduty: "https://events.pagerduty.com".into(),
    }
}

fn wrote() -> Happening {
    let ticket = TicketBrief {
        id: "tkt_1".into(),
        number: 12,
        subject: "Tom & <Jerry>".into(),
        requester: Some("Ann".into()),
        ..TicketBrief::default()
    };
    let message =
        MessageBrief { author: Some("Ann".into()), body: "<!channel> *hi* & bye".into(), ..MessageBrief::default() };
    let data =
        EventData { site: "site_a".into(), ticket: Some(ticket), message: Some(message), ..EventData::default() };
    let at = Timestamp::parse_rfc3339("2026-11-21T10:00:00Z").expect("an instant");
    Happening { id: "evt_1".into(), kind: EventKind::MessageCreated, at, data }
}

fn target(kind: Kind, address: &'static str, secrets: &'static [&'static str]) -> Target<'static> {
    Target { kind, address, secrets, project: None, locale: "en", topic: None }
}

fn sent(target: &Target<'_>, happening: &Happening) -> (String, Value) {
    let outgoing = request(target, happening, &bases(), 1_795_255_200).expect("a request");
    (outgoing.url, serde_json::from_str(&outgoing.body).expect("JSON"))
}

#[test]
fn c2_a_webhook_is_signed_by_standard_webhooks_and_bears_the_events_id() {
    let target = target(Kind::Webhook, "https://hooks.example.com/in", &[SECRET]);
    let outgoing = request(&target, &wrote(), &bases(), 1_795_255_200).expect("a request");
    assert_eq!(outgoing.url, "https://hooks.example.com/in");
    assert_eq!(outgoing.body, wrote().body());
    let signature = signature::sign([SECRET], "evt_1", 1_795_255_200, &outgoing.body);
    assert_eq!(
        outgoing.headers,
        [
            ("webhook-id", "evt_1".to_owned()),
            ("webhook-timestamp", "1795255200".to_owned()),
            ("webhook-signature", signature)
        ]
    );
}

#[test]
fn telegram_gets_escaped_text_with_buttons_in_its_topic() {
    let target = Target { topic: Some(7), ..target(Kind::Telegram, "-100123", &[]) };
    let (url, body) = sent(&target, &wrote());
    assert_eq!(url, "https://api.telegram.org/bot1:token/sendMessage");
    assert_eq!(body["text"], "<b>#12 Tom &amp; &lt;Jerry&gt; — Ann wrote</b>\n&lt;!channel&gt; *hi* &amp; bye");
    assert_eq!(
        (&body["chat_id"], &body["message_thread_id"], &body["parse_mode"]),
        (&json!(-100_123), &json!(7), &json!("HTML"))
    );
    assert_eq!(body["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "assign:12");
}

#[test]
fn slack_gets_blocks_in_which_a_customer_cannot_mention_anybody() {
    let (url, body) = sent(&target(Kind::Slack, "https://hooks.slack.com/services/T/B/x", &[]), &wrote());
    assert_eq!(url, "https://hooks.slack.com/services/T/B/x");
    assert_eq!(body["text"], "#12 Tom &amp; &lt;Jerry&gt; — Ann wrote");
    assert_eq!(body["blocks"][0]["text"]["text"], "*#12 Tom &amp; &lt;Jerry&gt; — Ann wrote*");
    assert_eq!(
        body["blocks"][1]["text"],
        json!({ "type": "plain_text", "text": "<!channel> *hi* & bye", "emoji": false })
    );
}

#[test]
fn e5_pagerduty_gets_one_incident_that_is_triggered_acknowledged_and_resolved() {
    let page = |kind| Happening {
        kind,
        data: EventData {
            page: Some(PageBrief { id: "pge_1".into(), summary: "Down".into(), ..PageBrief::default() }),
            ..EventData::default()
        },
        ..wrote()
    };
    let incident = |status: &str| Happening {
        kind: EventKind::IncidentUpdated,
        data: EventData {
            incident: Some(IncidentBrief { id: "inc_1".into(), status: status.into(), ..IncidentBrief::default() }),
            ..EventData::default()
        },
        ..wrote()
    };
    let alert_over = |id: &str, status: &str| {
        let told = IncidentBrief {
            id: id.into(),
            status: status.into(),
            draft: Some("drf_1".into()),
            ..IncidentBrief::default()
        };
        let data = EventData { incident: Some(told), ..EventData::default() };
        Happening { kind: EventKind::AlertOver, data, ..wrote() }
    };
    for (happening, action, key, severity) in [
        (page(EventKind::PageTriggered), "trigger", "pge_1", "critical"),
        (page(EventKind::PageAcknowledged), "acknowledge", "pge_1", "info"),
        (incident("monitoring"), "trigger", "inc_1", "error"),
        (incident("resolved"), "resolve", "inc_1", "error"),
        (incident("withdrawn"), "resolve", "inc_1", "error"),
        (alert_over("inc_1", "investigating"), "resolve", "drf_1", "info"),
        (alert_over("drf_1", "withdrawn"), "resolve", "drf_1", "info"),
        (wrote(), "trigger", "tkt_1", "info"),
    ] {
        let (url, body) = sent(&target(Kind::PagerDuty, "", &["routing"]), &happening);
        assert_eq!(url, "https://events.pagerduty.com/v2/enqueue");
        assert_eq!(
            (&body["routing_key"], &body["event_action"], &body["dedup_key"], &body["payload"]["severity"]),
            (&json!("routing"), &json!(action), &json!(key), &json!(severity))
        );
    }
}

#[test]
fn e5_slack_gets_a_button_only_where_a_press_could_be_believed() {
    let page = Some(PageBrief { id: "pge_1".into(), summary: "Down".into(), ..PageBrief::default() });
    let data = EventData { page, ..EventData::default() };
    let happening = Happening { kind: EventKind::PageTriggered, data, ..wrote() };
    let buttons = |secrets: &'static [&'static str]| {
        let (_, body) = sent(&target(Kind::Slack, "https://hooks.slack.com/services/T/B/x", secrets), &happening);
        let blocks = body["blocks"].as_array().expect("blocks").clone();
        blocks.into_iter().filter(|block| block["type"] == "actions").collect::<Vec<_>>()
    };
    assert_eq!(buttons(&[]), Vec::<Value>::new());
    assert_eq!(buttons(&["signing"])[0]["elements"][0]["value"], "pge_1");
}

#[test]
fn jira_and_zendesk_get_an_issue_and_a_request_under_the_given_account() {
    let jira =
        Target { project: Some("SUP"), ..target(Kind::Jira, "https://a.atlassian.net/", &["me@example.com:token"]) };
    let outgoing = request(&jira, &wrote(), &bases(), 1).expect("a request");
    assert_eq!(outgoing.url, "https://a.atlassian.net/rest/api/2/issue");
    assert_eq!(outgoing.headers, [("authorization", "Basic bWVAZXhhbXBsZS5jb206dG9rZW4=".to_owned())]);
    let (_, body) = sent(&jira, &wrote());
    assert_eq!(body["fields"]["project"]["key"], "SUP");
    assert_eq!(body["fields"]["summary"], "#12 Tom & <Jerry> — Ann wrote");
    let (url, body) = sent(&target(Kind::Zendesk, "https://a.zendesk.com", &[]), &wrote());
    assert_eq!(url, "https://a.zendesk.com/api/v2/requests.json");
    assert_eq!(body["request"]["requester"]["name"], "Ann");
    assert_eq!(body["request"]["comment"]["body"], "<!channel> *hi* & bye");
}

#[test]
fn a_mailbox_is_not_called() {
    assert_eq!(request(&target(Kind::Email, "a@example.com", &[]), &wrote(), &bases(), 1), None);
}
