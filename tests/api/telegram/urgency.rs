//! What an agent's list puts first.

use super::{AGENTS, Chat};
use buoy_shared::ticket::AgentTicket;
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
