//! What customers write without a command: it arrives in a ticket, and they are told in which, and what cannot be taken.

use super::{AGENTS, CUSTOMERS, Chat, NOW_MS, person, private};
use buoy_shared::api::Page;
use buoy_shared::ticket::{AgentTicket, AgentTicketSummary, AuthorKind, TicketStatus};
use buoy_tests::receiver::Call;
use serde_json::{Value, json};

const MENU: &str = "Здравствуйте! Расскажите, что случилось, или посмотрите свои обращения.";
const NO_FILES: &str = "Файлы и картинки сюда не доходят, только слова. Опишите словами, что в них.";

impl Chat {
    /// What the customer of a ticket has written in it, as the team reads it.
    async fn words_in(&self, number: u32) -> Vec<String> {
        let staff = self.site.staff();
        let page: Page<AgentTicketSummary> = staff.get("/api/support/agent/tickets/").send().await.expect(200).json();
        let ticket = page.items.iter().find(|ticket| ticket.number == number).expect("the ticket");
        let path = format!("/api/support/agent/tickets/{}/", ticket.id);
        let whole: AgentTicket = staff.get(&path).send().await.expect(200).json();
        let theirs = whole.ticket.messages.into_iter().filter(|message| message.author.kind == AuthorKind::Requester);
        theirs.map(|message| message.body).collect()
    }

    /// An agent solves a ticket, by its buttons.
    async fn solves(&self, ann: &Value, number: u32) {
        self.presses(AGENTS, ann, &format!("cause:{number}:product_bug")).await;
        // Other calls may overtake it.
        let question = format!("#{number} Reply to this message: what was done, in one to three sentences.");
        let solved = self.replies(AGENTS, ann, &question, "Починили вход.").await;
        assert_eq!(solved["text"], format!("#{number} is solved"));
    }

    /// A press of a button below the bot's question that replies to `said`; gives what the bot says to it.
    async fn chooses(&self, who: &Value, data: &str, said: Option<&Value>) -> Value {
        let before = self.telegram.calls().len();
        let here = json!({ "id": who["id"], "type": "private" });
        let mut question = json!({ "message_id": 40, "chat": here, "from": { "id": 88, "is_bot": true }, "text": "Which ticket is it about?" });
        if let Some(said) = said {
            question["reply_to_message"] = said["message"].clone();
        }
        let press = json!({ "callback_query": { "id": "cb1", "from": who, "message": question, "data": data } });
        self.send(CUSTOMERS, &press).await.expect(200);
        self.telegram.wait_for(before + 1).await.split_off(before).first().map(Call::json).expect("a call")["text"]
            .clone()
    }
}

/// A text with a number of its own in the chat, as every text has.
fn numbered(who: &Value, message_id: i64, text: &str) -> Value {
    let mut update = private(who, text);
    update["message"]["message_id"] = message_id.into();
    update
}

/// A message as Telegram sends one with a file.
fn with_file(who: &Value, kind: &str, file: &Value, caption: Option<&str>) -> Value {
    let mut message = json!({ "message_id": 31, "date": 1_795_510_800, "from": who,
        "chat": { "id": who["id"], "first_name": who["first_name"], "type": "private" } });
    message[kind] = file.clone();
    if let Some(caption) = caption {
        message["caption"] = caption.into();
    }
    json!({ "message": message })
}

fn photo() -> Value {
    json!([
        { "file_id": "AgACAgIAAxkBAAIB", "file_unique_id": "AQADq78xG3", "file_size": 1_203, "width": 67, "height": 90 },
        { "file_id": "AgACAgIAAxkBAAIC", "file_unique_id": "AQADq78xG4", "file_size": 91_833, "width": 960, "height": 1_280 },
    ])
}

fn document() -> Value {
    json!({ "file_name": "log.txt", "mime_type": "text/plain", "file_id": "BQACAgIAAxkBAAID", "file_unique_id": "AgADaRkAAg", "file_size": 5_120 })
}

