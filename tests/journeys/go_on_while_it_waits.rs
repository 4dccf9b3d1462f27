//! What waits is not always waiting for a line, and whoever waits can go on (W4, W5): the reason is told as it is, the next
//! ticket has a form of its own, and what another tab took away is not promised any more.

use crate::steps::{fill_in, go_to_form, open_form, send, tickets_at_the_desk, value_of};
use buoy_tests::stage::Stage;

/// The edge takes nothing that is sent: it answers with `answer`, until that is gone.
const BUSY: &str = "\
    const real = window.fetch;\
    window.answer = (status, headers) => async () => new Response('{}', { status, headers });\
    window.held = window.answer(429, { 'retry-after': '3643' });\
    window.fetch = (...ask) => window.held && ask[1]?.method === 'POST' && /tickets/.test(ask[0]) ? window.held() : real(...ask);\
    return true";

/// The edge takes what is sent again.
const FREE: &str = "window.held = undefined; dispatchEvent(new Event('online'))";

/// What the alert of the form says.
async fn alert(stage: &Stage) -> String {
    stage.browser.wait_for(".foot [role=alert]").await;
    let said =
        "return document.querySelector('buoy-widget').shadowRoot.querySelector('.foot [role=alert]').textContent";
    stage.browser.eval(said).await.as_str().expect("a text").to_owned()
}

/// The subjects at the desk, in the order of the alphabet.
async fn subjects(stage: &Stage) -> Vec<String> {
    let all = tickets_at_the_desk(stage).await;
    let mut subjects: Vec<String> =
        all.iter().filter_map(|ticket| ticket["subject"].as_str().map(str::to_owned)).collect();
    subjects.sort();
    subjects
}

/// A ticket that this tab has sent and a busy edge has not taken.
async fn leave_waiting(stage: &Stage, subject: &str) {
    open_form(stage).await;
    stage.browser.eval(BUSY).await;
    send(stage, subject).await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
}

