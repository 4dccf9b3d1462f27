//! A customer is asked in place, once (U): for a rating and how easy it was after a solved ticket, why they leave when the
//! host says so. A question can be waved away, all of them for good, and answered without a name.

use crate::steps::{open_second_thread, open_thread, path_at_the_desk, solve, ticket_at_the_desk, tickets_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

const ROOT: &str = "const root = document.querySelector('buoy-widget').shadowRoot;";

/// From now on the page knows when the edge heard what was said of a question.
const HEARD: &str = "const send = window.fetch; window.fetch = async (...call) => { const answer = await send(...call);\
    if (call[1]?.method === 'POST' && call[0].endsWith('/surveys/')) window.isHeard = answer.ok; return answer }; return true";

/// From now on the page knows when it has drawn what it read of the questions that may be asked: a task after it was read.
const KNOW: &str = "const ask = window.fetch; window.fetch = async (...call) => { const answer = await ask(...call);\
    if (call[1]?.method === 'POST' || !String(call[0]).endsWith('/surveys/')) return answer;\
    const read = answer.json.bind(answer);\
    answer.json = async () => { const all = await read(); setTimeout(() => (window.isKnown = true)); return all };\
    return answer }; return true";

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
    stage.browser.hook("launcher").await;
    stage.browser.eval(KNOW).await;
    stage.browser.click("launcher").await;
    stage.browser.click("ticket").await;
    stage.browser.hook("confirm-close").await;
    surveys_are_known(stage).await;
}

/// Waits until the page heard what may be asked.
async fn surveys_are_known(stage: &Stage) {
    stage.browser.wait_until("window.isKnown").await;
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
        stage.browser.hook("launcher").await;
        stage.browser.eval(KNOW).await;
        stage.browser.eval("return Buoy('open', 'exit')").await;
        surveys_are_known(&stage).await;
        assert_eq!(stage.browser.count("[data-buoy=exit]").await, 0, "nobody is asked twice");
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_who_wants_no_questions_is_not_asked_for_a_rating_either() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage).await;
    solve(&stage, &path, "Mended.").await;
    stage.browser.hook("rating").await;
    stage.browser.click("survey-never").await;
    stage.browser.wait_until_gone("[data-buoy=rating]").await;
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=rating]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_rating_that_was_waved_away_does_not_come_back() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage).await;
    solve(&stage, &path, "Mended.").await;
    stage.browser.hook("rating").await;
    stage.browser.eval(HEARD).await;
    stage.browser.click("survey-later").await;
    stage.browser.wait_until_gone("[data-buoy=rating]").await;
    stage.browser.wait_until("window.isHeard").await;
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=rating], [data-buoy=survey]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_rating_is_given_without_a_name_and_not_asked_for_again() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage).await;
    solve(&stage, &path, "Mended.").await;
    choose(&stage, "rating", "3").await;
    stage.browser.click("survey-anonymous").await;
    stage.browser.click("rating-send").await;
    stage.browser.wait_until_gone("[data-buoy=rating]").await;
    let said = report(&stage, |report| report["csat"]["answered"] == 1).await;
    assert_eq!((&said["csat"]["asked"], &said["csat"]["average_hundredths"]), (&json!(1), &json!(300)));
    let ticket = stage.site.staff().get(&path).send().await.expect(200).value();
    assert_eq!(ticket["rating"], Value::Null);
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=rating]").await, 0, "never asked twice");
    stage.strike().await;
}

/// What the edge says once, of somebody who has been a customer for long: it is time for the question of no ticket.
const WOULD_RECOMMEND: &str = "const ask = window.fetch; window.fetch = (...call) => {\
    if (window.isAsked || !call[0].endsWith('/surveys/')) return ask(...call);\
    window.isAsked = true;\
    return Promise.resolve(new Response(JSON.stringify({ due: { kind: 'nps' } }))) }; return true";

