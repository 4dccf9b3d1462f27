//! A customer is asked in place, once (U): how easy it was after a solved ticket, why they leave when the host says so. A
//! question can be waved away, all of them for good.

use crate::steps::{path_at_the_desk, solve, ticket_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::Value;

const ROOT: &str = "const root = document.querySelector('buoy-widget').shadowRoot;";

/// A solved and rated ticket, its thread open.
async fn solved_thread(stage: &Stage) {
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Nothing loads").await;
    stage.browser.type_into("body", "A white page since noon.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(stage).await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("message").await;
    let path = path_at_the_desk(&ticket);
    solve(stage, &path, "Mended.").await;
    stage.browser.hook("rating").await;
    assert_eq!(stage.browser.count("[data-buoy=survey]").await, 0, "one question at a time");
    choose(stage, "rating", "9").await;
    stage.browser.click("rating-send").await;
}

async fn choose(stage: &Stage, scale: &str, value: &str) {
    let script =
        format!("{ROOT} root.querySelector(`[data-buoy=\"${{arguments[0]}}\"] [value=\"${{arguments[1]}}\"]`).click()");
    stage.browser.hook(scale).await;
    stage.browser.eval_with(&script, &[scale.into(), value.into()]).await;
}

/// Waits until the report says so.
async fn report(stage: &Stage, is_so: impl Fn(&Value) -> bool) -> Value {
    let staff = stage.site.staff();
    buoy_tests::wait::until("the report", || async {
        let report = staff.get("/api/support/agent/surveys/report/").send().await.expect(200).value();
        is_so(&report).then_some(report)
    })
    .await
}

/// Opens the solved thread again, in a fresh page.
async fn come_back(stage: &Stage) {
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("ticket").await;
    stage.browser.hook("confirm-close").await;
    surveys_are_known(stage).await;
}

/// Waits until the page heard what may be asked.
async fn surveys_are_known(stage: &Stage) {
    let heard =
        "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/surveys/') && one.responseEnd)";
    stage.browser.wait_until(heard).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_after_the_rating_it_is_asked_once_how_easy_it_was() {
    let stage = Stage::set("saas").await;
    solved_thread(&stage).await;
    choose(&stage, "effort", "4").await;
    stage.browser.type_into("effort-comment", "Quick").await;
    stage.browser.click("effort-send").await;
    stage.browser.wait_until_gone("[data-buoy=effort]").await;
    // Escape goes on closing the panel: the keyboard is still in it.
    let focus = "document.querySelector('buoy-widget').shadowRoot.activeElement?.className";
    assert_eq!(stage.browser.eval(&format!("return {focus}")).await, "asked-thanks");
    let said = report(&stage, |report| report["effort"]["answered"] == 1).await;
    assert_eq!(said["effort"]["average_hundredths"], 400);
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=survey]").await, 0, "never asked twice");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_what_is_half_answered_is_still_there_when_the_ticket_is_closed_first() {
    let stage = Stage::set("saas").await;
    solved_thread(&stage).await;
    choose(&stage, "effort", "4").await;
    stage.browser.type_into("effort-comment", "Quick, but").await;
    let mark =
        "return document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=survey]').dataset.seen = 1";
    stage.browser.eval(mark).await;
    stage.browser.click("confirm-close").await;
    // The thread was drawn anew.
    stage.browser.wait_for("[data-buoy=survey]:not([data-seen])").await;
    assert_eq!(crate::steps::value_of(&stage, "effort-comment").await, "Quick, but");
    stage.browser.click("effort-send").await;
    let said = report(&stage, |report| report["effort"]["answered"] == 1).await;
    assert_eq!(said["effort"]["average_hundredths"], 400);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_question_that_was_waved_away_counts_as_asked_and_does_not_come_back() {
    let stage = Stage::set("saas").await;
    solved_thread(&stage).await;
    stage.browser.click("survey-later").await;
    stage.browser.wait_until_gone("[data-buoy=survey]").await;
    let focus = "return document.querySelector('buoy-widget').shadowRoot.activeElement?.className";
    assert_eq!(stage.browser.eval(focus).await, "view");
    report(&stage, |report| report["effort"]["asked"] == 1 && report["effort"]["answered"] == 0).await;
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=survey]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_who_wants_no_questions_says_so_once() {
    let stage = Stage::set("saas").await;
    solved_thread(&stage).await;
    stage.browser.click("survey-never").await;
    stage.browser.wait_until_gone("[data-buoy=effort]").await;
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=survey]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_why_somebody_leaves_is_asked_when_the_host_says_that_they_do() {
    let stage = Stage::set("saas").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval("return Buoy('open', 'exit')").await;
    choose(&stage, "exit", "too_expensive").await;
    stage.browser.type_into("exit-comment", "Twice the price").await;
    stage.browser.click("survey-anonymous").await;
    stage.browser.click("exit-send").await;
    stage.browser.wait_until_gone("[data-buoy=exit]").await;
    let said = report(&stage, |report| report["exit"]["answered"] == 1).await;
    assert_eq!(said["exit_reasons"]["too_expensive"], 1, "{said}");
    for _ in 0..2 {
        stage.open("plain.html").await;
        stage.browser.eval("return Buoy('open', 'exit')").await;
        surveys_are_known(&stage).await;
        assert_eq!(stage.browser.count("[data-buoy=exit]").await, 0, "nobody is asked twice");
    }
    stage.strike().await;
}
