//! What strangers may do: open a ticket, see their own, answer. Nothing of anybody else.

use super::{AGENTS, CUSTOMERS, Chat, NOW, NOW_MS, person};
use buoy_shared::api::Page;
use buoy_shared::ticket::{AgentTicketSummary, Origin};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a4_a_strangers_commands_show_nothing_of_others() {
    let chat = Chat::open().await;
    chat.ticket("Не могу войти", "k1").await;
    let eve = person(666, "Eve", "en");
    for bot in [AGENTS, CUSTOMERS] {
        let none = "You have no tickets yet. /new <text> opens one.";
        assert_eq!(chat.text(bot, &eve, "/tickets").await, none);
        assert_eq!(chat.text(bot, &eve, "/my").await, none);
        for command in ["/view_1", "/reply 1 hi"] {
            assert_eq!(chat.text(bot, &eve, command).await, "There is no such ticket.", "{command}");
        }
        for command in
            ["/stats", "/sla", "/status", "/incident x", "/resolve x", "/update x", "/note 1 x", "/oncall", "hello"]
        {
            let menu = chat.says(bot, &eve, command).await;
            assert_eq!(menu["text"], "Hello! Tell us what happened, or look at your tickets.", "{command}");
            assert_eq!(menu["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "new");
        }
        let reply = chat.replies(bot, &eve, "#1 Не могу войти — new ticket", "let me in").await;
        assert_eq!(reply["text"], "There is no such ticket.");
    }
    for data in ["assign:1", "solve:1", "reply:1", "macro:1", "snooze:1", "ack:pge_1"] {
        let message = serde_json::json!({ "message_id": 6, "chat": { "id": 666, "type": "private" } });
        let query =
            serde_json::json!({ "callback_query": { "id": "c", "from": eve, "message": message, "data": data } });
        let answer = chat.send(AGENTS, &query).await.expect(200).value();
        assert_eq!(answer["method"], "answerCallbackQuery", "{data}");
    }
    // A call that is known to arrive comes after whatever the buttons might have brought.
    chat.edge.run_cron_at(NOW_MS + 60_000).await;
    chat.agent(5001, "agent").await;
    let calls = chat.telegram.calls();
    assert_eq!(calls.len(), 1, "no button of a stranger's brings anything: {calls:#?}");
    let incidents = chat.edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
    assert_eq!(incidents["items"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn b_a_customer_opens_a_ticket_hears_the_answer_and_answers_back_by_telegram() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let bob = person(42, "Bob", "ru");
    assert!(chat.text(CUSTOMERS, &bob, "/start").await.starts_with("Здравствуйте!"));
    let asked = chat.presses(CUSTOMERS, &bob, "new").await;
    assert_eq!(asked[0].json()["text"], "Опишите проблему одним сообщением.");
    let taken = chat.text(CUSTOMERS, &bob, "Не могу войти\nПишет: неверный пароль.").await;
    assert!(taken.starts_with("#1 Не могу войти\nПриняли, ответим здесь."), "{taken}");
    let promise = "\nПервый ответ до 14:00 UTC+3.";
    assert!(taken.contains(promise), "P4: {taken}");
    assert!(chat.text(CUSTOMERS, &bob, "/view_1").await.contains(promise), "P4");
    let page: Page<AgentTicketSummary> =
        chat.site.staff().get("/api/support/agent/tickets/").send().await.expect(200).json();
    let ticket = &page.items[0];
    assert_eq!((page.items.len(), ticket.requester.name.as_deref()), (1, Some("Bob")));
    let path = format!("/api/support/agent/tickets/{}/", ticket.id);
    let whole: buoy_shared::ticket::AgentTicket = chat.site.staff().get(&path).send().await.expect(200).json();
    assert_eq!(
        (whole.origin, whole.ticket.messages[0].body.as_str()),
        (Origin::Telegram, "Не могу войти\nПишет: неверный пароль."),
        "T6"
    );

    let before = chat.telegram.calls().len();
    chat.text(AGENTS, &ann, "/reply 1 Сбросили <пароль>").await;
    let heard = chat.telegram.wait_for(before + 1).await.split_off(before);
    assert_eq!(heard[0].path, "/bot88:customers/sendMessage");
    let heard = heard[0].json();
    assert_eq!(
        (heard["chat_id"].as_i64(), heard["text"].as_str()),
        (Some(42), Some("#1 Не могу войти\n\nTest agent:\nСбросили <пароль>"))
    );
    let answered = chat.replies(CUSTOMERS, &bob, heard["text"].as_str().expect("a text"), "Спасибо!").await;
    assert_eq!(answered["text"], "#1 добавлено в обращение");
    let own = chat.text(CUSTOMERS, &bob, "/view_1").await;
    assert!(!own.contains(promise), "it was kept: {own}");
    assert!(own.contains("Сбросили <пароль>") && own.contains("Bob, 24.11 09:00 UTC:\nСпасибо!"), "{own}");
    assert!(chat.text(CUSTOMERS, &bob, "/tickets").await.contains("/view_1"));
    let notes = chat.text(AGENTS, &ann, "/note 1 secret").await;
    assert_eq!(notes, "#1 noted for the team");
    assert!(!chat.text(CUSTOMERS, &bob, "/view_1").await.contains("secret"));
    // A reply to the later piece of a long answer is one to the ticket, too, whatever its lines begin with.
    let before = chat.telegram.calls().len();
    chat.text(AGENTS, &ann, &format!("/reply 1 {}\n#7 {}", "а".repeat(4_050), "б".repeat(900))).await;
    let heard = chat.telegram.wait_for(before + 2).await.pop().expect("a piece").json();
    let answered = chat.replies(CUSTOMERS, &bob, heard["text"].as_str().expect("a text"), "Понял").await;
    assert_eq!(answered["text"], "#1 добавлено в обращение");
    let calls: Vec<Value> = chat.telegram.calls().iter().map(buoy_tests::receiver::Call::json).collect();
    assert!(!calls.iter().any(|call| call.to_string().contains("secret")));
}

#[tokio::test(flavor = "multi_thread")]
async fn b_a_customer_of_two_sites_hears_from_both_and_is_who_they_were_when_they_come_back() {
    let chat = Chat::open().await;
    let other = chat.edge.new_site("school", &[]).await;
    let bob = person(42, "Bob", "en");
    chat.text(CUSTOMERS, &bob, "/new My login fails").await;
    chat.text(CUSTOMERS, &bob, &format!("/start {}", other.id)).await;
    let theirs = chat.text(CUSTOMERS, &bob, "/new The film stops").await;
    assert!(theirs.starts_with("#1 The film stops"), "the first ticket of the other site: {theirs}");
    let before = chat.telegram.calls().len();
    for (site, answer) in [(&chat.site, "We reset it"), (&other, "Press play")] {
        let staff = site.staff().with_header("x-test-now", NOW);
        let page = staff.get("/api/support/agent/tickets/").send().await.expect(200).value();
        let ticket = page["items"][0]["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/support/agent/tickets/{ticket}/add_message/");
        staff.post(&path).json(&serde_json::json!({ "body": answer })).send().await.expect(201);
    }
    let heard = chat.telegram.wait_for(before + 2).await.split_off(before);
    let said = |words: &str| heard.iter().any(|call| call.json()["text"].as_str().is_some_and(|t| t.ends_with(words)));
    assert!(said("We reset it") && said("Press play"), "{heard:#?}");
    chat.text(CUSTOMERS, &bob, &format!("/start {}", chat.site.id)).await;
    let own = chat.text(CUSTOMERS, &bob, "/tickets").await;
    assert!(own.contains("My login fails") && !own.contains("The film stops"), "{own}");
}
