//! Macros by buttons: what is offered can go, and what cannot go says why.

use super::{AGENTS, Chat, NOW, person, thread};
use buoy_shared::ticket::Ticket;
use buoy_tests::http::Client;
use buoy_tests::receiver::Call;
use serde_json::{Value, json};

/// What a ticket fills by itself, when its customer left a name and a promise runs.
const KNOWN: [&str; 10] = [
    "ticket_number",
    "subject",
    "agent_name",
    "product_name",
    "status",
    "priority",
    "category",
    "tier",
    "customer_name",
    "due",
];

/// Data of the offered buttons.
fn offered(calls: &[Call]) -> Vec<Value> {
    let rows = calls[0].json()["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row[0]["callback_data"].clone()).collect()
}

/// The macros of the policy whose gaps are all among the known ones, as data of their buttons.
async fn fitting(chat: &Chat, number: u32, known: &[&str]) -> Vec<Value> {
    let macros = chat.site.staff().get("/api/support/agent/macros/").send().await.expect(200).value();
    let macros = macros["items"].as_array().expect("macros").clone();
    let fits = |prepared: &Value| {
        let gaps = prepared["variables"].as_array().expect("gaps");
        gaps.iter().all(|gap| known.contains(&gap.as_str().expect("a name")))
    };
    let places = macros.iter().enumerate().filter(|(_, prepared)| fits(prepared));
    places.map(|(place, _)| json!(format!("macro:{number}:{place}"))).collect()
}

async fn ticket_of(chat: &Chat, name: Option<&str>) -> (Client, Ticket) {
    let visitor = chat.site.visitor(None).await.with_header("x-test-now", NOW);
    let draft = json!({ "subject": "Не могу войти", "body": "Пишет: неверный пароль.", "name": name });
    let filed = visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201);
    (visitor, filed.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn m_only_macros_whose_gaps_the_ticket_fills_are_offered() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = ticket_of(&chat, Some("Bob")).await;
    let fit = fitting(&chat, 1, &KNOWN).await;
    let buttons = offered(&chat.presses(AGENTS, &ann, "macro:1").await);
    assert_eq!(buttons, fit);
    assert!(!fit.is_empty());
    for data in &buttons {
        let said = chat.presses(AGENTS, &ann, data.as_str().expect("data")).await;
        let said = said[0].json()["text"].clone();
        assert!(["#1 sent to the customer", "#1 noted for the team"].iter().any(|sent| said == *sent), "{said}");
    }
    assert!(thread(&visitor, &ticket).await.len() > 1);

    // Nobody knows what to call this one, and each macro of the school begins with the name.
    ticket_of(&chat, None).await;
    assert_eq!(fitting(&chat, 2, &KNOWN[..8]).await, [] as [Value; 0]);
    let none = chat.presses(AGENTS, &ann, "macro:2").await;
    assert_eq!(none[0].json()["text"], "#2 No macro can go as it is: each has a gap that this ticket does not fill.");
    assert_eq!(none[0].json()["reply_markup"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn m_a_macro_that_cannot_go_names_what_is_missing_in_the_agents_language() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (visitor, ticket) = ticket_of(&chat, None).await;
    let macros = chat.site.staff().get("/api/support/agent/macros/").send().await.expect(200).value();
    let keys: Vec<Value> = macros["items"].as_array().expect("macros").iter().map(|m| m["key"].clone()).collect();
    let place = |key: &str| keys.iter().position(|known| known == key).expect("the macro");
    let russian = person(5001, "Ann", "ru");
    for (who, key, said) in [
        (&ann, "acknowledgement", "#1 the macro was not sent; it lacks: the customer's name"),
        (&russian, "acknowledgement", "#1 шаблон не отправлен, не хватает: имя клиента"),
        (&ann, "solution", "#1 the macro was not sent; it lacks: the customer's name, cause, steps, expected_result"),
    ] {
        let told = chat.presses(AGENTS, who, &format!("macro:1:{}", place(key))).await;
        assert_eq!(told[0].json()["text"], said);
    }
    assert_eq!(thread(&visitor, &ticket).await.len(), 1);
}
