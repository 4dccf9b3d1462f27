//! The end of an alert that was drafted as an incident (C1): a draft that nobody decided on goes with it, and whoever
//! published it hears that the alert is over, and ends the incident themselves.

use crate::deliveries::{arrived, edge_with, webhook};
use crate::hooks::{alertmanager, drafts, send, token};
use crate::incident_life::{INCIDENTS, over};
use buoy_shared::api::HookReport;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::receiver::Receiver;
use serde_json::{Value, json};

const DRAFTS: &str = "/api/support/agent/incident_drafts/";

struct Scene {
    edge: Edge,
    site: Site,
    token: String,
    receiver: Receiver,
}

impl Scene {
    async fn open() -> Self {
        let receiver = Receiver::start().await;
        let edge = edge_with(&receiver);
        let site = edge.new_site("school", &[]).await;
        let token = token(&site).await;
        webhook(&site, &receiver, &["incident.drafted", "incident.alert_over"]).await;
        Self { edge, site, token, receiver }
    }

    async fn say(&self, source: &str, body: &Value) -> HookReport {
        send(&self.edge, source, &self.token, body).await.expect(200).json()
    }

    async fn api_down(&self, status: &str) -> HookReport {
        self.say("alertmanager", &alertmanager("ApiDown", "critical", status)).await
    }

    /// What was told so far, once it is known that so much arrived.
    async fn told(&self, count: usize) -> Vec<(String, Value)> {
        arrived(&self.site, count).await;
        let read =
            |body: Value| (body["type"].as_str().unwrap_or_default().to_owned(), body["data"]["incident"].clone());
        self.receiver.calls().iter().map(|call| read(call.json())).collect()
    }

    async fn only_draft(&self) -> String {
        let listed = drafts(&self.site).await;
        assert_eq!(listed.len(), 1, "{listed:?}");
        listed[0]["id"].as_str().expect("an id").to_owned()
    }

    async fn publish(&self) -> Value {
        let path = format!("{DRAFTS}{}/publish/", self.only_draft().await);
        self.site.staff().post(&path).send().await.expect(201).value()
    }
}

fn an_end() -> HookReport {
    HookReport { over: 1, ..HookReport::default() }
}

