//! A visitor sees how far things are: what was sent, what is not there, and what only did not load (W5).

use crate::steps::{answer, open_thread};
use buoy_tests::stage::Stage;

/// What stands under each message, in the thread's order.
const FEET: &str = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=message] .time')]\
    .map((foot) => foot.textContent.split(' · ')[0])";

#[tokio::test(flavor = "multi_thread")]
async fn w5_the_last_message_of_a_visitor_says_that_it_was_sent_until_somebody_answers() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    stage.browser.wait_for_text("message", "Sent").await;
    stage.browser.type_into("reply", "And another thing.").await;
    stage.browser.click("send").await;
    let is_sent = FEET.replace("return ", "");
    stage.browser.wait_until(&format!("{is_sent}[1] === 'Sent'")).await;
    let feet = stage.browser.eval(FEET).await;
    assert_ne!(feet[0], "Sent", "only the newest says it: {feet}");
    assert_eq!(feet.as_array().map(Vec::len), Some(2), "{feet}");

    answer(&stage, &path, "We look into it.").await;
    stage.browser.wait_until(&format!("{is_sent}.length === 3")).await;
    let feet = stage.browser.eval(FEET).await;
    assert!(feet.as_array().is_some_and(|feet| feet.iter().all(|foot| foot != "Sent")), "an answer says it: {feet}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_conversation_that_is_not_the_visitors_is_said_to_be_missing_and_leads_back() {
    let stage = Stage::set("school").await;
    open_thread(&stage).await;
    stage.browser.expect_error("404");
    stage.browser.eval("return Buoy('ticket', 'tkt_00000000000000000000000000000000')").await;
    stage.browser.wait_for_text("thread-missing", "This conversation is not here").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="retry"]"#).await, 0, "trying again would not help");
    stage.browser.click("all-tickets").await;
    stage.browser.wait_for_text("ticket", "It fails").await;
    stage.strike().await;
}

/// A page in which the list of tickets cannot be had until `isDeaf` is over.
const DEAF: &str = "window.real = window.fetch; window.isDeaf = true;\
    window.fetch = (...ask) => isDeaf && /tickets[/]$/.test(ask[0]) ? Promise.reject(new TypeError('deaf')) : real(...ask)";

#[tokio::test(flavor = "multi_thread")]
async fn w5_tickets_that_did_not_load_are_not_called_none_and_come_with_another_try() {
    let stage = Stage::set("school").await;
    open_thread(&stage).await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval(DEAF).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("tickets-missed", "This didn’t load").await;
    stage.browser.eval("return Buoy('open', 'tickets')").await;
    stage.browser.wait_for(r#".view [role="alert"]"#).await;
    assert_eq!(stage.browser.count(".empty-title").await, 0, "nobody said that there are none");

    // In one go: as soon as the line is back the list may come by itself, and the button goes.
    let again = "window.isDeaf = false;\
        document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=retry]').click(); return true";
    stage.browser.eval(again).await;
    stage.browser.wait_for_text("ticket", "It fails").await;
    stage.browser.click("back").await;
    stage.browser.wait_for_text("ticket", "It fails").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="tickets-missed"]"#).await, 0);
    stage.strike().await;
}
