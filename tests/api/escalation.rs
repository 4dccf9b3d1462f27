//! The ladder (E1, E3): each reason to go up is told once, to whoever it concerns, although the cron runs twice.

use crate::clock::Desk;
use crate::staff::change;
use crate::tickets::{agent_path, say, visitor_path};
use serde_json::json;

const DAY: i64 = 24 * 60;

/// Reasons and whom they were told, in the order of the history.
async fn told(desk: &Desk) -> Vec<(String, String)> {
    let events = desk.read().await.events.into_iter().filter(|event| event.kind == "escalated");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    events.map(|event| (text(&event.data["reason"]), text(&event.data["to"]))).collect()
}

fn rows(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(reason, to)| ((*reason).to_owned(), (*to).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_words_of_leaving_of_law_and_of_much_money_are_told_once_each() {
    let body = "We are leaving, and our lawyer will write to you.";
    let desk = Desk::open("api-platform", "starter", "Enough", body).await;
    desk.cron(1).await;
    let first = rows(&[("churn", "product_lead"), ("legal", "legal_and_security")]);
    assert_eq!(told(&desk).await, first);
    assert!(desk.read().await.desk.escalated_at.is_some());
    let path = format!("{}add_message/", visitor_path(&desk.ticket));
    say(&desk.visitor_at(2), &path, "We are leaving! You owe us $20,000.", "m").await;
    desk.cron(3).await;
    assert_eq!(told(&desk).await, [first, rows(&[("money", "product_lead")])].concat());
    assert_eq!(desk.notices().await.iter().filter(|kind| *kind == "escalation").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_what_is_broken_for_an_enterprise_and_what_is_critical_goes_up_at_once() {
    let desk =
        Desk::open("api-platform", "enterprise", "Exports fail", "The export fails with an error since today.").await;
    desk.cron(1).await;
    assert_eq!(told(&desk).await, rows(&[("tier", "engineering_and_success")]));
    change(&desk.staff_at(2), &desk.ticket, json!({ "priority": "critical" })).await;
    desk.cron(3).await;
    assert_eq!(told(&desk).await, rows(&[("tier", "engineering_and_success"), ("critical", "engineering")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_an_investigation_that_lasts_goes_to_engineering_and_one_that_waits_for_the_customer_does_not() {
    for (waits, expected) in [
        (false, rows(&[("investigation", "engineering_and_success"), ("long_investigation", "engineering")])),
        (true, vec![]),
    ] {
        let desk = Desk::open("api-platform", "starter", "A question", "How do the exports work?").await;
        say(&desk.staff_at(1), &format!("{}add_message/", agent_path(&desk.ticket)), "I will look", "a").await;
        if waits {
            change(&desk.staff_at(2), &desk.ticket, json!({ "status": "pending" })).await;
        }
        desk.cron(5 * DAY).await;
        assert_eq!(told(&desk).await, expected, "waits: {waits}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e1_an_ordinary_question_stays_where_it_is() {
    let desk = Desk::open("api-platform", "professional", "A question", "How do I cancel an order?").await;
    desk.cron(1).await;
    assert_eq!(told(&desk).await, vec![]);
}
