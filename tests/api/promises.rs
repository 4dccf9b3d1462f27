//! What was promised, and what was made of it later (D, P3, T2): neither a solved ticket nor another policy breaks a promise.

use crate::clock::{Desk, file};
use crate::staff::{change, solved};
use crate::tickets::{agent_path, say, visitor_path};
use buoy_shared::ticket::TicketStatus;
use buoy_tests::edge::OPERATOR_TOKEN;
use buoy_tests::root::root;
use serde_json::json;

const DAY: i64 = 24 * 60;

async fn dispute() -> Desk {
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    assert_eq!(desk.ticket.resolution_due_at, None, "the school promises no solution");
    let dispute = change(&desk.staff_at(0), &desk.ticket, json!({ "category": "payment" })).await.ticket;
    assert_eq!(dispute.first_response_due_at, Some(desk.time(120)));
    assert_eq!(dispute.resolution_due_at, Some(desk.time(DAY)));
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn d_a_dispute_that_was_settled_in_time_stays_so_when_it_is_rated_and_closes() {
    let desk = dispute().await;
    change(&desk.staff_at(60), &desk.ticket, solved()).await;
    let path = format!("{}rating/", visitor_path(&desk.ticket));
    desk.visitor_at(20 * 60).post(&path).json(&json!({ "score": 9 })).send().await.expect(200);
    desk.cron(8 * DAY).await;
    let full = desk.read().await;
    assert_eq!((full.ticket.status, full.desk.breached), (TicketStatus::Closed, false));
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new());
    let stats = desk.staff_at(8 * DAY).get("/api/support/stats/").send().await.expect(200).value();
    assert_eq!(stats["sla"]["missed"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn d_p3_a_dispute_stands_still_while_we_wait_for_the_customer() {
    let desk = dispute().await;
    let reply = format!("{}add_message/", agent_path(&desk.ticket));
    let waiting = json!({ "body": "Which invoice?", "status": "pending" });
    desk.staff_at(60).post(&reply).json(&waiting).send().await.expect(201);
    assert_eq!(desk.read().await.ticket.resolution_due_at, None, "nobody can say while it is paused");
    desk.cron(20 * 60 - 1).await;
    say(&desk.visitor_at(20 * 60), &format!("{}add_message/", visitor_path(&desk.ticket)), "The second", "m").await;
    desk.cron(20 * 60 + 1).await;
    let due = desk.read().await.ticket.resolution_due_at.expect("it goes on");
    let off = due.as_millis() - desk.time(20 * 60 + 23 * 60).as_millis();
    assert!(off.abs() <= 10, "twenty-three hours are left; facts of one change are milliseconds apart: {off}");
    say(&desk.staff_at(20 * 60 + 2), &reply, "Thanks", "s").await;
    desk.cron(42 * 60).await;
    assert!(!desk.read().await.desk.breached, "a day and a half after it was filed");
}

#[tokio::test(flavor = "multi_thread")]
async fn d_an_old_ticket_that_becomes_a_dispute_has_its_day_from_then_on() {
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    say(&desk.staff_at(30), &format!("{}add_message/", agent_path(&desk.ticket)), "Which?", "r").await;
    let changed = change(&desk.staff_at(5 * DAY), &desk.ticket, json!({ "category": "payment" })).await;
    assert_eq!(changed.ticket.resolution_due_at, Some(desk.time(6 * DAY)));
    desk.cron(5 * DAY + 1).await;
    assert!(!desk.read().await.desk.breached);
    desk.cron(6 * DAY + 1).await;
    assert!(desk.read().await.desk.breached);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_policy_changes_no_promise_that_was_given() {
    let desk = Desk::open("school", "standard", "Не могу войти", "Пишет: неверный пароль.").await;
    assert_eq!(desk.ticket.first_response_due_at, Some(desk.time(120)), "two hours");
    let text = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset is there");
    let before = "priority = \"p1\"\nfirst_response = \"2h\"";
    assert!(text.contains(before), "the row of p1");
    let text = text.replace(before, "priority = \"p1\"\nfirst_response = \"10m\"");
    let spec = json!({ "name": "Test", "policy_toml": text, "origins": [], "anonymous": true });
    let path = format!("/api/support/operator/sites/{}/", desk.site.id);
    desk.edge.client().with_bearer(OPERATOR_TOKEN).put(&path).json(&spec).send().await.expect(200);
    let changed = change(&desk.staff_at(60), &desk.ticket, json!({ "category": "zoom", "tags": ["vip"] })).await;
    assert_eq!(changed.ticket.first_response_due_at, Some(desk.time(120)), "as it was promised");
    desk.cron(61).await;
    assert_eq!(desk.facts("sla.").await, Vec::<String>::new());
    let later = file(&desk.visitor_at(70), "Не могу войти", "Снова.", "k2").await;
    assert_eq!(later.first_response_due_at, Some(desk.time(80)), "new tickets are promised what holds now");
    let raised = change(&desk.staff_at(71), &desk.ticket, json!({ "priority": "p3" })).await;
    assert_eq!(raised.ticket.first_response_due_at, Some(desk.time(DAY)), "who changes a promise gives a new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn t2_quiet_days_count_from_the_last_word() {
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    change(&desk.staff_at(10), &desk.ticket, solved()).await;
    let reply = format!("{}add_message/", agent_path(&desk.ticket));
    say(&desk.staff_at(5 * DAY), &reply, "Did it arrive?", "r").await;
    let note = json!({ "body": "Still no word.", "internal": true });
    desk.staff_at(9 * DAY).post(&reply).json(&note).send().await.expect(201);
    for (minutes, status) in
        [(7 * DAY + 10, TicketStatus::Solved), (12 * DAY - 1, TicketStatus::Solved), (12 * DAY, TicketStatus::Closed)]
    {
        desk.cron(minutes).await;
        assert_eq!(desk.read().await.ticket.status, status, "after {minutes} minutes");
    }
    let fact = desk.read().await.events.into_iter().find(|fact| fact.kind == "closed.quiet").expect("the fact");
    assert_eq!(fact.data["quiet_since"], json!(desk.time(5 * DAY)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_fact_is_written_once_whenever_it_is_written_again() {
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    let path = format!("/__test/fact_twice?site={}&ticket={}", desk.site.id, desk.ticket.id);
    desk.edge.client().get(&path).send().await.expect(200);
    assert_eq!(desk.facts("tested").await, ["tested"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_of_the_cron_looks_at_so_much_and_the_next_minute_goes_on() {
    const FILLED: u32 = 400;
    let desk = Desk::open("school", "standard", "Где сертификат?", "Не вижу.").await;
    desk.fill(1, FILLED).await;
    let late = 402 * DAY;
    let list = "/api/support/agent/tickets/?assignee=none&status=open";
    for runs in 1.. {
        desk.cron_once(late + runs).await;
        let left = desk.staff_at(late + runs).get(list).send().await.expect(200).value();
        if left["items"] == json!([]) {
            assert!(runs > 1, "half of {FILLED} tickets, each given to somebody, are more than one run may do");
            break;
        }
        assert!(runs < 20, "it comes to an end");
    }
}
