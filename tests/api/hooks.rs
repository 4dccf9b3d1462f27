//! Alerts of other systems (C1): verified, counted once, and turned into drafts, tickets or nothing.

use buoy_shared::api::{HookReport, Items, Page};
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, Origin, TicketStatus};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Answer;
use serde_json::{Value, json};

pub(crate) async fn token(site: &Site) -> String {
    let made = site.staff().post("/api/support/agent/hooks/").send().await.expect(201).value();
    made["token"].as_str().expect("a token").to_owned()
}

pub(crate) async fn send(edge: &Edge, source: &str, token: &str, body: &Value) -> Answer {
    edge.client().with_bearer(token).post(&format!("/api/support/hooks/{source}/")).json(body).send().await
}

pub(crate) fn alertmanager(name: &str, severity: &str, status: &str) -> Value {
    json!({ "version": "4", "status": status, "alerts": [{
        "status": status, "labels": { "alertname": name, "severity": severity }, "annotations": { "description": "It is bad." },
        "startsAt": "2026-11-21T10:00:00Z", "fingerprint": name }] })
}

pub(crate) async fn drafts(site: &Site) -> Vec<Value> {
    let listed: Items<Value> = site.staff().get("/api/support/agent/incident_drafts/").send().await.expect(200).json();
    listed.items
}

