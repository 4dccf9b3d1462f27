//! The team's answers by mail (C2): whoever left an address hears once, in their language, of what a person wrote to them,
//! and nobody is mailed by a machine.

use crate::auto_answers::{BODY, SUBJECT};
use crate::subscriptions::read_below;
use crate::tickets::{agent_path, say, visitor_path};
use buoy_shared::ticket::Ticket;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use buoy_tests::languages::{LANGUAGES, policy_of};
use buoy_tests::wait::{self, now_millis};
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const ANSWER: &str = "Please try the card again, it works now.";

/// A site whose installation sends mail from `help@example.com`.
struct Scene {
    edge: Edge,
    site: Site,
}

impl Scene {
    async fn open() -> Self {
        Self::open_with(&policy_of(&LANGUAGES), &json!({ "email_from": "help@example.com" })).await
    }

    async fn open_with(policy: &str, settings: &Value) -> Self {
        let edge = Edge::with_test_clock_and(&[("DELIVERY", &settings.to_string())]);
        let site = edge.new_site(policy, &["https://app.example.com"]).await;
        Self { edge, site }
    }

    /// A stranger's ticket, with more that its form said.
    async fn asked(&self, more: &Value) -> (Client, Ticket) {
        let visitor = self.site.visitor(None).await;
        let ticket = file(&visitor, more).await;
        (visitor, ticket)
    }

    async fn answer(&self, ticket: &Ticket, text: &str) {
        say(&self.site.staff(), &format!("{}add_message/", agent_path(ticket)), text, &random()).await;
    }

    /// The cron runs as many minutes from now.
    async fn cron_in(&self, minutes: i64) {
        self.edge.run_cron_at(now_millis() + minutes * MINUTE).await;
    }

    /// `To` and `Subject` of every mail so far, in their order. A mail is a file before the cron has answered, and is logged
    /// some time after: so there is a line for every file, or it is waited for.
    async fn mails(&self) -> Vec<(String, String)> {
        let texts = self.texts();
        wait::until("a line for each mail", || async { Some(self.heads()).filter(|heads| heads.len() >= texts.len()) })
            .await
    }

    /// The same of those that are logged. Each ends with the file of its text.
    fn heads(&self) -> Vec<(String, String)> {
        let log = self.edge.log();
        let of = |head: &str, name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name}{head}")).to_owned()
        };
        let sent = log.split("send_email binding called").skip(1).filter(|head| head.contains(".txt\n"));
        sent.map(|head| (of(head, "To: "), of(head, "Subject: "))).collect()
    }

    fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        read_below(&self.edge.scratch(), &mut texts);
        texts
    }

    /// The text of the only mail that says this.
    fn text(&self, says: &str) -> String {
        let mut texts = self.texts();
        texts.retain(|text| text.contains(says));
        assert_eq!(texts.len(), 1, "{texts:?}");
        texts.remove(0)
    }

    /// What still waits to be done of mails.
    async fn waiting(&self) -> usize {
        let path = format!("/__test/outbox?site={}", self.site.id);
        let tasks: Vec<Value> = self.edge.client().get(&path).send().await.expect(200).json();
        tasks.iter().filter(|task| task["kind"] == "answer_mailed").count()
    }
}

async fn file(visitor: &Client, more: &Value) -> Ticket {
    let mut draft = json!({ "subject": "Card refused", "body": "It says: declined.", "locale": "en" });
    for (name, value) in more.as_object().expect("fields") {
        draft[name] = value.clone();
    }
    visitor.post("/api/support/tickets/").idempotency_key(&random()).json(&draft).send().await.expect(201).json()
}

fn random() -> String {
    buoy_tests::edge::random_hex()
}

