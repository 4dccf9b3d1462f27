//! Groups that hear a site's news: numbers are read there as those of that site, and of no other.

use super::{AGENTS, Chat, NOW, person, private};
use crate::deliveries::destination;
use buoy_shared::ticket::Ticket;
use buoy_tests::edge::Site;
use serde_json::{Value, json};

const GROUP: i64 = -100_500;
const ELSEWHERE: &str = "This chat is not one of your site's destinations.";

impl Chat {
    /// Links somebody with the team of a site.
    async fn links(&self, site: &Site, who: &Value) {
        let token = site.add_agent(&self.edge, "agent").await;
        let client = self.edge.client().with_bearer(&token).with_header("x-test-now", NOW);
        let code = client.post("/api/support/agent/me/telegram/").send().await.expect(201).value();
        let before = self.telegram.calls().len();
        let said = self.text(AGENTS, who, code["command"].as_str().expect("a command")).await;
        assert_eq!(said, "Welcome. This chat is linked to your account.");
        self.telegram.wait_for(before + 1).await; // what follows the welcome
    }

    /// What the bot answers in the group; `to` is the text of its message that is replied to.
    async fn in_group(&self, who: &Value, text: &str, to: Option<&str>) -> Value {
        let mut update = private(who, text);
        let chat = json!({ "id": GROUP, "type": "supergroup" });
        update["message"]["chat"] = chat.clone();
        if let Some(to) = to {
            let bot = json!({ "id": 77, "is_bot": true });
            update["message"]["reply_to_message"] = json!({ "message_id": 5, "chat": chat, "from": bot, "text": to });
        }
        self.send(AGENTS, &update).await.expect(200).value()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b_in_a_group_numbers_are_those_of_the_site_whose_news_goes_there() {
    let chat = Chat::open().await;
    let news = json!({ "kind": "telegram", "name": "Desk", "address": GROUP.to_string(), "events": ["sla.breached"] });
    destination(&chat.site, &news).await;
    let other = chat.edge.new_site("school", &[]).await;
    let (ann, bob) = (person(5001, "Ann", "en"), person(5002, "Bob", "en"));
    chat.links(&chat.site, &ann).await;
    chat.links(&other, &bob).await;
    chat.ticket("Ours", "k1").await;
    let visitor = other.visitor(None).await.with_header("x-test-now", NOW);
    let draft = json!({ "subject": "Theirs", "body": "Secret" });
    let theirs: Ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k2").json(&draft).send().await.expect(201).json();
    assert_eq!(theirs.number, 1, "both sites have a first ticket");

    for (text, to) in [("/view_1", None), ("/tickets", None), ("Hello", Some("#1 Ours — new ticket"))] {
        assert_eq!(chat.in_group(&bob, text, to).await["text"], ELSEWHERE, "{text}");
    }
    let message = json!({ "message_id": 6, "chat": { "id": GROUP, "type": "supergroup" } });
    let press = json!({ "callback_query": { "id": "c", "from": bob, "message": message, "data": "assign:1" } });
    let before = chat.telegram.calls().len();
    chat.send(AGENTS, &press).await.expect(200);
    let said = chat.telegram.wait_for(before + 1).await.split_off(before);
    assert_eq!(said.iter().map(|call| call.json()["text"].clone()).collect::<Vec<_>>(), [ELSEWHERE]);
    let read: Ticket = visitor.get(&format!("/api/support/tickets/{}/", theirs.id)).send().await.expect(200).json();
    assert_eq!(read.messages.len(), theirs.messages.len(), "nothing was written to the other site's customer");

    assert_eq!(chat.in_group(&bob, "lunch?", None).await, json!({}), "what people say to each other is left alone");
    let seen = chat.in_group(&ann, "/view_1", None).await;
    assert!(seen["text"].as_str().is_some_and(|text| text.starts_with("#1 Ours")), "{seen}");
    let sent = chat.in_group(&ann, "We look into it", Some("#1 Ours — new ticket")).await;
    assert_eq!(sent["text"], "#1 sent to the customer");
    assert!(chat.text(AGENTS, &bob, "/view_1").await.starts_with("#1 Theirs"), "alone with the bot it is his own");
}
