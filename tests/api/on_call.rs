//! On call over HTTP (E4, E5): the lookup, a page that climbs once a level, containment, the handoff.

mod elsewhere;
mod for_tickets;
mod others;

use crate::deliveries::{arrived, destination, edge_with};
use buoy_shared::api::{Items, OnCallNow, PageInfo, PageState};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use buoy_tests::receiver::Receiver;
use serde_json::{Value, json};

/// A Tuesday, 21:00 in Moscow: support is on call.
const NIGHT: &str = "2026-11-24T18:00:00Z";
const NIGHT_MS: i64 = 1_795_543_200_000;
const MINUTE_MS: i64 = 60_000;

struct Team {
    edge: Edge,
    site: Site,
    receiver: Receiver,
    agents: Vec<(String, Client)>,
}

impl Team {
    /// Four people: two take turns at support, one is engineering, one leads the product.
    async fn gather() -> Self {
        let receiver = Receiver::start().await;
        let edge = edge_with(&receiver);
        let site = edge.new_site("saas", &[]).await;
        let mut agents = Vec::new();
        for _ in 0..4 {
            let client =
                edge.client().with_bearer(&site.add_agent(&edge, "agent").await).with_header("x-test-now", NIGHT);
            let me = client.get("/api/support/agent/me/").send().await.expect(200).value();
            agents.push((me["id"].as_str().expect("an id").to_owned(), client));
        }
        let team = Self { edge, site, receiver, agents };
        // Turns of support begin on Mondays at 17:00 in Moscow.
        team.roster("support", &[0, 1], "2026-11-23T14:00:00Z").await.expect(200);
        team.roster("engineering", &[2], "2026-11-23T06:00:00Z").await.expect(200);
        team.roster("product_lead", &[3], "2026-11-01T06:00:00Z").await.expect(200);
        let hook = json!({ "kind": "webhook", "name": "h", "address": format!("{}/hook", team.receiver.url()),
            "events": ["page.triggered", "page.acknowledged", "on_call.handoff"] });
        destination(&team.site, &hook).await;
        team
    }

    async fn roster(&self, level: &str, people: &[usize], since: &str) -> buoy_tests::http::Answer {
        let people: Vec<&String> = people.iter().map(|at| &self.agents[*at].0).collect();
        let path = format!("/api/support/agent/on_call/{level}/");
        let staff = self.site.staff().with_header("x-test-now", NIGHT);
        staff.put(&path).json(&json!({ "people": people, "since": since })).send().await
    }

    /// Declares an incident; gives its id.
    async fn declare(&self, draft: Value) -> String {
        let declared = self.agents[0].1.post("/api/support/incidents/").json(&draft).send().await.expect(201).value();
        declared["id"].as_str().expect("an id").to_owned()
    }

    async fn update(&self, incident: &str, update: Value) {
        let path = format!("/api/support/incidents/{incident}/updates/");
        self.agents[0].1.post(&path).json(&update).send().await.expect(201);
    }

    async fn on_call(&self, at: &str) -> Vec<Option<usize>> {
        let path = format!("/api/support/agent/on_call/?at={at}");
        let now: Items<OnCallNow> = self.site.staff().get(&path).send().await.expect(200).json();
        let place = |person: &String| self.agents.iter().position(|(id, _)| id == person);
        now.items.iter().map(|level| level.person.as_ref().and_then(place)).collect()
    }