#[tokio::test(flavor = "multi_thread")]
async fn b_words_without_a_command_open_a_ticket_and_the_next_ones_go_into_it() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let bob = person(42, "Bob", "ru");
    for small in ["hello", "Привет!", "Здравствуйте", "Добрый день 👋", "Спасибо", "?", "да", "👍", ""]
    {
        assert_eq!(chat.text(CUSTOMERS, &bob, small).await, MENU, "{small:?}");
    }
    let taken = chat.text(CUSTOMERS, &bob, "Не могу войти\nПишет: неверный пароль.").await;
    assert!(taken.starts_with("#1 Не могу войти\nПриняли, ответим здесь."), "{taken}");
    let added = chat.text(CUSTOMERS, &bob, "С телефона тоже").await;
    assert_eq!(added, "#1 добавлено в обращение\nЕсли это о другом: /new <текст>.");
    // While a ticket is open a word may be an answer to what was asked in it.
    assert_eq!(chat.text(CUSTOMERS, &bob, "да").await, added);
    let lists = chat.replies(CUSTOMERS, &bob, "Ваши обращения\n\n#1 Не могу войти", "И с планшета").await;
    assert_eq!(lists["text"], *added, "a reply to a message that is about no one ticket");
    let words = ["Не могу войти\nПишет: неверный пароль.", "С телефона тоже", "да", "И с планшета"];
    assert_eq!(chat.words_in(1).await, words);

    chat.solves(&ann, 1).await;
    let again = chat.text(CUSTOMERS, &bob, "Теперь не открывается урок").await;
    assert!(again.starts_with("#2 Теперь не открывается урок\nПриняли"), "{again}");
    assert_eq!(chat.words_in(1).await, words);
}

