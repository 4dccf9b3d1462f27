//! One person types `/incident …` in a chat, and everybody hears: pages that are open, the status page, feeds; and with
//! `/resolve …` that it is over (A1, I1, I9).

use buoy_tests::edge::Edge;
use buoy_tests::http::Client;
use buoy_tests::receiver::Receiver;
use buoy_tests::stage::Stage;
use buoy_tests::wait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::path::Path;
use std::time::{Duration, Instant};

const AGENTS: &str = "77:agents";
/// News is on an open page within this time.
const NEWS_SHOWS_WITHIN: Duration = Duration::from_secs(30);

/// The agents' bot, spoken to as Telegram does.
struct Bot {
    client: Client,
    updates: std::cell::Cell<u32>,
}

impl Bot {
    fn at(edge: &Edge) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(AGENTS.as_bytes()).expect("HMAC takes any key");
        mac.update(b"buoy telegram webhook");
        let secret: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let client = edge.client().with_header("x-telegram-bot-api-secret-token", &secret);
        Self { client, updates: std::cell::Cell::new(1) }
    }

    /// What it answers to a text.
    async fn hears(&self, text: &str) -> String {
        let update = json!({ "update_id": self.updates.replace(self.updates.get() + 1), "message": {
            "message_id": 1, "date": 1, "from": { "id": 5001, "is_bot": false, "language_code": "ru" },
            "chat": { "id": 5001, "type": "private" }, "text": text } });
        let answer = self.client.post("/api/support/telegram/support/").json(&update).send().await.expect(200).value();
        answer["text"].as_str().unwrap_or_else(|| panic!("no text in {answer}")).to_owned()
    }
}

/// Every public place that speaks of incidents, as it is at the next request.
async fn places(edge: &Edge) -> Vec<(&'static str, String)> {
    let mut read = Vec::new();
    for path in ["/status", "/api/v2/summary.json", "/api/support/status/", "/history.atom"] {
        read.push((path, edge.client().get(path).send().await.expect(200).text()));
    }
    read
}

/// Waits for the banner to say something.
async fn banner_says(stage: &Stage, text: &str) {
    let begin = Instant::now();
    stage.browser.wait_for_text("banner", text).await;
    assert!(begin.elapsed() < NEWS_SHOWS_WITHIN, "the banner said {text:?} after {:?}", begin.elapsed());
}

/// Mail that the platform was given.
fn mail(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            texts.extend(mail(&path));
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            texts.extend(std::fs::read_to_string(&path));
        }
    }
    texts
}

/// A page that names its user before our script has come, as hosts do.
fn page_of(identity: &str) -> String {
    format!(
        "<!doctype html><title>Signed in</title><link rel=icon href=data:,>\
         <script>window.Buoy=function(){{return Buoy.q.push([].slice.call(arguments))}};Buoy.q=[];Buoy('identify','{identity}')</script>\
         <script async src=\"{{{{edge}}}}/widget.js\" data-site=\"{{{{site}}}}\"></script>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_an_incident_typed_in_telegram_is_on_an_open_page_and_everywhere_and_its_end_is_told() {
    let telegram = Receiver::start().await;
    let settings =
        json!({ "loopback": true, "timeout_ms": 2_000, "telegram": telegram.url(), "email_from": "help@example.com" });
    let vars = [("DELIVERY", settings.to_string()), ("SUPPORT_BOT_TOKEN", AGENTS.to_owned())];
    let vars: Vec<(&str, &str)> = vars.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // The stage wants one that lives as long as the process; its server ends with it.
    let edge: &'static Edge = Box::leak(Box::new(Edge::start_with(&vars)));
    let stage = Stage::set_on(edge, "school").await;
    let bot = Bot::at(edge);
    let link: Value = stage.site.staff().post("/api/support/agent/me/telegram/").send().await.expect(201).value();
    bot.hears(link["command"].as_str().expect("a command")).await;

    stage.browser.speak("ru").await;
    let identity = stage.site.identity("user-7", &json!({ "name": "Анна", "email": "anna@example.com" }));
    stage.pages.add("signed-in.html", &page_of(&identity));
    stage.open("signed-in.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner"]"#).await, 0);

    let said = bot.hears("/incident Проблемы с оплатой - не проходят платежи").await;
    assert!(said.contains("Проблемы с оплатой"), "{said}");
    for (place, text) in places(edge).await {
        assert!(text.contains("Проблемы с оплатой"), "{place}: {text}");
    }
    banner_says(&stage, "не проходят платежи").await;
    stage.browser.click("banner-me-too").await;
    let incidents = edge.client().get("/api/support/incidents/?site=site_demo").send().await.expect(200).value();
    let id = incidents["items"][0]["id"].as_str().expect("an id").to_owned();
    wait::until("the press at the desk", || async {
        let path = format!("/api/support/agent/incidents/{id}/");
        let desk = stage.site.staff().get(&path).send().await.expect(200).value();
        (desk["me_too"] == 1).then_some(())
    })
    .await;

    bot.hears("/resolve Платежи снова проходят").await;
    banner_says(&stage, "Платежи снова проходят").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner-me-too"]"#).await, 0);
    for (place, text) in places(edge).await {
        // What is over is history to pages and feeds; nothing says that it goes on.
        let told = text.contains("Платежи снова проходят");
        match place {
            "/history.atom" => assert!(told, "{place}: {text}"),
            "/status" => assert!(text.contains("Всё работает") && text.contains("Исправлено"), "{place}: {text}"),
            _ => assert!(!text.contains("не проходят платежи"), "{place}: {text}"),
        }
    }
    edge.run_cron().await;
    wait::until("the mail to who pressed", || async {
        let written = mail(&edge.scratch());
        written.iter().any(|text| text.contains("Платежи снова проходят")).then_some(())
    })
    .await;
    stage.strike().await;
}
