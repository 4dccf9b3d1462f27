//! `kill -9` in the middle of deliveries: nothing is lost, and nothing is counted twice (A6).

use super::many::settle;
use super::{edge_with, webhook};
use crate::tickets::{file, visitor_path};
use buoy_shared::api::Page;
use buoy_shared::ticket::Message;
use buoy_tests::http::Client;
use buoy_tests::receiver::{Behaviour, Receiver};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// Messages on their way when the kill comes, and rounds: a quick look, and the promise.
const QUICK: (usize, usize) = (24, 3);
const DEEP: (usize, usize) = (100, 10);

async fn write(visitor: Client, path: String, key: String) -> (String, bool) {
    let request = visitor.post(&path).idempotency_key(&key).json(&json!({ "body": key })).allow_5xx();
    let sent = request.try_send().await;
    (key, sent.is_ok_and(|answer| answer.status == 201))
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_a_kill_during_delivery_loses_no_event_and_doubles_none() {
    let (at_once, rounds) = if std::env::var_os("BUOY_DEEP").is_some() { DEEP } else { QUICK };
    let receiver = Receiver::start().await;
    // A third fails, so that every round has retries under way beside first attempts.
    receiver.behave(|before| if before % 3 == 0 { Behaviour::Answer(500, "", "") } else { Behaviour::OK });
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let (destination, _) = webhook(&site, &receiver, &["message.created"]).await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "k").await;
    let path = format!("{}add_message/", visitor_path(&ticket));
    let mut acknowledged = BTreeSet::new();
    let path_of_destination = format!("/api/support/agent/destinations/{destination}/");
    for round in 0..rounds {
        // Five failures in a row would bring a rest in which nobody calls it.
        site.staff().patch(&path_of_destination).json(&json!({ "enabled": true })).send().await.expect(200);
        let mut writes: JoinSet<_> =
            (0..at_once).map(|at| write(visitor.clone(), path.clone(), format!("r{round}-{at}"))).collect();
        let (before, calls_before) = (acknowledged.len(), receiver.calls().len());
        let mut killed = false;
        while let Some(written) = writes.join_next().await {
            let (key, is_acknowledged) = written.expect("no request panics");
            if is_acknowledged {
                acknowledged.insert(key);
            }
            // Once deliveries are under way, each round a little later.
            if !killed && receiver.calls().len() > calls_before + round {
                edge.kill_9();
                killed = true;
            }
        }
        if !killed {
            // The writers were faster than what follows from their writing.
            receiver.wait_for(calls_before + round + 1).await;
            edge.kill_9();
        }
        assert!(acknowledged.len() > before, "round {round}: something was acknowledged before the kill");
        edge.restart();
    }
    settle(&edge, &site, &destination).await;

    // What is stored was told, whether its writer heard so or not.
    let mut stored = BTreeSet::new();
    let mut after = 1;
    loop {
        let path = format!("/api/support/agent/tickets/{}/messages/?after={after}", ticket.id);
        let page: Page<Message> = site.staff().get(&path).send().await.expect(200).json();
        let Some(last) = page.items.last() else { break };
        after = last.seq;
        stored.extend(page.items.into_iter().map(|message| message.body));
    }
    assert!(acknowledged.is_subset(&stored), "what was acknowledged is stored");
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in receiver.calls().iter().filter(|call| call.behaviour.took()) {
        let text = call.json()["data"]["message"]["body"].as_str().expect("a text").to_owned();
        ids.entry(text).or_default().insert(call.header("webhook-id").to_owned());
    }
    assert_eq!(ids.keys().cloned().collect::<BTreeSet<_>>(), stored, "each message was told");
    let doubled: Vec<_> = ids.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(doubled.is_empty(), "told under two ids: {doubled:?}");
}
