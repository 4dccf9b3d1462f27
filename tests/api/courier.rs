//! The courier is down, and nobody who asks for help notices; what it would have carried waits for it.

use crate::tickets::{file, visitor_path};
use buoy_tests::edge::Edge;
use buoy_tests::wait;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn without_the_courier_customers_and_the_team_work_on_and_only_its_own_routes_are_unavailable() {
    let edge = Edge::start();
    let site = edge.new_site("school", &[]).await;
    edge.lose_courier();
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "k").await;
    let add = format!("{}add_message/", visitor_path(&ticket));
    visitor.post(&add).idempotency_key("m").json(&json!({ "body": "Still not" })).send().await.expect(201);
    let declared = json!({ "title": "Payments fail", "severity": "p1" });
    site.staff().post("/api/support/incidents/").json(&declared).send().await.expect(201);
    let status = edge.client().get(&format!("/api/support/status/?site={}", site.id)).send().await.expect(200);
    assert!(status.text().contains("Payments fail"));
    edge.client().get("/api/support/health/").send().await.expect(200);
    edge.run_cron().await;

    let refused = site.staff().get("/api/support/agent/destinations/").allow_5xx().send().await.expect(503).value();
    assert_eq!(refused["type"], "urn:buoy:problem:unavailable", "{refused}");
    let update = edge.client().post("/api/support/telegram/support/").json(&json!({ "update_id": 1 })).allow_5xx();
    // Telegram sends it again.
    update.send().await.expect(503);
    for told in ["the courier does not answer", "the courier does not hear of news"] {
        wait::until(told, || async { edge.log().contains(told).then_some(()) }).await;
    }
}
