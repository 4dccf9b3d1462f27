//! Bad input gets the right refusal, names what is wrong, and writes nothing.

use buoy_shared::api::Page;
use buoy_shared::problem::Problem;
use buoy_shared::ticket::{AgentTicketSummary, Ticket};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::{Client, Request};
use reqwest::Method;
use serde_json::json;

const TICKETS: &str = "/api/support/tickets/";
const STATUS: &str = "/api/support/status/";
const JSON: &str = "application/json";

/// What a refusal must be: its status, its kind, and the field it names, if it names one.
type Expected = (u16, &'static str, Option<&'static str>);

async fn check(what: &str, request: Request, (status, kind, field): Expected) {
    let answer = request.send().await;
    assert_eq!(answer.status, status, "{what}: {answer:#?}");
    assert!(answer.header("content-type").starts_with("application/problem+json"), "{what}: {answer:#?}");
    let problem: Problem = answer.json();
    assert_eq!(problem.kind, format!("urn:buoy:problem:{kind}"), "{what}");
    assert_eq!(problem.status, status, "{what}");
    assert_eq!(problem.errors.first().map(|error| error.field.as_str()), field, "{what}");
    assert!(field.is_none() || !problem.errors[0].detail.is_empty(), "{what}: the detail says what to do");
}

pub(crate) async fn tickets_of(site: &Site) -> usize {
    let page: Page<AgentTicketSummary> =
        site.staff().get("/api/support/agent/tickets/").send().await.expect(200).json();
    page.items.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_body_is_refused_by_name_and_nothing_is_written() {
    let site = Edge::shared().new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let post = |body: Vec<u8>| visitor.post(TICKETS).idempotency_key("k").body(body, JSON);
    let json = |value: serde_json::Value| post(value.to_string().into_bytes());
    let good = json!({ "subject": "s", "body": "b" });
    let with = |field: &str, value: serde_json::Value| {
        let mut draft = good.clone();
        draft[field] = value;
        json(draft)
    };
    let rows: Vec<(&str, Request, Expected)> = vec![
        ("no body", post(Vec::new()), (400, "malformed-request", None)),
        ("not JSON", post(b"subject=s&body=b".to_vec()), (400, "malformed-request", None)),
        ("half of JSON", post(b"{\"subject\":\"s\"".to_vec()), (400, "malformed-request", None)),
        ("JSON and more", post(b"{\"subject\":\"s\",\"body\":\"b\"} x".to_vec()), (400, "malformed-request", None)),
        ("a list", post(b"[\"s\",\"b\"]".to_vec()), (400, "malformed-request", None)),
        ("a number", post(b"1".to_vec()), (400, "malformed-request", None)),
        ("1 MB", post(vec![b' '; 1024 * 1024]), (413, "body-too-large", None)),
        ("invalid UTF-8", post(b"{\"subject\":\"\xff\",\"body\":\"b\"}".to_vec()), (400, "malformed-request", None)),
        (
            "another media type",
            visitor.post(TICKETS).idempotency_key("k").body(good.to_string(), "text/plain"),
            (415, "unsupported-media-type", None),
        ),
        ("an unknown field", with("priority", json!("p0")), (422, "invalid-input", Some("priority"))),
        (
            "an unknown nested field",
            with("context", json!({ "cookie": "x" })),
            (422, "invalid-input", Some("context.cookie")),
        ),
        ("a wrong type", with("subject", json!(5)), (422, "invalid-input", Some("subject"))),
        ("null for a text", with("body", json!(null)), (422, "invalid-input", Some("body"))),
        ("an empty subject", with("subject", json!("")), (422, "invalid-input", Some("subject"))),
        ("a blank subject", with("subject", json!(" \u{200b}\n ")), (422, "invalid-input", Some("subject"))),
        (
            "a 10,000-character subject",
            with("subject", json!("я".repeat(10_000))),
            (422, "invalid-input", Some("subject")),
        ),
        ("an empty description", with("body", json!("")), (422, "invalid-input", Some("body"))),
        ("a description over the limit", with("body", json!("x".repeat(10_001))), (422, "invalid-input", Some("body"))),
        ("an unknown category", with("category", json!("weather")), (422, "invalid-input", Some("category"))),
        ("no e-mail address", with("email", json!("nobody")), (422, "invalid-input", Some("email"))),
        ("a locale that is a path", with("locale", json!("../../etc")), (422, "invalid-input", Some("locale"))),
    ];
    for (what, request, expected) in rows {
        check(what, request, expected).await;
    }
    assert_eq!(tickets_of(&site).await, 0);
    // The key was used by refusals only: it is still good.
    json(good.clone()).send().await.expect(201);
    assert_eq!(tickets_of(&site).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_missing_or_unusable_is_asked_for() {
    let site = Edge::shared().new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let good = json!({ "subject": "s", "body": "b" });
    check("missing", visitor.post(TICKETS).json(&good), (400, "idempotency-key-missing", None)).await;
    check("empty", visitor.post(TICKETS).idempotency_key("").json(&good), (400, "idempotency-key-missing", None)).await;
    check(
        "too long",
        visitor.post(TICKETS).idempotency_key(&"k".repeat(256)).json(&good),
        (400, "idempotency-key-missing", None),
    )
    .await;
    visitor.post(TICKETS).idempotency_key(&"k".repeat(255)).json(&good).send().await.expect(201);
    assert_eq!(tickets_of(&site).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_missing_forged_or_of_another_kind_opens_nothing() {
    let edge = Edge::shared();
    let (site, other) = (edge.new_site("school", &[]).await, edge.new_site("school", &[]).await);
    let nobody = edge.client();
    let forged = |token: &str| nobody.clone().with_bearer(token);
    let clients: Vec<(&str, Client)> = vec![
        ("none", nobody.clone()),
        ("nonsense", forged("nonsense")),
        ("of the right form", forged(&format!("bv1.{}.{}", site.id, "0".repeat(52)))),
        ("of an unknown site", forged(&format!("bv1.site_nowhere.{}", "0".repeat(52)))),
        ("an agent's", forged(&site.staff_token)),
        ("very long", forged(&"x".repeat(5_000))),
        ("another scheme", nobody.clone().with_header("authorization", "Basic YTpi")),
    ];
    for (what, client) in clients {
        for request in [
            client.get(TICKETS),
            client.post(TICKETS).idempotency_key("k").json(&json!({ "subject": "s", "body": "b" })),
        ] {
            check(what, request, (401, "unauthenticated", None)).await;
        }
    }
    let visitors_token_for_staff = site.visitor(None).await;
    check(
        "a visitor at the desk",
        visitors_token_for_staff.get("/api/support/agent/tickets/"),
        (401, "unauthenticated", None),
    )
    .await;
    check(
        "a visitor at the figures",
        visitors_token_for_staff.get("/api/support/stats/"),
        (401, "unauthenticated", None),
    )
    .await;
    // A token in which another site's name was put is not that site's token.
    let moved = site.staff_token.replace(&site.id, &other.id);
    check("moved to another site", forged(&moved).get("/api/support/agent/me/"), (401, "unauthenticated", None)).await;
    assert_eq!(tickets_of(&site).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_ticket_looks_exactly_like_a_missing_one() {
    let edge = Edge::shared();
    let (site, other) = (edge.new_site("school", &[]).await, edge.new_site("school", &[]).await);
    let (owner, stranger) = (site.visitor(None).await, site.visitor(None).await);
    let ticket: Ticket = owner
        .post(TICKETS)
        .idempotency_key("k")
        .json(&json!({ "subject": "Mine", "body": "b" }))
        .send()
        .await
        .expect(201)
        .json();
    let missing = "tkt_00000000000000000000000000";
    let without_request_id = |text: String| text.split("\"request_id\"").next().map(str::to_owned);
    for (path, body) in
        [("", None), ("add_message/", Some(json!({ "body": "hi" }))), ("seen/", Some(json!({ "seq": 1 })))]
    {
        let mut answers = Vec::new();
        for (client, id) in [
            (&stranger, ticket.id.as_str()),
            (&stranger, missing),
            (&stranger, "..%2f..%2f"),
            (&other.visitor(None).await, ticket.id.as_str()),
        ] {
            let path = format!("{TICKETS}{id}/{path}");
            let request = match &body {
                None => client.get(&path),
                Some(body) => client.post(&path).idempotency_key("k2").json(body),
            };
            answers.push(without_request_id(request.send().await.expect(404).text()));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{path}: {answers:?}");
    }
    for staff in [other.staff()] {
        staff.get(&format!("/api/support/agent/tickets/{}/", ticket.id)).send().await.expect(404);
        staff
            .post(&format!("/api/support/agent/tickets/{}/add_message/", ticket.id))
            .json(&json!({ "body": "hi" }))
            .send()
            .await
            .expect(404);
    }
    let read: Ticket = owner.get(&format!("{TICKETS}{}/", ticket.id)).send().await.expect(200).json();
    assert_eq!(read.messages.len(), 1, "no stranger wrote into it");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_methods_paths_sites_and_parameters_are_told_apart() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let (nobody, visitor) = (edge.client(), site.visitor(None).await);
    let unknown = Method::from_bytes(b"PROPFIND").expect("a method's form");
    let rows: Vec<(&str, Request, Expected)> = vec![
        ("wrong method", nobody.delete(TICKETS), (405, "method-not-allowed", None)),
        ("wrong method on one", nobody.put(&format!("{TICKETS}x/")), (405, "method-not-allowed", None)),
        ("an unknown method", nobody.request(unknown.clone(), STATUS), (405, "method-not-allowed", None)),
        ("unknown path", nobody.get("/api/support/nothing/"), (404, "not-found", None)),
        ("unknown path outside", nobody.get("/wp-login.php"), (404, "not-found", None)),
        ("no site", nobody.get("/api/support/boot/"), (422, "invalid-input", Some("site"))),
        ("wrong site", nobody.get("/api/support/boot/?site=site_nowhere"), (404, "not-found", None)),
        ("no site's name", nobody.get("/api/support/boot/?site=%27%20OR%201=1"), (404, "not-found", None)),
        (
            "session of no site",
            nobody.post("/api/support/session/").json(&json!({})),
            (422, "invalid-input", Some("site")),
        ),
        (
            "session of a wrong site",
            nobody.post("/api/support/session/").json(&json!({ "site": "site_nowhere" })),
            (422, "invalid-input", Some("site")),
        ),
        (
            "a cursor of one's own",
            visitor.get(&format!("{TICKETS}?cursor=1%20OR%201")),
            (422, "invalid-input", Some("cursor")),
        ),
        ("a limit over the limit", visitor.get(&format!("{TICKETS}?limit=51")), (422, "invalid-input", Some("limit"))),
        ("a limit of nothing", visitor.get(&format!("{TICKETS}?limit=0")), (422, "invalid-input", Some("limit"))),
        (
            "an unknown status",
            site.staff().get("/api/support/agent/tickets/?status=lost"),
            (422, "invalid-input", Some("status")),
        ),
        (
            "no locale for an index",
            nobody.get(&format!("/api/support/kb/index/?site={}", site.id)),
            (422, "invalid-input", Some("locale")),
        ),
        (
            "an article of no name",
            nobody.get(&format!("/api/support/kb/articles/..%2Fx/?site={}", site.id)),
            (404, "not-found", None),
        ),
        ("plain HTTP on the live line", visitor.get(&format!("{TICKETS}x/live")), (400, "malformed-request", None)),
    ];
    for (what, request, expected) in rows {
        check(what, request, expected).await;
    }
    let methods = nobody.delete(TICKETS).send().await.expect(405).header("allow").to_owned();
    assert_eq!(methods, "POST, GET, HEAD, OPTIONS", "the refusal says what the path is for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_is_refused_and_writes_nothing() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &["https://app.example.com"]).await;
    let visitor = site.visitor(None).await;
    let good = json!({ "subject": "s", "body": "b" });
    let from = |origin: &str| visitor.post(TICKETS).idempotency_key("k").header("origin", origin).json(&good);
    check("a stranger's page", from("https://evil.example"), (403, "origin-not-allowed", None)).await;
    check("a look-alike", from("https://app.example.com.evil.example"), (403, "origin-not-allowed", None)).await;
    check("no origin at all", from("null"), (403, "origin-not-allowed", None)).await;
    assert_eq!(tickets_of(&site).await, 0);
    let answer = from("https://app.example.com").send().await.expect(201);
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.com");
    assert!(answer.header("vary").contains("origin"));
    let boot = format!("/api/support/boot/?site={}", site.id);
    let refused = edge.client().get(&boot).header("origin", "https://evil.example").send().await.expect(403);
    assert_eq!(refused.header("access-control-allow-origin"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_refuses_strangers_wants_a_signed_identity() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let policy = std::fs::read_to_string(buoy_tests::root::root().join("presets/school/policy.toml"))
        .expect("the preset is there");
    let spec = json!({ "name": "Closed", "policy_toml": policy, "origins": [], "anonymous": false });
    edge.operator().put(&format!("/api/support/operator/sites/{}/", site.id)).json(&spec).send().await.expect(200);
    let session = |body: serde_json::Value| edge.client().post("/api/support/session/").json(&body);
    check("anonymous", session(json!({ "site": site.id })), (403, "forbidden", None)).await;
    check("forged", session(json!({ "site": site.id, "identity": "a.b.c" })), (401, "unauthenticated", None)).await;
    let other = edge.new_site("school", &[]).await;
    let foreign = other.identity("u1", &json!({ "aud": site.id }));
    check(
        "signed by another site",
        session(json!({ "site": site.id, "identity": foreign })),
        (401, "unauthenticated", None),
    )
    .await;
    session(json!({ "site": site.id, "identity": site.identity("u1", &json!({})) })).send().await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_policy_is_refused_with_the_line_and_changes_nothing() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let path = format!("/api/support/operator/sites/{}/", site.id);
    let put =
        |policy: &str| edge.operator().put(&path).json(&json!({ "name": "X", "policy_toml": policy, "origins": [] }));
    let answer = put("[site]\ndefault_locale = \"en\"\n").send().await.expect(422);
    let problem: Problem = answer.json();
    assert_eq!(problem.errors[0].field, "policy_toml");
    assert!(problem.errors[0].detail.starts_with("line "), "{problem:?}");
    edge.client().put(&path).json(&json!({})).send().await.expect(401);
    let categories =
        edge.client().get(&format!("/api/support/categories/?site={}&locale=en", site.id)).send().await.expect(200);
    assert_eq!(categories.value()["items"][0]["key"], "login");
}
