//! Who visitors are: signed identities over HTTP (A8), keys that are replaced, strangers that a site no longer takes,
//! signing out, and people who are never merged.

use crate::live::{connect, visitor as visitor_with_token};
use crate::tickets::{agent_path, file, visitor_path};
use buoy_shared::api::Page;
use buoy_shared::ticket::{AgentTicket, TicketSummary};
use buoy_tests::edge::{Edge, Site, sign};
use buoy_tests::http::{Answer, Client};
use buoy_tests::wait;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

const SESSION: &str = "/api/support/session/";
const TICKETS: &str = "/api/support/tickets/";

#[expect(clippy::disallowed_methods, reason = "a native test; the ban is for wasm")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_secs()).expect("before the year 292 billion")
}

async fn open(site: &Site, identity: &str) -> Answer {
    let body = json!({ "site": site.id, "identity": identity });
    Edge::shared().client().post(SESSION).json(&body).send().await
}

fn keys_path(site: &Site) -> String {
    format!("/api/support/operator/sites/{}/identity_keys/", site.id)
}

fn token_of(site: &Site, kid: &str, secret: &str, subject: &str) -> String {
    let claims = json!({ "sub": subject, "aud": site.id, "iat": now(), "exp": now() + 600 });
    sign(&json!({ "alg": "HS256", "kid": kid }), &claims, secret)
}

