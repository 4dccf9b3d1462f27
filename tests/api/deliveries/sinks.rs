//! Each kind of destination against a third party that is slow, refuses, dies, is full, or drops the line.

use super::{attempted, deliveries, destination, edge_with, edge_with_timeout, verified_by_others, webhook};
use crate::tickets::file;
use buoy_shared::api::{Delivery, DeliveryState, Destination, DestinationTrial, Items};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::Site;
use buoy_tests::receiver::{Behaviour, Call, Receiver};
use buoy_tests::wait::now_millis;
use serde_json::{Value, json};

/// One destination of each kind that is called.
async fn one_of_each(site: &Site, receiver: &Receiver) -> Vec<(&'static str, String)> {
    let url = receiver.url();
    let events = json!(["ticket.created"]);
    let mut all = Vec::new();
    for (kind, draft) in [
        ("webhook", json!({ "address": format!("{url}/hook") })),
        ("slack", json!({ "address": format!("{url}/services/T/B/secret") })),
        ("pagerduty", json!({ "secret": "routing" })),
        ("telegram", json!({ "address": "-100500" })),
        ("jira", json!({ "address": url, "project": "SUP", "secret": "me:token" })),
        ("zendesk", json!({ "address": url })),
    ] {
        let mut draft = draft;
        draft["kind"] = kind.into();
        draft["name"] = kind.into();
        draft["events"] = events.clone();
        all.push((kind, destination(site, &draft).await.0));
    }
    all
}

fn paths(calls: &[Call]) -> Vec<String> {
    let mut paths: Vec<String> = calls.iter().map(|call| call.path.clone()).collect();
    paths.sort();
    paths
}

const PATHS: [&str; 6] = [
    "/api/v2/requests.json",
    "/bot77:agents/sendMessage",
    "/hook",
    "/rest/api/2/issue",
    "/services/T/B/secret",
    "/v2/enqueue",
];

#[tokio::test(flavor = "multi_thread")]
async fn c2_every_kind_of_destination_survives_a_third_party_at_its_worst() {
    for (behaviour, state, error) in [
        (Behaviour::OK, DeliveryState::Delivered, None),
        (Behaviour::DieMidAnswer, DeliveryState::Delivered, None),
        (Behaviour::Slow, DeliveryState::Pending, Some("no answer in time")),
        (Behaviour::Drop, DeliveryState::Pending, Some("no answer")),
        (Behaviour::Answer(500, "", ""), DeliveryState::Pending, Some("it answered with a failure")),
        (
            Behaviour::Answer(429, "retry-after: 120\r\n", "{}"),
            DeliveryState::Pending,
            Some("it answered with a failure"),
        ),
    ] {
        let receiver = Receiver::start().await;
        let edge = edge_with_timeout(&receiver, if behaviour == Behaviour::Slow { 3_000 } else { 20_000 });
        let site = edge.new_site("school", &[]).await;
        one_of_each(&site, &receiver).await;
        let badly = behaviour.clone();
        receiver.behave(move |_| badly.clone());
        let asked_at = now_millis();
        file(&site.visitor(None).await, "Cannot pay", "k").await;
        let first = attempted(&site, 6, 1).await;
        assert_eq!(paths(&receiver.calls()), PATHS, "{behaviour:?}");
        for delivery in &first {
            assert_eq!((delivery.state, delivery.last_error.as_deref()), (state, error), "{behaviour:?} {delivery:#?}");
            if behaviour == Behaviour::Answer(429, "retry-after: 120\r\n", "{}") {
                let next = delivery.next_attempt_at.expect("it is tried again").as_millis();
                assert!(next >= asked_at + 120_000, "no sooner than asked: {delivery:#?}");
            }
        }
        if state == DeliveryState::Pending {
            arrive_later(&edge, &site, &receiver, &first).await;
        }
    }
}

