//! Macros (M): filled in from the ticket, never sent with a gap, never with a phrase that the team does not say.

use crate::clock::Desk;
use crate::staff::read;
use crate::tickets::agent_path;
use buoy_shared::api::{Items, MacroInfo};
use buoy_shared::problem::Problem;
use buoy_shared::promise;
use buoy_shared::ticket::{Message, Ticket, TicketStatus};
use buoy_tests::edge::{Edge, Site};
use serde_json::json;
use std::collections::BTreeMap;

async fn ticket(site: &Site, claims: serde_json::Value) -> Ticket {
    let visitor = site.visitor(Some(&site.identity("u1", &claims))).await;
    let draft = json!({ "category": "billing", "subject": "Invoice", "body": "Where is it?", "locale": "en" });
    visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn m_a_macro_speaks_the_tickets_own_words() {
    let site = Edge::shared().new_site("api-platform", &[]).await;
    let staff = site.staff();
    let list: Items<MacroInfo> = staff.get("/api/support/agent/macros/?locale=en").send().await.expect(200).json();
    assert!(list.items.len() >= 13, "M names thirteen");
    let ticket = ticket(&site, json!({ "name": "Ann" })).await;
    let prepared = list.items.iter().find(|item| item.key == "acknowledgement").expect("an acknowledgement");
    let variables: serde_json::Map<String, serde_json::Value> = prepared
        .variables
        .iter()
        .filter(|name| *name != "customer_name")
        .map(|name| (name.clone(), json!("soon")))
        .collect();
    let body = json!({ "key": "acknowledgement", "variables": variables });
    let path = format!("{}macro/", agent_path(&ticket));
    let sent: Message = staff.post(&path).idempotency_key("m").json(&body).send().await.expect(201).json();
    assert!(sent.body.starts_with("Hello Ann,") && !sent.body.contains("{{"), "{}", sent.body);
    let again: Message = staff.post(&path).idempotency_key("m").json(&body).send().await.expect(201).json();
    assert_eq!(again.id, sent.id, "a repeat is one message");
    assert!(read(&staff, &ticket).await.ticket.first_responded_at.is_some());
    let variables: BTreeMap<&str, &str> =
        list.items.iter().flat_map(|item| &item.variables).map(|name| (name.as_str(), "x")).collect();
    let solving = json!({ "key": "solution", "variables": variables, "status": "solved", "root_cause": "other",
        "resolution_summary": "Explained." });
    staff.post(&path).json(&solving).send().await.expect(201);
    assert_eq!(read(&staff, &ticket).await.ticket.status, TicketStatus::Solved, "M: the solution with its steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn m_a_gap_that_nobody_filled_and_a_forbidden_phrase_are_refused_by_name() {
    let site = Edge::shared().new_site("api-platform", &[]).await;
    let staff = site.staff();
    let ticket = ticket(&site, json!({})).await;
    let path = agent_path(&ticket);
    let send = |body: serde_json::Value| staff.post(&format!("{path}macro/")).json(&body);
    let problem: Problem = send(json!({ "key": "acknowledgement" })).send().await.expect(422).json();
    let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert!(fields.contains(&"variables.customer_name"), "{fields:?}");
    let problem: Problem = send(json!({ "key": "poem" })).send().await.expect(422).json();
    assert_eq!(problem.errors[0].field, "key");
    let reply = |internal: bool| {
        let body = json!({ "body": "Honestly, we DON’T know what's wrong.", "internal": internal });
        staff.post(&format!("{path}add_message/")).json(&body)
    };
    let hidden = json!({ "body": "We don\u{200b}'t know what's\u{ad} wrong" });
    staff.post(&format!("{path}add_message/")).json(&hidden).send().await.expect(422);
    let problem: Problem = reply(false).send().await.expect(422).json();
    assert_eq!(problem.errors[0].field, "body");
    assert!(problem.errors[0].detail.contains("we don't know what's wrong"), "M: the phrase is named");
    reply(true).send().await.expect(201);
    assert_eq!(read(&staff, &ticket).await.ticket.messages.len(), 2, "only the note was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_m_the_due_time_of_a_macro_says_by_which_clock_and_is_a_gap_once_it_has_passed() {
    for (preset, tier, subject, zone, suffix) in [
        ("school", "standard", "Не могу войти", "Europe/Moscow", " UTC+3."),
        ("api-platform", "enterprise", "Production is down", "America/Los_Angeles", "."),
    ] {
        let desk = Desk::open(preset, tier, subject, "Пишет: неверный пароль.").await;
        let due = desk.ticket.first_response_due_at.expect("a first answer is promised");
        let path = format!("{}macro/", agent_path(&desk.ticket));
        let send = |minutes: i64| desk.staff_at(minutes).post(&path).json(&json!({ "key": "acknowledgement" }));
        let late = due.plus_seconds(60).as_millis() - desk.ticket.created_at.as_millis();
        let problem: Problem = send(late / 60_000).send().await.expect(422).json();
        let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["variables.due"], "{preset}: a time that has passed is no promise");
        let sent: Message = send(1).send().await.expect(201).json();
        let now = desk.ticket.created_at.plus_seconds(60);
        let told = promise::by_office_clock(due, now, zone, &desk.read().await.locale);
        assert!(sent.body.contains(&told) && told.contains("UTC"), "{preset}: {told} in {}", sent.body);
        assert!(sent.body.contains(suffix), "{preset}: {}", sent.body);
    }
}
