//! What time alone does to tickets (A5): time is moved, not waited for, and the cron runs twice each time. Every act is
//! seen once in the history and once in the outbox.

use crate::staff::{change, read, solved};
use crate::tickets::{agent_path, say, visitor_path};
use buoy_shared::ticket::{AgentTicket, Ticket, TicketStatus};
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use serde_json::{Value, json};

/// A desk with a clock that a test moves, in minutes from the ticket on.
pub(crate) struct Desk {
    pub(crate) edge: Edge,
    pub(crate) site: Site,
    visitor: Client,
    pub(crate) ticket: Ticket,
}

impl Desk {
    /// A desk with one ticket of a customer of a tier.
    pub(crate) async fn open(preset: &str, tier: &str, subject: &str, body: &str) -> Self {
        let edge = Edge::with_test_clock();
        let site = edge.new_site(preset, &[]).await;
        let visitor = site.visitor(Some(&site.identity("u1", &json!({ "tier": tier, "name": "Ann" })))).await;
        let ticket = file(&visitor, subject, body, "k").await;
        Self { edge, site, visitor, ticket }
    }

    pub(crate) fn time(&self, minutes: i64) -> Timestamp {
        self.ticket.created_at.plus_seconds(minutes * 60)
    }

    pub(crate) fn at(&self, client: &Client, minutes: i64) -> Client {
        client.clone().with_header("x-test-now", &self.time(minutes).to_rfc3339())
    }

    pub(crate) fn staff_at(&self, minutes: i64) -> Client {
        self.at(&self.site.staff(), minutes)
    }

    pub(crate) fn visitor_at(&self, minutes: i64) -> Client {
        self.at(&self.visitor, minutes)
    }

    /// The cron runs twice.
    pub(crate) async fn cron(&self, minutes: i64) {
        for _ in 0..2 {
            self.cron_once(minutes).await;
        }
    }

    pub(crate) async fn cron_once(&self, minutes: i64) {
        self.edge.run_cron_at(self.time(minutes).as_millis()).await;
    }

    /// Somebody else without a name.
    pub(crate) async fn stranger(&self) -> Client {
        self.at(&self.site.visitor(None).await, 0)
    }

    /// Adds tickets that are not due for a year.
    pub(crate) async fn fill(&self, first: u32, last: u32) {
        let path = format!("/__test/fill?site={}&first={first}&last={last}", self.site.id);
        self.edge.client().get(&path).send().await.expect(200);
    }

    pub(crate) async fn read(&self) -> AgentTicket {
        read(&self.site.staff(), &self.ticket).await
    }

    /// Facts of these kinds, in order.
    pub(crate) async fn facts(&self, prefix: &str) -> Vec<String> {
        let events = self.read().await.events;
        events.into_iter().map(|event| event.kind).filter(|kind| kind.starts_with(prefix)).collect()
    }

    /// Notices that wait in the outbox.
    pub(crate) async fn notices(&self) -> Vec<String> {
        let path = format!("/__test/outbox?site={}", self.site.id);
        let kept: Vec<Value> = self.edge.client().get(&path).send().await.expect(200).json();
        let kinds = kept.iter().map(|task| task["kind"].as_str().expect("a kind").to_owned());
        let mut kinds: Vec<String> = kinds.filter(|kind| kind != "notify_thread" && kind != "publish_site").collect();
        kinds.sort();
        kinds
    }
}

