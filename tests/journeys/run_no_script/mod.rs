//! Whatever people write, it is text (W1, W3, W5, K1): no script of theirs runs in the widget or in the help centre.
//!
//! Two things are asked of every page: the canary that each payload would set is not there, and nothing was made of the
//! text that could run later: no handler, no frame, no link that is a script.

mod addresses;
mod corpus;
mod file_names;

use buoy_tests::stage::Stage;
use corpus::{packed, payloads};
use serde_json::{Value, json};

/// What a page made of the texts that it should not have; nothing when all is well.
const MADE: &str = r#"
  const shadow = document.querySelector("buoy-widget")?.shadowRoot;
  const all = [...document.querySelectorAll("body *"), ...(shadow?.querySelectorAll("*") ?? [])];
  // Firefox shows what is JSON with a script of its own.
  const isOfBrowser = (node) => node.src?.startsWith("resource://devtools/client/jsonview/");
  const isBad = (node) =>
    [...node.attributes].some(({ name }) => name.startsWith("on") || name === "srcdoc") ||
    /^(object|embed|base|meta|xss|marquee|math|template|video|audio)$/.test(node.localName) ||
    (node.localName === "a" && node.hasAttribute("href") && !/^(https?|mailto|tel):$/.test(node.protocol)) ||
    (node.src && !/^https?:|^$/.test(node.src) && !isOfBrowser(node));
  const bad = all.filter(isBad).map((node) => node.outerHTML.slice(0, 200));
  return (window.__xss ? ["the canary is gone"] : []).concat(bad);
"#;

async fn nothing_was_made(stage: &Stage, place: &str) {
    let made = stage.browser.eval(MADE).await;
    assert_eq!(made, json!([]), "{place}\n{}", stage.browser.dump().await);
}

/// Articles that together have every payload as a block of its own, some as titles and as headings.
async fn publish(stage: &Stage) -> Vec<String> {
    let all = payloads();
    let (mut articles, mut slugs) = (Vec::new(), Vec::new());
    for (at, blocks) in all.chunks(110).enumerate() {
        let title = blocks.first().map(|first| first.replace('\n', " ")).unwrap_or_default();
        let heading = blocks.last().map(|last| last.replace('\n', " ")).unwrap_or_default();
        let markdown = format!("# pay {title}\n\n## {heading}\n\n{}\n\nThe end of it.", blocks.join("\n\n"));
        let slug = format!("payloads-{at}");
        articles.push(json!({ "locale": "en", "slug": slug, "markdown": markdown }));
        slugs.push(slug);
    }
    let body = json!({ "articles": articles, "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    slugs
}

#[test]
fn the_corpus_has_at_least_five_hundred_payloads() {
    assert!(payloads().len() >= 500, "{}", payloads().len());
    assert!(
        payloads()
            .iter()
            .all(|payload| payload.contains("__xss") || payload.contains("%5f") || payload.contains("PHNjcmlwdD"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careless_page_would_be_caught() {
    let stage = Stage::set("school").await;
    stage.pages.add("careless.html", "<!doctype html><title>Careless</title><link rel=icon href=data:,><body>");
    stage.open("careless.html").await;
    stage.browser.expect_error("");
    let careless =
        "for (const one of arguments[0]) document.body.appendChild(document.createElement('div')).innerHTML = one";
    let some: Vec<Value> = payloads().into_iter().filter(|one| one.starts_with("<img")).map(Value::from).collect();
    stage.browser.eval_with(careless, &[some.into()]).await;
    stage.browser.wait_until("window.__xss").await;
    let made = stage.browser.eval(MADE).await;
    assert!(made.as_array().is_some_and(|made| made.len() > 3), "{made}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_run_nothing_in_the_widget_nor_in_the_help_centre() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let slugs = publish(&stage).await;
    // Pictures are pictures, from addresses where there is none.
    stage.browser.expect_error("404");
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.type_into("search", "pay").await;
    stage.browser.wait_for_text("result", "pay").await;
    nothing_was_made(&stage, "results in the widget").await;
    for slug in &slugs {
        stage.browser.eval_with("return Buoy('article', arguments[0])", &[json!(slug)]).await;
        let is_there = format!(
            "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=article]')\
             ?.textContent.includes({:?})",
            "The end of it."
        );
        stage.browser.wait_until(&is_there).await;
        nothing_was_made(&stage, slug).await;
        stage.browser.eval("return Buoy('open', 'home')").await;
        stage.browser.wait_until_gone(r#"[data-buoy="article"]"#).await;
    }
    let help = |path: &str| format!("{}/help{path}?site={}&locale=en", stage.edge_url(), stage.site.id);
    for path in slugs.iter().map(|slug| format!("/{slug}")).chain([String::new()]) {
        stage.browser.goto(&help(&path)).await;
        stage.browser.wait_for_in_page("main").await;
        nothing_was_made(&stage, &path).await;
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn subjects_messages_and_names_run_nothing_in_the_widget() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let name = packed(" ", 90).into_iter().next().expect("a short one");
    let identity = stage.site.identity("user-1", &json!({ "name": name, "email": "a@example.com" }));
    let visitor = stage.site.visitor(Some(&identity)).await;
    let mut ids = Vec::new();
    let (bodies, subjects) = (packed("\n\n", 9_000), packed(" ", 190));
    for (at, subject) in subjects.iter().enumerate() {
        let body = bodies.get(at).map_or("Nothing more.", String::as_str);
        let ticket = json!({ "subject": subject, "body": body });
        let key = format!("run-no-script-{at}");
        let answer = visitor.post("/api/support/tickets/").header("idempotency-key", &key).json(&ticket).send().await;
        ids.push(answer.expect(201).value()["id"].as_str().expect("an id").to_owned());
    }
    let staff = stage.site.staff();
    let reply = json!({ "body": bodies.first() });
    let first = ids.first().expect("a ticket");
    staff.post(&format!("/api/support/agent/tickets/{first}/add_message/")).json(&reply).send().await.expect(201);
    crate::declare(&stage, &subjects.first().map(|text| text.chars().take(130).collect::<String>()).expect("one"))
        .await;

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[json!(identity)]).await;
    stage.browser.eval("return Buoy('open')").await;
    stage.browser.hook("ticket").await;
    nothing_was_made(&stage, "the list of tickets").await;
    for id in ids.iter().take(bodies.len()) {
        stage.browser.eval_with("return Buoy('ticket', arguments[0])", &[json!(id)]).await;
        stage.browser.wait_for_text("message", "__xss").await;
        nothing_was_made(&stage, id).await;
        stage.browser.eval("return Buoy('open', 'home')").await;
        stage.browser.wait_until_gone(r#"[data-buoy="message"]"#).await;
    }
    for subject in subjects.iter().take(20) {
        stage
            .browser
            .eval_with("return Buoy('newTicket', { subject: arguments[0], body: arguments[0] })", &[json!(subject)])
            .await;
        stage.browser.hook("subject").await;
        nothing_was_made(&stage, subject).await;
    }
    stage.strike().await;
}
