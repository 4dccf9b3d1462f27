//! Whoever owns an incident is reminded in their own chat of what they owe it (I4, I6), whatever destinations there are.

use super::{Chat, NOW, NOW_MS};
use crate::hooks;
use crate::incident_life::{declare, over, update};
use buoy_shared::time::Timestamp;
use buoy_tests::http::Client;
use serde_json::json;

const MINUTE_MS: i64 = 60_000;

impl Chat {
    /// What the bot wrote to a chat by some minute, without what it wrote before.
    async fn written(&self, who: i64, minutes: i64, expected: usize) -> Vec<String> {
        let before = self.telegram.calls().len();
        // The reminder is written down in one minute, and told in the next at the latest.
        for minutes in [minutes, minutes + 1] {
            self.edge.run_cron_at(NOW_MS + minutes * MINUTE_MS).await;
        }
        let calls = self.telegram.wait_for(before + expected).await.split_off(before);
        let texts = calls.iter().map(buoy_tests::receiver::Call::json).filter(|call| {
            call["chat_id"].as_i64() == Some(who) || call["chat_id"].as_str() == Some(who.to_string().as_str())
        });
        texts.map(|call| call["text"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn at(&self, token: &str, minutes: i64) -> Client {
        let now = Timestamp::from_millis(NOW_MS + minutes * MINUTE_MS).to_rfc3339();
        self.edge.client().with_bearer(token).with_header("x-test-now", &now)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_the_owner_of_an_incident_is_reminded_in_their_own_chat_and_nobody_else() {
    let chat = Chat::open_with("saas").await;
    let (_, owner) = chat.agent(501, "agent").await;
    let payments = json!({ "title": "Payments fail", "body": "We look.", "severity": "p1" });
    let incident = declare(&chat.at(&owner, 0), &payments).await;
    let others = json!({ "title": "Slow", "severity": "p1" });
    declare(&chat.site.staff().with_header("x-test-now", NOW), &others).await;
    assert_eq!(
        chat.written(501, 15, 1).await,
        ["Time for an update: Payments fail — investigating\nOwner: Test agent\nWe look."]
    );
    update(&chat.at(&owner, 20), &incident, &over("Up.")).await;
    assert_eq!(
        chat.written(501, 24 * 60 + 20, 1).await,
        ["The post-mortem is late: Payments fail — resolved\nOwner: Test agent\nUp."]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_whoever_published_what_an_alert_drafted_hears_in_their_own_chat_that_the_alert_is_over() {
    let chat = Chat::open_with("saas").await;
    let (_, owner) = chat.agent(501, "agent").await;
    let hook = hooks::token(&chat.site).await;
    let say = |status: &'static str| {
        let alert = hooks::alertmanager("ApiDown", "critical", status);
        let sender = chat.at(&hook, 0);
        async move { sender.post("/api/support/hooks/alertmanager/").json(&alert).send().await.expect(200) }
    };
    say("firing").await;
    let draft = hooks::drafts(&chat.site).await.remove(0);
    let publish = format!("/api/support/agent/incident_drafts/{}/publish/", draft["id"].as_str().expect("an id"));
    chat.at(&owner, 1).post(&publish).send().await.expect(201);
    let before = chat.telegram.calls().len();
    say("resolved").await;
    let told = chat.telegram.wait_for(before + 1).await.split_off(before).remove(0).json();
    assert_eq!(told["chat_id"].to_string().trim_matches('"'), "501");
    assert_eq!(told["text"], "The alert is over: ApiDown — investigating\nOwner: Test agent\nIt is bad.");
}