#[tokio::test(flavor = "multi_thread")]
async fn b_whoever_has_several_tickets_is_asked_which_one_their_words_are_about() {
    let chat = Chat::open().await;
    let bob = person(42, "Bob", "en");
    chat.text(CUSTOMERS, &bob, "/new My login fails").await;
    chat.text(CUSTOMERS, &bob, "/new The film stops").await;
    let said = numbered(&bob, 31, "On my phone, too");
    let asked = chat.send(CUSTOMERS, &said).await.expect(200).value();
    assert_eq!(asked["text"], "Which ticket is it about?");
    assert_eq!(asked["reply_parameters"], json!({ "message_id": 31, "allow_sending_without_reply": true }));
    let buttons = json!([
        [{ "text": "#2 The film stops", "callback_data": "into:2" }],
        [{ "text": "#1 My login fails", "callback_data": "into:1" }],
        [{ "text": "Open a ticket", "callback_data": "into:new" }],
    ]);
    assert_eq!(asked["reply_markup"]["inline_keyboard"], buttons);
    assert_eq!(chat.chooses(&bob, "into:1", Some(&said)).await, "#1 added to the ticket");
    assert_eq!(chat.chooses(&bob, "into:1", Some(&said)).await, "#1 added to the ticket", "pressed twice");
    assert_eq!(chat.chooses(&bob, "into:new", Some(&said)).await, "That message is in a ticket already.");
    assert_eq!(chat.words_in(1).await, ["My login fails", "On my phone, too"]);
    assert_eq!(chat.words_in(2).await, ["The film stops"]);

    let other = numbered(&bob, 33, "Where is my invoice?");
    assert_eq!(chat.chooses(&bob, "into:9", Some(&other)).await, "There is no such ticket.");
    let opened = chat.chooses(&bob, "into:new", Some(&other)).await;
    assert!(opened.as_str().is_some_and(|text| text.starts_with("#3 Where is my invoice?\n")), "{opened}");
    let gone = "That message is gone. Please write it once more.";
    assert_eq!(chat.chooses(&bob, "into:1", None).await, gone, "they deleted it");
    let mut foreign = numbered(&person(666, "Eve", "en"), 34, "Words of somebody else");
    foreign["message"]["chat"]["id"] = 42.into();
    assert_eq!(chat.chooses(&bob, "into:1", Some(&foreign)).await, gone, "not their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn b_what_is_said_below_a_picture_arrives_and_that_pictures_do_not_is_told() {
    let chat = Chat::open().await;
    let bob = person(42, "Bob", "ru");
    let voice = json!({ "duration": 3, "mime_type": "audio/ogg", "file_id": "AwACAgIAAxkBAAIE", "file_unique_id": "AgADb", "file_size": 14_000 });
    for (kind, file) in [("photo", photo()), ("document", document()), ("voice", voice)] {
        let told = chat.send(CUSTOMERS, &with_file(&bob, kind, &file, None)).await.expect(200).value();
        assert_eq!((&told["text"], &told["reply_markup"]), (&json!(NO_FILES), &Value::Null), "{kind}");
    }
    let before = chat.telegram.calls().len();
    let captioned = with_file(&bob, "photo", &photo(), Some("Не могу войти, вот снимок"));
    let taken = chat.send(CUSTOMERS, &captioned).await.expect(200).value();
    assert!(taken["text"].as_str().is_some_and(|text| text.starts_with("#1 Не могу войти, вот снимок\n")), "{taken}");
    let told = chat.telegram.wait_for(before + 1).await.split_off(before);
    assert_eq!((told.len(), &told[0].json()["text"]), (1, &json!(NO_FILES)));
    assert_eq!(chat.words_in(1).await, ["Не могу войти, вот снимок"]);

    let mut reply = with_file(&bob, "document", &document(), Some("И журнал"));
    reply["message"]["reply_to_message"] = json!({ "message_id": 5, "chat": reply["message"]["chat"],
        "from": { "id": 88, "is_bot": true, "first_name": "Desk" }, "text": "#1 Не могу войти, вот снимок" });
    let added = chat.send(CUSTOMERS, &reply).await.expect(200).value();
    assert_eq!(added["text"], "#1 добавлено в обращение");
    assert_eq!(chat.telegram.wait_for(before + 2).await[before + 1].json()["text"], NO_FILES);
}

#[tokio::test(flavor = "multi_thread")]
async fn b_an_agent_who_answers_with_a_picture_is_told_that_it_did_not_go() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    chat.ticket("Не могу войти", "k1").await;
    let mut answer = with_file(&ann, "photo", &photo(), None);
    assert_eq!(chat.send(AGENTS, &answer).await.expect(200).value(), json!({}), "said to nobody");
    answer["message"]["reply_to_message"] = json!({ "message_id": 5, "chat": answer["message"]["chat"],
        "from": { "id": 77, "is_bot": true, "first_name": "Desk" }, "text": "#1 Не могу войти — new ticket" });
    let told = chat.send(AGENTS, &answer).await.expect(200).value();
    assert_eq!(
        told["text"],
        "Files and pictures do not arrive here, only words do. Please say in words what they show."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn b_whoever_writes_into_a_closed_ticket_hears_how_to_open_another() {
    let chat = Chat::open().await;
    let (ann, _) = chat.agent(5001, "agent").await;
    let (bob, eve) = (person(42, "Bob", "ru"), person(43, "Eve", "en"));
    chat.text(CUSTOMERS, &bob, "/new Не могу войти").await;
    chat.text(CUSTOMERS, &eve, "/new My login fails").await;
    chat.solves(&ann, 1).await;
    chat.solves(&ann, 2).await;
    chat.edge.run_cron_at(NOW_MS + 8 * 86_400_000).await;
    let page: Page<AgentTicketSummary> =
        chat.site.staff().get("/api/support/agent/tickets/").send().await.expect(200).json();
    assert!(page.items.iter().all(|ticket| ticket.status == TicketStatus::Closed), "quiet for eight days");
    let refused = chat.replies(CUSTOMERS, &bob, "#1 Не могу войти", "Опять то же").await;
    assert_eq!(refused["text"], "Обращение закрыто. Новое откроет /new <текст>.");
    let refused = chat.text(CUSTOMERS, &eve, "/reply 2 It fails again").await;
    assert_eq!(refused, "This ticket is closed. /new <text> opens another one.");
    let opened = chat.text(CUSTOMERS, &eve, "It fails again").await;
    assert!(opened.starts_with("#3 It fails again\n"), "{opened}");
}

#[tokio::test(flavor = "multi_thread")]
async fn b_words_that_come_again_are_in_a_ticket_once() {
    let chat = Chat::open().await;
    let bob = person(42, "Bob", "en");
    let mut said = private(&bob, "My login fails");
    said["update_id"] = 950.into();
    let opened = chat.send(CUSTOMERS, &said).await.expect(200).value();
    assert!(opened["text"].as_str().is_some_and(|text| text.starts_with("#1 My login fails\n")), "{opened}");
    let mut more = private(&bob, "On my phone, too");
    more["update_id"] = 951.into();
    tokio::join!(chat.send(CUSTOMERS, &more), chat.send(CUSTOMERS, &more));
    chat.edge.run_cron_at(NOW_MS + 3 * 86_400_000).await;
    // Its number is forgotten, and by now there is a ticket that it could go into.
    let again = chat.send(CUSTOMERS, &said).await.expect(200).value();
    assert_eq!(again["text"], "That message is in a ticket already.");
    assert_eq!(chat.words_in(1).await, ["My login fails", "On my phone, too"]);
}
