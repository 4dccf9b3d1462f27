//! Adding destinations: what is refused, and what is never shown again.

use crate::deliveries::destination;
use buoy_shared::problem::Problem;
use buoy_tests::edge::Edge;
use serde_json::{Value, json};

const PATH: &str = "/api/support/agent/destinations/";

fn draft(changes: &Value) -> Value {
    let mut draft =
        json!({ "kind": "webhook", "name": "Hook", "address": "https://hooks.example.com/in", "events": ["*"] });
    for (name, value) in changes.as_object().expect("an object") {
        draft[name] = value.clone();
    }
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_destination_is_refused_by_its_field() {
    let site = Edge::shared().new_site("school", &[]).await;
    for (field, changes) in [
        ("name", json!({ "name": " " })),
        ("name", json!({ "name": "x".repeat(101) })),
        ("events", json!({ "events": [] })),
        ("events", json!({ "events": ["ticket.deleted"] })),
        ("address", json!({ "address": "http://hooks.example.com/" })),
        ("address", json!({ "address": "https://127.0.0.1/" })),
        ("address", json!({ "address": "http://127.0.0.1:9/" })),
        ("address", json!({ "address": "https://0x7f000001/" })),
        ("address", json!({ "address": "https://[::1]/" })),
        ("address", json!({ "address": "https://u:p@hooks.example.com/" })),
        ("address", json!({ "kind": "slack", "address": "https://localhost/" })),
        ("address", json!({ "kind": "telegram", "address": "@channel" })),
        ("address", json!({ "kind": "email", "address": "nobody" })),
        ("address", json!({ "kind": "zendesk", "address": "a.zendesk.com" })),
        ("secret", json!({ "secret": "mine" })),
        ("secret", json!({ "kind": "pagerduty" })),
        ("secret", json!({ "kind": "jira", "project": "SUP" })),
        ("project", json!({ "kind": "jira", "secret": "me:token" })),
        ("kind", json!({ "kind": "pigeon" })),
        ("colour", json!({ "colour": "red" })),
    ] {
        let answer = site.staff().post(PATH).json(&draft(&changes)).send().await.expect(422);
        let problem: Problem = answer.json();
        assert_eq!(problem.errors[0].field, field, "{changes}: {problem:?}");
    }
    let listed = site.staff().get(PATH).send().await.expect(200).value();
    assert_eq!(listed["items"], json!([]), "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_a_secret_address_never() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (_, secret) = destination(&site, &draft(&json!({}))).await;
    assert!(secret.starts_with("whsec_"));
    let slack = json!({ "kind": "slack", "address": "https://hooks.slack.com/services/T0/B0/hidden" });
    destination(&site, &draft(&slack)).await;
    let jira = json!({ "kind": "jira", "address": "https://a.atlassian.net", "project": "SUP", "secret": "me:hidden" });
    destination(&site, &draft(&jira)).await;
    let listed = site.staff().get(PATH).send().await.expect(200).text();
    assert!(!listed.contains(&secret) && !listed.contains("hidden"), "{listed}");
    assert!(listed.contains("https://hooks.slack.com\""), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_has_twenty_destinations_and_taking_one_away_makes_room() {
    let site = Edge::shared().new_site("school", &[]).await;
    let mut last = String::new();
    for _ in 0..20 {
        last = destination(&site, &draft(&json!({}))).await.0;
    }
    site.staff().post(PATH).json(&draft(&json!({}))).send().await.expect(409);
    site.staff().delete(&format!("{PATH}{last}/")).send().await.expect(204);
    site.staff().delete(&format!("{PATH}{last}/")).send().await.expect(404);
    destination(&site, &draft(&json!({}))).await;
}
