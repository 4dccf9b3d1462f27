//! What every answer carries, and what none may show.

use buoy_shared::api::{Method, ROUTES};
use buoy_tests::edge::Edge;

/// Headers of every answer, success or refusal.
const ALWAYS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "frame-ancestors"),
    ("strict-transport-security", "max-age="),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_with_the_headers_and_no_internals() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    for route in ROUTES {
        let path = route
            .path
            .replace("<ticket>", "x")
            .replace("<incident>", "x")
            .replace("<slug>", "x")
            .replace("<site>", "site_x")
            .replace(['<', '>'], "");
        let path = format!("{path}?site={}&locale=en", site.id);
        let request = match route.method {
            Method::Get => edge.client().get(&path),
            Method::Post => edge.client().post(&path).body("{}", "application/json"),
            Method::Put => edge.client().put(&path).body("{}", "application/json"),
            Method::Delete => edge.client().delete(&path),
            Method::Patch => edge.client().patch(&path).body("{}", "application/json"),
        };
        let answer = request.send().await;
        for (name, value) in ALWAYS {
            assert!(answer.header(name).contains(value), "{:?} lacks {name}: {answer:#?}", route.id);
        }
        assert!(answer.header("x-request-id").starts_with("req_"), "{:?}", route.id);
        // An id is random letters, and may be any word.
        let text = answer.text().replace(answer.header("x-request-id"), "");
        for internal in ["panicked", "D1_ERROR", "SQLITE", "at src/", "stack"] {
            assert!(!text.contains(internal), "{:?} shows {internal}", route.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_names_the_methods_and_headers_of_the_contract() {
    let request = Edge::shared().client().request(reqwest::Method::OPTIONS, "/api/support/tickets/");
    let answer = request
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .expect(204);
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookies, ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_is_served_and_is_the_one_the_types_print() {
    let served = Edge::shared().client().get("/api/support/openapi.json").send().await.expect(200).value();
    assert_eq!(served, buoy_shared::openapi::document(), "run `cargo xtask openapi` and commit edge/openapi.json");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_page_may_be_framed_by_the_sites_pages_only() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &["https://app.example.com"]).await;
    let page = edge.client().get(&format!("/panel?site={}&locale=ru", site.id)).send().await.expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'self' https://app.example.com"), "{policy}");
    assert!(
        policy.contains("'wasm-unsafe-eval'")
            && !policy.contains("'unsafe-inline'")
            && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    edge.client().get("/panel?site=site_nowhere").send().await.expect(404);
}
