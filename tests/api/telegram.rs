//! The Telegram bots (B), spoken to as Telegram does: updates with a secret, answers as method calls.

mod buttons;
mod commands;
mod customers;
mod forged;
mod groups;
mod macros;
mod plain_words;
mod reminders;
mod topics;
mod updates;
mod urgency;

use buoy_shared::ticket::Ticket;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::{Answer, Client};
use buoy_tests::receiver::{Call, Receiver};
use buoy_tests::wait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::atomic::{AtomicI64, Ordering};

pub(crate) const AGENTS: &str = "77:agents";
pub(crate) const CUSTOMERS: &str = "88:customers";
/// A Tuesday, noon in Moscow.
pub(crate) const NOW: &str = "2026-11-24T09:00:00Z";
pub(crate) const NOW_MS: i64 = 1_795_510_800_000;

/// A site with its bots, and Telegram played by a receiver.
pub(crate) struct Chat {
    pub(crate) edge: Edge,
    pub(crate) site: Site,
    pub(crate) telegram: Receiver,
    updates: AtomicI64,
}

/// The secret that Telegram shows for a bot, made here as `set-webhook` makes it.
fn secret_of(token: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("HMAC takes any key");
    mac.update(b"buoy telegram webhook");
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who writes: their number is their private chat, too.
pub(crate) fn person(id: i64, name: &str, language: &str) -> Value {
    json!({ "id": id, "is_bot": false, "first_name": name, "language_code": language })
}

impl Chat {
    pub(crate) async fn open() -> Self {
        Self::open_with("school").await
    }

    /// The same with another preset.
    pub(crate) async fn open_with(preset: &str) -> Self {
        let telegram = Receiver::start().await;
        let settings = json!({ "loopback": true, "timeout_ms": 4_000, "telegram": telegram.url() });
        let edge = Edge::with_test_clock_and(&[
            ("DELIVERY", &settings.to_string()),
            ("SUPPORT_BOT_TOKEN", AGENTS),
            ("TELEGRAM_BOT_TOKEN", CUSTOMERS),
            ("TELEGRAM_BOT_USERNAME", "desk_bot"),
        ]);
        let site = edge.default_site(preset, &[]).await;
        Self { edge, site, telegram, updates: AtomicI64::new(1) }
    }

    fn client(&self, token: &str) -> Client {
        self.edge
            .client()
            .with_header("x-telegram-bot-api-secret-token", &secret_of(token))
            .with_header("x-test-now", NOW)
    }

    /// Sends an update's content to a bot; gives the whole answer.
    pub(crate) async fn send(&self, token: &str, content: &Value) -> Answer {
        let mut update = content.clone();
        if update.get("update_id").is_none() {
            update["update_id"] = self.updates.fetch_add(1, Ordering::Relaxed).into();
        }
        let bot = if token == AGENTS { "support" } else { "customer" };
        self.client(token).post(&format!("/api/support/telegram/{bot}/")).json(&update).send().await
    }

    /// What a bot answers to a text in a private chat.
    pub(crate) async fn says(&self, token: &str, who: &Value, text: &str) -> Value {
        self.send(token, &private(who, text)).await.expect(200).value()
    }

    /// The text of that answer.
    pub(crate) async fn text(&self, token: &str, who: &Value, text: &str) -> String {
        let answer = self.says(token, who, text).await;
        answer["text"].as_str().unwrap_or_else(|| panic!("no text in {answer}")).to_owned()
    }

    /// What a bot answers to a reply to a message of its own.
    pub(crate) async fn replies(&self, token: &str, who: &Value, to: &str, text: &str) -> Value {
        let mut update = private(who, text);
        let bot: i64 = token.split(':').next().and_then(|number| number.parse().ok()).expect("a bot's number");
        update["message"]["reply_to_message"] = json!({ "message_id": 5, "chat": update["message"]["chat"], "from": { "id": bot, "is_bot": true }, "text": to });
        self.send(token, &update).await.expect(200).value()
    }

    /// Presses a button; the answer ends the button's turning, what follows comes by calls.
    pub(crate) async fn presses(&self, token: &str, who: &Value, data: &str) -> Vec<Call> {
        let before = self.telegram.calls().len();
        let message = json!({ "message_id": 6, "chat": { "id": who["id"], "type": "private" } });
        let query = json!({ "callback_query": { "id": "cb1", "from": who, "message": message, "data": data } });
        let answer = self.send(token, &query).await.expect(200).value();
        assert_eq!(answer, json!({ "method": "answerCallbackQuery", "callback_query_id": "cb1" }));
        self.telegram.wait_for(before + 1).await.split_off(before)
    }

    /// Waits until so many calls of the bots are still to be made: every other is answered, and that is noted.
    pub(crate) async fn calls_wait(&self, count: usize) {
        wait::until(&format!("{count} calls that wait"), || async {
            let path = format!("/__test/outbox?site={}", self.site.id);
            let tasks: Vec<Value> = self.edge.client().get(&path).send().await.expect(200).json();
            (tasks.iter().filter(|task| task["kind"] == "telegram_call").count() == count).then_some(())
        })
        .await;
    }

    /// Links an agent with the agents' bot; gives who they are in Telegram.
    pub(crate) async fn agent(&self, id: i64, role: &str) -> (Value, String) {
        let token = self.site.add_agent(&self.edge, role).await;
        let who = person(id, "Ann", "en");
        let link = self.edge.client().with_bearer(&token).with_header("x-test-now", NOW);
        let code = link.post("/api/support/agent/me/telegram/").send().await.expect(201).value();
        let before = self.telegram.calls().len();
        let said = self.text(AGENTS, &who, code["command"].as_str().expect("a command")).await;
        assert_eq!(said, "Welcome. This chat is linked to your account.");
        self.telegram.wait_for(before + 1).await; // what follows the welcome
        (who, token)
    }

    /// A visitor's ticket by the product's page.
    pub(crate) async fn ticket(&self, subject: &str, key: &str) -> (Client, Ticket) {
        let visitor = self.site.visitor(None).await.with_header("x-test-now", NOW);
        let draft = json!({ "subject": subject, "body": "Пишет: неверный пароль." });
        let filed = visitor.post("/api/support/tickets/").idempotency_key(key).json(&draft).send().await.expect(201);
        (visitor, filed.json())
    }
}

pub(crate) fn private(who: &Value, text: &str) -> Value {
    json!({ "message": { "message_id": 1, "date": 1, "from": who, "chat": { "id": who["id"], "type": "private" }, "text": text } })
}

/// Bodies of what the requester sees.
pub(crate) async fn thread(visitor: &Client, ticket: &Ticket) -> Vec<String> {
    let path = format!("/api/support/tickets/{}/", ticket.id);
    let read: Ticket = visitor.get(&path).send().await.expect(200).json();
    read.messages.into_iter().map(|message| message.body).collect()
}
