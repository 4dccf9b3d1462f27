//! Topics of a group that go wrong: deleted by hand, asked for by many at once.

use super::{Chat, NOW_MS};
use crate::deliveries::{attempted, destination};
use buoy_tests::receiver::{Behaviour, Call};
use futures_util::future::join_all;
use serde_json::json;

const MADE: &str = r#"{"ok":true,"result":{"message_thread_id":31}}"#;
const MADE_ANEW: &str = r#"{"ok":true,"result":{"message_thread_id":32}}"#;
const GONE: &str = r#"{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}"#;

/// A group that hears what is written in tickets, each in its topic.
async fn group(chat: &Chat) {
    let group = json!({ "kind": "telegram", "name": "Desk", "address": "-100500", "topics": true, "events": ["message.created"] });
    destination(&chat.site, &group).await;
}

/// The topics that messages went to, and how many topics were made.
fn topics(calls: &[Call]) -> (Vec<i64>, usize) {
    let (made, sent): (Vec<_>, Vec<_>) = calls.iter().partition(|call| call.path.ends_with("/createForumTopic"));
    (sent.iter().filter_map(|call| call.json()["message_thread_id"].as_i64()).collect(), made.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn b_news_whose_topic_was_deleted_comes_in_a_new_one() {
    let chat = Chat::open().await;
    group(&chat).await;
    chat.telegram.behave(|before| match before {
        2 => Behaviour::Answer(400, "", GONE),
        3 => Behaviour::Answer(200, "", MADE_ANEW),
        _ => Behaviour::Answer(200, "", MADE),
    });
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let path = format!("/api/support/tickets/{}/add_message/", ticket.id);
    for (key, told) in [("first", 1), ("second", 2)] {
        visitor.post(&path).idempotency_key(key).json(&json!({ "body": key })).send().await.expect(201);
        // Once its outcome is noted, it is due again.
        attempted(&chat.site, told, 1).await;
    }
    chat.edge.run_cron_at(NOW_MS + 60_000).await;
    let calls = chat.telegram.wait_for(5).await;
    assert_eq!(topics(&calls), (vec![31, 31, 32], 2));
    assert!(calls[4].json()["text"].as_str().is_some_and(|text| text.ends_with("second")), "it is told there");
}

#[tokio::test(flavor = "multi_thread")]
async fn b_where_the_answer_about_a_new_topic_breaks_off_the_group_is_not_told_as_one_without_topics() {
    let chat = Chat::open().await;
    group(&chat).await;
    chat.telegram.behave(|before| if before == 0 { Behaviour::DieMidAnswer } else { Behaviour::Answer(200, "", MADE) });
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let path = format!("/api/support/tickets/{}/add_message/", ticket.id);
    visitor.post(&path).idempotency_key("first").json(&json!({ "body": "first" })).send().await.expect(201);
    attempted(&chat.site, 1, 1).await;
    chat.edge.run_cron_at(NOW_MS + 60_000).await;
    let calls = chat.telegram.wait_for(3).await;
    assert_eq!(topics(&calls), (vec![31], 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn b_of_many_messages_at_once_one_makes_the_topic_and_all_come_in_it() {
    let chat = Chat::open().await;
    group(&chat).await;
    chat.telegram.behave(|_| Behaviour::Answer(200, "", MADE));
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let path = format!("/api/support/tickets/{}/add_message/", ticket.id);
    let keys: Vec<String> = (0..6).map(|at| format!("m{at}")).collect();
    let sends = keys.iter().map(|key| visitor.post(&path).idempotency_key(key).json(&json!({ "body": key })).send());
    for sent in join_all(sends).await {
        sent.expect(201);
    }
    attempted(&chat.site, 6, 1).await;
    // Those who found the topic being made come again.
    chat.edge.run_cron_at(NOW_MS + 60_000).await;
    let calls = chat.telegram.wait_for(7).await;
    assert_eq!(topics(&calls), (vec![31; 6], 1));
}
