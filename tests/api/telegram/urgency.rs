//! What an agent's list puts first.

use super::{AGENTS, Chat};
use buoy_shared::ticket::AgentTicket;
use futures_util::future::join_all;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn b_an_outage_that_was_answered_once_stays_above_questions_that_wait_for_a_first_answer() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let staff = chat.site.staff();
    let (_, outage) = chat.ticket("Ничего не работает", "outage").await;
    chat.text(AGENTS, &ann, "/reply 1 Чиним").await;
    let path = format!("/api/support/agent/tickets/{}/", outage.id);
    let read = || async { staff.get(&path).send().await.expect(200).json::<AgentTicket>() };
    let version = read().await.desk.version;
    staff.patch(&path).json(&json!({ "version": version, "priority": "p0" })).send().await.expect(200);
    for question in 0..11 {
        chat.ticket("Где расписание?", &format!("k{question}")).await;
    }
    chat.edge.run_cron_at(super::NOW_MS + 1_000).await;
    let outage = read().await;
    assert_eq!((outage.ticket.priority.as_str(), outage.desk.due_at), ("p0", None), "it was answered: no promise runs");
    let list = chat.text(AGENTS, &ann, "/tickets").await;
    assert!(list.starts_with("Open tickets: 12\n\n#1 Ничего не работает\np0 · in progress · /view_1\n\n"), "{list}");
    assert_eq!(list.matches("/view_").count(), 10, "{list}");
}

/// The very order in which the team's API lists them by urgency.
#[tokio::test(flavor = "multi_thread")]
async fn b_the_list_begins_with_what_is_late_then_what_is_worst_then_what_is_due_first_then_who_asked_first() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let staff = chat.site.staff().with_header("x-test-now", super::NOW);
    for (number, (filed_at, priority, act)) in [
        ("2026-11-24T09:00:00Z", "p3", ""),
        ("2026-11-24T08:30:00Z", "p2", ""),
        ("2026-11-24T08:59:00Z", "p1", ""),
        ("2026-11-24T08:00:00Z", "p1", ""),
        ("2026-11-24T08:45:00Z", "p1", "/reply 5 Смотрим"),
        ("2026-11-24T08:50:00Z", "p1", "/reply 6 Смотрим"),
        ("2026-11-24T08:55:00Z", "p0", "/reply 7 Чиним"),
        ("2026-11-22T08:00:00Z", "p3", ""),
        ("2026-11-24T05:00:00Z", "p1", ""),
        ("2026-11-24T05:00:00Z", "p0", "solve"),
    ]
    .into_iter()
    .enumerate()
    {
        let visitor = chat.site.visitor(None).await.with_header("x-test-now", filed_at);
        let draft = json!({ "subject": "Вопрос", "body": "Подскажите." });
        let key = number.to_string();
        let filed =
            visitor.post("/api/support/tickets/").idempotency_key(&key).json(&draft).send().await.expect(201).value();
        let path = format!("/api/support/agent/tickets/{}/", filed["id"].as_str().expect("an id"));
        let mut change = json!({ "version": 1, "priority": priority });
        if act == "solve" {
            change["status"] = "solved".into();
            change["root_cause"] = "other".into();
            change["resolution_summary"] = "Готово".into();
        }
        // A promise counts from when it was made.
        let then = chat.site.staff().with_header("x-test-now", filed_at);
        then.patch(&path).json(&change).send().await.expect(200);
        if act.starts_with('/') {
            chat.text(AGENTS, &ann, act).await;
        }
    }
    let numbers = |list: &str| -> Vec<u32> {
        list.split("\n\n#").skip(1).filter_map(|line| line.split(' ').next()?.parse().ok()).collect()
    };
    let order = [9, 8, 7, 4, 3, 5, 6, 2, 1];
    let list = chat.text(AGENTS, &ann, "/tickets").await;
    assert!(list.starts_with("Open tickets: 9\n"), "what is solved is not open: {list}");
    assert_eq!(numbers(&list), order, "{list}");
    let listed = staff.get("/api/support/agent/tickets/?sort=urgency").send().await.expect(200).value();
    let listed: Vec<u64> =
        listed["items"].as_array().expect("tickets").iter().filter_map(|one| one["number"].as_u64()).collect();
    assert_eq!(listed, [9, 8, 7, 4, 3, 5, 6, 2, 1, 10], "the API says the same, and what is over comes last");
    let late = chat.text(AGENTS, &ann, "/sla").await;
    assert_eq!(numbers(&late), [9, 8], "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn b_a_question_that_is_due_soon_is_named_however_many_worse_ones_have_time_left() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let asked = chat.site.visitor(None).await.with_header("x-test-now", "2026-11-23T09:10:00Z");
    let draft = json!({ "subject": "Где расписание?", "body": "Подскажите." });
    asked.post("/api/support/tickets/").idempotency_key("q").json(&draft).send().await.expect(201);
    let keys: Vec<String> = (0..301).map(|number| format!("worse{number}")).collect();
    for few in keys.chunks(20) {
        for (_, worse) in join_all(few.iter().map(|key| chat.ticket("Не могу войти", key))).await {
            assert_eq!(worse.priority, "p1");
        }
    }
    let near = chat.text(AGENTS, &ann, "/sla").await;
    assert!(near.starts_with("Past or near their due time: 1\n\n#1 Где расписание?\np3 · "), "{near}");
}
