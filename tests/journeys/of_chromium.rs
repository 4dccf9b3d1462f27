//! Journeys that need what only Chromium's driver can do; the runs of the other engines leave this module out.
//!
//! Scripts switched off: the other drivers look for elements with scripts, so they would see nothing either. The sum of
//! layout shifts: the other engines do not count them; there, journeys compare where the host's elements are.

use crate::read_help::{address, publish};
use crate::read_status;
use buoy_tests::stage::Stage;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_without_scripts_searches_and_reads() {
    let stage = Stage::set("school").await;
    publish(&stage).await;
    stage.browser.cdp("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await;
    stage.browser.goto(&address(&stage, "/help")).await;
    let field = stage.browser.wait_for_in_page("#page-query").await;
    field.send_keys("pasword").await.expect("it can be typed into");
    stage.browser.wait_for_in_page("header button").await.click().await.expect("it can be pressed");
    // The page of results keeps the query as its field's value; the list of all articles has links of the same kind.
    stage.browser.wait_for_in_page("#page-query[value='pasword']").await;
    let found = stage.browser.wait_for_in_page("main .list a").await;
    assert_eq!(found.text().await.expect("a text"), "How to reset your password");
    found.click().await.expect("it can be followed");
    let text = stage.browser.wait_for_in_page("main article p:last-child").await;
    assert_eq!(text.text().await.expect("a text"), "Press Forgot.");
    assert_eq!(stage.browser.count("buoy-widget").await, 0, "no script ran");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_a_reader_without_scripts_learns_what_is_broken_and_follows_it() {
    let stage = Stage::set("school").await;
    read_status::break_things(&stage).await;
    stage.browser.cdp("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await;
    stage.browser.goto(&read_status::address(&stage, "/status", "en")).await;
    let state = stage.browser.wait_for_in_page("h1.state").await;
    assert_eq!(state.text().await.expect("a text"), "Partial outage");
    stage.browser.wait_for_in_page("article.critical h3 a").await.click().await.expect("it can be followed");
    let helps = stage.browser.wait_for_in_page(".updates li p:last-child").await;
    assert_eq!(helps.text().await.expect("a text"), "What you can do meanwhile: Pay by transfer.");
    assert_eq!(stage.browser.count("buoy-widget").await, 0, "no script ran");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_shifts_its_own_text_is_seen_to_do_so() {
    let stage = Stage::set("school").await;
    stage.pages.add("shifts.html", "<!doctype html><title>Shifts</title><link rel=icon href=data:,><p>Text</p>");
    stage.open("shifts.html").await;
    let push = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {\
        const block = document.createElement('div'); block.style.height = '200px'; document.body.prepend(block);\
        requestAnimationFrame(() => requestAnimationFrame(() => done(true))) })))";
    stage.browser.eval(push).await;
    assert!(stage.browser.layout_shift().await > 0.0, "the measure that the hostile pages rely on");
    stage.strike().await;
}
