//! Whatever a program makes of our own document, the edge answers as the document says and never fails (A6).
//!
//! Schemathesis reads the served OpenAPI document and sends what it allows and what it forbids, once in each role. Only
//! in deep runs: it takes minutes and comes from PyPI, where `cargo xtask test --deep` gets it.

use buoy_tests::edge::{Edge, OPERATOR_TOKEN};
use std::path::PathBuf;
use std::process::Command;

/// Cases for each operation beyond those that its schema's limits ask for.
const EXAMPLES: &str = "20";
/// Cases over all roles, at the least (A6).
const CASES_MIN: usize = 3_000;
/// What must hold for each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance";

/// Cases that were sent, as the program's last lines say: `2246 generated, 2246 passed`.
fn cases_in(report: &str) -> usize {
    let line = report.lines().find(|line| line.contains(" generated,")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// A program of the deep tests' Python; none in other runs.
pub(crate) fn python_tool(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BUOY_PYTHON_TOOLS").map(PathBuf::from);
    let is_deep = std::env::var_os("BUOY_DEEP").is_some();
    assert!(folder.is_some() || !is_deep, "run it by `cargo xtask test --deep`, which gets {name}");
    folder.map(|folder| folder.join(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_every_answer_is_what_the_document_says_in_every_role() {
    let Some(program) = python_tool("schemathesis") else { return };
    let edge = Edge::start();
    let site = edge.new_site("api-platform", &[]).await;
    let session = serde_json::json!({ "site": site.id });
    let visitor = edge.client().post("/api/support/session/").json(&session).send().await.expect(201).value();
    let roles = [
        ("nobody", String::new()),
        ("a visitor", visitor["token"].as_str().unwrap_or_default().to_owned()),
        ("a viewer", site.add_agent(&edge, "viewer").await),
        ("an agent", site.add_agent(&edge, "agent").await),
        ("an admin", site.staff_token.clone()),
        ("the operator", OPERATOR_TOKEN.to_owned()),
    ];
    let mut cases = 0;
    for (role, token) in roles {
        let mut run = Command::new(&program);
        run.args(["run", &format!("{}/api/support/openapi.json", edge.url()), "--checks", CHECKS]);
        // It gives up on bodies that are bytes of pictures: that says something of its inventing, nothing of our answers.
        run.args(["--suppress-health-check", "filter_too_much"]);
        run.args(["--phases", "coverage,fuzzing", "--max-examples", EXAMPLES, "--continue-on-failure", "--no-color"]);
        if !token.is_empty() {
            run.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let output = tokio::task::spawn_blocking(move || run.output()).await.expect("no panic").expect("it starts");
        let report = String::from_utf8_lossy(&output.stdout);
        println!("{role}: {} cases", cases_in(&report));
        assert!(output.status.success(), "as {role}:\n{report}");
        cases += cases_in(&report);
    }
    assert!(cases >= CASES_MIN, "only {cases} cases");
}
