//! How tickets end: solved with a cause, rated, confirmed, reopened; and what is asked too often is escalated.

use crate::staff::{change, read, solved};
use crate::tickets::{file, say, visitor_path};
use buoy_shared::ticket::{RootCause, Ticket, TicketStatus};
use buoy_tests::edge::Edge;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn t1_a_solved_ticket_says_why_and_what_was_done() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "Cannot pay", "k").await;
    let done = change(&staff, &ticket, solved()).await;
    assert_eq!(done.ticket.status, TicketStatus::Solved);
    assert_eq!(done.desk.root_cause, Some(RootCause::ProductBug));
    assert_eq!(done.desk.resolution_summary.as_deref(), Some("Fixed the button. It pays again."));
    assert!(done.desk.solved_at.is_some());
    say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), "It is back", "m").await;
    let reopened = read(&staff, &ticket).await;
    assert_eq!((reopened.ticket.status, reopened.desk.solved_at), (TicketStatus::Open, None), "T2: a reply reopens");
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_a_requester_confirms_and_rates_a_solved_ticket() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "Cannot pay", "k").await;
    change(&staff, &ticket, solved()).await;
    let path = visitor_path(&ticket);
    let closed: Ticket = visitor.post(&format!("{path}close/")).send().await.expect(200).json();
    assert_eq!(closed.status, TicketStatus::Closed);
    visitor.post(&format!("{path}close/")).send().await.expect(200);
    let rating = json!({ "score": 4, "comment": "Slow" });
    let rated: Ticket = visitor.post(&format!("{path}rating/")).json(&rating).send().await.expect(200).json();
    assert_eq!(rated.rating, Some(4));
    let full = read(&staff, &ticket).await;
    assert_eq!(full.rating_comment.as_deref(), Some("Slow"));
    let kinds: Vec<&str> = full.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "rated").count(), 1);
    assert_eq!(kinds.iter().filter(|kind| **kind == "status.changed").count(), 2, "solved and closed, once each");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_the_third_ticket_on_one_issue_escalates_and_so_does_the_fourth() {
    let site = Edge::shared().new_site("school", &[]).await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let mut escalated = Vec::new();
    for key in ["a", "b", "c", "d"] {
        let ticket = file(&visitor, "Cannot pay", key).await;
        let full = read(&staff, &ticket).await;
        let fact =
            full.events.iter().find(|event| event.kind == "escalated").map(|event| event.data["tickets"].clone());
        assert_eq!(fact.is_some(), full.desk.escalated_at.is_some());
        escalated.push(fact);
    }
    assert_eq!(escalated, [None, None, Some(json!([1, 2, 3])), Some(json!([1, 2, 3, 4]))]);
    let other = json!({ "category": "zoom", "subject": "No sound", "body": "none" });
    let ticket: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("e").json(&other).send().await.expect(201).json();
    assert_eq!(read(&staff, &ticket).await.desk.escalated_at, None, "another matter");
}