pub(crate) async fn file(visitor: &Client, subject: &str, body: &str, key: &str) -> Ticket {
    let draft = json!({ "subject": subject, "body": body });
    visitor.post("/api/support/tickets/").idempotency_key(key).json(&draft).send().await.expect(201).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_p2_an_unanswered_ticket_is_warned_of_flagged_and_given_to_somebody_else_once_each() {
    let desk = Desk::open("school", "standard", "Не могу войти", "Пишет: неверный пароль.").await;
    assert_eq!(desk.ticket.priority, "p1", "two hours, around the clock");
    let other = desk.site.add_agent(&desk.edge, "agent").await;
    let holder = desk.read().await.desk.assignee;
    for (minutes, facts, notices) in [
        (89, vec![], vec![]),
        (90, vec!["sla.warned"], vec!["sla_warning"]),
        (119, vec!["sla.warned"], vec!["sla_warning"]),
        (121, vec!["sla.warned", "sla.breached"], vec!["sla_breach", "sla_warning"]),
        (239, vec!["sla.warned", "sla.breached"], vec!["sla_breach", "sla_warning"]),
        (
            240,
            vec!["sla.warned", "sla.breached", "sla.reassigned"],
            vec!["sla_breach", "sla_reassigned", "sla_warning"],
        ),
        (
            600,
            vec!["sla.warned", "sla.breached", "sla.reassigned"],
            vec!["sla_breach", "sla_reassigned", "sla_warning"],
        ),
    ] {
        desk.cron(minutes).await;
        assert_eq!(desk.facts("sla.").await, facts, "after {minutes} minutes");
        assert_eq!(desk.notices().await, notices, "after {minutes} minutes");
    }
    let after = desk.read().await;
    let me = desk.edge.client().with_bearer(&other).get("/api/support/agent/me/").send().await.expect(200).value();
    assert_eq!(after.desk.assignee.as_deref(), me["id"].as_str(), "P2: it changed hands");
    assert_ne!(after.desk.assignee, holder);
    assert!(after.desk.breached);
    let late = "/api/support/agent/tickets/?sla=breached";
    let page = desk.staff_at(600).get(late).send().await.expect(200).value();
    assert_eq!(page["items"][0]["number"], 1);
    let stats = desk.staff_at(600).get("/api/support/stats/").send().await.expect(200).value();
    assert_eq!(stats["sla"], json!({ "met": 0, "missed": 1, "missed_tickets": [1] }), "D: missed, with its number");
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_a_promise_of_less_than_an_hour_is_warned_of_halfway() {
    let desk = Desk::open("school", "standard", "Сайт не открывается ни у кого", "Весь класс ждёт.").await;
    assert_eq!(desk.ticket.priority, "p0", "a quarter of an hour");
    desk.cron(7).await;
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new());
    desk.cron(8).await;
    assert_eq!(desk.facts("sla.").await, ["sla.warned"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_time_keeps_the_alarm_silent() {
    let desk = Desk::open("school", "standard", "Не могу войти", "Пишет: неверный пароль.").await;
    say(&desk.staff_at(80), &format!("{}add_message/", agent_path(&desk.ticket)), "Try again", "r").await;
    desk.cron(600).await;
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new());
    assert!(!desk.read().await.desk.breached);
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_the_clock_of_the_solution_stands_still_while_we_wait_for_the_customer() {
    let desk = Desk::open("api-platform", "enterprise", "Production is down", "We are losing money.").await;
    assert_eq!(desk.ticket.priority, "critical", "an hour to the answer, eight to the solution, around the clock");
    let reply = format!("{}add_message/", agent_path(&desk.ticket));
    let waiting = json!({ "body": "Which region?", "status": "pending" });
    desk.staff_at(30).post(&reply).json(&waiting).send().await.expect(201);
    assert_eq!(desk.read().await.ticket.resolution_due_at, None, "nobody can say while it is paused");
    desk.cron(600).await;
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new(), "ten hours later nothing is late");
    say(&desk.visitor_at(600), &format!("{}add_message/", visitor_path(&desk.ticket)), "Frankfurt", "m").await;
    say(&desk.staff_at(610), &reply, "Thanks", "r").await;
    desk.cron(611).await;
    let due = desk.read().await.ticket.resolution_due_at.expect("it runs again");
    let off = due.as_millis() - desk.time(600 + 450).as_millis();
    assert!(off.abs() <= 10, "seven and a half hours are left; facts of one change are milliseconds apart: {off}");
    desk.cron(1_019).await;
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new());
    desk.cron(1_020).await;
    assert_eq!(desk.facts("sla.").await, ["sla.warned"]);
    desk.cron(1_051).await;
    assert_eq!(desk.facts("sla.").await, ["sla.warned", "sla.breached"]);
    desk.cron(5_000).await;
    let notices: Vec<String> = desk.notices().await.into_iter().filter(|kind| kind != "escalation").collect();
    let told = ["page_triggered", "sla_breach", "sla_warning"];
    assert_eq!(notices, told, "E2: an enterprise's blocked production pages at once; a late solution changes no hands");
}

#[tokio::test(flavor = "multi_thread")]
async fn d_a_billing_dispute_is_acknowledged_within_two_hours_and_settled_within_a_day() {
    let desk = Desk::open("api-platform", "starter", "Question", "Please look at my invoice 17.").await;
    let patch = json!({ "category": "billing", "priority": "low" });
    let dispute = change(&desk.staff_at(0), &desk.ticket, patch).await.ticket;
    assert_eq!(dispute.first_response_due_at, Some(desk.time(120)), "D: acknowledged in two hours");
    assert_eq!(dispute.resolution_due_at, Some(desk.time(24 * 60)), "D: settled in a day, though low promises none");
    desk.cron(121).await;
    assert_eq!(desk.facts("sla.").await, ["sla.breached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_a_solved_ticket_closes_after_the_policys_quiet_days() {
    const DAY: i64 = 24 * 60;
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    change(&desk.staff_at(10), &desk.ticket, solved()).await;
    desk.cron(7 * DAY + 9).await;
    assert_eq!(desk.read().await.ticket.status, TicketStatus::Solved);
    desk.cron(7 * DAY + 10).await;
    let closed = desk.read().await;
    assert_eq!(closed.ticket.status, TicketStatus::Closed);
    assert_eq!(desk.facts("closed.").await, ["closed.quiet"]);
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new(), "what is solved is not late");
    let last = closed.events.last().expect("facts");
    assert_eq!((last.kind.as_str(), &last.data["to"]), ("status.changed", &json!("closed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_the_third_ticket_of_one_customer_is_told_once() {
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    file(&desk.visitor, "И где сертификат?", "Снова не вижу.", "k2").await;
    desk.cron(1).await;
    assert_eq!(desk.notices().await, Vec::<String>::new());
    let third = file(&desk.visitor, "Всё ещё нет сертификата", "Третий раз.", "k3").await;
    desk.cron(2).await;
    assert_eq!(desk.notices().await, ["escalation"]);
    let facts = read(&desk.site.staff(), &third).await.events;
    assert_eq!(facts.iter().filter(|fact| fact.kind == "escalated").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn e3_a_low_rating_is_told_once_and_a_good_one_not() {
    for (score, notices) in [(4, vec!["low_rating"]), (5, vec!["low_rating"]), (6, vec![])] {
        let desk = Desk::open("api-platform", "starter", "Where is my invoice", "I cannot find it").await;
        change(&desk.staff_at(10), &desk.ticket, solved()).await;
        let path = format!("{}rating/", visitor_path(&desk.ticket));
        for _ in 0..2 {
            desk.visitor_at(20).post(&path).json(&json!({ "score": score })).send().await.expect(200);
        }
        desk.cron(30).await;
        let low: Vec<String> = desk.notices().await.into_iter().filter(|kind| kind == "low_rating").collect();
        assert_eq!(low, notices, "{score}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_does_not_believe_a_request_that_names_the_time() {
    let site = Edge::shared().new_site("school", &[]).await;
    let visitor = site.visitor(None).await.with_header("x-test-now", "2001-01-01T00:00:00Z");
    let ticket = file(&visitor, "Cannot pay", "declined", "k").await;
    assert!(ticket.created_at > Timestamp::parse_rfc3339("2020-01-01T00:00:00Z").expect("an instant"));
    let path = format!("/__test/outbox?site={}", site.id);
    Edge::shared().client().get(&path).send().await.expect(404);
}
