//! Every command of the agents' console, with its exact reply.

use super::{AGENTS, Chat, NOW, person, private, thread};
use buoy_tests::receiver::Behaviour;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn b_the_lists_figures_and_state_are_answered_in_their_exact_form() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    for (command, reply) in [
        ("/tickets", "Open tickets: 0"),
        ("/my", "My tickets: 0"),
        ("/sla", "Past or near their due time: 0"),
        ("/status", "All systems operational."),
        ("/oncall", "Nobody is on call."),
        ("/view_1", "There is no such ticket."),
        ("/reply 1 hi", "There is no such ticket."),
        ("/reply hi", "Write it like this: /reply <id> <text>"),
        ("/incident", "Write it like this: /incident <title>"),
        ("/resolve done", "No such incident is open."),
        ("/update", "Write it like this: /update [identified|monitoring] <text>"),
        ("/update monitoring", "Write it like this: /update [identified|monitoring] <text>"),
        ("/update Soon", "No such incident is open."),
    ] {
        assert_eq!(chat.text(AGENTS, &ann, command).await, reply, "{command}");
    }
    chat.ticket("Не могу войти", "k1").await;
    let whole = chat.says(AGENTS, &ann, "/tickets").await;
    assert_eq!(
        whole,
        json!({ "method": "sendMessage", "chat_id": 5001, "link_preview_options": { "is_disabled": true },
            "text": "Open tickets: 1\n\n#1 Не могу войти\np1 · open · due 24.11 11:00 UTC · /view_1" })
    );
    let view = chat.says(AGENTS, &ann, "/view_1").await;
    assert_eq!(
        view["text"],
        "#1 Не могу войти\nCustomer · p1 · login · standard · open · due 24.11 11:00 UTC\n\nCustomer, 24.11 09:00 UTC:\nПишет: неверный пароль."
    );
    let buttons: Vec<&Value> = view["reply_markup"]["inline_keyboard"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row.as_array().expect("a row"))
        .map(|button| &button["callback_data"])
        .collect();
    assert_eq!(buttons, ["assign:1", "reply:1", "macro:1", "snooze:1", "solve:1"]);
    let stats = chat.text(AGENTS, &ann, "/stats").await;
    assert!(
        stats.starts_with("Last day: new 0, solved 0\nNow: open 1, waiting 0, first answer overdue 0, incidents 0\n"),
        "{stats}"
    );
    let russian = person(5001, "Ann", "ru");
    assert_eq!(chat.text(AGENTS, &russian, "/status").await, "Все системы работают.");
    let help = chat.text(AGENTS, &ann, "/start").await;
    assert!(help.starts_with("You have access. Commands: /tickets /my"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn b_an_answer_and_a_reply_to_the_bots_message_reach_the_customer_and_a_note_does_not() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    assert_eq!(chat.text(AGENTS, &ann, "/reply 1 Сбросили пароль").await, "#1 sent to the customer");
    assert_eq!(chat.text(AGENTS, &ann, "/note 1 звонил сам").await, "#1 noted for the team");
    let replied = chat.replies(AGENTS, &ann, "#1 Не могу войти — new ticket", "Проверьте почту").await;
    assert_eq!(replied["text"], "#1 sent to the customer");
    let bystander = chat.replies(AGENTS, &ann, "Open tickets: 1\n\n#1 x", "just talking").await;
    let nowhere = "That went to nobody: the message you replied to is about no one ticket. Write /reply <id> <text>.";
    assert_eq!(bystander["text"], nowhere, "a message that is about no one ticket");
    assert_eq!(chat.says(AGENTS, &ann, "hello everybody").await, json!({}));
    assert_eq!(thread(&visitor, &ticket).await, ["Пишет: неверный пароль.", "Сбросили пароль", "Проверьте почту"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_an_incident_goes_up_with_one_command_and_comes_down_with_another() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let said = chat.text(AGENTS, &ann, "/incident Проблемы с оплатой - не проходят платежи").await;
    let handle = said.strip_prefix("Incident declared: Проблемы с оплатой\n/resolve_").expect("the reply").to_owned();
    let status = || async { chat.edge.client().get("/api/support/status/").send().await.expect(200).value() };
    let boot =
        || async { chat.edge.client().get("/api/support/boot/?site=site_demo").send().await.expect(200).value() };
    let up = status().await;
    assert!(up.to_string().contains("не проходят платежи"), "{up}");
    let banner = boot().await;
    assert_eq!(banner["banners"][0]["title"], "Проблемы с оплатой", "{banner}");
    assert_eq!(
        chat.text(AGENTS, &ann, "/status").await,
        format!(
            "Проблемы с оплатой — investigating, 24.11 09:00 UTC\nне проходят платежи\n/update_{handle} · /resolve_{handle}"
        )
    );
    let second = chat.text(AGENTS, &ann, "/incident Вход").await;
    assert!(chat.text(AGENTS, &ann, "/resolve Починили").await.starts_with("Several incidents are open."));
    let other = second.rsplit('_').next().expect("a handle");
    assert_eq!(chat.text(AGENTS, &ann, &format!("/resolve_{other} Ложная тревога")).await, "Incident resolved: Вход");
    assert_eq!(chat.text(AGENTS, &ann, "/resolve Починили").await, "Incident resolved: Проблемы с оплатой");
    assert_eq!(chat.text(AGENTS, &ann, "/status").await, "All systems operational.");
    let down = status().await;
    assert!(!down.to_string().contains("не проходят платежи"), "{down}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_ticket_comes_in_pieces_in_order_and_a_full_chat_is_left_in_peace() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = chat.ticket("Не могу войти", "k1").await;
    let long = format!("{}\n{}", "а".repeat(5_000), "б".repeat(4_000));
    let path = format!("/api/support/tickets/{}/add_message/", ticket.id);
    visitor.post(&path).idempotency_key("m").json(&json!({ "body": long })).send().await.expect(201);
    let before = chat.telegram.calls().len();
    let full = r#"{"ok":false,"parameters":{"retry_after":600}}"#;
    chat.telegram.behave(move |calls| if calls == before { Behaviour::Answer(429, "", full) } else { Behaviour::OK });
    let first = chat.text(AGENTS, &ann, "/view_1").await;
    let calls = chat.telegram.wait_for(before + 2).await.split_off(before);
    // The first piece that follows was refused for ten minutes; it is sent again then, not before. The second is done with.
    chat.calls_wait(1).await;
    chat.edge.run_cron_at(super::NOW_MS + 500_000).await;
    assert_eq!(chat.telegram.calls().len(), before + calls.len());
    chat.edge.run_cron_at(super::NOW_MS + 700_000).await;
    let again = chat.telegram.wait_for(before + calls.len() + 1).await.pop().expect("a call");
    assert_eq!(again.json()["text"], calls[0].json()["text"]);
    let mut pieces = vec![first];
    pieces.extend(calls.iter().map(|call| call.json()["text"].as_str().expect("a text").to_owned()));
    assert!(pieces.iter().all(|piece| piece.encode_utf16().count() <= 4_096));
    let whole = pieces.concat();
    assert!(whole.matches('а').count() >= 5_000 && whole.matches('б').count() >= 4_000, "nothing is lost");
    assert!(calls.iter().all(|call| call.path == "/bot77:agents/sendMessage"));
    for piece in &pieces {
        assert!(piece.starts_with("#1 "), "a reply to any piece finds the ticket: {piece:.20}");
    }
    let sent = chat.replies(AGENTS, &ann, pieces.last().expect("a piece"), "Смотрим").await;
    assert_eq!(sent["text"], "#1 sent to the customer");
    assert_eq!(thread(&visitor, &ticket).await.last().map(String::as_str), Some("Смотрим"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_links_once_and_a_viewer_reads_but_does_not_write() {
    let chat = Chat::open().await;
    let token = chat.site.add_agent(&chat.edge, "viewer").await;
    let viewer = chat.edge.client().with_bearer(&token).with_header("x-test-now", NOW);
    let link = viewer.post("/api/support/agent/me/telegram/").send().await.expect(201).value();
    let code = link["command"].as_str().expect("a command");
    let (ann, eve) = (person(1, "Ann", "en"), person(2, "Eve", "en"));
    let mut group = private(&ann, code);
    group["message"]["chat"] = json!({ "id": -100, "type": "supergroup" });
    let in_group = chat.send(AGENTS, &group).await.expect(200).value();
    assert_eq!(in_group["text"], "Write to me in a private chat.");
    assert!(chat.text(AGENTS, &ann, code).await.starts_with("Welcome."));
    assert!(chat.text(AGENTS, &eve, code).await.starts_with("This code is not valid."));
    chat.ticket("Не могу войти", "k1").await;
    assert!(chat.text(AGENTS, &ann, "/tickets").await.contains("#1 Не могу войти"));
    for command in ["/reply 1 hi", "/note 1 hi", "/incident x", "/resolve x", "/update x"] {
        assert_eq!(chat.text(AGENTS, &ann, command).await, "Your role does not allow this.", "{command}");
    }
}
