//! Two people at one ticket at the same moment: nothing that either says is lost, and nobody decides on what they did not see.

use crate::live::{bodies_until_caught_up, connect, next, visitor as live_visitor};
use crate::staff::{change, read, solved};
use crate::tickets::{agent_path, file, say, visitor_path};
use buoy_shared::api::{LiveEvent, Page};
use buoy_shared::problem::Problem;
use buoy_shared::ticket::{AgentTicket, ThreadEventKind, Ticket, TicketStatus, TicketSummary};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::{Answer, Client};
use serde_json::json;

async fn school() -> Site {
    Edge::shared().new_site("school", &[]).await
}

fn answers(ticket: &Ticket) -> String {
    format!("{}add_message/", agent_path(ticket))
}

fn words(ticket: &Ticket) -> String {
    format!("{}add_message/", visitor_path(ticket))
}

async fn merge(staff: &Client, from: &Ticket, into: &Ticket) -> Answer {
    staff.post(&format!("{}merge/", agent_path(from))).json(&json!({ "into": into.id })).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_solves_hears_what_the_customer_wrote_since_they_read() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "Cannot pay", "t").await;
    let seen = read(&staff, &ticket).await.desk.version;
    say(&visitor, &words(&ticket), "That deleted everything! Help!", "v").await;
    let mut draft = solved();
    draft["body"] = "Great, that is done then.".into();
    draft["version"] = seen.into();
    let problem: Problem = staff.post(&answers(&ticket)).json(&draft).send().await.expect(409).json();
    assert!(problem.changes.iter().any(|change| change.kind == "message.added"), "{problem:?}");
    let now = read(&staff, &ticket).await;
    assert_eq!((now.ticket.status, now.ticket.messages.len()), (TicketStatus::Open, 2), "nothing was written");
    draft["version"] = now.desk.version.into();
    staff.post(&answers(&ticket)).json(&draft).send().await.expect(201);
    draft["version"] = 9_999.into();
    staff.post(&answers(&ticket)).json(&draft).send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_question_that_is_merged_into_a_solved_ticket_opens_it_again() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let (done, open) = (file(&visitor, "One", "a").await, file(&visitor, "Two", "b").await);
    change(&staff, &done, solved()).await;
    let merged: AgentTicket = merge(&staff, &open, &done).await.expect(200).json();
    assert_eq!(merged.ticket.status, TicketStatus::Open);
    assert!(merged.desk.solved_at.is_none(), "it does not close by itself");
    let kinds: Vec<&str> = merged.events.iter().map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"merged") && kinds.contains(&"status.changed") && kinds.contains(&"message.added"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_unread_before_a_merge_is_unread_after_it() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let (kept, gone) = (file(&visitor, "One", "a").await, file(&visitor, "Two", "b").await);
    for ticket in [&kept, &gone] {
        say(&staff, &answers(ticket), "An answer", ticket.id.as_str()).await;
    }
    merge(&staff, &gone, &kept).await.expect(200);
    let list: Page<TicketSummary> = visitor.get("/api/support/tickets/").send().await.expect(200).json();
    let unread = list.items.iter().find(|summary| summary.id == kept.id).map(|summary| summary.unread);
    assert!(unread >= Some(2), "{unread:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_of_four_tickets_at_the_same_moment_two_are_escalated() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let filed = (0..4).map(|at| {
        let visitor = visitor.clone();
        tokio::spawn(async move { file(&visitor, "Cannot pay", &at.to_string()).await })
    });
    let mut escalated = 0;
    for ticket in filed.collect::<Vec<_>>() {
        let ticket = ticket.await.expect("no request panics");
        escalated += usize::from(read(&site.staff(), &ticket).await.desk.escalated_at.is_some());
    }
    assert_eq!(escalated, 2, "the third and the fourth");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_that_a_ticket_was_solved_without_a_word() {
    let site = school().await;
    let (token, client) = live_visitor(&site).await;
    let ticket = file(&client, "Cannot pay", "t").await;
    let mut socket = connect(&ticket, &token, 1).await.expect("connected");
    assert!(bodies_until_caught_up(&mut socket).await.is_empty());
    change(&site.staff(), &ticket, solved()).await;
    match (next(&mut socket).await, next(&mut socket).await) {
        (LiveEvent::Event { event, .. }, LiveEvent::CaughtUp { status, .. }) => {
            assert_eq!((event.kind, status), (ThreadEventKind::Solved, TicketStatus::Solved));
        }
        events => panic!("{events:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_the_same_with_and_without_the_last_slash() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let body = json!({ "subject": "Once", "body": "only" });
    let first = visitor.post("/api/support/tickets/").idempotency_key("k").json(&body).send().await.expect(201);
    let second = visitor.post("/api/support/tickets").idempotency_key("k").json(&body).send().await.expect(201);
    assert_eq!(first.text(), second.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_thread_shows_its_newest_words() {
    let site = school().await;
    let (visitor, staff) = (site.visitor(None).await, site.staff());
    let ticket = file(&visitor, "Long", "t").await;
    let long = "🙂".repeat(9_990);
    for at in 0..25 {
        say(&visitor, &words(&ticket), &long, &format!("v{at}")).await;
    }
    say(&staff, &answers(&ticket), "The answer", "a").await;
    let read: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert_eq!(read.messages.last().map(|message| message.body.as_str()), Some("The answer"));
    assert!(read.messages.is_sorted_by_key(|message| message.seq));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_the_team_reads_nothing_and_leaves_their_tickets_to_others() {
    let edge = Edge::shared();
    let site = school().await;
    let token = site.add_agent(edge, "agent").await;
    let left = edge.client().with_bearer(&token);
    let id = left.get("/api/support/agent/me/").send().await.expect(200).value()["id"].clone();
    let ticket = file(&site.visitor(None).await, "Cannot pay", "t").await;
    change(&site.staff(), &ticket, json!({ "assignee": id })).await;
    let path = format!("/api/support/operator/sites/{}/agents/{}/", site.id, id.as_str().expect("an id"));
    left.delete(&path).send().await.expect(403);
    site.staff().delete(&path).send().await.expect(204);
    left.get("/api/support/agent/me/").send().await.expect(401);
    assert_ne!(read(&site.staff(), &ticket).await.desk.assignee.as_deref(), id.as_str());
    site.staff().delete(&path).send().await.expect(404);
}
