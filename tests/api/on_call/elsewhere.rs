//! A page is taken where it was read (E5): by a button in Slack, in PagerDuty; and what PagerDuty heard from us never comes back
//! as an alert.

use super::{MINUTE_MS, NIGHT, NIGHT_MS, Team};
use crate::deliveries::{arrived, destination};
use buoy_shared::api::{HookReport, Items, Page, PageInfo, PageState};
use buoy_tests::http::Answer;
use buoy_tests::wait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use url::form_urlencoded::Serializer;

const SLACK_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

impl Team {
    async fn call(&self) -> PageInfo {
        let draft = json!({ "summary": "Down" });
        self.agents[0].1.post("/api/support/agent/pages/").json(&draft).send().await.expect(201).json()
    }

    async fn only_page(&self) -> PageInfo {
        let path = "/api/support/agent/pages/";
        let mut pages: Page<PageInfo> = self.site.staff().get(path).send().await.expect(200).json();
        assert_eq!(pages.items.len(), 1);
        pages.items.remove(0)
    }

    /// Waits until the hook heard that a page was taken; gives by whom.
    async fn heard_taken(&self) -> String {
        wait::until("the news that a page was taken", || async {
            let calls = self.receiver.calls();
            let bodies = calls.iter().filter(|call| call.path == "/hook").map(buoy_tests::receiver::Call::json);
            let taken = bodies.into_iter().find(|body| body["type"] == "page.acknowledged")?;
            taken["data"]["page"]["person"].as_str().map(str::to_owned)
        })
        .await
    }

    /// What Slack sends, signed by its secret, so many seconds after the page's night began.
    async fn press(&self, pressed: &Value, secret: &str, sent_after: i64) -> Answer {
        let body = Serializer::new(String::new()).append_pair("payload", &pressed.to_string()).finish();
        let sent = NIGHT_MS / 1_000 + sent_after;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
        mac.update(format!("v0:{sent}:{body}").as_bytes());
        let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let slack = self.edge.client().with_header("x-test-now", NIGHT);
        slack
            .post(&format!("/api/support/slack/{}/", self.site.id))
            .header("x-slack-request-timestamp", &sent.to_string())
            .header("x-slack-signature", &format!("v0={signature}"))
            .body(body, "application/x-www-form-urlencoded")
            .send()
            .await
    }
}

fn pressed(button: &Value, name: &str) -> Value {
    json!({ "type": "block_actions", "user": { "id": "U1", "name": name }, "actions": [button] })
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_the_button_in_slack_takes_the_page_once_and_only_with_slacks_signature() {
    let team = Team::gather().await;
    let address = format!("{}/services/T/B/x", team.receiver.url());
    let slack = json!({ "kind": "slack", "name": "s", "address": address, "secret": SLACK_SECRET, "events": ["page.triggered"] });
    destination(&team.site, &slack).await;
    let page = team.call().await;
    let message = wait::until("a message in Slack", || async {
        team.receiver.calls().into_iter().find(|call| call.path == "/services/T/B/x")
    })
    .await
    .json();
    let blocks = message["blocks"].as_array().expect("blocks");
    let button = &blocks.last().expect("a block")["elements"][0];
    assert_eq!((&button["type"], &button["value"]), (&json!("button"), &json!(page.id)));

    for (secret, sent_after) in [("another", 0), ("", 0), (SLACK_SECRET, -301), (SLACK_SECRET, 301)] {
        team.press(&pressed(button, "eve"), secret, sent_after).await.expect(401);
    }
    assert_eq!(team.only_page().await.state, PageState::Triggered);
    team.press(&json!({ "type": "view_closed" }), SLACK_SECRET, 0).await.expect(200);
    assert_eq!(team.only_page().await.state, PageState::Triggered, "another button is not this one");

    team.press(&pressed(button, "ann"), SLACK_SECRET, 0).await.expect(200);
    assert_eq!(team.heard_taken().await, "ann");
    team.press(&pressed(button, "bob"), SLACK_SECRET, 0).await.expect(200);
    let taken = team.only_page().await;
    assert_eq!((taken.state, taken.acknowledged_as.as_deref()), (PageState::Acknowledged, Some("ann")));
    arrived(&team.site, 3).await;
    team.edge.run_cron_at(NIGHT_MS + 60 * MINUTE_MS).await;
    assert_eq!(team.heard().len(), 2, "called once, taken once: {:?}", team.heard());
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_what_pagerduty_says_of_our_own_page_takes_it_and_drafts_no_incident() {
    let team = Team::gather().await;
    let made = team.site.staff().post("/api/support/agent/hooks/").send().await.expect(201).value();
    let duty =
        team.edge.client().with_bearer(made["token"].as_str().expect("a token")).with_header("x-test-now", NIGHT);
    let page = team.call().await;
    let said = |kind: &str, key: &str| {
        json!({ "event": { "event_type": kind, "agent": { "summary": "Ann" },
            "data": { "id": "PX", "title": "Down", "urgency": "high", "incident_key": key } } })
    };
    let ignored = HookReport { ignored: 1, ..HookReport::default() };
    for (kind, state) in [
        ("incident.triggered", PageState::Triggered),
        ("incident.acknowledged", PageState::Acknowledged),
        ("incident.resolved", PageState::Acknowledged),
    ] {
        let report = duty.post("/api/support/hooks/pagerduty/").json(&said(kind, &page.id)).send().await.expect(200);
        assert_eq!(report.json::<HookReport>(), ignored, "{kind}");
        assert_eq!(team.only_page().await.state, state, "{kind}");
    }
    assert_eq!(team.heard_taken().await, "Ann");
    let drafts = "/api/support/agent/incident_drafts/";
    let listed: Items<Value> = team.site.staff().get(drafts).send().await.expect(200).json();
    assert_eq!(listed.items, Vec::<Value>::new());
    let theirs = said("incident.triggered", "disk-full");
    let report = duty.post("/api/support/hooks/pagerduty/").json(&theirs).send().await.expect(200);
    assert_ne!(report.json::<HookReport>(), ignored, "an alert of somebody else's is one");
}
