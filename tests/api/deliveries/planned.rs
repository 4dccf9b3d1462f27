//! Planned work is told with its window and with what was said of it, at each of its turns (I8).

use super::{arrived, destination, edge_with, webhook};
use buoy_shared::time::Timestamp;
use buoy_tests::receiver::{Call, Receiver};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn i8_planned_work_reaches_whoever_listens_with_its_window_and_its_words() {
    let receiver = Receiver::start().await;
    let edge = edge_with(&receiver);
    let site = edge.new_site("saas", &[]).await;
    webhook(&site, &receiver, &["maintenance.updated"]).await;
    let chat = json!({ "kind": "telegram", "name": "Desk", "address": "-100", "events": ["maintenance.updated"] });
    destination(&site, &chat).await;
    let staff = site.staff().with_header("x-test-now", "2026-11-24T09:00:00Z");
    let (from, until) = ("2026-11-26T21:00:00.000Z", "2026-11-26T23:30:00.000Z");
    let draft =
        json!({ "title": "We move", "body": "Exports pause.", "scheduled_for": from, "scheduled_until": until });
    staff.post("/api/support/maintenances/").json(&draft).send().await.expect(201);
    arrived(&site, 2).await;
    for (told, at) in [(4, "2026-11-25T21:00:00Z"), (6, "2026-11-26T21:00:00Z"), (8, "2026-11-26T23:30:00Z")] {
        let millis = Timestamp::parse_rfc3339(at).expect("an instant").as_millis();
        // The clock's turn is written down in one minute, and told in the next at the latest.
        edge.run_cron_at(millis).await;
        edge.run_cron_at(millis + 60_000).await;
        arrived(&site, told).await;
    }
    let calls = receiver.calls();
    let of = |end: &str| calls.iter().filter(|call| call.path.ends_with(end)).map(Call::json).collect::<Vec<_>>();
    let ahead =
        "<b>Planned work: We move — scheduled</b>\nFrom 26.11 21:00 UTC to 26.11 23:30 UTC\nExports pause.".to_owned();
    let texts: Vec<String> =
        of("/sendMessage").iter().map(|body| body["text"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        texts,
        [
            ahead.clone(),
            ahead,
            "<b>Planned work: We move — in progress</b>\nFrom 26.11 21:00 UTC to 26.11 23:30 UTC\nThe planned work has begun."
                .to_owned(),
            "<b>Planned work: We move — completed</b>\nThe planned work is completed.".to_owned(),
        ]
    );
    let turns = ["planned", "announced", "started", "completed"];
    for (body, turn) in of("/hook").iter().zip(turns) {
        let work = &body["data"]["incident"];
        assert_eq!((&work["scheduled_for"], &work["scheduled_until"]), (&json!(from), &json!(until)), "{body}");
        assert_eq!(body["data"]["reason"], turn, "{body}");
    }
}
