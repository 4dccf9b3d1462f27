//! What somebody whom the host names wrote in a tunnel is theirs after a reload too, and goes with them when they leave (W4, W5).

use crate::sign_in::{file, page_of};
use crate::steps::{path_at_the_desk, ticket_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::json;

/// A page that names its user, opened.
async fn signed_in() -> Stage {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add("signed-in.html", &page_of(&stage.site.identity("user-1", &json!({}))));
    stage.open("signed-in.html").await;
    stage
}

/// From now on nothing that the page sends gets through; what it reads it has.
async fn go_into_a_tunnel(stage: &Stage) {
    stage.browser.expect_error("deaf");
    let deaf = "window.real = window.fetch; window.fetch = async (...ask) => {\
        if (ask[1]?.method === 'POST') throw new TypeError('deaf'); return real(...ask) };";
    stage.browser.eval(deaf).await;
}

/// Writes a ticket of somebody whom the edge has not seen yet, and sees that it waits.
async fn write_unseen(stage: &Stage, subject: &str) {
    go_into_a_tunnel(stage).await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.type_into("subject", subject).await;
    stage.browser.type_into("body", "Please look.").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_reply_of_a_named_user_that_waited_through_a_reload_arrives_without_being_asked_for() {
    let stage = signed_in().await;
    file(&stage, "Long tunnel").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    let ticket = ticket_at_the_desk(&stage).await;
    go_into_a_tunnel(&stage).await;
    stage.browser.type_into("reply", "From the tunnel").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("message", "Waiting for a connection").await;

    // Nobody opens the panel: the page alone knows that something waits, and who is here.
    stage.open("signed-in.html").await;
    let path = path_at_the_desk(&ticket);
    let staff = stage.site.staff();
    buoy_tests::wait::until("the reply at the desk", || async {
        let full = staff.get(&path).send().await.expect(200).value();
        (full["messages"][1]["body"] == "From the tunnel").then_some(())
    })
    .await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_ticket_of_a_named_user_whom_the_edge_never_saw_is_still_in_the_form_after_a_reload() {
    let stage = signed_in().await;
    write_unseen(&stage, "Begun in a tunnel").await;
    let databases = "return indexedDB.databases().then((all) => all.length)";
    assert_eq!(stage.browser.eval(databases).await, 0, "whose it is nobody knows yet, so it is not kept as anybody's");

    stage.open("signed-in.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    let subject = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'Begun in a tunnel'";
    stage.browser.wait_until(subject).await;
    stage.browser.hook("attach").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(ticket_at_the_desk(&stage).await["requester"]["external_id"], "user-1");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_fresh_token_of_the_same_user_does_not_stop_what_waits() {
    let stage = signed_in().await;
    write_unseen(&stage, "Across two tokens").await;
    let fresh = stage.site.identity("user-1", &json!({ "name": "Anna" }));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[fresh.into()]).await;
    stage.browser.eval("window.fetch = window.real; dispatchEvent(new Event('online'))").await;
    assert_eq!(ticket_at_the_desk(&stage).await["requester"]["external_id"], "user-1");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_log_out_before_the_panel_was_opened_leaves_no_draft_for_whoever_comes_next() {
    let stage = signed_in().await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("body", "Nobody may read this").await;
    let kept = "Object.values(sessionStorage).join().includes('Nobody may')";
    stage.browser.wait_until(kept).await;

    stage.open("signed-in.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval("return Buoy('logout')").await;
    let next = stage.site.identity("user-2", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[next.into()]).await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.hook("attach").await;
    let body = "return document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]').value";
    assert_eq!(stage.browser.eval(body).await, "");
    assert_eq!(stage.browser.eval(&format!("return {kept}")).await, false, "nor does it wait for whoever wrote it");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_draft_of_a_user_whom_the_page_names_late_comes_into_the_form_that_is_open() {
    let stage = signed_in().await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("body", "Half a thought").await;
    // The next page does not know at first who is here.
    stage.open("plain.html").await;
    crate::steps::go_to_form(&stage).await;
    assert_eq!(crate::steps::value_of(&stage, "body").await, "");
    let same = stage.site.identity("user-1", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[same.into()]).await;
    let body = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]')?.value === 'Half a thought'";
    stage.browser.wait_until(body).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_draft_of_the_same_user_is_there_after_a_reload() {
    let stage = signed_in().await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("body", "Half a thought").await;
    stage.open("signed-in.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    let body = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]')?.value === 'Half a thought'";
    stage.browser.wait_until(body).await;
    stage.strike().await;
}