/// Away from it, and to the form again.
async fn go_on_to_another(stage: &Stage) {
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_busy_edge_is_not_told_as_a_line_that_is_gone_and_it_is_said_when_it_is_tried_again() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(BUSY).await;
    send(&stage, "Too many").await;
    let bar = stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert!(bar.contains("next attempt is at"), "{bar}");
    let form = alert(&stage).await;
    assert!(!form.contains("onnection"), "{form}");
    stage.browser.eval("window.held = window.answer(503, {}); dispatchEvent(new Event('online'))").await;
    stage.browser.wait_for_text("outbox", "goes out by itself").await;
    // Now the line goes, and that is another reason.
    stage
        .browser
        .eval("window.held = async () => { throw new TypeError('deaf') }; dispatchEvent(new Event('online'))")
        .await;
    stage.browser.wait_for_text("outbox", "as soon as there is a connection").await;
    stage.browser.eval(FREE).await;
    stage.browser.hook("receipt").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_reply_that_a_busy_edge_does_not_take_does_not_wait_for_a_connection() {
    let stage = Stage::set("school").await;
    crate::steps::open_thread(&stage).await;
    stage.browser.eval(BUSY).await;
    stage.browser.type_into("reply", "Still there?").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("message", "Waiting to be sent").await;
    stage.browser.eval(FREE).await;
    stage.browser.wait_until_gone("[data-pending]").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_while_one_ticket_waits_another_is_written_and_both_arrive() {
    let stage = Stage::set("school").await;
    leave_waiting(&stage, "A first").await;
    go_on_to_another(&stage).await;
    assert_eq!(value_of(&stage, "subject").await, "", "the form is a fresh one");
    fill_in(&stage, "B second").await;
    stage.browser.eval(FREE).await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    assert_eq!(value_of(&stage, "subject").await, "B second", "the first one's receipt takes nothing away");
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(subjects(&stage).await, ["A first", "B second"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_the_host_writes_while_a_ticket_waits_gets_a_form_of_its_own() {
    let stage = Stage::set("school").await;
    leave_waiting(&stage, "A first").await;
    stage.browser.eval("return Buoy('newTicket', { subject: 'B of the host', body: 'It says so.' })").await;
    stage.browser.wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'B of the host'").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 2").await;
    stage.browser.eval(FREE).await;
    stage.browser.hook("receipt").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    assert_eq!(subjects(&stage).await, ["A first", "B of the host"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_refused_ticket_is_not_lost_to_the_one_that_is_written_by_then() {
    let stage = Stage::set("school").await;
    leave_waiting(&stage, "A first").await;
    go_on_to_another(&stage).await;
    fill_in(&stage, "B second").await;
    stage.browser.eval("window.held = window.answer(409, {}); dispatchEvent(new Event('online'))").await;
    stage.browser.hook("outbox-edit").await;
    stage.browser.click("outbox-edit").await;
    stage.browser.eval(FREE).await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.browser.wait_for_text("outbox", "A first").await;
    stage.browser.click("outbox-edit").await;
    stage.browser.wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'A first'").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_a_host_wrote_and_the_visitor_sent_is_still_there_after_a_reload_if_nobody_knows_who_sent_it() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval("return Buoy('identify', () => Promise.reject(Error('down')))").await;
    stage.browser.eval("return Buoy('newTicket', { subject: 'Of the host', body: 'It says so.' })").await;
    stage.browser.hook("attach").await;
    stage.browser.click("submit").await;
    let bar = stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert!(!bar.contains("onnection"), "the line is there: {bar}");
    let form = alert(&stage).await;
    assert!(!form.contains("onnection") && !form.contains("kept"), "{form}");

    stage.open("plain.html").await;
    go_to_form(&stage).await;
    assert_eq!(value_of(&stage, "subject").await, "Of the host");
    stage.strike().await;
}

/// The same site in another tab.
async fn open_another_tab(stage: &Stage) {
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    stage.browser.hook("launcher").await;
}

/// The same where the edge is as busy: it has tried to send what waits, and waits, too.
async fn open_another_busy_tab(stage: &Stage) {
    let page = format!(
        "<!doctype html><html lang=en><title>Busy</title><link rel=icon href=data:,><script>(() => {{ {BUSY} }})()</script>\
         <script async src=\"{{{{edge}}}}/widget.js\" data-site=\"{{{{site}}}}\"></script>"
    );
    stage.pages.add("busy.html", &page);
    stage.browser.new_tab(&stage.pages.url("busy.html")).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_what_a_log_out_in_another_tab_took_away_is_not_promised_any_more() {
    let stage = Stage::set("school").await;
    leave_waiting(&stage, "Waits").await;
    let first = stage.browser.tab().await;
    open_another_busy_tab(&stage).await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.switch_to(first).await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.browser.wait_until_gone("[data-buoy=submit][aria-busy]").await;
    stage.browser.wait_until_gone("[inert]").await;
    stage.browser.eval(FREE).await;
    assert!(subjects(&stage).await.is_empty(), "nothing is sent that was taken away");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_what_went_with_the_sites_data_is_not_promised_any_more() {
    let stage = Stage::set("school").await;
    leave_waiting(&stage, "Waits").await;
    let first = stage.browser.tab().await;
    // From a page without our tag, which sends nothing.
    stage.pages.add("nothing.html", "<!doctype html><title>Nothing</title><link rel=icon href=data:,>");
    stage.browser.new_tab(&stage.pages.url("nothing.html")).await;
    stage.browser.eval("return localStorage.clear()").await;
    stage.browser.switch_to(first).await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.browser.wait_until_gone("[data-buoy=submit][aria-busy]").await;
    assert_eq!(value_of(&stage, "subject").await, "Waits", "what was written stays in the form");
    stage.browser.eval(FREE).await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(subjects(&stage).await, ["Waits"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_log_out_in_another_tab_leaves_no_conversation_in_this_one() {
    let stage = Stage::set("school").await;
    crate::steps::open_thread(&stage).await;
    stage.browser.type_into("reply", "Half written").await;
    let first = stage.browser.tab().await;
    open_another_tab(&stage).await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.switch_to(first).await;
    stage.browser.wait_until_gone("[data-buoy=message]").await;
    stage.browser.hook("new-ticket").await;
    stage.browser.wait_until_gone("[data-buoy=tickets]").await;
    go_to_the_form_again(&stage).await;
    send(&stage, "Of somebody else").await;
    stage.browser.hook("receipt").await;
    let requesters: Vec<_> =
        tickets_at_the_desk(&stage).await.into_iter().map(|ticket| ticket["requester"]["id"].clone()).collect();
    assert_eq!(requesters.len(), 2);
    assert_ne!(requesters[0], requesters[1], "who writes now is somebody else");
    stage.strike().await;
}

async fn go_to_the_form_again(stage: &Stage) {
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
}