/// Once the third party is well, the same event arrives, and under the same id.
async fn arrive_later(edge: &buoy_tests::edge::Edge, site: &Site, receiver: &Receiver, first: &[Delivery]) {
    receiver.behave(|_| Behaviour::OK);
    edge.run_cron_at(now_millis() + 400_000).await;
    assert_eq!(deliveries(site, "delivered").await.len(), first.len());
    let calls = receiver.calls();
    assert_eq!(calls.len(), 12, "each was tried twice");
    let ids: Vec<&str> =
        calls.iter().filter(|call| call.path == "/hook").map(|call| call.header("webhook-id")).collect();
    assert_eq!(ids, [first[0].event.as_str(), first[0].event.as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_is_closed_is_knocked_at_again_and_five_failures_bring_a_rest() {
    let mut receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    webhook(&site, &receiver, &["ticket.created"]).await;
    receiver.close().await;
    // All at one fixed moment: the rest does not end while a busy machine files the others.
    let visitor = site.visitor(None).await;
    let visitor = visitor.with_header("x-test-now", &Timestamp::from_millis(now_millis()).to_rfc3339());
    for at in 0..6 {
        file(&visitor, "Cannot pay", &format!("k{at}")).await;
        attempted(&site, at + 1, u32::from(at < 5)).await;
    }
    let all = deliveries(&site, "pending").await;
    let tried: u32 = all.iter().map(|delivery| delivery.attempts).sum();
    assert_eq!((all.len(), tried), (6, 5), "the sixth waits for the end of the rest: {all:#?}");
    let listed: Items<Destination> =
        site.staff().get("/api/support/agent/destinations/").send().await.expect(200).json();
    assert_eq!((listed.items[0].failures, listed.items[0].pending), (5, 6));
    assert!(listed.items[0].resting_until.is_some());
    // One probe at a time while it is down, whatever is due.
    edge.run_cron_at(now_millis() + 600_000).await;
    let tried: u32 = deliveries(&site, "pending").await.iter().map(|delivery| delivery.attempts).sum();
    assert_eq!(tried, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_switched_off_and_what_was_laid_aside_is_replayed_by_a_person() {
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let (id, secret) = webhook(&site, &receiver, &["ticket.created"]).await;
    webhook(&site, &other, &["ticket.created"]).await;
    receiver.behave(|_| Behaviour::Answer(410, "", ""));
    let visitor = site.visitor(None).await;
    file(&visitor, "Cannot pay", "k").await;
    attempted(&site, 2, 1).await;
    let dead = deliveries(&site, "dead").await;
    assert_eq!(dead.iter().map(|dead| dead.last_status).collect::<Vec<_>>(), [Some(410)]);
    file(&visitor, "Nobody hears this", "k2").await;
    // Who is told of a ticket is settled after its answer: once another has heard of it, it is settled for all.
    other.wait_for(2).await;
    let path = format!("/api/support/agent/destinations/{id}/");
    let listed: Items<Destination> =
        site.staff().get("/api/support/agent/destinations/").send().await.expect(200).json();
    let gone = listed.items.iter().find(|listed| listed.id == id).expect("it is listed");
    assert!(!gone.enabled && gone.disabled_reason.is_some() && gone.dead == 1);

    receiver.behave(|_| Behaviour::OK);
    site.staff().patch(&path).json(&json!({ "enabled": true })).send().await.expect(200);
    let replayed = site.staff().post(&format!("{path}replay/")).json(&json!({})).send().await.expect(200).value();
    assert_eq!(replayed["replayed"], 1);
    edge.run_cron().await;
    assert_eq!(deliveries(&site, "dead").await, []);
    let calls = receiver.calls();
    assert_eq!((calls.len(), calls[0].header("webhook-id")), (2, calls[1].header("webhook-id")));
    assert_eq!(verified_by_others(&calls, &[&secret]), 2);
    let wrong = json!({ "event": "evt_00000000000000000000000000" });
    site.staff().post(&format!("{path}replay/")).json(&wrong).send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_rotation_the_old_secret_and_the_new_one_both_verify() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let (id, first) = webhook(&site, &receiver, &["*"]).await;
    let path = format!("/api/support/agent/destinations/{id}");
    let rotate = || async {
        let made = site.staff().post(&format!("{path}/rotate/")).send().await.expect(201).value();
        made["secret"].as_str().expect("a secret").to_owned()
    };
    let ping = || async {
        let trial: DestinationTrial = site.staff().post(&format!("{path}/test/")).send().await.expect(200).json();
        assert_eq!(trial, DestinationTrial { delivered: true, status: Some(200), error: None });
        receiver.calls().pop().expect("a call")
    };
    let second = rotate().await;
    assert_eq!(verified_by_others(&[ping().await], &[&first, &second]), 1);
    let third = rotate().await;
    let call = ping().await;
    assert_eq!(verified_by_others(std::slice::from_ref(&call), &[&second, &third]), 1);
    assert_eq!(call.header("webhook-signature").split(' ').count(), 2, "the first secret signs no more");
    assert_eq!(call.json()["type"], "ping");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_given_to_the_platform() {
    let settings = json!({ "email_from": "support@example.com" }).to_string();
    let edge = buoy_tests::edge::Edge::start_with(&[("DELIVERY", &settings)]);
    let site = edge.new_site("school", &[]).await;
    let draft = json!({ "kind": "email", "name": "Lead", "address": "lead@example.com", "events": ["*"] });
    let (id, _) = destination(&site, &draft).await;
    let path = format!("/api/support/agent/destinations/{id}/test/");
    let trial: DestinationTrial = site.staff().post(&path).send().await.expect(200).json();
    assert!(trial.delivered, "{trial:?}");
    let written = files_below(&edge.scratch());
    assert!(written.iter().any(|text| text.contains("Доставка сюда работает")), "{written:?}");
}

fn files_below(folder: &std::path::Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            texts.extend(files_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            texts.extend(std::fs::read_to_string(&path));
        }
    }
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_notes_are_told_to_nobody() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    webhook(&site, &receiver, &["message.created"]).await;
    let ticket = file(&site.visitor(None).await, "Cannot pay", "k").await;
    let path = format!("{}add_message/", crate::tickets::agent_path(&ticket));
    let write = |body: &str, internal: bool| {
        site.staff().post(&path).json(&json!({ "body": body, "internal": internal })).send()
    };
    write("They are angry", true).await.expect(201);
    write("We look into it", false).await.expect(201);
    attempted(&site, 1, 1).await;
    // Had the note been written down to be told, the cron would tell it.
    edge.run_cron().await;
    attempted(&site, 1, 1).await;
    let told: Vec<Value> = receiver.calls().iter().map(|call| call.json()["data"]["message"]["body"].clone()).collect();
    assert_eq!(told, ["We look into it"]);
}
