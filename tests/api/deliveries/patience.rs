//! Whoever is slow keeps nobody else waiting, and two crons at once send nothing twice.

use super::{attempted, deliveries, webhook};
use crate::telegram::{AGENTS, CUSTOMERS, Chat, NOW, NOW_MS, person};
use crate::tickets::file;
use buoy_tests::edge::Edge;
use buoy_tests::receiver::{Behaviour, Receiver};
use buoy_tests::wait::now_millis;
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn c2_while_telegram_hangs_a_webhook_hears_its_news_in_the_same_minute() {
    let chat = Chat::open().await;
    let hook = Receiver::start().await;
    hook.behave(|_| Behaviour::Answer(500, "", ""));
    webhook(&chat.site, &hook, &["ticket.created"]).await;
    let (ann, _) = chat.agent(5001, "agent").await;
    chat.ticket("Не могу войти", "k1").await;
    hook.wait_for(1).await;
    // Twenty calls of the bot are due in an hour, and Telegram hangs by then.
    for _ in 0..20 {
        chat.presses(AGENTS, &ann, "snooze:1").await;
    }
    let before = chat.telegram.calls().len();
    chat.telegram.behave(|_| Behaviour::Slow);
    hook.behave(|_| Behaviour::OK);
    chat.edge.run_cron_at(NOW_MS + 3_700_000).await;
    assert_eq!(hook.calls().len(), 2, "the webhook's second attempt");
    let asked = chat.telegram.calls().len() - before;
    assert!(asked < 20, "one run is not spent on a third party that hangs: {asked} calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_two_crons_at_once_make_each_call_of_a_bot_once() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    chat.ticket("Не могу войти", "k1").await;
    for _ in 0..10 {
        chat.presses(AGENTS, &ann, "snooze:1").await;
    }
    // The answers to the presses are through, and what is left sleeps for an hour.
    chat.calls_wait(10).await;
    let before = chat.telegram.calls().len();
    let at = NOW_MS + 3_700_000;
    tokio::join!(chat.edge.run_cron_at(at), chat.edge.run_cron_at(at));
    chat.edge.run_cron_at(at + 120_000).await;
    assert_eq!(chat.telegram.calls().len() - before, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_revoked_bot_is_not_asked_for_ever() {
    let chat = Chat::open().await;
    let bob = person(42, "Bob", "en");
    chat.text(CUSTOMERS, &bob, "/new My login fails").await;
    chat.telegram.behave(|_| Behaviour::Answer(401, "", r#"{"ok":false,"error_code":401}"#));
    let answer = json!({ "body": "Try again" });
    let staff = chat.site.staff().with_header("x-test-now", NOW);
    let page = staff.get("/api/support/agent/tickets/").send().await.expect(200).value();
    let path = format!("/api/support/agent/tickets/{}/add_message/", page["items"][0]["id"].as_str().expect("an id"));
    staff.post(&path).json(&answer).send().await.expect(201);
    chat.telegram.wait_for(1).await;
    for hour in 1..40 {
        chat.edge.run_cron_at(NOW_MS + hour * 3_700_000).await;
    }
    let asked = chat.telegram.calls().len();
    chat.edge.run_cron_at(NOW_MS + 41 * 3_700_000).await;
    assert!(asked <= 24, "{asked} calls");
    assert_eq!(chat.telegram.calls().len(), asked, "it was given up");
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_two_overlapping_runs_send_each_of_60_once_with_the_time_of_its_own_attempt() {
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    let settings = json!({ "loopback": true, "timeout_ms": 20_000 });
    let edge = Edge::with_test_clock_and(&[("DELIVERY", &settings.to_string())]);
    let site = edge.new_site("school", &[]).await;
    let (id, _) = webhook(&site, &receiver, &["ticket.created"]).await;
    webhook(&site, &other, &["ticket.created"]).await;
    let path = format!("/api/support/agent/destinations/{id}/");
    receiver.behave(|_| Behaviour::Answer(500, "", ""));
    let visitor = site.visitor(None).await;
    for at in 0..60 {
        file(&visitor, "Cannot pay", &format!("k{at}")).await;
    }
    // Once the other has heard of all sixty, each was attempted here, too, unless it rests; and none is under way.
    other.wait_for(60).await;
    attempted(&site, 120, 0).await;
    site.staff().patch(&path).json(&json!({ "enabled": false })).send().await.expect(200);
    site.staff().patch(&path).json(&json!({ "enabled": true })).send().await.expect(200);
    receiver.behave(|_| Behaviour::Late(100));
    let before = receiver.calls().len();
    let begun = now_millis();
    let named = begun + 600_000;
    tokio::join!(edge.run_cron_at(named), edge.run_cron_at(named + 1_000));
    let took = now_millis() - begun;
    assert_eq!(deliveries(&site, "pending").await, []);
    let calls = receiver.calls().split_off(before);
    let mut counts = BTreeMap::new();
    for call in &calls {
        *counts.entry(call.header("webhook-id").to_owned()).or_insert(0) += 1;
        let stamped: i64 = call.header("webhook-timestamp").parse().expect("a moment");
        let late = stamped * 1_000 - named;
        assert!((-1_000..=took + 2_000).contains(&late), "{late} ms after the run began, which took {took} ms");
    }
    assert_eq!((counts.len(), calls.len()), (60, 60));
    let stamps: std::collections::BTreeSet<&str> = calls.iter().map(|call| call.header("webhook-timestamp")).collect();
    assert!(stamps.len() > 1, "sixty attempts of a tenth of a second are not of one moment");
}
