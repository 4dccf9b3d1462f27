//! What stands still at one site keeps nobody of another from being called.

use super::{MINUTE_MS, NIGHT_MS, Team};
use buoy_shared::time::Timestamp;
use buoy_tests::root::root;
use buoy_tests::wait;
use serde_json::json;

/// More incidents than one run of the cron looks at.
const INCIDENTS: usize = 51;

#[tokio::test(flavor = "multi_thread")]
async fn e4_critical_incidents_of_a_site_without_on_call_do_not_stand_before_those_of_others() {
    let team = Team::gather().await;
    let policy = std::fs::read_to_string(root().join("presets/saas/policy.toml")).expect("a preset");
    let (before, rest) = policy.split_once("\n[on_call]\n").expect("its on-call");
    let after = rest.find("\n# ").expect("what comes after");
    let nobody = team.edge.new_site(&format!("{before}{}", &rest[after..]), &[]).await;
    let staff = nobody.staff().with_header("x-test-now", "2026-11-24T17:00:00Z");
    for _ in 0..INCIDENTS {
        let body = json!({ "title": "Down", "impact": "critical" });
        staff.post("/api/support/incidents/").json(&body).send().await.expect(201);
    }
    let body = json!({ "title": "Burning", "impact": "critical" });
    team.agents[0].1.post("/api/support/incidents/").json(&body).send().await.expect(201);
    // The first run decides on the call; on a slow machine what it told of the others leaves it no time to tell this.
    wait::until("engineering to be called", || async {
        team.edge.run_cron_at(NIGHT_MS + 21 * MINUTE_MS).await;
        (!team.heard().is_empty()).then_some(())
    })
    .await;
    assert_eq!(team.heard(), super::pairs(&[("page.triggered", "engineering")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_a_site_whose_policy_cannot_be_read_keeps_no_other_from_its_calls_and_handovers() {
    let team = Team::gather().await;
    // A page, an incident and a roster of a site that nothing can be decided for, all older than the team's.
    let broken = team.edge.new_site("saas", &[]).await;
    let earlier = "2026-11-24T17:00:00Z";
    let client = team.edge.client().with_bearer(&broken.add_agent(&team.edge, "agent").await);
    let client = client.with_header("x-test-now", earlier);
    let me = client.get("/api/support/agent/me/").send().await.expect(200).value();
    let roster = json!({ "people": [me["id"]], "since": "2026-11-01T06:00:00Z" });
    let staff = broken.staff().with_header("x-test-now", earlier);
    for level in ["support", "engineering"] {
        staff.put(&format!("/api/support/agent/on_call/{level}/")).json(&roster).send().await.expect(200);
    }
    client.post("/api/support/agent/pages/").json(&json!({ "summary": "Down" })).send().await.expect(201);
    let incident = json!({ "title": "Down", "impact": "critical" });
    client.post("/api/support/incidents/").json(&incident).send().await.expect(201);
    team.edge.client().get(&format!("/__test/break_policy?site={}", broken.id)).send().await.expect(200);

    let one = &team.agents[0].1;
    one.post("/api/support/agent/pages/").json(&json!({ "summary": "Slow" })).send().await.expect(201);
    one.post("/api/support/incidents/")
        .json(&json!({ "title": "Burning", "impact": "critical" }))
        .send()
        .await
        .expect(201);
    let handover = Timestamp::parse_rfc3339("2026-11-30T14:00:00Z").expect("an instant").as_millis();
    for at in [NIGHT_MS + 16 * MINUTE_MS, NIGHT_MS + 21 * MINUTE_MS, handover] {
        team.edge.run_cron_at(at).await;
    }
    let heard = team.heard();
    for kind in ["page.triggered", "on_call.handoff"] {
        assert!(heard.iter().any(|(told, _)| told == kind), "{kind}: {heard:?}");
    }
    let levels: Vec<&str> = heard.iter().map(|(_, level)| level.as_str()).collect();
    assert!(
        levels.iter().filter(|level| **level == "engineering").count() >= 2,
        "climbed, and called by the incident: {heard:?}"
    );
}