fn to_ann(subject: &str) -> (String, String) {
    ("ann@example.com".to_owned(), subject.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_whoever_left_an_address_is_mailed_the_teams_answer_once() {
    let scene = Scene::open().await;
    let left = json!({ "email": "ann@example.com", "context": { "url": "https://app.example.com/pay" } });
    let (_, ticket) = scene.asked(&left).await;
    scene.answer(&ticket, ANSWER).await;
    scene.cron_in(0).await;
    assert_eq!(scene.mails().await, [], "an answer is first left to be read in the page");
    // Two runs at once are one mail, too.
    tokio::join!(scene.cron_in(2), scene.cron_in(2));
    assert_eq!(scene.mails().await, [to_ann(&format!("[#{}] Card refused", ticket.number))]);
    let text = scene.text(ANSWER);
    assert!(text.starts_with(&format!("{ANSWER}\n\n")), "{text}");
    assert!(text.contains(&format!("(#{}). This answer also stands", ticket.number)), "{text}");
    assert!(text.contains("\nhttps://app.example.com\n"), "where to go on: {text}");
    assert!(text.contains("because this address was given"), "why: {text}");
    for minutes in [3, 30, 300] {
        scene.cron_in(minutes).await;
    }
    assert_eq!((scene.mails().await.len(), scene.waiting().await), (1, 0), "an answer is mailed once");
    scene.answer(&ticket, "And thank you.").await;
    scene.cron_in(302).await;
    assert_eq!(scene.mails().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_notes_machines_and_customers_mail_nobody_nor_does_an_answer_that_was_seen() {
    let scene = Scene::open().await;
    let staff = scene.site.staff();
    let (visitor, ticket) = scene.asked(&json!({ "email": "ann@example.com" })).await;
    // A note, a step that the history tells, and the customer's own words.
    let note = json!({ "body": "They are angry.", "internal": true });
    staff.post(&format!("{}add_message/", agent_path(&ticket))).json(&note).send().await.expect(201);
    say(&visitor, &format!("{}add_message/", visitor_path(&ticket)), "It is urgent.", "own").await;
    // Nobody left an address here.
    let (_, other) = scene.asked(&json!({})).await;
    scene.answer(&other, ANSWER).await;
    assert_eq!(scene.waiting().await, 0);
    // Whoever has the thread before them has read it.
    scene.answer(&ticket, "Seen at once.").await;
    let seen = json!({ "seq": 99 });
    visitor.post(&format!("{}seen/", visitor_path(&ticket))).json(&seen).send().await.expect(200);
    scene.cron_in(2).await;
    assert_eq!((scene.mails().await, scene.waiting().await), (vec![], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_machines_answer_is_not_mailed() {
    let scene = Scene::open_with("api-platform", &json!({ "email_from": "help@example.com" })).await;
    let (_, ticket) = scene.asked(&json!({ "subject": SUBJECT, "body": BODY, "email": "ann@example.com" })).await;
    assert!(ticket.auto_answer.is_some(), "a rule answers this: {ticket:?}");
    for minutes in [2, 60, 24 * 60, 10 * 24 * 60] {
        scene.cron_in(minutes).await;
    }
    assert_eq!(scene.mails().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_a_signed_address_is_mailed_and_what_its_owner_writes_into_the_form_is_not() {
    let scene = Scene::open().await;
    let known = scene.site.identity("ann", &json!({ "email": "ann@example.com", "locale": "de" }));
    let visitor = scene.site.visitor(Some(&known)).await;
    let ticket = file(&visitor, &json!({ "email": "else@example.com" })).await;
    scene.answer(&ticket, ANSWER).await;
    scene.cron_in(2).await;
    assert_eq!(scene.mails().await, [to_ann(&format!("[#{}] Card refused", ticket.number))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_each_is_mailed_in_the_language_of_their_ticket() {
    let scene = Scene::open().await;
    for locale in LANGUAGES {
        let (_, ticket) = scene.asked(&json!({ "email": format!("{locale}@example.com"), "locale": locale })).await;
        scene.answer(&ticket, &format!("{ANSWER} ({locale})")).await;
    }
    scene.cron_in(2).await;
    assert_eq!(scene.mails().await.len(), LANGUAGES.len());
    for (locale, says) in [
        ("ar", "هذا الرد موجود"),
        ("de", "Diese Antwort steht"),
        ("en", "This answer also stands"),
        ("es", "Esta respuesta está"),
        ("fr", "Cette réponse se trouve"),
        ("ja", "同じブラウザー"),
        ("pt-BR", "Esta resposta também está"),
        ("ru", "Этот ответ есть"),
        ("tr", "Bu yanıt"),
        ("zh-CN", "也能看到这条回复"),
    ] {
        let text = scene.text(&format!("({locale})"));
        assert!(text.contains(says), "{locale}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_what_a_stranger_writes_makes_no_header_and_no_link_and_our_own_addresses_get_nothing() {
    let scene = Scene::open().await;
    let sly = json!({
        "subject": "Hello\r\nBcc: eve@example.com", "name": "Eve\r\nTo: eve@example.com", "email": "ann@example.com",
        "body": "Read https://evil.example/ at once", "context": { "url": "https://evil.example/pay" },
    });
    let (_, ticket) = scene.asked(&sly).await;
    scene.answer(&ticket, ANSWER).await;
    for own in ["Help@Example.com", "lead@example.com"] {
        let (_, ticket) = scene.asked(&json!({ "email": own })).await;
        scene.answer(&ticket, ANSWER).await;
    }
    let news = json!({ "kind": "email", "name": "Lead", "address": "lead@example.com", "events": ["digest.created"] });
    scene.site.staff().post("/api/support/agent/destinations/").json(&news).send().await.expect(201);
    scene.cron_in(2).await;
    let expected = to_ann(&format!("[#{}] Hello Bcc: eve@example.com", ticket.number));
    assert_eq!(scene.mails().await, [expected]);
    assert!(!scene.edge.log().lines().any(|line| line.starts_with("Bcc:") || line == "To: eve@example.com"));
    let text = scene.text(ANSWER);
    assert!(!text.contains("evil.example") && text.contains("\nhttps://app.example.com\n"), "{text}");
    let refused = json!({ "subject": "s", "body": "b", "email": "ann@example.com\r\nBcc: eve@example.com" });
    let stranger = scene.site.visitor(None).await;
    stranger.post("/api/support/tickets/").idempotency_key("k").json(&refused).send().await.expect(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_an_address_gets_ten_answers_an_hour_and_the_rest_after_it() {
    let scene = Scene::open().await;
    // Of several tickets and however it is written: whose mailbox it is counts.
    let (_, first) = scene.asked(&json!({ "email": "ann@example.com" })).await;
    let (_, second) = scene.asked(&json!({ "email": "Ann@Example.com" })).await;
    for round in 0..6 {
        scene.answer(&first, &format!("First {round}")).await;
        scene.answer(&second, &format!("Second {round}")).await;
    }
    scene.cron_in(2).await;
    assert_eq!(scene.mails().await.len(), 10);
    scene.cron_in(30).await;
    assert_eq!((scene.mails().await.len(), scene.waiting().await), (10, 2));
    // Another mailbox does not wait for this one.
    let (_, other) = scene.asked(&json!({ "email": "bob@example.com" })).await;
    scene.answer(&other, ANSWER).await;
    scene.cron_in(32).await;
    assert_eq!(scene.mails().await.last().map(|(to, _)| to.as_str()), Some("bob@example.com"));
    scene.cron_in(70).await;
    assert_eq!((scene.mails().await.len(), scene.waiting().await), (13, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_an_installation_without_mail_goes_on_as_before() {
    let scene = Scene::open_with(&policy_of(&LANGUAGES), &json!({})).await;
    let (visitor, ticket) = scene.asked(&json!({ "email": "ann@example.com" })).await;
    scene.answer(&ticket, ANSWER).await;
    scene.cron_in(2).await;
    let log = scene.edge.log();
    assert_eq!((scene.mails().await, scene.waiting().await), (vec![], 0));
    assert!(!log.contains("answer_mailed"), "{log}");
    let read: Ticket = visitor.get(&visitor_path(&ticket)).send().await.expect(200).json();
    assert!(read.messages.iter().any(|message| message.body == ANSWER));
}

#[tokio::test(flavor = "multi_thread")]
async fn c2_whoever_is_erased_is_not_mailed_any_more() {
    let scene = Scene::open().await;
    let (_, ticket) = scene.asked(&json!({ "email": "ann@example.com" })).await;
    scene.answer(&ticket, ANSWER).await;
    let staff = scene.site.staff();
    let read = staff.get(&agent_path(&ticket)).send().await.expect(200).value();
    let customer = read["requester"]["id"].as_str().expect("an id");
    let erased = staff.post(&format!("/api/support/agent/customers/{customer}/erase/")).send().await.expect(200);
    assert_eq!(erased.value()["complete"], true);
    assert_eq!(scene.waiting().await, 0);
    scene.cron_in(2).await;
    assert_eq!(scene.mails().await, []);
}