fn nothing() -> HookReport {
    HookReport { ignored: 1, ..HookReport::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_draft_that_nobody_decided_on_is_withdrawn_when_its_alert_ends() {
    let scene = Scene::open().await;
    assert_eq!(scene.api_down("firing").await.drafts, 1);
    // What is told after two answers may overtake each other: each is heard before the next.
    scene.told(1).await;
    let draft = scene.only_draft().await;
    assert_eq!(scene.api_down("resolved").await, an_end());
    assert_eq!(drafts(&scene.site).await, Vec::<Value>::new());
    let staff = scene.site.staff();
    for act in ["publish", "reject"] {
        staff.post(&format!("{DRAFTS}{draft}/{act}/")).send().await.expect(409);
    }
    let told = scene.told(2).await;
    let (kind, what) = &told[1];
    assert_eq!(kind, "incident.alert_over");
    assert_eq!(
        (&what["id"], &what["title"], &what["status"], &what["body"]),
        (&json!(draft), &json!("ApiDown"), &json!("withdrawn"), &json!("It is bad."))
    );
    // Its end comes again, and then it begins again under the same key.
    assert_eq!(scene.api_down("resolved").await, nothing());
    assert_eq!(scene.api_down("firing").await.drafts, 1);
    assert_ne!(scene.only_draft().await, draft);
    let kinds: Vec<String> = scene.told(3).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["incident.drafted", "incident.alert_over", "incident.drafted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_an_alert_that_ends_in_other_words_and_less_bad_ends_its_own_draft_and_no_other() {
    let scene = Scene::open().await;
    let dog = |key: &str, transition: &str, title: &str, priority: &str| json!({ "alert_cycle_key": key, "transition": transition, "title": title, "priority": priority });
    for key in ["77", "78"] {
        assert_eq!(scene.say("datadog", &dog(key, "Triggered", &format!("p99 {key}"), "P1")).await.drafts, 1);
    }
    assert_eq!(scene.say("datadog", &dog("77", "Recovered", "[Recovered] p99", "P5")).await, an_end());
    let left = drafts(&scene.site).await;
    assert_eq!((left.len(), &left[0]["draft"]["title"]), (1, &json!("p99 78")));
    // Two ends at once are told once.
    let end = dog("78", "Recovered", "", "P5");
    tokio::join!(scene.say("datadog", &end), scene.say("datadog", &end));
    assert_eq!(drafts(&scene.site).await, Vec::<Value>::new());
    scene.say("datadog", &dog("79", "Triggered", "p99 79", "P1")).await;
    let ends = scene.told(5).await.into_iter().filter(|(kind, _)| kind == "incident.alert_over").count();
    assert_eq!(ends, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_the_end_of_an_alert_that_was_reopened_ends_what_was_drafted_by_then_and_nothing_later() {
    let scene = Scene::open().await;
    let say = async |kind: &str, at: &str| {
        let data = json!({ "id": "PD1", "title": "Down", "urgency": "high" });
        let event = json!({ "event_type": kind, "occurred_at": format!("2026-11-21T{at}:00Z"), "data": data });
        scene.say("pagerduty", &json!({ "event": event })).await
    };
    assert_eq!(say("incident.triggered", "10:00").await.drafts, 1);
    assert_eq!(say("incident.resolved", "10:10").await, an_end());
    assert_eq!(say("incident.reopened", "10:20").await.drafts, 1);
    scene.told(3).await;
    assert_eq!(say("incident.resolved", "10:10").await, nothing(), "it comes again, and ended what was before");
    let second = scene.only_draft().await;
    assert_eq!(say("incident.resolved", "10:30").await, an_end());
    assert_eq!(drafts(&scene.site).await, Vec::<Value>::new());
    let told = scene.told(4).await;
    let (kind, what) = &told[3];
    assert_eq!((kind.as_str(), &what["id"]), ("incident.alert_over", &json!(second)));

    // What was published of it hears of its end, too, and is not drafted again.
    assert_eq!(say("incident.reopened", "10:40").await.drafts, 1);
    let incident = scene.publish().await;
    scene.told(5).await;
    assert_eq!(say("incident.resolved", "10:50").await, an_end());
    assert_eq!(scene.told(6).await[5].1["id"], incident["id"]);
    assert_eq!(say("incident.reopened", "10:40").await.drafts, 0);
}

/// Whichever of the two is first: the same alert never stands beside the incident that it became, and is never lost.
#[tokio::test(flavor = "multi_thread")]
async fn c1_a_draft_that_is_published_while_its_alert_ends_is_not_drafted_again() {
    let scene = Scene::open().await;
    for number in 0..12 {
        let alert = |status: &str| alertmanager(&format!("Alert{number}"), "critical", status);
        assert_eq!(scene.say("alertmanager", &alert("firing")).await.drafts, 1);
        let path = format!("{DRAFTS}{}/publish/", scene.only_draft().await);
        let staff = scene.site.staff();
        let ended = alert("resolved");
        let (published, _) = tokio::join!(staff.post(&path).send(), scene.say("alertmanager", &ended));
        let anew = scene.say("alertmanager", &alert("firing")).await.drafts;
        assert_eq!(anew, u32::from(published.status != 201), "{}", published.status);
        for left in drafts(&scene.site).await {
            staff.post(&format!("{DRAFTS}{}/reject/", left["id"].as_str().expect("an id"))).send().await.expect(204);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_whoever_published_it_hears_once_that_the_alert_is_over_and_the_incident_goes_on() {
    let scene = Scene::open().await;
    scene.api_down("firing").await;
    scene.told(1).await;
    let incident = scene.publish().await;
    assert_eq!(scene.api_down("resolved").await, an_end());
    let told = scene.told(2).await;
    let (kind, what) = &told[1];
    assert_eq!(kind, "incident.alert_over");
    assert_eq!(
        (&what["id"], &what["status"], &what["owner"], &what["body"]),
        (&incident["id"], &json!("investigating"), &json!("Test admin"), &json!("It is bad."))
    );
    let path = format!("{INCIDENTS}{}/", incident["id"].as_str().expect("an id"));
    let read = scene.edge.client().get(&format!("{path}?site={}", scene.site.id)).send().await.expect(200).value();
    assert_eq!(read["resolved_at"], Value::Null, "a person ends it, with a summary");
    assert_eq!(read["updates"].as_array().map(Vec::len), Some(1), "and nobody outside hears of an alert");
    assert_eq!(scene.api_down("resolved").await, nothing());

    // Of what is over or was rejected nobody needs to hear.
    let slow = |status: &str| alertmanager("Slow", "critical", status);
    scene.say("alertmanager", &slow("firing")).await;
    let second = scene.publish().await;
    let updates = format!("{INCIDENTS}{}/updates/", second["id"].as_str().expect("an id"));
    scene.site.staff().post(&updates).json(&over("All is well.")).send().await.expect(201);
    assert_eq!(scene.say("alertmanager", &slow("resolved")).await, nothing());
    let third = |status: &str| alertmanager("Full", "critical", status);
    scene.say("alertmanager", &third("firing")).await;
    let reject = format!("{DRAFTS}{}/reject/", scene.only_draft().await);
    scene.site.staff().post(&reject).send().await.expect(204);
    assert_eq!(scene.say("alertmanager", &third("resolved")).await, nothing());
    let ends = scene.told(4).await.into_iter().filter(|(kind, _)| kind == "incident.alert_over").count();
    assert_eq!(ends, 1);
}
