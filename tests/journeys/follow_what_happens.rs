//! A visitor sees what becomes of a ticket as quiet lines of its thread: who has it, solved, opened again, closed, merged
//! (W5). Live, after a reload and after a tunnel; each once.

use crate::steps::{LISTEN, open_second_thread, open_thread, tickets_at_the_desk};
use buoy_tests::edge::Edge;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// What the lines say, in their order.
const LINES: &str = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=event]')]\
    .map((line) => line.firstChild.data)";

/// Changes the ticket as it is now.
async fn change(stage: &Stage, path: &str, mut change: Value) {
    change["version"] = stage.site.staff().get(path).send().await.expect(200).value()["version"].clone();
    stage.site.staff().patch(path).json(&change).send().await.expect(200);
}

async fn lines_are(stage: &Stage, expected: &[&str]) {
    let so = buoy_tests::wait::poll(|| async { (stage.browser.eval(LINES).await == json!(expected)).then_some(()) });
    if so.await.is_none() {
        panic!("{} instead of {expected:?}\n{}", stage.browser.eval(LINES).await, stage.browser.dump().await);
    }
}

/// The id of another member of the team, by the name that customers see.
async fn colleague(stage: &Stage) -> String {
    let token = stage.site.add_agent(Edge::shared(), "agent").await;
    let me = Edge::shared().client().with_bearer(&token).get("/api/support/agent/me/").send().await.expect(200).value();
    me["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_thread_that_is_opened_again_says_what_is_promised_now() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    let before = stage.browser.text_of(".promise").await;
    stage.browser.click("back").await;
    change(&stage, &path, json!({ "priority": "p0" })).await;
    stage.browser.eval("return Buoy('close')").await;
    let id = path.trim_end_matches('/').rsplit('/').next().expect("an id");
    stage.browser.eval_with("return Buoy('ticket', arguments[0])", &[id.into()]).await;
    let promise = "document.querySelector('buoy-widget').shadowRoot.querySelector('.promise')?.textContent";
    stage.browser.wait_until(&format!("{promise} && {promise} !== {}", json!(before))).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_who_has_it_solved_and_opened_again_stand_between_the_messages_live_and_after_a_reload() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    let taken = "Test admin is taking care of this";
    lines_are(&stage, &[taken]).await;
    stage.browser.eval(LISTEN).await;

    let other = colleague(&stage).await;
    change(&stage, &path, json!({ "assignee": other, "tags": ["vip"], "priority": "p2" })).await;
    let given = "Test agent is taking care of this now";
    lines_are(&stage, &[taken, given]).await;

    change(&stage, &path, json!({ "status": "solved", "root_cause": "other", "resolution_summary": "Mended." })).await;
    lines_are(&stage, &[taken, given, "Marked as solved"]).await;
    stage.browser.wait_for_text("ending-note", "write again").await;
    let said = stage.browser.text_of(".messages").await;
    assert_eq!(said.matches("Marked as solved").count(), 1, "once is enough: {said}");
    stage.browser.type_into("reply", "Not yet").await;
    stage.browser.click("send").await;
    lines_are(&stage, &[taken, given, "Marked as solved", "Opened again"]).await;

    let said = stage.browser.wait_until("said.includes('Opened again') && said").await;
    for line in [given, "Marked as solved"] {
        let times = said.as_array().into_iter().flatten().filter(|one| *one == line).count();
        assert_eq!(times, 1, "{line} is announced once: {said}");
    }
    assert!(!said.to_string().contains(taken), "what was there already is not news: {said}");

    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("ticket").await;
    lines_are(&stage, &[taken, given, "Marked as solved", "Opened again"]).await;
    let order = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-at]')]\
        .map((one) => one.dataset.buoy)";
    assert_eq!(stage.browser.eval(order).await, json!(["message", "event", "event", "event", "message", "event"]));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_what_happened_in_a_tunnel_is_there_once_when_the_line_is_back() {
    let stage = Stage::set("school").await;
    stage.depend_on_line();
    let path = open_thread(&stage).await;
    let taken = "Test admin is taking care of this";
    lines_are(&stage, &[taken]).await;
    let other = colleague(&stage).await;
    stage.browser.expect_error("ERR_");
    stage.browser.expect_error("WebSocket");
    stage.line.cut(true);
    change(&stage, &path, json!({ "assignee": other })).await;
    change(&stage, &path, json!({ "status": "solved", "root_cause": "other", "resolution_summary": "Mended." })).await;
    stage.line.cut(false);
    lines_are(&stage, &[taken, "Test agent is taking care of this now", "Marked as solved"]).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_merged_ticket_says_where_it_goes_on() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    lines_are(&stage, &["Test admin is taking care of this"]).await;
    open_second_thread(&stage).await;
    let all = tickets_at_the_desk(&stage).await;
    let second = all.iter().find(|ticket| ticket["number"] == 2).expect("the second")["id"].clone();
    let first = all.iter().find(|ticket| ticket["number"] == 1).expect("the first")["id"].clone();
    let merge = format!("/api/support/agent/tickets/{}/merge/", second.as_str().expect("an id"));
    stage.site.staff().post(&merge).json(&json!({ "into": first })).send().await.expect(200);
    let taken = "Test admin is taking care of this";
    lines_are(&stage, &[taken, "Goes on in ticket #1", "Closed"]).await;
    assert!(path.contains(first.as_str().expect("an id")));
    stage.strike().await;
}