/// Switches a site to signed identities only.
async fn refuse_strangers(site: &Site) {
    let preset = buoy_tests::root::root().join("presets/school/policy.toml");
    let policy = std::fs::read_to_string(preset).expect("the preset is there");
    let spec = json!({ "name": "Closed", "policy_toml": policy, "origins": [], "anonymous": false });
    let path = format!("/api/support/operator/sites/{}/", site.id);
    Edge::shared().operator().put(&path).json(&spec).send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_each_wrong_identity_is_refused_alike_and_a_right_one_opens_a_session() {
    let edge = Edge::shared();
    let (site, other) = (edge.new_site("school", &[]).await, edge.new_site("school", &[]).await);
    let header = |alg: &str| json!({ "alg": alg, "typ": "JWT", "kid": site.kid });
    let claims = json!({ "sub": "u1", "aud": site.id, "iat": now(), "exp": now() + 600 });
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        sign(&header("HS256"), &changed, &site.identity_secret)
    };
    let without = |name: &str| {
        let mut changed = claims.clone();
        changed.as_object_mut().expect("an object").remove(name);
        sign(&header("HS256"), &changed, &site.identity_secret)
    };
    let good = sign(&header("HS256"), &claims, &site.identity_secret);
    let (body, signature) = good.rsplit_once('.').expect("three parts");
    let wrong: Vec<(&str, String)> = vec![
        ("nothing", String::new()),
        ("not a JWT", "not a jwt at all".into()),
        ("alg none", sign(&header("none"), &claims, &site.identity_secret)),
        ("alg none, unsigned", format!("{}.", sign(&header("none"), &claims, "x").rsplit_once('.').expect("parts").0)),
        ("alg RS256", sign(&header("RS256"), &claims, &site.identity_secret)),
        ("alg HS512", sign(&header("HS512"), &claims, &site.identity_secret)),
        ("alg hs256", sign(&header("hs256"), &claims, &site.identity_secret)),
        ("a wrong kid", sign(&json!({ "alg": "HS256", "kid": "k9" }), &claims, &site.identity_secret)),
        ("a wrong aud", with("aud", json!(other.id))),
        ("expired", with("exp", json!(now() - 120))),
        ("made in the future", with("iat", json!(now() + 300))),
        ("no exp", without("exp")),
        ("no iat", without("iat")),
        ("no sub", without("sub")),
        ("exp too far", with("exp", json!(now() + 3_700))),
        ("truncated", good[..good.len() - 5].to_owned()),
        (
            "another's signature",
            format!("{body}.{}", &token_of(&site, &site.kid, "other", "u1").rsplit_once('.').expect("parts").1),
        ),
        ("signed by another key", token_of(&site, &site.kid, &other.identity_secret, "u1")),
        ("claims twice", format!("{body}.{body}.{signature}")),
        ("huge", format!("{good}{}", "x".repeat(20_000))),
    ];
    let mut answers = BTreeSet::new();
    for (what, token) in &wrong {
        let answer = open(&site, token).await;
        assert_eq!(answer.status, 401, "{what}: {answer:#?}");
        let mut problem = answer.value();
        problem["request_id"] = Value::Null;
        answers.insert(problem.to_string());
    }
    assert_eq!(answers.len(), 1, "a refusal does not say what was wrong: {answers:#?}");
    assert_eq!(open(&site, &good).await.expect(201).value()["token"].as_str().map(|token| &token[..4]), Some("bv1."));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_keys_live_while_one_replaces_the_other_and_a_retired_one_opens_nothing() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let admin = site.staff();
    let added = admin.post(&keys_path(&site)).send().await.expect(201).value();
    let (kid, secret) = (added["kid"].as_str().expect("a kid"), added["secret"].as_str().expect("a secret"));
    assert_ne!(secret, site.identity_secret);
    edge.operator().post(&keys_path(&site)).send().await.expect(409);
    let (old, new) = (site.identity("u1", &json!({})), token_of(&site, kid, secret, "u1"));
    open(&site, &old).await.expect(201);
    open(&site, &new).await.expect(201);
    edge.operator().delete(&format!("{}{}/", keys_path(&site), site.kid)).send().await.expect(204);
    open(&site, &old).await.expect(401);
    let still = open(&site, &new).await.expect(201).value();
    assert_eq!(still["visitor"], open(&site, &new).await.value()["visitor"], "the same person under either key");
    edge.operator().delete(&format!("{}{}/", keys_path(&site), site.kid)).send().await.expect(404);
    admin.delete(&format!("{}{kid}/", keys_path(&site))).send().await.expect(409);
    open(&site, &new).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_no_longer_takes_strangers_ends_the_sessions_they_have() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let (stranger, known) = (site.visitor(None).await, site.visitor(Some(&site.identity("u1", &json!({})))).await);
    let ticket = file(&stranger, "Before", "k").await;
    refuse_strangers(&site).await;
    stranger.get(TICKETS).send().await.expect(401);
    stranger.get(&visitor_path(&ticket)).send().await.expect(401);
    stranger.post(TICKETS).idempotency_key("k2").json(&json!({ "subject": "s", "body": "b" })).send().await.expect(401);
    known.get(TICKETS).send().await.expect(200);
    edge.client().post(SESSION).json(&json!({ "site": site.id })).send().await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_out_token_opens_nothing_and_its_open_line_hears_no_more() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (token, client) = visitor_with_token(&site).await;
    let ticket = file(&client, "Mine", "k").await;
    let mut line = connect(&ticket, &token, 1).await.expect("connected");
    drop(line.next().await);
    client.delete(SESSION).send().await.expect(204);
    client.get(TICKETS).send().await.expect(401);
    client.delete(SESSION).send().await.expect(401);
    let answer = json!({ "body": "for the owner alone" });
    site.staff().post(&format!("{}add_message/", agent_path(&ticket))).json(&answer).send().await.expect(201);
    let told = tokio::time::timeout(wait::DEADLINE, line.next()).await.expect("the line ends");
    let told = told.expect("a frame").expect("a close frame");
    assert!(told.is_close(), "{told:?}");
    assert!(connect(&ticket, &token, 0).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_as_another_sees_nothing_of_the_one_before() {
    let site = Edge::shared().new_site("school", &[]).await;
    let ann = site.visitor(Some(&site.identity("ann", &json!({ "email": "same@example.com" })))).await;
    let ticket = file(&ann, "Of Ann", "k").await;
    ann.delete(SESSION).send().await.expect(204);
    let count = |client: Client| async move {
        client.get(TICKETS).send().await.expect(200).json::<Page<TicketSummary>>().items.len()
    };
    // The same e-mail under another external id is another person; so is a stranger who writes it.
    let bob = site.visitor(Some(&site.identity("bob", &json!({ "email": "same@example.com" })))).await;
    let stranger = site.visitor(None).await;
    assert_eq!((count(bob.clone()).await, count(stranger.clone()).await), (0, 0));
    bob.get(&visitor_path(&ticket)).send().await.expect(404);
    let again = site.visitor(Some(&site.identity("ann", &json!({})))).await;
    assert_eq!(count(again).await, 1, "Ann herself finds it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_vouched_for_is_labelled_and_merged_with_nobody() {
    let site = Edge::shared().new_site("school", &[]).await;
    let known = site.visitor(Some(&site.identity("ann", &json!({ "email": "ann@example.com", "name": "Ann" })))).await;
    let stranger = site.visitor(None).await;
    let body = json!({ "subject": "I am Ann", "body": "really", "email": "ann@example.com", "name": "Ann" });
    let claimed = stranger.post(TICKETS).idempotency_key("k").json(&body).send().await.expect(201).json();
    let signed = file(&known, "From Ann", "k").await;
    let read = |ticket| {
        let request = site.staff().get(&agent_path(ticket));
        async move { request.send().await.expect(200).json::<AgentTicket>().requester }
    };
    let (stranger, ann) = (read(&claimed).await, read(&signed).await);
    assert_eq!((stranger.email.as_deref(), stranger.verified), (Some("ann@example.com"), false));
    assert_eq!((ann.email.as_deref(), ann.verified), (Some("ann@example.com"), true));
    assert_ne!(stranger.id, ann.id);
    assert_eq!((stranger.external_id, ann.external_id.as_deref()), (None, Some("ann")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_known_gets_the_answer_of_one_that_is_not() {
    let site = Edge::shared().new_site("school", &[]).await;
    drop(site.visitor(Some(&site.identity("ann", &json!({ "email": "known@example.com" })))).await);
    let mut answers = BTreeSet::new();
    for email in ["known@example.com", "unknown@example.com"] {
        let visitor = site.visitor(None).await;
        let body = json!({ "subject": "s", "body": "b", "email": email });
        let answer = visitor.post(TICKETS).idempotency_key("k").json(&body).send().await.expect(201);
        answers.insert(answer.value().as_object().expect("an object").keys().cloned().collect::<Vec<_>>());
        assert!(!answer.text().contains("example.com"));
    }
    assert_eq!(answers.len(), 1);
}
