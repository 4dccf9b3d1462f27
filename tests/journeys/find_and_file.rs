//! A visitor looks for an answer, reads it, and writes to the team after all (W3, W4, W5, P4).

use crate::import_articles;
use crate::steps::{answer, open_form, path_at_the_desk, ticket_at_the_desk, tickets_at_the_desk};
use buoy_shared::time::Timestamp;
use buoy_tests::stage::Stage;

/// A staff reply is on the screen within this time, in milliseconds (A2).
const REPLY_SHOWS_WITHIN_MS: i64 = 2_000;

/// Notes when a message with a text is first on the screen, by the clock of the machine, which is the edge's, too.
const NOTE_WHEN_SHOWN: &str = "const [text] = arguments; const root = document.querySelector('buoy-widget').shadowRoot;\
    const isIt = (one) => one.textContent.includes(text);\
    const look = () => { if ([...root.querySelectorAll('[data-buoy=message]')].some(isIt)) window.shownAt ||= Date.now() };\
    new MutationObserver(look).observe(root, { subtree: true, childList: true, characterData: true }); return true";

/// Fills in the form and sends it.
async fn file_a_ticket(stage: &Stage, subject: &str) {
    stage.browser.type_into("subject", subject).await;
    stage.browser.type_into("body", "The button does nothing since this morning.").await;
    stage.browser.click("submit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_searches_reads_files_and_talks_to_the_team() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;

    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.type_into("search", "pay").await;
    stage.browser.wait_for_text("result", "How to pay by card").await;
    stage.browser.click("result").await;
    stage.browser.wait_for_text("article", "If it is declined").await;

    stage.browser.click("back").await;
    stage.browser.hook("search").await;
    stage.browser.click("new-ticket").await;
    file_a_ticket(&stage, "I cannot pay").await;
    let receipt = stage.browser.wait_for_text("receipt", "1").await;
    assert!(receipt.chars().any(|letter| letter == ':'), "P4: the promise names a time of day: {receipt}");

    let ticket = ticket_at_the_desk(&stage).await;
    assert_eq!(ticket["subject"], "I cannot pay");
    let path = path_at_the_desk(&ticket);
    stage.browser.click("open-ticket").await;
    stage.browser.wait_for_text("message", "The button does nothing").await;

    let staff = stage.site.staff();
    stage.browser.eval_with(NOTE_WHEN_SHOWN, &["Which card do you use?".into()]).await;
    answer(&stage, &path, "Which card do you use?").await;
    let shown = stage.browser.wait_until("window.shownAt").await.as_i64().expect("milliseconds");
    let full = staff.get(&path).send().await.expect(200).value();
    let reply = full["messages"].as_array().and_then(|all| all.last()).expect("a reply");
    assert_eq!(reply["body"], "Which card do you use?");
    let stored = Timestamp::parse_rfc3339(reply["created_at"].as_str().expect("a time")).expect("a time");
    let took = shown - stored.as_millis();
    assert!(took < REPLY_SHOWS_WITHIN_MS, "the reply took {took} ms");

    stage.browser.type_into("reply", "A blue one").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("message", "A blue one").await;
    buoy_tests::wait::until("the answer at the desk", || async {
        staff.get(&path).send().await.expect(200).text().contains("A blue one").then_some(())
    })
    .await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_comes_back_after_a_reload_and_finds_the_thread_with_its_unread_answer() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    file_a_ticket(&stage, "Back soon").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);

    stage.open("plain.html").await;
    answer(&stage, &path, "We looked into it.").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("launcher", "1").await;
    stage.browser.click("launcher").await;
    stage.browser.click("ticket").await;
    stage.browser.wait_for_text("message", "We looked into it.").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_how_many_answers_were_not_seen_is_told_when_it_is_known_and_not_before() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    file_a_ticket(&stage, "Read later").await;
    stage.browser.hook("receipt").await;
    let first = ticket_at_the_desk(&stage).await;
    stage.browser.goto("about:blank").await;
    answer(&stage, &path_at_the_desk(&first), "An answer").await;

    stage.open("plain.html").await;
    stage.browser.wait_for_text("badge", "1").await;
    // The thread is here before the list is.
    let late = "window.told = []; Buoy('on', 'unread', (count) => told.push(count));\
        const real = window.fetch; window.fetch = async (...ask) => {\
          if (/support.tickets.[?]|support.tickets.$/.test(ask[0])) await new Promise((go) => (window.list = go));\
          return real(...ask) };";
    stage.browser.eval(late).await;
    stage.browser.eval_with("return Buoy('ticket', arguments[0])", &[first["id"].clone()]).await;
    stage.browser.wait_for_text("message", "An answer").await;
    stage.browser.wait_until("window.list").await;
    let told = stage.browser.eval("return told.join()").await;
    assert!(told == "1" || told == "", "{told}");
    stage.browser.eval("window.list()").await;
    stage.browser.wait_until("told.at(-1) === 0").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_written_in_a_tunnel_arrives_once_when_the_line_is_back() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.expect_error("ERR_INTERNET_DISCONNECTED");
    stage.browser.set_offline(true).await;
    file_a_ticket(&stage, "From a tunnel").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="receipt"]"#).await, 0);
    stage.browser.set_offline(false).await;
    stage.browser.hook("receipt").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_mistakes_says_beside_each_field_what_is_wrong_and_keeps_the_text() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Only a subject").await;
    stage.browser.type_into("email", "nobody").await;
    stage.browser.click("submit").await;
    for field in ["body", "email"] {
        stage.browser.wait_for(&format!(r#"[data-buoy="{field}"][aria-invalid="true"]"#)).await;
    }
    assert_eq!(stage.browser.count(r#"[data-buoy="subject"][aria-invalid="true"]"#).await, 0);
    let subject = stage
        .browser
        .eval(r#"return document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="subject"]').value"#)
        .await;
    assert_eq!(subject, "Only a subject");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_find_nothing_lead_into_the_form_with_the_text_kept() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.type_into("search", "zzqx elephants").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("subject").await;
    let subject = stage
        .browser
        .eval(r#"return document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="subject"]').value"#)
        .await;
    assert_eq!(subject, "zzqx elephants");
    stage.strike().await;
}