    /// Types, levels and summaries of what the hook heard.
    fn heard(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let told = |call: &buoy_tests::receiver::Call| {
            let body = call.json();
            (text(&body["type"]), text(&body["data"]["page"]["level"]))
        };
        self.receiver.calls().iter().filter(|call| call.path == "/hook").map(told).collect()
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, level)| ((*kind).to_owned(), (*level).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_who_is_on_call_is_one_lookup_for_any_moment() {
    let team = Team::gather().await;
    for (at, expected) in [
        (NIGHT, [Some(0), Some(2), Some(3)]),
        ("2026-11-24T12:00:00Z", [None, Some(2), Some(3)]),
        ("2026-11-30T13:59:59Z", [None, Some(2), Some(3)]),
        ("2026-11-30T14:00:00Z", [Some(1), Some(2), Some(3)]),
        ("2026-10-01T00:00:00Z", [None, None, None]),
    ] {
        assert_eq!(team.on_call(at).await, expected, "{at}");
    }
    let staff = team.site.staff();
    let path = "/api/support/agent/on_call/support/";
    for (field, body) in [
        ("people", json!({ "people": [], "since": NIGHT })),
        ("people", json!({ "people": ["agt_00000000000000000000000000"], "since": NIGHT })),
        ("since", json!({ "people": [], "since": "soon" })),
    ] {
        let refused = staff.put(path).json(&body).send().await.expect(422).value();
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    team.roster("nobody", &[0], NIGHT).await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_an_unheard_page_climbs_once_a_level_and_stays_at_the_top() {
    let team = Team::gather().await;
    let page: PageInfo = team.agents[0]
        .1
        .post("/api/support/agent/pages/")
        .json(&json!({ "summary": "Down" }))
        .send()
        .await
        .expect(201)
        .json();
    assert_eq!((page.level.as_str(), page.person.as_ref()), ("support", Some(&team.agents[0].0)));
    assert_eq!(page.climbs_at, Timestamp::parse_rfc3339("2026-11-24T18:15:00Z"));
    arrived(&team.site, 1).await;
    let (support, engineering, lead) =
        (("page.triggered", "support"), ("page.triggered", "engineering"), ("page.triggered", "product_lead"));
    for (minutes, heard) in [
        (14, vec![support]),
        (15, vec![support, engineering]),
        (15, vec![support, engineering]),
        (29, vec![support, engineering]),
        (30, vec![support, engineering, lead]),
        (45, vec![support, engineering, lead]),
        (600, vec![support, engineering, lead]),
    ] {
        // Two at once, as two crons of one minute.
        tokio::join!(
            team.edge.run_cron_at(NIGHT_MS + minutes * MINUTE_MS),
            team.edge.run_cron_at(NIGHT_MS + minutes * MINUTE_MS)
        );
        assert_eq!(team.heard(), pairs(&heard), "after {minutes} min");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_whoever_acknowledges_has_it_and_it_climbs_no_further() {
    let team = Team::gather().await;
    let (ann, bob) = (&team.agents[0].1, &team.agents[1].1);
    let page: PageInfo =
        ann.post("/api/support/agent/pages/").json(&json!({ "summary": "Down" })).send().await.expect(201).json();
    // What is told after two answers may overtake each other: the call is heard before somebody takes it.
    arrived(&team.site, 1).await;
    let path = format!("/api/support/agent/pages/{}/acknowledge/", page.id);
    let taken: PageInfo = ann.post(&path).send().await.expect(200).json();
    assert_eq!((taken.state, taken.acknowledged_by.as_ref()), (PageState::Acknowledged, Some(&team.agents[0].0)));
    ann.post(&path).send().await.expect(200);
    bob.post(&path).send().await.expect(409);
    arrived(&team.site, 2).await;
    team.edge.run_cron_at(NIGHT_MS + 60 * MINUTE_MS).await;
    assert_eq!(team.heard(), pairs(&[("page.triggered", "support"), ("page.acknowledged", "support")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_a_critical_incident_that_nobody_contained_in_20_minutes_pages_engineering_once() {
    let team = Team::gather().await;
    team.declare(json!({ "title": "Small", "impact": "minor" })).await;
    let contained = team.declare(json!({ "title": "Contained", "impact": "critical" })).await;
    team.update(&contained, json!({ "body": "A fix is out", "status": "monitoring" })).await;
    team.declare(json!({ "title": "Burning", "impact": "critical" })).await;
    for (minutes, calls) in [(19, 0), (20, 1), (21, 1), (34, 1)] {
        team.edge.run_cron_at(NIGHT_MS + minutes * MINUTE_MS).await;
        assert_eq!(team.heard().len(), calls, "after {minutes} min: {:?}", team.heard());
    }
    let told = team.receiver.calls()[0].json();
    assert_eq!(
        (&told["data"]["page"]["level"], &told["data"]["page"]["summary"]),
        (&json!("engineering"), &json!("Burning"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_how_urgent_an_incident_is_for_the_team_decides_whether_it_calls_engineering_not_how_bad_it_looks() {
    let team = Team::gather().await;
    team.declare(json!({ "title": "Hurts few", "severity": "p1", "impact": "major" })).await;
    team.declare(json!({ "title": "Looks bad", "severity": "p2", "impact": "critical" })).await;
    let milder = team.declare(json!({ "title": "Was worse", "severity": "p1" })).await;
    team.update(&milder, json!({ "body": "Half of it works again", "impact": "minor" })).await;
    let worse = team.declare(json!({ "title": "Got worse", "severity": "p3" })).await;
    team.update(&worse, json!({ "body": "Now all of it is down", "impact": "critical" })).await;
    team.edge.run_cron_at(NIGHT_MS + 20 * MINUTE_MS).await;
    let text = |call: &buoy_tests::receiver::Call| {
        call.json()["data"]["page"]["summary"].as_str().unwrap_or_default().to_owned()
    };
    let mut called: Vec<String> = team.receiver.calls().iter().map(text).collect();
    called.sort_unstable();
    assert_eq!(called, ["Hurts few", "Was worse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn e4_a_change_of_hands_is_told_once_with_what_stands_open() {
    let team = Team::gather().await;
    team.agents[0]
        .1
        .post("/api/support/incidents/")
        .json(&json!({ "title": "Slow", "impact": "minor" }))
        .send()
        .await
        .expect(201);
    let handover = Timestamp::parse_rfc3339("2026-11-30T14:00:00Z").expect("an instant").as_millis();
    for (at, handoffs) in [(handover - 1, 0), (handover, 1), (handover + MINUTE_MS, 1)] {
        team.edge.run_cron_at(at).await;
        let told = team.receiver.calls().iter().filter(|call| call.body.contains("\"support: ")).count();
        assert_eq!(told, handoffs, "{at}");
    }
    let told = team
        .receiver
        .calls()
        .iter()
        .find(|call| call.body.contains("\"support: "))
        .map(buoy_tests::receiver::Call::json);
    assert_eq!(
        told.expect("a handoff")["data"]["text"],
        "support: Test agent → Test agent\ntickets: 0\nincidents: Slow"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_in_which_no_turn_ends_costs_the_same_with_three_rosters_and_with_nine() {
    let team = Team::gather().await;
    let minute = |minutes: i64| {
        let (edge, staff) = (&team.edge, team.site.staff());
        async move {
            edge.run_cron_at(NIGHT_MS + minutes * MINUTE_MS).await;
            // What the courier has asked of the database since it answered last.
            let answer = staff.get("/api/support/agent/on_call/").send().await.expect(200);
            answer.header("x-test-statements").parse::<u32>().expect("a count")
        }
    };
    let looking = minute(0).await;
    let quiet = minute(1).await;
    assert!(quiet < looking, "new rosters are looked at: {looking} statements, then {quiet}");
    for _ in 0..2 {
        let site = team.edge.new_site("saas", &[]).await;
        let client = team.edge.client().with_bearer(&site.add_agent(&team.edge, "agent").await);
        let me = client.get("/api/support/agent/me/").send().await.expect(200).value();
        for level in ["support", "engineering", "product_lead"] {
            let path = format!("/api/support/agent/on_call/{level}/");
            let roster = json!({ "people": [me["id"]], "since": "2026-11-01T06:00:00Z" });
            site.staff().put(&path).json(&roster).send().await.expect(200);
        }
    }
    minute(2).await;
    assert_eq!(minute(3).await, quiet);
}