#[tokio::test(flavor = "multi_thread")]
async fn u_a_question_that_nobody_answers_keeps_no_rating_of_another_ticket_away() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage).await;
    stage.browser.eval(WOULD_RECOMMEND).await;
    solve(&stage, &path, "Mended.").await;
    stage.browser.hook("nps").await;
    open_second_thread(&stage).await;
    let all = tickets_at_the_desk(&stage).await;
    let second = all.iter().find(|ticket| ticket["number"] == 2).expect("a ticket");
    solve(&stage, &path_at_the_desk(second), "Mended, too.").await;
    stage.browser.hook("rating").await;
    assert_eq!(stage.browser.count("[data-buoy=nps]").await, 0, "one question at a time");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_ticket_that_goes_on_in_another_asks_for_no_rating() {
    let stage = Stage::set("saas").await;
    open_thread(&stage).await;
    open_second_thread(&stage).await;
    let all = tickets_at_the_desk(&stage).await;
    let of = |number: u32| all.iter().find(|ticket| ticket["number"] == number).expect("a ticket");
    stage.browser.eval(KNOW).await;
    let merge = format!("{}merge/", path_at_the_desk(of(2)));
    stage.site.staff().post(&merge).json(&json!({ "into": of(1)["id"] })).send().await.expect(200);
    stage.browser.wait_for(r#".thread [data-buoy="new-ticket"]"#).await;
    surveys_are_known(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=rating]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_question_that_was_ignored_counts_as_asked_and_is_not_put_again() {
    let stage = Stage::set("saas").await;
    solved_thread(&stage).await;
    stage.browser.hook("effort").await;
    let asked = report(&stage, |report| report["effort"]["asked"] == 1).await;
    assert_eq!(asked["effort"]["answered"], 0);
    come_back(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=survey]").await, 0, "never asked twice");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_who_comes_back_to_a_question_on_the_same_page_may_still_answer_it() {
    let stage = Stage::set("saas").await;
    solved_thread(&stage).await;
    choose(&stage, "effort", "4").await;
    report(&stage, |report| report["effort"]["asked"] == 1).await;
    stage.browser.click("back").await;
    stage.browser.wait_until_gone("[data-buoy=effort]").await;
    stage.browser.click("ticket").await;
    stage.browser.click("effort-send").await;
    let said = report(&stage, |report| report["effort"]["answered"] == 1).await;
    assert_eq!((&said["effort"]["asked"], &said["effort"]["average_hundredths"]), (&json!(1), &json!(400)));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_customer_who_ignored_why_they_leave_is_not_asked_again() {
    let stage = Stage::set("saas").await;
    open_thread(&stage).await;
    stage.browser.eval("return Buoy('open', 'exit')").await;
    stage.browser.hook("exit").await;
    let asked = report(&stage, |report| report["exit"]["asked"] == 1).await;
    assert_eq!(asked["exit"]["answered"], 0);
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval(KNOW).await;
    stage.browser.eval("return Buoy('open', 'exit')").await;
    surveys_are_known(&stage).await;
    assert_eq!(stage.browser.count("[data-buoy=exit]").await, 0, "nobody is asked twice");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_what_somebody_says_of_their_leaving_goes_with_them_and_is_not_the_next_persons() {
    let stage = Stage::set("saas").await;
    open_thread(&stage).await;
    stage.browser.eval("return Buoy('open', 'exit')").await;
    choose(&stage, "exit", "too_expensive").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.wait_until_gone("[data-buoy=exit]").await;
    stage.strike().await;
}

/// What the edge knows of surveys does not come before `window.release` is called; `window.isRead` once it was read.
const HOLD_SURVEYS: &str = "\
    const ask = window.fetch;\
    window.fetch = async (address, init) => {\
      const answer = await ask(address, init);\
      if (!/surveys[/]$/.test(new URL(address).pathname) || init?.method === 'POST') return answer;\
      await new Promise((go) => (window.release = go));\
      const json = answer.json.bind(answer);\
      answer.json = async () => { const read = await json(); setTimeout(() => (window.isRead = true)); return read; };\
      return answer;\
    };\
    return true";

#[tokio::test(flavor = "multi_thread")]
async fn u_who_logs_out_before_the_question_why_they_leave_has_come_leaves_it_to_nobody() {
    let stage = Stage::set("saas").await;
    open_thread(&stage).await;
    stage.browser.eval(HOLD_SURVEYS).await;
    stage.browser.eval("Buoy('open', 'exit'); return true").await;
    stage.browser.wait_until("window.release").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.eval("release(); return true").await;
    stage.browser.wait_until("window.isRead").await;
    assert_eq!(stage.browser.count("[data-buoy=exit]").await, 0);
    stage.strike().await;
}
