//! A visitor and the team talk until it is solved: automatic answers are asked about, the end is confirmed and rated, files
//! go both ways (W5, R3, T2, U).

use crate::steps::{path_at_the_desk, solve, ticket_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Files a ticket and opens its thread.
async fn open_thread(stage: &Stage, subject: &str, body: &str) -> String {
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", subject).await;
    stage.browser.type_into("body", body).await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(stage).await;
    stage.browser.click("open-ticket").await;
    stage.browser.wait_for_text("message", body).await;
    path_at_the_desk(&ticket)
}

/// Waits until the desk sees the ticket so.
async fn desk_sees(stage: &Stage, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let staff = stage.site.staff();
    buoy_tests::wait::until("the ticket at the desk", || async {
        let ticket = staff.get(path).send().await.expect(200).value();
        is_so(&ticket).then_some(ticket)
    })
    .await
}

const KEY_IS_BAD: (&str, &str) =
    ("401 invalid api key", "Every request answers 401 invalid api key since this morning.");

#[tokio::test(flavor = "multi_thread")]
async fn r3_an_automatic_answer_reads_well_and_a_yes_solves_the_ticket() {
    let stage = Stage::set("api-platform").await;
    let path = open_thread(&stage, KEY_IS_BAD.0, KEY_IS_BAD.1).await;
    stage.browser.wait_for(r#"[data-buoy="message"] .rich ol li"#).await;
    stage.browser.wait_for(r#"[data-buoy="message"] .rich pre code"#).await;
    let shown = stage.browser.wait_for_text("message", "Create key").await;
    assert!(!shown.contains("**") && !shown.contains("```"), "no marks of Markdown are left: {shown}");
    stage.browser.click("verdict-yes").await;
    let ticket = desk_sees(&stage, &path, |ticket| ticket["status"] == "solved").await;
    assert_eq!(ticket["auto_answer_outcome"], "accepted");
    stage.browser.wait_until_gone(r#"[data-buoy="verdict-yes"]"#).await;
    stage.browser.hook("rating").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_no_gives_the_ticket_to_a_person_with_nothing_lost() {
    let stage = Stage::set("api-platform").await;
    let path = open_thread(&stage, KEY_IS_BAD.0, KEY_IS_BAD.1).await;
    stage.browser.click("verdict-no").await;
    let ticket = desk_sees(&stage, &path, |ticket| ticket["auto_answer_outcome"] == "rejected").await;
    assert_eq!((&ticket["status"], ticket["messages"].as_array().map(Vec::len)), (&json!("open"), Some(2)));
    stage.browser.wait_until_gone(r#"[data-buoy="verdict-no"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u_a_solved_ticket_is_rated_once_with_a_word_and_confirmed_as_done() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage, "Nothing loads", "A white page since noon.").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="rating"]"#).await, 0, "nothing is rated before it is solved");
    solve(&stage, &path, "Mended.").await;
    stage.browser.wait_for_text("message", "Mended.").await;
    stage.browser.hook("rating").await;
    let ninth =
        r#"document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="rating"] [value="9"]').click()"#;
    stage.browser.eval(ninth).await;
    stage.browser.type_into("rating-comment", "Quick and kind").await;
    stage.browser.click("rating-send").await;
    let ticket = desk_sees(&stage, &path, |ticket| !ticket["rating"].is_null()).await;
    assert_eq!((&ticket["rating"], &ticket["rating_comment"]), (&json!(9), &json!("Quick and kind")));
    stage.browser.wait_until_gone(r#"[data-buoy="rating"]"#).await;
    // What is asked next stands: from now on nothing moves under the pointer.
    stage.browser.hook("effort").await;
    stage.browser.click("confirm-close").await;
    desk_sees(&stage, &path, |ticket| ticket["status"] == "closed").await;
    // A closed ticket takes no message: the way on is a new one.
    stage.browser.wait_for(r#".thread [data-buoy="new-ticket"]"#).await;
    assert_eq!(stage.browser.count(r#"[data-buoy="rating"]"#).await, 0, "never asked twice");
    stage.strike().await;
}

/// The text of the answer to whoever reads the whole ticket again is held until `release`, and `isRead` once the page has it.
const HOLD_THE_TICKET: &str = "const real = window.fetch; window.fetch = async (...ask) => {\
    const answer = await real(...ask);\
    if ((ask[1]?.method || 'GET') !== 'GET' || !/tickets[/]tkt_[^/]+[/]([?]|$)/.test(ask[0])) return answer;\
    const read = answer.text.bind(answer);\
    answer.text = async () => {\
      const all = await read(); await new Promise((done) => (window.release = done));\
      setTimeout(() => (window.isRead = true)); return all };\
    return answer }; return true";

#[tokio::test(flavor = "multi_thread")]
async fn w5_an_answer_from_before_the_ticket_was_solved_does_not_open_it_again() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage, "Nothing loads", "A white page since noon.").await;
    stage.browser.click("back").await;
    stage.browser.hook("ticket").await;
    stage.browser.eval(HOLD_THE_TICKET).await;
    stage.browser.click("ticket").await;
    stage.browser.wait_until("window.release && 1").await;
    solve(&stage, &path, "Mended.").await;
    stage.browser.hook("rating").await;
    stage.browser.eval("window.release()").await;
    stage.browser.wait_until("window.isRead").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="rating"]"#).await, 1, "it is solved");
    stage.strike().await;
}

/// The hook or the class of what has the focus in the widget.
const FOCUSED: &str = "(({ dataset, className }) => dataset.buoy || className)\
    (document.querySelector('buoy-widget').shadowRoot.activeElement || { dataset: {}, className: 'nothing' })";

#[tokio::test(flavor = "multi_thread")]
async fn u_a_rating_half_given_is_still_there_when_the_ticket_is_closed_first() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage, "Nothing loads", "A white page since noon.").await;
    solve(&stage, &path, "Mended.").await;
    stage.browser.wait_for_text("message", "Mended.").await;
    stage.browser.hook("rating").await;
    let ninth =
        r#"document.querySelector("buoy-widget").shadowRoot.querySelector('[data-buoy="rating"] [value="9"]').click()"#;
    stage.browser.eval(ninth).await;
    stage.browser.type_into("rating-comment", "Quick and kind").await;
    stage.browser.click("confirm-close").await;
    desk_sees(&stage, &path, |ticket| ticket["status"] == "closed").await;
    stage.browser.wait_for(r#".thread [data-buoy="new-ticket"]"#).await;
    stage.browser.wait_until_gone(".asked-thanks").await;
    stage.browser.click("rating-send").await;
    let ticket = desk_sees(&stage, &path, |ticket| !ticket["rating"].is_null()).await;
    assert_eq!((&ticket["rating"], &ticket["rating_comment"]), (&json!(9), &json!("Quick and kind")));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_the_address_of_an_article_s_page_in_an_answer_opens_the_article_in_the_panel() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    let path = open_thread(&stage, "It fails", "Since this morning.").await;
    let page = format!("{}/help/pay-by-card?site={}&locale=en#if-it-is-declined", stage.edge_url(), stage.site.id);
    let search = format!("{}/help/search?q=card", stage.edge_url());
    crate::steps::answer(&stage, &path, &format!("See {page} or {search}")).await;
    stage.browser.wait_for(r#"a[href*="/help/pay-by-card"]"#).await;
    let click = "const root = document.querySelector('buoy-widget').shadowRoot; let isOurs;\
        const link = root.querySelector(`a[href*=\"${arguments[0]}\"]`);\
        root.addEventListener('click', (event) => { isOurs = event.defaultPrevented; event.preventDefault() }, { once: true });\
        link.click(); return isOurs";
    assert_eq!(stage.browser.eval_with(click, &["/help/search".into()]).await, false, "a search is a page");
    assert_eq!(stage.browser.eval_with(click, &["/help/pay-by-card".into()]).await, true);
    stage.browser.wait_for_text("article", "How to pay by card").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_an_enter_that_ends_a_composition_neither_sends_nor_opens() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    open_thread(&stage, "It fails", "Since this morning.").await;
    // As Safari has it: the composition is over by then, and only the code of the key tells.
    let enter = "const field = document.querySelector('buoy-widget').shadowRoot.querySelector(`[data-buoy=\"${arguments[0]}\"]`);\
        return field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true, composed: true }))";
    stage.browser.type_into("reply", "Halb geschr").await;
    assert_eq!(stage.browser.eval_with(enter, &["reply".into()]).await, true, "the key is the composition's");
    assert_eq!(crate::steps::value_of(&stage, "reply").await, "Halb geschr");
    stage.browser.eval("return Buoy('open', 'home')").await;
    stage.browser.type_into("search", "card").await;
    stage.browser.hook("result").await;
    assert_eq!(stage.browser.eval_with(enter, &["search".into()]).await, true);
    assert_eq!(stage.browser.count(r#"[data-buoy="article"]"#).await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_stays_in_the_panel_when_an_answer_takes_its_button_away() {
    let stage = Stage::set("saas").await;
    let path = open_thread(&stage, "Nothing loads", "A white page since noon.").await;
    solve(&stage, &path, "Mended.").await;
    stage.browser.wait_for_text("message", "Mended.").await;
    let hold = "window.real = window.fetch; window.fetch = async (...ask) => {\
        if (/close/.test(ask[0])) await new Promise((go) => (window.release = go)); return real(...ask) };";
    stage.browser.eval(hold).await;
    stage.browser.type_into("confirm-close", "\u{e007}").await;
    stage.browser.wait_until("window.release && 1").await;
    stage.browser.wait_until(&format!("{FOCUSED} === 'asked-thanks'")).await;
    // The answer draws this part anew, and the focus does not fall out of the panel with the thanks.
    stage.browser.eval("window.release()").await;
    stage.browser.wait_until_gone(".asked-thanks").await;
    stage.browser.wait_until(&format!("{FOCUSED} === 'ending'")).await;
    desk_sees(&stage, &path, |ticket| ticket["status"] == "closed").await;
    stage.strike().await;
}
