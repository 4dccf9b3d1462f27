//! A visitor whose token has ended, by its age or because it was taken back, still writes to the team, and is never left with
//! a text that hangs (W4, W5).

use crate::steps::{go_to_form, open_form, open_thread, send, tickets_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::Value;

/// The token that the page stored.
async fn kept_token(stage: &Stage) -> String {
    let kept = format!("return localStorage.getItem('buoy:{}:session')", stage.site.id);
    let kept = stage.browser.eval(&kept).await;
    let session: Value = serde_json::from_str(kept.as_str().expect("a session")).expect("JSON");
    session["token"].as_str().expect("a token").to_owned()
}

/// The edge does not know the stored token any more.
async fn take_back_the_token(stage: &Stage) {
    let token = kept_token(stage).await;
    stage.edge.client().delete("/api/support/session/").bearer(&token).send().await.expect(204);
    stage.browser.expect_error("401");
}

/// The visitor writes once more, in the form that is open, and it arrives.
async fn writes_again(stage: &Stage) {
    send(stage, "A season later").await;
    stage.browser.hook("receipt").await;
    let subjects = tickets_at_the_desk(stage).await.into_iter().map(|ticket| ticket["subject"].clone());
    assert_eq!(subjects.filter(|subject| subject == "A season later").count(), 1);
    assert_eq!(stage.browser.count(r#"[data-buoy="outbox"]"#).await, 0, "nothing is left waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_who_comes_back_after_their_token_has_ended_sends_what_they_write() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "The first").await;
    stage.browser.hook("receipt").await;
    let age = format!(
        "const key = 'buoy:{}:session'; const session = JSON.parse(localStorage[key]);\
         session.expires_at = '2020-01-01T00:00:00Z'; localStorage[key] = JSON.stringify(session); return true",
        stage.site.id
    );
    stage.browser.eval(&age).await;
    stage.open("plain.html").await;
    go_to_form(&stage).await;
    writes_again(&stage).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_whose_token_is_taken_back_while_they_write_sends_what_they_write() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "The first").await;
    stage.browser.hook("receipt").await;
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    take_back_the_token(&stage).await;
    writes_again(&stage).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_reply_into_a_thread_that_is_theirs_no_more_is_refused_with_a_word_and_can_be_discarded() {
    let stage = Stage::set("school").await;
    open_thread(&stage).await;
    take_back_the_token(&stage).await;
    stage.browser.expect_error("404");
    stage.browser.type_into("reply", "Are you there?").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("outbox", "Are you there? was not accepted.").await;
    stage.browser.click("outbox-discard").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;
    stage.strike().await;
}
