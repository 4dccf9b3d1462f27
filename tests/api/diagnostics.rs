//! What a page tells about itself comes without secrets, whoever sends it (W4), and the host's own values reach the team (T1).

use crate::tickets::agent_path;
use buoy_shared::redact::redact_diagnostics;
use buoy_shared::text::clean_line;
use buoy_shared::ticket::{AgentTicket, CUSTOM_MAX, Ticket};
use buoy_tests::edge::Edge;
use buoy_tests::samples::redaction_lines;
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn w4_the_edge_takes_every_secret_of_the_table_out_and_leaves_harmless_lines() {
    let site = Edge::shared().new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let lines = redaction_lines();
    assert!(lines.len() >= 700, "{} lines", lines.len());
    for (batch, lines) in lines.chunks(CUSTOM_MAX).enumerate() {
        let custom: BTreeMap<String, &String> =
            lines.iter().enumerate().map(|(place, line)| (format!("{place:02}"), line)).collect();
        let draft = json!({ "subject": "s", "body": "b", "context": { "custom": custom } });
        let filed =
            visitor.post("/api/support/tickets/").idempotency_key(&format!("k{batch}")).json(&draft).send().await;
        let ticket: Ticket = filed.expect(201).json();
        let kept: AgentTicket = site.staff().get(&agent_path(&ticket)).send().await.expect(200).json();
        let told = lines.iter().enumerate().map(|(place, line)| (format!("{place:02}"), clean_line(line)));
        let expected: BTreeMap<String, String> =
            told.filter(|(_, line)| !line.is_empty()).map(|(name, line)| (name, redact_diagnostics(&line))).collect();
        assert_eq!(kept.context.custom, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_technical_details_reach_the_team_without_secrets_and_what_is_too_much_is_refused_by_name() {
    let site = Edge::shared().new_site("school", &[]).await;
    let visitor = site.visitor(None).await;
    let post = async |key: &str, context: serde_json::Value| {
        let draft = json!({ "subject": "s", "body": "b", "context": context });
        visitor.post("/api/support/tickets/").idempotency_key(key).json(&draft).send().await
    };
    let given = json!({ "url": "https://app.example.com/pay", "full_url": "https://app.example.com/pay?token=0f1e2d3c4b5a69788796",
        "user_agent": "Mozilla/5.0", "viewport": "1280x800", "app_version": "2026.11.3",
        "errors": ["TypeError: cart is undefined", "mail to jo@example.com failed"], "custom": { "order": "4711" } });
    let ticket: Ticket = post("a", given).await.expect(201).json();
    let kept: AgentTicket = site.staff().get(&agent_path(&ticket)).send().await.expect(200).json();
    let context = kept.context;
    assert_eq!(context.errors, ["TypeError: cart is undefined", "mail to [email] failed"]);
    assert!(!context.full_url.unwrap_or_default().contains("0f1e2d3c"));
    assert_eq!(
        (context.app_version.as_deref(), context.viewport.as_deref(), context.custom["order"].as_str()),
        (Some("2026.11.3"), Some("1280x800"), "4711")
    );
    let many = |count: usize| vec!["e"; count];
    let values = |count: usize| (0..count).map(|place| (place.to_string(), "v")).collect::<BTreeMap<_, _>>();
    for (key, context, field) in [
        ("b", json!({ "errors": many(11) }), "context.errors"),
        ("c", json!({ "errors": ["e".repeat(301)] }), "context.errors"),
        ("d", json!({ "custom": values(21) }), "context.custom"),
        ("e", json!({ "custom": { "n".repeat(41): "v" } }), "context.custom"),
        ("f", json!({ "app_version": "v".repeat(2_001) }), "context.app_version"),
    ] {
        let refused = post(key, context).await.expect(422).value();
        assert_eq!(refused["errors"][0]["field"], field);
    }
}
