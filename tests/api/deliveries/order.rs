//! What comes late must not undo what came before it.

use super::{arrived, attempted, deliveries, destination, edge_with, webhook};
use crate::hooks;
use crate::tickets::file;
use buoy_shared::api::{DeliveryState, Destination, Items};
use buoy_tests::receiver::{Behaviour, Call, Receiver};
use buoy_tests::wait::now_millis;
use serde_json::{Value, json};

fn actions(calls: &[Call]) -> Vec<Value> {
    calls.iter().map(|call| call.json()["event_action"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_trigger_that_failed_does_not_open_in_pagerduty_what_was_resolved_meanwhile() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let duty = json!({ "kind": "pagerduty", "name": "p", "secret": "routing", "events": ["incident.updated"] });
    destination(&site, &duty).await;
    receiver.behave(|before| if before == 0 { Behaviour::Answer(500, "", "") } else { Behaviour::OK });
    let staff = site.staff();
    let draft = json!({ "title": "Payments fail", "impact": "major" });
    let incident = staff.post("/api/support/incidents/").json(&draft).send().await.expect(201).value();
    attempted(&site, 1, 1).await;
    let path = format!("/api/support/incidents/{}/updates/", incident["id"].as_str().expect("an id"));
    let summary = json!({ "impact": "Cards were declined.", "prevention": "An alarm." });
    let end = json!({ "body": "Fixed.", "status": "resolved", "summary": summary });
    staff.post(&path).json(&end).send().await.expect(201);
    arrived(&site, 1).await;
    edge.run_cron_at(now_millis() + 400_000).await;
    assert_eq!(deliveries(&site, "pending").await, []);
    assert_eq!(actions(&receiver.calls()), ["trigger", "resolve"]);
    // A relapse is another incident, and it is told.
    staff.post("/api/support/incidents/").json(&draft).send().await.expect(201);
    assert_eq!(actions(&receiver.wait_for(3).await), ["trigger", "resolve", "trigger"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_draft_that_failed_to_open_in_pagerduty_does_not_open_there_after_its_alert_ended() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let events = json!(["incident.drafted", "incident.alert_over"]);
    destination(&site, &json!({ "kind": "pagerduty", "name": "p", "secret": "routing", "events": events })).await;
    receiver.behave(|before| if before == 0 { Behaviour::Answer(500, "", "") } else { Behaviour::OK });
    let token = hooks::token(&site).await;
    let say = async |status: &str| {
        let alert = hooks::alertmanager("ApiDown", "critical", status);
        hooks::send(&edge, "alertmanager", &token, &alert).await.expect(200);
    };
    say("firing").await;
    attempted(&site, 1, 1).await;
    say("resolved").await;
    arrived(&site, 1).await;
    edge.run_cron_at(now_millis() + 400_000).await;
    assert_eq!(deliveries(&site, "pending").await, []);
    let calls = receiver.calls();
    assert_eq!(actions(&calls), ["trigger", "resolve"]);
    assert_eq!(calls[0].json()["dedup_key"], calls[1].json()["dedup_key"], "it is the draft that is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_the_end_of_an_alert_closes_in_pagerduty_what_its_draft_opened_and_pages_nobody() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let events = json!(["incident.drafted", "incident.alert_over"]);
    destination(&site, &json!({ "kind": "pagerduty", "name": "p", "secret": "routing", "events": events })).await;
    let token = hooks::token(&site).await;
    let say = async |status: &str| {
        let alert = hooks::alertmanager("ApiDown", "critical", status);
        hooks::send(&edge, "alertmanager", &token, &alert).await.expect(200);
    };
    say("firing").await;
    arrived(&site, 1).await;
    let draft = hooks::drafts(&site).await[0]["id"].as_str().expect("an id").to_owned();
    let publish = format!("/api/support/agent/incident_drafts/{draft}/publish/");
    site.staff().post(&publish).send().await.expect(201);
    say("resolved").await;
    arrived(&site, 2).await;
    let calls = receiver.calls();
    assert_eq!(actions(&calls), ["trigger", "resolve"]);
    assert_eq!(calls.iter().map(|call| call.json()["dedup_key"].clone()).collect::<Vec<_>>(), [&*draft, &*draft]);
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_draft_that_failed_to_open_in_pagerduty_does_not_open_there_after_a_person_rejected_it() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let events = json!(["incident.drafted"]);
    destination(&site, &json!({ "kind": "pagerduty", "name": "p", "secret": "routing", "events": events })).await;
    receiver.behave(|before| if before == 0 { Behaviour::Answer(500, "", "") } else { Behaviour::OK });
    let staff = site.staff();
    let path = "/api/support/agent/incident_drafts/";
    let drafted = staff.post(path).json(&json!({ "title": "Payments fail", "impact": "major" })).send().await;
    let drafted = drafted.expect(201).value();
    attempted(&site, 1, 1).await;
    staff.post(&format!("{path}{}/reject/", drafted["id"].as_str().expect("an id"))).send().await.expect(204);
    edge.run_cron_at(now_millis() + 400_000).await;
    assert_eq!(deliveries(&site, "pending").await, []);
    assert_eq!(actions(&receiver.calls()), ["trigger"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_destination_is_laid_aside_with_it_and_taken_up_again() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("school", &[]).await;
    let (id, _) = webhook(&site, &receiver, &["ticket.created"]).await;
    receiver.behave(|_| Behaviour::Answer(500, "", ""));
    file(&site.visitor(None).await, "Cannot pay", "k").await;
    attempted(&site, 1, 1).await;
    let path = format!("/api/support/agent/destinations/{id}/");
    let switch = |on: bool| site.staff().patch(&path).json(&json!({ "enabled": on })).send();
    switch(false).await.expect(200);
    let listed: Items<Destination> =
        site.staff().get("/api/support/agent/destinations/").send().await.expect(200).json();
    assert_eq!((listed.items[0].pending, listed.items[0].dead), (0, 1));
    let dead = deliveries(&site, "dead").await;
    assert_eq!(dead[0].last_error.as_deref(), Some("its destination was switched off"));
    receiver.behave(|_| Behaviour::OK);
    edge.run_cron_at(now_millis() + 400_000).await;
    assert_eq!(receiver.calls().len(), 1, "nothing is sent to what is off");
    switch(true).await.expect(200);
    edge.run_cron_at(now_millis() + 500_000).await;
    let arrived = deliveries(&site, "delivered").await;
    assert_eq!((arrived.len(), arrived[0].state), (1, DeliveryState::Delivered));
}
