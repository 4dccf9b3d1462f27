//! Tickets over HTTP: filed once, read by their requester, answered by the team.

use buoy_shared::api::{Page, Stats};
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, AuthorKind, Message, Ticket, TicketStatus, TicketSummary};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use serde_json::json;

const TICKETS: &str = "/api/support/tickets/";

/// Files a ticket and gives it.
pub(crate) async fn file(visitor: &Client, subject: &str, key: &str) -> Ticket {
    let body = json!({ "category": "payment", "subject": subject, "body": "The page says: declined." });
    visitor.post(TICKETS).idempotency_key(key).json(&body).send().await.expect(201).json()
}

/// A visitor's or an agent's message.
pub(crate) async fn say(client: &Client, path: &str, text: &str, key: &str) -> Message {
    client.post(path).idempotency_key(key).json(&json!({ "body": text })).send().await.expect(201).json()
}

pub(crate) fn visitor_path(ticket: &Ticket) -> String {
    format!("{TICKETS}{}/", ticket.id)
}

pub(crate) fn agent_path(ticket: &Ticket) -> String {
    format!("/api/support/agent/tickets/{}/", ticket.id)
}

async fn school() -> Site {
    Edge::shared().new_site("school", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_files_a_ticket_and_learns_its_number_and_the_promise() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Не могу войти", "k").await;
    assert_eq!((ticket.number, ticket.status, ticket.priority.as_str()), (1, TicketStatus::Open, "p1"));
    assert_eq!(
        ticket.first_response_due_at,
        Some(ticket.created_at.plus_seconds(2 * 3_600)),
        "P: P1 within 2 h, around the clock"
    );
    assert_eq!(ticket.messages.len(), 1);
    assert_eq!(file(&visitor, "Второе", "k2").await.number, 2, "numbers are counted per site");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_sent_twice_is_one_ticket_and_one_answer() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let body = json!({ "subject": "Once", "body": "only" });
    let first = visitor.post(TICKETS).idempotency_key("same").json(&body).send().await.expect(201);
    let second = visitor.post(TICKETS).idempotency_key("same").json(&body).send().await.expect(201);
    assert_eq!(first.text(), second.text());
    let list: Page<TicketSummary> = visitor.get(TICKETS).send().await.expect(200).json();
    assert_eq!(list.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_requests_with_one_key_at_once_one_ticket_comes() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let body = json!({ "subject": "Race", "body": "twenty at once" });
    let sends: Vec<_> =
        (0..20).map(|_| tokio::spawn(visitor.post(TICKETS).idempotency_key("race").json(&body).send())).collect();
    let mut answers = Vec::new();
    for send in sends {
        answers.push(send.await.expect("no request panics").expect(201).text());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "every request got the same answer");
    let list: Page<TicketSummary> = visitor.get(TICKETS).send().await.expect(200).json();
    assert_eq!(list.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_for_another_request_is_refused() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    file(&visitor, "First", "k").await;
    let other = json!({ "subject": "Second", "body": "text" });
    let answer = visitor.post(TICKETS).idempotency_key("k").json(&other).send().await.expect(422);
    assert_eq!(answer.value()["type"], "urn:buoy:problem:idempotency-key-reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conversation_goes_both_ways_and_the_history_tells_it() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "t").await;
    let (mine, theirs) = (visitor_path(&ticket), agent_path(&ticket));
    let staff = site.staff();
    say(&staff, &format!("{theirs}add_message/"), "Which card?", "a1").await;
    let read: Ticket = visitor.get(&mine).send().await.expect(200).json();
    assert_eq!(read.status, TicketStatus::InProgress, "a first answer puts it in progress");
    assert!(read.first_responded_at.is_some());
    assert_eq!(
        read.messages.iter().map(|message| message.author.kind).collect::<Vec<_>>(),
        [AuthorKind::Requester, AuthorKind::Agent]
    );

    say(&visitor, &format!("{mine}add_message/"), "A blue one", "v1").await;
    let full: AgentTicket = staff.get(&theirs).send().await.expect(200).json();
    assert_eq!(full.ticket.messages.last().map(|message| message.body.as_str()), Some("A blue one"));
    let facts: Vec<&str> = full.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(
        facts,
        ["ticket.created", "ticket.triaged", "assigned", "message.added", "status.changed", "message.added"],
        "T5: every change is a fact"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_note_is_never_shown_to_the_customer() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "t").await;
    let note = json!({ "body": "fraud? check first", "internal": true });
    site.staff().post(&format!("{}add_message/", agent_path(&ticket))).json(&note).send().await.expect(201);
    let read = visitor.get(&visitor_path(&ticket)).send().await.expect(200);
    assert!(!read.text().contains("fraud"));
    let read: Ticket = read.json();
    assert_eq!(
        (read.messages.len(), read.status, read.first_responded_at),
        (1, TicketStatus::Open, None),
        "a note is no answer"
    );
    let list: Page<TicketSummary> = visitor.get(TICKETS).send().await.expect(200).json();
    assert_eq!(list.items.first().map(|summary| summary.unread), Some(0));
    let full: AgentTicket = site.staff().get(&agent_path(&ticket)).send().await.expect(200).json();
    assert!(full.ticket.messages.iter().any(|message| message.internal));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_reply_reopens_a_solved_ticket_and_a_closed_one_takes_no_more() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "t").await;
    let (mine, theirs) =
        (format!("{}add_message/", visitor_path(&ticket)), format!("{}add_message/", agent_path(&ticket)));
    let staff = site.staff();
    let status = |status: &str| json!({ "body": "as said", "status": status, "root_cause": "other", "resolution_summary": "Said so." });
    staff.post(&theirs).json(&status("solved")).send().await.expect(201);
    say(&visitor, &mine, "No, it is back", "v1").await;
    let reopened: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert_eq!(reopened.status, TicketStatus::Open);

    let refused = staff.post(&theirs).json(&status("closed")).send().await.expect(409);
    assert_eq!(refused.value()["type"], "urn:buoy:problem:conflict", "T2: only the requester or quiet days close");
    staff.post(&theirs).json(&status("solved")).send().await.expect(201);
    visitor.post(&format!("{}close/", visitor_path(&ticket))).send().await.expect(200);
    for answer in [
        visitor.post(&mine).idempotency_key("v2").json(&json!({ "body": "hello?" })).send().await,
        staff.post(&theirs).json(&json!({ "body": "one more" })).send().await,
    ] {
        assert_eq!(answer.expect(409).value()["type"], "urn:buoy:problem:conflict");
    }
    let closed: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert_eq!(closed.messages.len(), 4, "nothing was written after the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_answers_are_counted_until_they_are_seen() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "t").await;
    for key in ["a1", "a2"] {
        say(&site.staff(), &format!("{}add_message/", agent_path(&ticket)), "Hello", key).await;
    }
    let unread = async || {
        let list: Page<TicketSummary> = visitor.get(TICKETS).send().await.expect(200).json();
        list.items.first().map(|summary| summary.unread)
    };
    assert_eq!(unread().await, Some(2));
    let seen = format!("{}seen/", visitor_path(&ticket));
    visitor.post(&seen).json(&json!({ "seq": 2 })).send().await.expect(200);
    assert_eq!(unread().await, Some(1));
    let answer = visitor.post(&seen).json(&json!({ "seq": 4_000_000_000_u32 })).send().await.expect(200);
    assert_eq!(answer.value()["seq"], 3, "nobody has seen what was not written");
    assert_eq!(unread().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_words_that_come_late_do_not_make_an_answer_above_them_read() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    let ticket = file(&visitor, "Cannot pay", "t").await;
    say(&site.staff(), &format!("{}add_message/", agent_path(&ticket)), "Try again now", "a1").await;
    say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), "Still not", "from a tunnel").await;
    let list: Page<TicketSummary> = visitor.get(TICKETS).send().await.expect(200).json();
    assert_eq!(list.items.first().map(|summary| summary.unread), Some(1), "the page says what was read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_paged_without_gap_or_double() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    for at in 0..7 {
        file(&visitor, &format!("Ticket {at}"), &format!("k{at}")).await;
    }
    let mut numbers = Vec::new();
    let mut path = format!("{TICKETS}?limit=3");
    loop {
        let page: Page<TicketSummary> = visitor.get(&path).send().await.expect(200).json();
        assert!(page.items.len() <= 3);
        numbers.extend(page.items.iter().map(|summary| summary.number));
        let Some(cursor) = page.next_cursor else { break };
        path = format!("{TICKETS}?limit=3&cursor={cursor}");
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_sees_all_tickets_of_its_site_by_status_and_in_figures() {
    let site = school().await;
    let ticket = file(&site.visitor(None).await, "One", "k").await;
    file(&site.visitor(None).await, "Two", "k").await;
    let staff = site.staff();
    staff
        .post(&format!("{}add_message/", agent_path(&ticket)))
        .json(&json!({ "body": "done", "status": "solved", "root_cause": "other", "resolution_summary": "Done." }))
        .send()
        .await
        .expect(201);
    let list = async |query: &str| -> Vec<String> {
        let page: Page<AgentTicketSummary> =
            staff.get(&format!("/api/support/agent/tickets/{query}")).send().await.expect(200).json();
        page.items.into_iter().map(|summary| summary.subject).collect()
    };
    assert_eq!(list("").await, ["One", "Two"], "the last changed first");
    assert_eq!(list("?status=solved").await, ["One"]);
    let stats: Stats = staff.get("/api/support/stats/").send().await.expect(200).json();
    assert_eq!((stats.by_status.get("solved"), stats.by_status.get("open")), (Some(&1), Some(&1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_reads_and_may_not_write() {
    let site = school().await;
    let ticket = file(&site.visitor(None).await, "One", "k").await;
    let viewer = Client::new(&Edge::shared().url()).with_bearer(&site.add_agent(Edge::shared(), "viewer").await);
    viewer.get(&agent_path(&ticket)).send().await.expect(200);
    let answer = viewer
        .post(&format!("{}add_message/", agent_path(&ticket)))
        .json(&json!({ "body": "hi" }))
        .send()
        .await
        .expect(403);
    assert_eq!(answer.value()["type"], "urn:buoy:problem:forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_of_the_longest_messages_stays_readable_for_both_sides() {
    let site = school().await;
    let visitor = site.visitor(None).await;
    // A lifebuoy takes four bytes, a quote two in JSON.
    for (letter, count) in [("\u{1f6df}", 60), ("\"", 100)] {
        let ticket = file(&visitor, "Long", &format!("t{count}")).await;
        let longest = letter.repeat(10_000);
        for at in 0..count {
            let key = format!("m{count}-{at}");
            say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), &longest, &key).await;
        }
        for (client, path) in [(&visitor, visitor_path(&ticket)), (&site.staff(), agent_path(&ticket))] {
            let answer = client.get(&path).send().await.expect(200);
            assert!(answer.text().len() < 1_400_000, "{} bytes of the database's two million", answer.text().len());
            let read: Ticket = answer.json();
            assert!(read.messages.len() > 20, "{} messages", read.messages.len());
        }
    }
}