async fn tickets(site: &Site) -> Vec<AgentTicketSummary> {
    let page: Page<AgentTicketSummary> =
        site.staff().get("/api/support/agent/tickets/").send().await.expect(200).json();
    page.items
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_what_is_down_is_drafted_once_what_needs_a_look_is_a_ticket_and_the_rest_is_nothing() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let token = token(&site).await;
    let report = |drafts, tickets, ignored| HookReport { drafts, tickets, ignored, ..HookReport::default() };
    for (name, severity, status, expected) in [
        ("ApiDown", "critical", "firing", report(1, 0, 0)),
        ("ApiDown", "critical", "firing", report(0, 0, 0)),
        ("Slow", "warning", "firing", report(0, 1, 0)),
        ("Slow", "warning", "firing", report(0, 1, 0)),
        ("Chatter", "info", "firing", report(0, 0, 1)),
        ("Unheard", "warning", "resolved", report(0, 0, 1)),
    ] {
        let answer = send(&edge, "alertmanager", &token, &alertmanager(name, severity, status)).await.expect(200);
        assert_eq!(answer.json::<HookReport>(), expected, "{name} {status}");
    }
    let drafted = drafts(&site).await;
    assert_eq!(
        (drafted.len(), &drafted[0]["draft"]["title"], &drafted[0]["source"]),
        (1, &json!("ApiDown"), &json!("alertmanager"))
    );
    // What a person decided on is not drafted again while the same alert goes on.
    let path = format!("/api/support/agent/incident_drafts/{}/reject/", drafted[0]["id"].as_str().expect("an id"));
    site.staff().post(&path).send().await.expect(204);
    send(&edge, "alertmanager", &token, &alertmanager("ApiDown", "critical", "firing")).await.expect(200);
    assert_eq!(drafts(&site).await, Vec::<Value>::new());

    let found = tickets(&site).await;
    assert_eq!(
        (found.len(), found[0].subject.as_str(), found[0].requester.name.as_deref()),
        (1, "Slow", Some("alertmanager"))
    );
    for _ in 0..2 {
        send(&edge, "alertmanager", &token, &alertmanager("Slow", "warning", "resolved")).await.expect(200);
    }
    let path = format!("/api/support/agent/tickets/{}/", found[0].id);
    let whole: AgentTicket = site.staff().get(&path).send().await.expect(200).json();
    let said: Vec<&str> = whole.ticket.messages.iter().map(|message| message.body.as_str()).collect();
    assert_eq!((whole.origin, said), (Origin::Alert, vec!["It is bad.", "Over: It is bad."]), "T6");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_without_a_token_of_the_site_are_refused_and_a_replaced_token_lives_until_the_next() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let (first, second) = (token(&site).await, token(&site).await);
    let body = alertmanager("Slow", "warning", "firing");
    for (what, wrong) in [("an agent's", site.staff_token.as_str()), ("made up", "bh1.site_demo.x"), ("half", "bh1.")] {
        send(&edge, "alertmanager", wrong, &body).await.expect(401);
        assert_eq!(tickets(&site).await.len(), 0, "{what}");
    }
    edge.client().post("/api/support/hooks/alertmanager/").json(&body).send().await.expect(401);
    let in_address = format!("/api/support/hooks/alertmanager/?key={second}");
    edge.client().post(&in_address).json(&body).send().await.expect(401);
    send(&edge, "pigeon", &second, &body).await.expect(401);
    let page =
        json!({ "page": {}, "incident": { "id": "i1", "name": "Outage", "status": "identified", "impact": "minor" } });
    let in_address = format!("/api/support/hooks/statuspage/?key={second}");
    edge.client().post(&in_address).json(&page).send().await.expect(200);
    let refused = send(&edge, "datadog", &second, &json!({ "title": "x" })).await.expect(422).value();
    assert_eq!(refused["errors"][0]["field"], "alert_cycle_key");
    send(&edge, "alertmanager", &first, &body).await.expect(200);
    token(&site).await;
    send(&edge, "alertmanager", &first, &body).await.expect(401);
    send(&edge, "alertmanager", &second, &body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_one_alert_that_cannot_be_kept_does_not_keep_the_others_out() {
    let edge = Edge::with_test_clock();
    let preset = include_str!("../../presets/school/policy.toml");
    let impatient = preset.replace("close_after_quiet_days = 7", "close_after_quiet_days = 1");
    assert_ne!(impatient, preset);
    let site = edge.new_site(&impatient, &[]).await;
    let token = token(&site).await;
    let one = |name: &str, status: &str, text: &str| {
        json!({ "status": status, "labels": { "alertname": name, "severity": "warning" }, "annotations": { "description": text },
            "startsAt": "2026-11-21T10:00:00Z", "fingerprint": name })
    };
    let group = |alerts: &[Value]| json!({ "version": "4", "status": "firing", "alerts": alerts });
    let long = "word ".repeat(3_000);
    let firing = group(&[one("Slow", "firing", "It is bad."), one("Long", "firing", &long)]);
    send(&edge, "alertmanager", &token, &firing).await.expect(200);
    let slow = tickets(&site).await.into_iter().find(|ticket| ticket.subject == "Slow").expect("a ticket");
    let path = format!("/api/support/agent/tickets/{}/", slow.id);
    let whole: AgentTicket = site.staff().get(&path).send().await.expect(200).json();
    let solved = json!({ "version": whole.desk.version, "status": "solved", "root_cause": "other", "resolution_summary": "Nothing." });
    site.staff().patch(&path).json(&solved).send().await.expect(200);
    edge.run_cron_at(slow.created_at.plus_seconds(2 * 86_400).as_millis()).await;
    let whole: AgentTicket = site.staff().get(&path).send().await.expect(200).json();
    assert_eq!(whole.ticket.status, TicketStatus::Closed);
    let mixed =
        group(&[one("Slow", "resolved", ""), one("Long", "resolved", &long), one("New", "firing", "It is new.")]);
    let answer = send(&edge, "alertmanager", &token, &mixed).await.expect(200);
    assert_eq!(answer.json::<HookReport>(), HookReport { tickets: 2, refused: 1, ..HookReport::default() });
    assert!(tickets(&site).await.iter().any(|ticket| ticket.subject == "New"));
}

/// Alerts of one source are no customer who asks the same thing again (R7), and no rule answers a machine (R2).
#[tokio::test(flavor = "multi_thread")]
async fn c1_alerts_are_neither_answered_by_rules_nor_escalated_as_one_issue() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("api-platform", &[]).await;
    let token = token(&site).await;
    for name in ["401 invalid api key", "Disk is slow", "Queue is long", "Mail is late"] {
        send(&edge, "alertmanager", &token, &alertmanager(name, "warning", "firing")).await.expect(200);
    }
    for ticket in tickets(&site).await {
        let path = format!("/api/support/agent/tickets/{}/", ticket.id);
        let whole: AgentTicket = site.staff().get(&path).send().await.expect(200).json();
        assert_eq!(whole.ticket.messages.len(), 1, "{}", ticket.subject);
        assert_eq!(whole.desk.escalated_at, None, "{}", ticket.subject);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_an_incident_that_is_reopened_is_drafted_anew() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let token = token(&site).await;
    let event = |kind: &str, at: &str| json!({ "event": { "event_type": kind, "occurred_at": at, "data": { "id": "PD1", "title": "Down", "urgency": "high" } } });
    for (kind, at, drafts) in [
        ("incident.triggered", "2026-11-21T10:00:00Z", 1),
        ("incident.resolved", "2026-11-21T10:10:00Z", 0),
        ("incident.reopened", "2026-11-21T10:20:00Z", 1),
        ("incident.reopened", "2026-11-21T10:20:00Z", 0),
    ] {
        let answer = send(&edge, "pagerduty", &token, &event(kind, at)).await.expect(200);
        assert_eq!(answer.json::<HookReport>().drafts, drafts, "{kind}");
    }
}
