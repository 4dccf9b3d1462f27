//! Buttons below a ticket, and topics of a group.

use super::{AGENTS, Chat, NOW, NOW_MS, thread};
use crate::deliveries::destination;
use buoy_shared::ticket::{AgentTicket, RootCause, Ticket, TicketStatus};
use buoy_tests::receiver::{Behaviour, Call};
use serde_json::{Value, json};

async fn read(chat: &Chat, ticket: &Ticket) -> AgentTicket {
    let path = format!("/api/support/agent/tickets/{}/", ticket.id);
    chat.site.staff().get(&path).send().await.expect(200).json()
}

fn texts(calls: &[Call]) -> Vec<Value> {
    calls.iter().map(|call| call.json()["text"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn b_an_agent_takes_answers_and_solves_a_ticket_by_its_buttons() {
    let chat = Chat::open().await;
    let (ann, token) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let me = chat.edge.client().with_bearer(&token).get("/api/support/agent/me/").send().await.expect(200).value();
    assert_eq!(texts(&chat.presses(AGENTS, &ann, "assign:1").await), ["#1 is yours"]);
    assert_eq!(read(&chat, &ticket).await.desk.assignee.as_deref(), me["id"].as_str());

    let asked = chat.presses(AGENTS, &ann, "reply:1").await;
    let ask = asked[0].json();
    assert_eq!(ask["text"], "#1 Reply to this message with your answer to the customer.");
    assert_eq!(ask["reply_markup"]["force_reply"], true);
    chat.replies(AGENTS, &ann, ask["text"].as_str().expect("a text"), "Сбросили пароль").await;

    let causes = chat.presses(AGENTS, &ann, "solve:1").await;
    assert_eq!(causes[0].json()["reply_markup"]["inline_keyboard"][1][0]["callback_data"], "cause:1:product_bug");
    let asked = chat.presses(AGENTS, &ann, "cause:1:product_bug").await;
    let ask = asked[0].json()["text"].as_str().expect("a text").to_owned();
    let solved = chat.replies(AGENTS, &ann, &ask, "Починили вход.").await;
    assert_eq!(solved["text"], "#1 is solved");
    let whole = read(&chat, &ticket).await;
    assert_eq!(whole.ticket.status, TicketStatus::Solved);
    assert_eq!(
        (whole.desk.root_cause, whole.desk.resolution_summary.as_deref()),
        (Some(RootCause::ProductBug), Some("Починили вход.")),
        "T1"
    );
    assert_eq!(thread(&visitor, &ticket).await, ["Пишет: неверный пароль.", "Сбросили пароль", "Починили вход."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn b_only_a_reply_to_the_question_what_was_done_solves() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    chat.presses(AGENTS, &ann, "cause:1:product_bug").await;
    let sent = chat.replies(AGENTS, &ann, "#1 Не могу войти — пишет клиент", "Какой у вас браузер?").await;
    assert_eq!(sent["text"], "#1 sent to the customer");
    assert_eq!(thread(&visitor, &ticket).await, ["Пишет: неверный пароль.", "Какой у вас браузер?"]);
    let whole: AgentTicket =
        chat.site.staff().get(&format!("/api/support/agent/tickets/{}/", ticket.id)).send().await.expect(200).json();
    assert_ne!(whole.ticket.status, TicketStatus::Solved);
}

#[tokio::test(flavor = "multi_thread")]
async fn b_a_macro_is_sent_and_a_ticket_sleeps_for_an_hour() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    // Somebody whose name is known, which most macros begin with.
    let visitor = chat.site.visitor(None).await.with_header("x-test-now", NOW);
    let draft = json!({ "subject": "Не могу войти", "body": "Пишет: неверный пароль.", "name": "Bob", "email": "bob@example.com" });
    let ticket: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k1").json(&draft).send().await.expect(201).json();
    let offered = chat.presses(AGENTS, &ann, "macro:1").await;
    let rows = offered[0].json()["reply_markup"]["inline_keyboard"].as_array().expect("rows").clone();
    let macros = chat.site.staff().get("/api/support/agent/macros/").send().await.expect(200).value();
    let known = macros["items"].as_array().expect("macros");
    // One whose gaps the ticket fills by itself.
    let ours = [
        "ticket_number",
        "subject",
        "agent_name",
        "product_name",
        "status",
        "priority",
        "category",
        "tier",
        "customer_name",
        "customer_email",
        "due",
    ];
    let fits = |prepared: &Value| {
        let gaps = prepared["variables"].as_array().expect("gaps");
        prepared["internal"] == false && gaps.iter().all(|gap| ours.contains(&gap.as_str().expect("a name")))
    };
    let place = known.iter().position(fits).expect("a macro without further gaps");
    let button = json!(format!("macro:1:{place}"));
    assert!(rows.iter().any(|row| row[0]["callback_data"] == button), "what can go has a button: {rows:?}");
    let sent = chat.presses(AGENTS, &ann, &format!("macro:1:{place}")).await;
    assert_eq!(texts(&sent), ["#1 sent to the customer"]);
    assert_eq!(thread(&visitor, &ticket).await.len(), 2);

    assert_eq!(texts(&chat.presses(AGENTS, &ann, "snooze:1").await), ["#1 comes back in an hour"]);
    chat.calls_wait(1).await;
    let before = chat.telegram.calls().len();
    chat.edge.run_cron_at(NOW_MS + 3_590_000).await;
    assert_eq!(chat.telegram.calls().len(), before);
    chat.edge.run_cron_at(NOW_MS + 3_601_000).await;
    let back = chat.telegram.wait_for(before + 1).await.pop().expect("a call").json();
    assert!(back["text"].as_str().expect("a text").starts_with("#1 Не могу войти\n"), "{back}");
    assert_eq!(back["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "assign:1");
}

#[tokio::test(flavor = "multi_thread")]
async fn b_a_group_with_topics_gets_one_topic_a_ticket() {
    let chat = Chat::open().await;
    let group = json!({ "kind": "telegram", "name": "Desk", "address": "-100500", "topics": true, "events": ["ticket.created", "message.created"] });
    destination(&chat.site, &group).await;
    chat.telegram.behave(|_| Behaviour::Answer(200, "", r#"{"ok":true,"result":{"message_thread_id":31}}"#));
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let calls = chat.telegram.wait_for(2).await;
    assert_eq!(calls[0].path, "/bot77:agents/createForumTopic");
    assert_eq!(calls[0].json()["name"], "#1 Не могу войти");
    let told = calls[1].json();
    assert_eq!((told["message_thread_id"].as_i64(), told["chat_id"].as_i64()), (Some(31), Some(-100_500)));
    assert!(told["text"].as_str().expect("a text").starts_with("<b>#1 Не могу войти — "), "{told}");
    let path = format!("/api/support/tickets/{}/add_message/", ticket.id);
    visitor.post(&path).idempotency_key("m").json(&json!({ "body": "<b>Ещё раз</b>" })).send().await.expect(201);
    let calls = chat.telegram.wait_for(3).await;
    let told = calls[2].json();
    assert_eq!(told["message_thread_id"], 31, "the same topic");
    assert!(told["text"].as_str().expect("a text").ends_with("&lt;b&gt;Ещё раз&lt;/b&gt;"), "{told}");
}
