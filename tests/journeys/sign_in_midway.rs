//! Who signs in while a ticket of theirs is on its way wrote it: it is filed once, the form is free again, and what the host was
//! asked for by a form without a name stands there no longer (W2, W4).

use crate::be_left_alone::host_calls;
use crate::leave_for_good::HOLD_THE_SESSION;
use crate::steps::{open_form, send, ticket_at_the_desk, tickets_at_the_desk, value_of};
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::json;
use std::fs;

/// The host says who this is.
async fn sign_in(stage: &Stage) {
    host_calls(stage, &format!("'identify', '{}'", stage.site.identity("user-1", &json!({})))).await;
}

/// The only ticket is the named user's, and the next form is empty.
async fn is_filed_once_and_done(stage: &Stage) {
    stage.browser.hook("receipt").await;
    assert_eq!(ticket_at_the_desk(stage).await["requester"]["external_id"], "user-1");
    assert_eq!(tickets_at_the_desk(stage).await.len(), 1);
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    assert_eq!(value_of(stage, "subject").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_sent_a_moment_before_signing_in_is_filed_under_the_name() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(HOLD_THE_SESSION).await;
    stage.browser.type_into("email", "anna@example.com").await;
    send(&stage, "As myself after all").await;
    stage.browser.wait_until("window.go").await;
    sign_in(&stage).await;
    stage.browser.eval("go(); return true").await;
    is_filed_once_and_done(&stage).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_that_waits_in_a_tunnel_is_filed_under_the_name_of_who_signs_in_there() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.expect_error("deaf");
    let deaf = "window.real = window.fetch; window.fetch = async () => { throw new TypeError('deaf') };";
    stage.browser.eval(deaf).await;
    send(&stage, "In a tunnel").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    sign_in(&stage).await;
    // Nobody knows yet whose it is, so the outbox keeps nothing; a reload finds the text in the form.
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;
    let draft = "return Object.values(sessionStorage).some((text) => text.includes('In a tunnel'))";
    assert_eq!(stage.browser.eval(draft).await, true);
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.eval("window.fetch = window.real; dispatchEvent(new Event('online'))").await;
    is_filed_once_and_done(&stage).await;
    stage.strike().await;
}

/// The edge files the ticket; the page reads the answer once the test lets it. Lines to threads are counted.
const HOLD_THE_ANSWER: &str = "\
    const real = window.fetch; window.lines = 0;\
    window.fetch = async (...ask) => {\
      const answer = await real(...ask);\
      if (ask[1]?.method === 'POST' && String(ask[0]).endsWith('/tickets/')) await new Promise((go) => (window.go = go));\
      return answer;\
    };\
    const Line = window.WebSocket; window.WebSocket = function (...where) { lines++; return new Line(...where) };";

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_that_is_filed_while_its_writer_signs_in_is_done_and_followed_by_nobody() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(HOLD_THE_ANSWER).await;
    stage.browser.type_into("email", "anna@example.com").await;
    send(&stage, "Just filed").await;
    stage.browser.wait_until("window.go").await;
    let sessions = "performance.getEntriesByType('resource').filter((one) => /[/]session[/]$/.test(one.name)).length";
    let before = stage.browser.eval(&format!("return {sessions}")).await;
    sign_in(&stage).await;
    stage.browser.wait_until(&format!("{sessions} > {before}")).await;
    stage.browser.eval("go(); return true").await;
    stage.browser.hook("receipt").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="open-ticket"]"#).await, 0, "under the new name it cannot be opened");
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    assert_eq!(value_of(&stage, "subject").await, "");
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    assert_eq!(stage.browser.eval("return lines").await, 0);
    stage.strike().await;
}

/// The edge files the ticket, and the line is lost before its answer. Every later attempt comes when the edge is busy.
const LOSE_THE_ANSWER: &str = "\
    window.real = window.fetch; window.attempts = 0;\
    window.fetch = async (...ask) => {\
      const isTicket = ask[1]?.method === 'POST' && String(ask[0]).endsWith('/tickets/');\
      if (isTicket && window.attempts++) return new Response('', { status: 503 });\
      const answer = await window.real(...ask);\
      if (isTicket) throw new TypeError('lost');\
      return answer;\
    };";

/// Files a ticket whose answer is lost, and signs in: from then on its writer is asked what becomes of it, after a reload too.
async fn sign_in_without_the_answer() -> Stage {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(LOSE_THE_ANSWER).await;
    stage.browser.type_into("email", "anna@example.com").await;
    send(&stage, "Filed already").await;
    // That a later attempt was not taken says nothing of the first.
    stage.browser.wait_until("attempts > 1").await;
    sign_in(&stage).await;
    stage.browser.wait_for_text("outbox", "may have arrived already").await;
    stage.browser.wait_until("indexedDB.databases().then((all) => all.length)").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_whose_answer_was_lost_does_not_go_out_again_because_its_writer_signs_in() {
    let stage = sign_in_without_the_answer().await;
    assert_eq!(value_of(&stage, "subject").await, "Filed already", "who wants to may send it again");
    // It outlives the page, as all that waits does.
    stage.open("plain.html").await;
    sign_in(&stage).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("outbox", "may have arrived already").await;
    stage.browser.click("outbox-discard").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    stage.strike().await;
}

/// Nobody looks at what is kept until the test lets them: a slow disk, or another tab that is at it.
const HOLD_THE_STORE: &str = "const site = document.querySelector('script[data-site]').dataset.site;\
    navigator.locks.request(`buoy:${site}:store`, () => new Promise((go) => (window.free = go)));\
    dispatchEvent(new Event('online')); return true";

/// Who waits for that.
const WAITING: &str =
    "navigator.locks.query().then(({ pending }) => pending.filter(({ name }) => name.endsWith(':store')).length)";

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_is_discarded_while_the_outbox_looks_at_what_is_kept_does_not_come_back() {
    let stage = sign_in_without_the_answer().await;
    stage.browser.eval(HOLD_THE_STORE).await;
    stage.browser.wait_until(&format!("window.free && {WAITING}")).await;
    stage.browser.click("outbox-discard").await;
    stage.browser.eval("free(); return true").await;
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_the_form_asks_nobody_for_an_address_or_a_name_once_they_have_one() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.type_into("subject", "Half a sentence").await;
    stage.browser.type_into("email", "anna@example.com").await;
    sign_in(&stage).await;
    stage.browser.wait_until_gone(r#"[data-buoy="email"]"#).await;
    assert_eq!(value_of(&stage, "subject").await, "Half a sentence");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_where_only_users_may_write_the_form_comes_with_the_name() {
    let stage = Stage::set("school").await;
    let policy = fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset is there");
    let origins = json!([stage.pages.origin()]);
    let spec = json!({ "name": "Closed", "policy_toml": policy, "origins": origins, "anonymous": false });
    let path = format!("/api/support/operator/sites/{}/", stage.site.id);
    stage.edge.operator().put(&path).json(&spec).send().await.expect(200);
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_for(".empty").await;
    sign_in(&stage).await;
    stage.browser.hook("attach").await;
    send(&stage, "Among users").await;
    stage.browser.hook("receipt").await;
    stage.strike().await;
}
