//! What the team's routes refuse, by field and by role.

use crate::staff::{change, solved};
use crate::tickets::{agent_path, file, visitor_path};
use buoy_shared::problem::Problem;
use buoy_tests::edge::Edge;
use buoy_tests::http::Request;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_of_the_teams_routes_names_what_is_wrong() {
    let site = Edge::shared().new_site("school", &[]).await;
    let staff = site.staff();
    let ticket = file(&site.visitor(None).await, "One", "a").await;
    let foreign = file(&site.visitor(None).await, "Two", "b").await;
    let path = agent_path(&ticket);
    let patch = |mut body: serde_json::Value| {
        body["version"] = 1.into();
        staff.patch(&path).json(&body)
    };
    let bulk = |body: serde_json::Value| staff.post("/api/support/agent/tickets/bulk/").json(&body);
    let get = |query: &str| staff.get(&format!("/api/support/agent/tickets/{query}"));
    let long = "x".repeat(101);
    let rows: Vec<(&str, Request, u16, Option<&str>)> = vec![
        ("no version", staff.patch(&path).json(&json!({ "status": "pending" })), 422, Some("version")),
        ("a version to come", staff.patch(&path).json(&json!({ "version": 9 })), 422, Some("version")),
        ("an unknown field", patch(json!({ "tier": "x" })), 422, Some("tier")),
        ("an unknown priority", patch(json!({ "priority": "p9" })), 422, Some("priority")),
        ("an unknown category", patch(json!({ "category": "x" })), 422, Some("category")),
        ("an unknown queue", patch(json!({ "queue": "x" })), 422, Some("queue")),
        ("an unknown agent", patch(json!({ "assignee": "agt_x" })), 422, Some("assignee")),
        ("too many tags", patch(json!({ "tags": vec!["x"; 21] })), 422, Some("tags")),
        ("a blank tag", patch(json!({ "tags": [" "] })), 422, Some("tags")),
        ("an unknown cause", patch(json!({ "root_cause": "magic" })), 422, Some("root_cause")),
        (
            "T1: solved without a cause",
            patch(json!({ "status": "solved", "resolution_summary": "Done." })),
            422,
            Some("root_cause"),
        ),
        (
            "T1: solved without a summary",
            patch(json!({ "status": "solved", "root_cause": "other" })),
            422,
            Some("resolution_summary"),
        ),
        ("T1: four sentences", patch(json!({ "resolution_summary": "A. B. C. D." })), 422, Some("resolution_summary")),
        ("back to open", patch(json!({ "status": "open", "priority": "p1" })), 200, None),
        (
            "T1: solved by a reply without a cause",
            staff
                .post(&format!("{path}add_message/"))
                .json(&json!({ "body": "b", "status": "solved", "resolution_summary": "Done." })),
            422,
            Some("root_cause"),
        ),
        ("a search for no word", get("?text=%F0%9F%94%A5"), 422, Some("text")),
        ("T2: closed by the team", patch(json!({ "status": "closed" })), 409, None),
        ("no tickets", bulk(json!({ "tickets": [], "change": {} })), 422, Some("tickets")),
        ("101 tickets", bulk(json!({ "tickets": vec!["tkt_x"; 101], "change": {} })), 422, Some("tickets")),
        (
            "a version for many",
            bulk(json!({ "tickets": ["x"], "change": { "version": 1 } })),
            422,
            Some("change.version"),
        ),
        ("into itself", staff.post(&format!("{path}merge/")).json(&json!({ "into": ticket.id })), 422, Some("into")),
        ("into nothing", staff.post(&format!("{path}merge/")).json(&json!({ "into": "tkt_x" })), 422, Some("into")),
        ("into somebody else's", staff.post(&format!("{path}merge/")).json(&json!({ "into": foreign.id })), 409, None),
        (
            "a wish of no ticket",
            staff.post("/api/support/agent/features/").json(&json!({ "title": "x", "ticket": "tkt_x" })),
            422,
            Some("ticket"),
        ),
        (
            "a wish without words",
            staff.post("/api/support/agent/features/").json(&json!({ "title": " ", "ticket": ticket.id })),
            422,
            Some("title"),
        ),
        (
            "a vote for nothing",
            staff.post("/api/support/agent/features/ftr_x/vote/").json(&json!({ "ticket": ticket.id })),
            404,
            None,
        ),
        (
            "too many skills",
            staff.put("/api/support/agent/me/availability/").json(&json!({ "skills": vec!["x"; 51] })),
            422,
            Some("skills"),
        ),
        ("an unknown status", get("?status=lost"), 422, Some("status")),
        ("an unknown state of promises", get("?sla=late"), 422, Some("sla")),
        ("an unknown order", get("?sort=number"), 422, Some("sort")),
        ("a text too long", get(&format!("?text={long}")), 422, Some("text")),
        ("no place", staff.get(&format!("{path}messages/?after=x")), 422, Some("after")),
        ("no instant", staff.get("/api/support/stats/?from=yesterday"), 422, Some("from")),
    ];
    for (what, request, status, field) in rows {
        let answer = request.send().await;
        assert_eq!(answer.status, status, "{what}: {answer:#?}");
        if status != 200 {
            let problem: Problem = answer.json();
            assert_eq!(problem.errors.first().map(|error| error.field.as_str()), field, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_reads_and_changes_nothing() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    let ticket = file(&site.visitor(None).await, "One", "a").await;
    let viewer = edge.client().with_bearer(&site.add_agent(edge, "viewer").await);
    let path = agent_path(&ticket);
    for reading in [&path, &format!("{path}messages/"), "/api/support/agent/features/", "/api/support/agent/macros/"] {
        viewer.get(reading).send().await.expect(200);
    }
    let empty = json!({});
    for writing in [
        viewer.patch(&path).json(&json!({ "version": 1, "priority": "p0" })),
        viewer.post("/api/support/agent/tickets/bulk/").json(&json!({ "tickets": [ticket.id], "change": {} })),
        viewer.post(&format!("{path}merge/")).json(&json!({ "into": "x" })),
        viewer.post(&format!("{path}macro/")).json(&json!({ "key": "x" })),
        viewer.post("/api/support/agent/features/").json(&json!({ "title": "x", "ticket": ticket.id })),
        viewer.put("/api/support/agent/me/availability/").json(&empty),
    ] {
        writing.send().await.expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_of_a_requesters_decision_says_why() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "One", "a").await;
    let path = visitor_path(&ticket);
    let rate = |score: i32| visitor.post(&format!("{path}rating/")).json(&json!({ "score": score }));
    rate(5).send().await.expect(409);
    visitor.post(&format!("{path}close/")).send().await.expect(409);
    visitor.post(&format!("{path}auto_answer/")).json(&json!({ "solved": true })).send().await.expect(409);
    change(&staff, &ticket, solved()).await;
    for score in [0, 11, 255] {
        let problem: Problem = rate(score).send().await.expect(422).json();
        assert_eq!(problem.errors[0].field, "score");
    }
    rate(7).send().await.expect(200);
    rate(7).send().await.expect(200);
    rate(8).send().await.expect(409);
    let stranger = site.visitor(None).await;
    for request in [
        stranger.post(&format!("{path}rating/")).json(&json!({ "score": 1 })),
        stranger.post(&format!("{path}close/")),
        stranger.post(&format!("{path}auto_answer/")).json(&json!({ "solved": false })),
    ] {
        request.send().await.expect(404);
    }
}
