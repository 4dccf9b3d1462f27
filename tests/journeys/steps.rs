//! Steps that many journeys take, and looks at what came of them.

use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Keeps what the live region says from now on, each text once for each time that it is said.
pub(crate) const LISTEN: &str = "window.said = []; const place = document.querySelector('buoy-widget').shadowRoot.querySelector('[aria-live]');\
    new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true, characterData: true, subtree: true });\
    return true";

/// Opens a page, and in it the form, in English.
pub(crate) async fn open_form(stage: &Stage) {
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    go_to_form(stage).await;
}

/// Opens the form in the page that is open; it is ready when files can be attached.
pub(crate) async fn go_to_form(stage: &Stage) {
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
}

/// Writes what the form asks of everybody.
pub(crate) async fn fill_in(stage: &Stage, subject: &str) {
    stage.browser.type_into("subject", subject).await;
    stage.browser.type_into("body", "Please look.").await;
}

/// Writes and sends; whether it arrives is another question.
pub(crate) async fn send(stage: &Stage, subject: &str) {
    fill_in(stage, subject).await;
    stage.browser.click("submit").await;
}

/// What stands in a field.
pub(crate) async fn value_of(stage: &Stage, hook: &str) -> Value {
    let script = "return document.querySelector('buoy-widget').shadowRoot\
                  .querySelector(`[data-buoy=\"${arguments[0]}\"]`).value";
    stage.browser.eval_with(script, &[hook.into()]).await
}

/// The tickets of the site, as the team sees them now.
pub(crate) async fn tickets_at_the_desk(stage: &Stage) -> Vec<Value> {
    let list = stage.site.staff().get("/api/support/agent/tickets/").send().await.expect(200).value();
    list["items"].as_array().cloned().expect("a list")
}

/// The only ticket of the site, as the team sees it, once it is there.
pub(crate) async fn ticket_at_the_desk(stage: &Stage) -> Value {
    let there = || async { tickets_at_the_desk(stage).await.into_iter().next() };
    buoy_tests::wait::until("a ticket at the desk", there).await
}

/// Files a ticket for this user, who is not in the browser.
pub(crate) async fn file_elsewhere(stage: &Stage, identity: &str) {
    let ticket = json!({ "subject": "From another device", "body": "Please look." });
    let elsewhere = stage.site.visitor(Some(identity)).await;
    elsewhere.post("/api/support/tickets/").idempotency_key("elsewhere").json(&ticket).send().await.expect(201);
}

/// Where the desk has this ticket.
pub(crate) fn path_at_the_desk(ticket: &Value) -> String {
    format!("/api/support/agent/tickets/{}/", ticket["id"].as_str().expect("an id"))
}

/// Somebody of the team answers.
pub(crate) async fn answer(stage: &Stage, path: &str, text: &str) {
    add_at_the_desk(stage, path, &json!({ "body": text })).await;
}

/// Somebody of the team solves the ticket, with an answer that says so.
pub(crate) async fn solve(stage: &Stage, path: &str, text: &str) {
    let message = json!({ "body": text, "status": "solved", "root_cause": "other", "resolution_summary": "Mended." });
    add_at_the_desk(stage, path, &message).await;
}

async fn add_at_the_desk(stage: &Stage, path: &str, message: &Value) {
    stage.site.staff().post(&format!("{path}add_message/")).json(message).send().await.expect(201);
}

/// Files a ticket and opens its thread. Gives the ticket's path at the desk.
pub(crate) async fn open_thread(stage: &Stage) -> String {
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "It fails").await;
    stage.browser.type_into("body", "Since this morning.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(stage).await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("message").await;
    path_at_the_desk(&ticket)
}

/// Files another ticket and opens its thread.
pub(crate) async fn open_second_thread(stage: &Stage) {
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "It still fails").await;
    stage.browser.type_into("body", "The same again.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.browser.click("open-ticket").await;
    stage.browser.wait_for_text("message", "The same again.").await;
}
