//! Forged and repeated updates change nothing.

use super::{AGENTS, Chat, NOW_MS, private, thread};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a4_an_update_without_the_right_secret_is_refused_and_does_nothing() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let mut update = private(&ann, "/reply 1 forged");
    update["update_id"] = 900.into();
    let header = "x-telegram-bot-api-secret-token";
    let path = "/api/support/telegram/support/";
    let client = chat.edge.client();
    let right = super::secret_of(AGENTS);
    for (what, request) in [
        ("none", client.post(path)),
        ("blank", client.post(path).header(header, "")),
        ("wrong", client.post(path).header(header, "wrong")),
        ("one letter less", client.post(path).header(header, &right[..63])),
        ("the other bot's", client.post(path).header(header, &super::secret_of(super::CUSTOMERS))),
        ("the token itself", client.post(path).header(header, AGENTS)),
        ("another bot", client.post("/api/support/telegram/no_bot/").header(header, &right)),
    ] {
        let answer = request.json(&update).send().await;
        assert_eq!(answer.status, 401, "{what}");
    }
    assert_eq!(thread(&visitor, &ticket).await, ["Пишет: неверный пароль."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_an_update_that_comes_again_changes_nothing() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let mut update = private(&ann, "/reply 1 once");
    update["update_id"] = 901.into();
    let mut incident = private(&ann, "/incident Payments");
    incident["update_id"] = 902.into();
    assert_eq!(chat.send(AGENTS, &update).await.expect(200).value()["text"], "#1 sent to the customer");
    chat.send(AGENTS, &incident).await.expect(200);
    for _ in 0..3 {
        for again in [&update, &incident] {
            assert_eq!(chat.send(AGENTS, again).await.expect(200).value(), json!({}));
        }
    }
    // At the same moment, too.
    let mut at_once = private(&ann, "/reply 1 twice at once");
    at_once["update_id"] = 903.into();
    tokio::join!(chat.send(AGENTS, &at_once), chat.send(AGENTS, &at_once));
    assert_eq!(thread(&visitor, &ticket).await, ["Пишет: неверный пароль.", "once", "twice at once"]);
    let found = chat.edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn b_somebody_elses_words_that_an_agent_passes_on_are_no_command() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let mut forwarded = private(&ann, "/incident Everything is down");
    forwarded["message"]["forward_origin"] = json!({ "type": "hidden_user", "sender_user_name": "Eve" });
    chat.send(AGENTS, &forwarded).await.expect(200);
    let incidents = || chat.edge.client().get("/api/support/incidents/?site=site_demo").send();
    assert_eq!(incidents().await.expect(200).value()["items"], json!([]));
    chat.send(AGENTS, &private(&ann, "/incident Everything is down")).await.expect(200);
    assert_eq!(incidents().await.expect(200).value()["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_understood_is_taken_and_passed_over() {
    let chat = Chat::open().await;
    for content in [
        json!({ "poll": {} }),
        json!({ "message": { "message_id": 1, "chat": { "id": 1, "type": "channel" }, "text": "/tickets" } }),
        json!({ "update_id": "seven" }),
        json!({ "message": { "message_id": 1, "chat": { "id": 7, "type": "group" }, "from": { "id": 7 }, "text": "/tickets" } }),
    ] {
        assert_eq!(chat.send(AGENTS, &content).await.expect(200).value(), json!({}), "{content}");
    }
    // A call that is known to arrive comes after whatever these might have brought.
    chat.edge.run_cron_at(NOW_MS + 60_000).await;
    chat.agent(5001, "agent").await;
    let calls = chat.telegram.calls();
    assert_eq!(calls.len(), 1, "{calls:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_an_update_that_comes_when_its_number_is_forgotten_is_told_what_was_so_and_changes_nothing() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let mut declare = private(&ann, "/incident Payments");
    declare["update_id"] = 902.into();
    let mut resolve = private(&ann, "/resolve Fixed");
    resolve["update_id"] = 903.into();
    let mut said = Vec::new();
    for update in [&declare, &resolve] {
        said.push(chat.send(AGENTS, update).await.expect(200).value()["text"].clone());
    }
    assert_eq!(said[1], "Incident resolved: Payments");
    chat.edge.run_cron_at(NOW_MS + 3 * 86_400_000).await;
    for (update, said) in [&declare, &resolve].into_iter().zip(&said) {
        assert_eq!(chat.send(AGENTS, update).await.expect(200).value()["text"], *said);
    }
    let found = chat.edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
}
