//! What a visitor is doing is left alone: by a host that says the same again, writes into the form or learns who they are,
//! and by a line that can only be asked. And what a host is told is told once (W1, W4, W5).

use crate::attach_files::{files_at_the_desk, on_disk};
use crate::steps::{answer, go_to_form, open_form, open_thread, path_at_the_desk, ticket_at_the_desk, value_of};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};
use tempfile::tempdir;

/// Calls the widget as the host does; gives how that went.
pub(crate) async fn host_calls(stage: &Stage, call: &str) -> Value {
    stage.browser.eval(&format!("return Buoy({call}).then(() => 'fine', String)")).await
}

/// The widget asks for news now, as it does when the line is back.
const ASK: &str = "dispatchEvent(new Event('online'))";

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_names_the_same_language_again_leaves_the_form_as_it_stands() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.type_into("body", "Half a sentence").await;
    let mark =
        "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]').isSame = true; return true";
    stage.browser.eval(mark).await;
    assert_eq!(host_calls(&stage, "'set', { locale: 'en', page: 'Checkout' }").await, "fine");
    assert_eq!(host_calls(&stage, "'set', { locale: undefined, page: 'Checkout' }").await, "fine");
    let is_same =
        "return document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]').isSame === true";
    assert_eq!(stage.browser.eval(is_same).await, true);
    assert_eq!(value_of(&stage, "body").await, "Half a sentence");
    // Nor does a language that is none keep the news away.
    crate::declare(&stage, "Payments fail").await;
    stage.browser.eval(ASK).await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_fills_in_the_form_replaces_its_own_words_and_never_the_visitors() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    host_calls(&stage, "'newTicket', { subject: 'Order 1', body: 'About order 1.' }").await;
    stage.browser.hook("attach").await;
    stage.browser.type_into("body", " It never came.").await;
    host_calls(&stage, "'newTicket', { subject: 'Order 2', body: 'About order 2.', email: 'anna@example.com' }").await;
    stage.browser.wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'Order 2'").await;
    assert_eq!(value_of(&stage, "body").await, "About order 1. It never came.");
    assert_eq!(value_of(&stage, "email").await, "anna@example.com");
    // Nor is what the visitor wrote about another topic because a button of the page says so.
    let topics = "[...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=category] option')].map(({ value }) => value).filter(Boolean)";
    let topics = stage.browser.eval(&format!("return {topics}")).await;
    let chosen = "const it = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=category]');\
                  it.value = arguments[0]; it.dispatchEvent(new Event('input', { bubbles: true })); it.dispatchEvent(new Event('change', { bubbles: true }))";
    stage.browser.eval_with(chosen, &[topics[0].clone()]).await;
    host_calls(&stage, &format!("'newTicket', {{ subject: 'Order 3', category: {} }}", topics[1])).await;
    stage.browser.wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'Order 3'").await;
    assert_eq!(value_of(&stage, "category").await, topics[0]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_while_writing_goes_on_and_who_comes_after_them_finds_nothing() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    stage.browser.type_into("subject", "Half a sentence").await;
    let file = on_disk(&disk, "shown.log", b"one line");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    let identity = |user: &str| stage.site.identity(user, &json!({}));
    host_calls(&stage, &format!("'identify', '{}'", identity("user-1"))).await;
    let asked = "performance.getEntriesByType('resource').filter((one) => /[/]session[/]$/.test(one.name)).length > 1";
    stage.browser.wait_until(asked).await;
    assert_eq!(value_of(&stage, "subject").await, "Half a sentence");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    host_calls(&stage, &format!("'identify', '{}'", identity("user-2"))).await;
    stage.browser.wait_until_gone(r#"[data-buoy="subject"]"#).await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    assert_eq!(value_of(&stage, "subject").await, "");
    assert_eq!(stage.browser.count(".file[data-state]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_and_attached_before_signing_in_is_sent_under_the_name() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    crate::steps::fill_in(&stage, "Half a sentence").await;
    let file = on_disk(&disk, "shown.log", b"one line");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    host_calls(&stage, &format!("'identify', '{}'", stage.site.identity("user-1", &json!({})))).await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(ticket_at_the_desk(&stage).await["requester"]["external_id"], "user-1");
    assert_eq!(files_at_the_desk(&stage).await, ["shown.log"]);
    stage.strike().await;
}

/// How often the thread was asked for.
const ASKED: &str =
    "performance.getEntriesByType('resource').filter((one) => /[/]tickets[/][^/]+[/]$/.test(one.name)).length";

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_without_sockets_a_thread_stays_as_it_is_until_there_is_news() {
    let stage = Stage::set("school").await;
    let tag = r#"<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;
    // Pauses between two looks at the thread grow up to half a minute, longer than a test waits; 15 s are those of a call.
    let refuse = "<script>window.WebSocket = function () { throw new Error('refused') };const wait = window.setTimeout;\
        window.setTimeout = (act, ms, ...rest) => wait(act, ms === 15000 ? ms : Math.min(ms, 1000), ...rest)</script>";
    let page =
        format!("<!doctype html><html lang=en><title>Proxy</title><link rel=icon href=data:,>{refuse}{tag}</html>");
    stage.pages.add("proxy.html", &page);
    stage.browser.speak("en").await;
    stage.open("proxy.html").await;
    go_to_form(&stage).await;
    crate::steps::send(&stage, "Behind a proxy").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("message").await;
    let mark = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=message]').isSame = true; return true";
    stage.browser.wait_until(&format!("{ASKED} > 0")).await;
    stage.browser.eval(mark).await;
    stage.browser.wait_until(&format!("{ASKED} > 3")).await;
    let seen = "const root = document.querySelector('buoy-widget').shadowRoot;\
        return [root.querySelector('[data-buoy=message]').isSame === true, /Reconnecting/.test(root.querySelector('.thread-state').textContent)]";
    assert_eq!(stage.browser.eval(seen).await, json!([true, false]));
    // Who takes it is no message and no other state; it is told all the same.
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);
    let token = stage.site.add_agent(stage.edge, "agent").await;
    let other = stage.edge.client().with_bearer(&token).get("/api/support/agent/me/").send().await.expect(200).value();
    let version = stage.site.staff().get(&path).send().await.expect(200).value()["version"].clone();
    let change = json!({ "assignee": other["id"], "version": version });
    stage.site.staff().patch(&path).json(&change).send().await.expect(200);
    stage.browser.wait_for_text("event", "Test agent is taking care of this now").await;
    assert_eq!(stage.browser.eval(seen).await, json!([true, false]));
    answer(&stage, &path, "Here we are.").await;
    stage.browser.wait_for_text("message", "Here we are.").await;
    // Nobody but the answer to sending says that a message of their own is stored.
    let listen = "window.messages = []; Buoy('on', 'message', ({ ticket, mine }) => messages.push(ticket.length > 5 && mine)); return true";
    stage.browser.eval(listen).await;
    stage.browser.type_into("reply", "One thing more").await;
    stage.browser.click("send").await;
    stage.browser.wait_until("messages.join() === 'true'").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_hears_of_the_visitors_own_message_and_of_each_number_of_unread_answers_once() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    let listen = "window.counts = []; window.messages = []; Buoy('on', 'unread', (count) => counts.push(count));\
        Buoy('on', 'message', ({ ticket, mine }) => messages.push(ticket.length > 5 && mine)); return true";
    stage.browser.eval(listen).await;
    stage.browser.type_into("reply", "One thing more").await;
    stage.browser.click("send").await;
    stage.browser.wait_until("messages.join() === 'true'").await;
    let lists =
        "performance.getEntriesByType('resource').filter((one) => /[/]support[/]tickets[/]$/.test(one.name)).length";
    for _ in 0..5 {
        let before = stage.browser.eval(&format!("const before = {lists}; {ASK}; return before")).await;
        stage.browser.wait_until(&format!("{lists} > {before}")).await;
    }
    assert_eq!(stage.browser.eval("return counts").await, json!([0]), "as it was when it began to listen");
    stage.browser.eval("return Buoy('close')").await;
    answer(&stage, &path, "Here we are.").await;
    stage.browser.wait_until("counts.join() === '0,1'").await;
    assert_eq!(stage.browser.eval("return messages").await, json!([true, false]));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_of_a_visitor_without_a_name_goes_when_the_host_names_somebody() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    stage.open("plain.html").await;
    answer(&stage, &path, "Here we are.").await;
    stage.browser.eval(ASK).await;
    stage.browser.wait_for_text("launcher", "1").await;
    host_calls(&stage, &format!("'identify', '{}'", stage.site.identity("user-1", &json!({})))).await;
    stage.browser.eval(ASK).await;
    stage
        .browser
        .wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('.badge').textContent === ''")
        .await;
    stage.strike().await;
}

/// Whether the last letter of the first element stands to the right of its first.
const ENDS_RIGHT: &str = "const node = document.querySelector('buoy-widget').shadowRoot.querySelector(arguments[0]);\
    const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT); const texts = [];\
    while (walk.nextNode()) texts.push(walk.currentNode);\
    const box = (text, at) => { const range = document.createRange(); range.setStart(text, at); range.setEnd(text, at + 1); return range.getBoundingClientRect() };\
    const last = texts[texts.length - 1];\
    return box(last, last.length - 1).left > box(texts[0], 0).left";

#[tokio::test(flavor = "multi_thread")]
async fn words_of_another_direction_than_the_panels_end_where_they_should() {
    let stage = Stage::set(&crate::many_languages()).await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    host_calls(&stage, "'set', { locale: 'ar' }").await;
    host_calls(&stage, "'article', 'pay-by-card'").await;
    stage.browser.wait_for(".prose p").await;
    assert_eq!(stage.browser.eval_with(ENDS_RIGHT, &[".prose p".into()]).await, true);
    host_calls(&stage, "'newTicket'").await;
    stage.browser.hook("attach").await;
    crate::steps::send(&stage, "Please look.").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("message").await;
    assert_eq!(stage.browser.eval_with(ENDS_RIGHT, &[".message .bubble".into()]).await, true);
    host_calls(&stage, "'open', 'tickets'").await;
    stage.browser.hook("ticket").await;
    assert_eq!(stage.browser.eval_with(ENDS_RIGHT, &[".row-title".into()]).await, true);
    stage.strike().await;
}
