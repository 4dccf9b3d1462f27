//! Journeys that need what only Chromium has; the runs of the other engines leave this module out.
//!
//! The sum of layout shifts: Firefox and WebKit do not count them. There, journeys compare where the host's elements are.
//! And a browser in another time zone than the machine's.

use crate::see_home::{EVERY_DAY, office, school_with_hours, written};
use buoy_tests::stage::Stage;
use serde_json::json;

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

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_tells_a_visitor_far_away_the_hours_by_their_own_clock() {
    let hours = EVERY_DAY.map(|day| format!("{day} = [\"00:00-23:59\"]")).join("\n");
    let stage = Stage::set(&school_with_hours(&hours)).await;
    stage.browser.speak("en").await;
    stage.browser.cdp("Emulation.setTimezoneOverride", &json!({ "timezoneId": "Asia/Kathmandu" })).await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    let there = json!({ "hour": "numeric", "minute": "2-digit", "timeZone": "Asia/Kathmandu" });
    let time = written(&stage, &office(&stage).await["next_change_at"], &there).await;
    assert!(time.starts_with("5:44") && time.ends_with("AM"), "a minute to midnight in Greenwich: {time}");
    stage.browser.wait_for_text("office", &format!("We’re here until {time}")).await;
    stage.strike().await;
}
