//! Many events, a receiver that fails half of the time and drops the line: all arrive, each is counted once (A5).

use super::{deliveries, edge_with, verified_by_others, webhook};
use crate::tickets::{file, visitor_path};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::receiver::{Behaviour, Receiver};
use buoy_tests::wait::now_millis;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

const EVENTS: usize = 500;
/// Requests under way at once.
const AT_ONCE: usize = 20;
const HOUR_MS: i64 = 3_600_000;

/// Half are refused and a tenth accepted in silence, in an order that repeats only after 997 calls.
pub(super) fn bad_day(before: usize) -> Behaviour {
    match (before * 389 + 211) % 997 {
        0..=498 => Behaviour::Answer(503, "", ""),
        499..=598 => Behaviour::Drop,
        _ => Behaviour::OK,
    }
}

/// Lets time pass until nothing waits; gives when that was. What was laid aside after ten attempts a person replays.
pub(super) async fn settle(edge: &Edge, site: &Site, destination: &str) -> i64 {
    let mut now = now_millis();
    for _ in 0..200 {
        now += HOUR_MS;
        edge.run_cron_at(now).await;
        if deliveries(site, "pending").await.is_empty() {
            let path = format!("/api/support/agent/destinations/{destination}/replay/");
            let replayed = site.staff().post(&path).json(&json!({})).send().await.expect(200).value();
            if replayed["replayed"] == 0 {
                return now;
            }
        }
    }
    panic!("still pending after 200 hours: {}", deliveries(site, "pending").await.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_of_500_events_each_arrives_signed_and_is_counted_once_by_its_id() {
    let receiver = Receiver::start().await;
    receiver.behave(bad_day);
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let (destination, secret) = webhook(&site, &receiver, &["message.created"]).await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "k").await;
    let path = format!("{}add_message/", visitor_path(&ticket));
    let mut written = BTreeSet::new();
    for group in 0..EVENTS / AT_ONCE {
        let mut sends = JoinSet::new();
        for at in 0..AT_ONCE {
            let text = format!("message {}", group * AT_ONCE + at);
            let request = visitor.post(&path).idempotency_key(&text).json(&json!({ "body": text }));
            written.insert(text);
            sends.spawn(async move { request.send().await.expect(201) });
        }
        while let Some(sent) = sends.join_next().await {
            sent.expect("no request panics");
        }
    }
    settle(&edge, &site, &destination).await;

    let calls = receiver.calls();
    let taken: Vec<_> = calls.iter().filter(|call| call.behaviour.took()).cloned().collect();
    // The consumer counts by `webhook-id`.
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for call in &taken {
        let text = call.json()["data"]["message"]["body"].as_str().expect("a text").to_owned();
        let known = seen.entry(call.header("webhook-id").to_owned()).or_insert_with(|| text.clone());
        assert_eq!(*known, text, "one id, one event");
    }
    assert_eq!(seen.len(), EVENTS, "each event has one id");
    assert_eq!(seen.into_values().collect::<BTreeSet<_>>(), written, "each event arrived");
    assert!(taken.len() > EVENTS, "the silent ones were sent again: {}", taken.len());
    assert!(calls.len() > EVENTS * 3 / 2, "half of the attempts failed: {}", calls.len());
    assert_eq!(verified_by_others(&calls, &[&secret]), calls.len());
}
