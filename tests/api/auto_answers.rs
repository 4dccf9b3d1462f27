//! Answers that no person wrote (R2, R3): given at once, asked about, and never a reason to lose a ticket.

use crate::clock::Desk;
use crate::staff::read;
use crate::tickets::{say, visitor_path};
use buoy_shared::api::Boot;
use buoy_shared::ticket::{AuthorKind, AutoAnswerOutcome, Ticket, TicketStatus};
use buoy_shared::triage::{Input, PageRules, Rules};
use buoy_tests::edge::Edge;
use serde_json::json;

pub(crate) const SUBJECT: &str = "401 invalid api key";
pub(crate) const BODY: &str = "Every request answers 401 invalid api key since this morning.";

pub(crate) async fn verdict(desk: &Desk, solved: bool) -> Ticket {
    verdict_at(desk, 5, solved).await
}

pub(crate) async fn verdict_at(desk: &Desk, minutes: i64, solved: bool) -> Ticket {
    let path = format!("{}auto_answer/", visitor_path(&desk.ticket));
    desk.visitor_at(minutes).post(&path).json(&json!({ "solved": solved })).send().await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_known_question_is_answered_in_the_posts_own_response() {
    let site = Edge::shared().new_site("api-platform", &[]).await;
    let visitor = site.visitor(None).await;
    let draft = json!({ "subject": SUBJECT, "body": BODY });
    let ticket: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).json();
    let answer = ticket.auto_answer.as_ref().expect("an automatic answer");
    assert_eq!(answer.confidence, 98, "R2: an invalid key");
    assert_eq!(ticket.auto_answer_outcome, Some(AutoAnswerOutcome::Waiting));
    let said: Vec<AuthorKind> = ticket.messages.iter().map(|message| message.author.kind).collect();
    assert_eq!(said, [AuthorKind::Requester, AuthorKind::Automation]);
    assert_eq!(ticket.messages[1].body, answer.body);
    assert_eq!((ticket.status, ticket.first_responded_at), (TicketStatus::Open, None), "a machine is no person");
    let again: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert_eq!(again, ticket, "what was answered is what is kept");
    let full = read(&site.staff(), &ticket).await;
    let facts: Vec<&str> = full.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(facts, ["ticket.created", "ticket.triaged", "auto_answered"]);
    assert_eq!(full.desk.assignee, None, "nobody is asked yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_yes_solves_the_ticket() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    for _ in 0..2 {
        let ticket = verdict(&desk, true).await;
        assert_eq!(
            (ticket.status, ticket.auto_answer_outcome),
            (TicketStatus::Solved, Some(AutoAnswerOutcome::Accepted))
        );
    }
    desk.cron(60).await;
    assert_eq!(desk.facts("auto_answer.").await, ["auto_answer.accepted"]);
    assert_eq!(desk.notices().await, Vec::<String>::new());
    let stats = desk.staff_at(60).get("/api/support/stats/").send().await.expect(200).value();
    assert_eq!((&stats["automation_percent"], &stats["solved"]), (&json!(100), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_no_puts_it_before_a_person_with_the_clock_from_the_start() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    for _ in 0..2 {
        let ticket = verdict(&desk, false).await;
        assert_eq!(
            (ticket.status, ticket.auto_answer_outcome),
            (TicketStatus::Open, Some(AutoAnswerOutcome::Rejected))
        );
        assert_eq!(ticket.first_response_due_at, desk.ticket.first_response_due_at, "counted from the start");
    }
    desk.cron(60).await;
    assert!(desk.read().await.desk.assignee.is_some());
    assert_eq!(desk.facts("auto_answer.").await, ["auto_answer.rejected"]);
    assert_eq!(desk.notices().await, ["auto_answer_failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_silence_puts_it_before_a_person_once() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    desk.cron(14).await;
    assert_eq!(desk.read().await.desk.assignee, None);
    desk.cron(15).await;
    desk.cron(16).await;
    let full = desk.read().await;
    assert_eq!(full.ticket.auto_answer_outcome, Some(AutoAnswerOutcome::Silent));
    assert!(full.desk.assignee.is_some());
    assert_eq!(full.ticket.first_response_due_at, desk.ticket.first_response_due_at, "counted from the start");
    assert_eq!(desk.facts("auto_answer.").await, ["auto_answer.unanswered"]);
    assert_eq!(desk.notices().await, ["auto_answer_failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_on_instead_of_saying_yes_gets_a_person() {
    let desk = Desk::open("api-platform", "starter", SUBJECT, BODY).await;
    say(&desk.visitor_at(2), &format!("{}add_message/", visitor_path(&desk.ticket)), "The new key fails too", "m")
        .await;
    desk.cron(3).await;
    let full = desk.read().await;
    assert_eq!(full.ticket.auto_answer_outcome, Some(AutoAnswerOutcome::Rejected));
    assert!(full.desk.assignee.is_some());
    assert_eq!(desk.notices().await, ["auto_answer_failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_wish_is_thanked_and_noted() {
    let site = Edge::shared().new_site("api-platform", &[]).await;
    let visitor = site.visitor(None).await;
    let draft = json!({ "category": "feature", "subject": "Feature request: dark mode", "body": "It would be great to have a dark mode." });
    let ticket: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).json();
    assert_eq!(ticket.messages.len(), 2, "thanks at once");
    let log = site.staff().get("/api/support/agent/features/").send().await.expect(200).value();
    assert_eq!((&log["items"][0]["title"], &log["items"][0]["votes"]), (&json!(ticket.subject), &json!(1)));
    assert_eq!(read(&site.staff(), &ticket).await.desk.queue, "feature_log");
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_page_can_ask_the_same_rules_before_anything_is_sent() {
    let site = Edge::shared().new_site("api-platform", &[]).await;
    let client = Edge::shared().client();
    let boot: Boot =
        client.get(&format!("/api/support/boot/?site={}&locale=en", site.id)).send().await.expect(200).json();
    let address = |hash: &str| format!("/api/support/triage/?site={}&locale=en&hash={hash}", site.id);
    for _ in 0..2 {
        let answer = client.get(&address(&boot.triage)).send().await.expect(200);
        assert!(answer.header("cache-control").contains("immutable"), "named by its hash");
        let rules: PageRules = answer.json();
        let found = Rules::for_page(&rules).triage(&Input { subject: SUBJECT, body: BODY, ..Input::default() });
        assert_eq!(found.answer.map(|answer| answer.key).as_deref(), Some("api-key-invalid"));
    }
    let old = client.get(&address("0123456789abcdef")).send().await.expect(200);
    assert!(!old.header("cache-control").contains("immutable"), "another hash may not be kept for ever");
    client.get("/api/support/triage/?site=site_nowhere&hash=1").send().await.expect(404);

    let policy = Edge::shared().new_site("school", &[]).await;
    let boot: Boot =
        client.get(&format!("/api/support/boot/?site={}&locale=en", policy.id)).send().await.expect(200).json();
    assert_eq!(
        (boot.attachments.max_files, boot.attachments.types.is_empty()),
        (5, false),
        "W4: limits are told before"
    );
}
