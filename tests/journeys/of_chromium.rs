//! Journeys that need what only Chromium has; the runs of the other engines leave this module out.
//!
//! The sum of layout shifts: Firefox and WebKit do not count them. There, journeys compare where the host's elements are.
//! And a browser in another time zone than the machine's, or whose owner chose the colours of all pages.

use crate::see_home::{EVERY_DAY, office, school_with_hours, written};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

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

/// Whether there is a line around what is named, and a thick one that says that the focus is there, in the colours of whoever looks.
const LINES: &str = "const root = document.querySelector('buoy-widget').shadowRoot;\
    const ground = getComputedStyle(root.querySelector('.panel')).backgroundColor;\
    const look = getComputedStyle(root.querySelector(arguments[0]));\
    const [edge, mark] = ['border-top', 'outline'].map((name) => {\
      const [style, colour, width] = ['style', 'color', 'width'].map((part) => look.getPropertyValue(name + '-' + part));\
      return style === 'none' || ['rgba(0, 0, 0, 0)', ground].includes(colour) ? 0 : parseFloat(width);\
    });\
    return [edge + mark >= 1, mark >= 2]";

/// Whether what is drawn without a line differs from its ground: the clip of files, and the arrow of a list.
const SIGNS: &str = "const root = document.querySelector('buoy-widget').shadowRoot;\
    const clip = getComputedStyle(root.querySelector('.clip'), '::before').backgroundColor;\
    const list = getComputedStyle(root.querySelector('[data-buoy=category]'));\
    return [clip !== getComputedStyle(root.querySelector('.panel')).backgroundColor, list.backgroundImage.includes(list.color)]";

async fn edge_and_focus(stage: &Stage, selector: &str) -> Value {
    stage.browser.eval_with(LINES, &[selector.into()]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_who_chose_the_colours_of_all_pages_sees_every_field_and_which_one_they_are_in() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.browser.prefer_forced_colours().await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_focus("search").await;
    assert_eq!(edge_and_focus(&stage, ".search").await, json!([true, true]));
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.wait_for_focus("subject").await;
    for (field, is_focused) in [("subject", true), ("body", false), ("category", false)] {
        assert_eq!(edge_and_focus(&stage, &format!("[data-buoy={field}]")).await, json!([true, is_focused]), "{field}");
    }
    assert_eq!(edge_and_focus(&stage, ".attach").await, json!([true, false]));
    assert_eq!(stage.browser.eval(SIGNS).await, json!([true, true]));
    stage.browser.type_into("body", "Please look.").await;
    assert_eq!(edge_and_focus(&stage, "[data-buoy=body]").await, json!([true, true]));
    stage.browser.type_into("subject", "In my own colours").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("message").await;
    stage.browser.type_into("reply", "More").await;
    assert_eq!(edge_and_focus(&stage, "[data-buoy=reply]").await, json!([true, true]));
    stage.browser.eval("document.querySelector('buoy-widget').shadowRoot.activeElement.blur(); return true").await;
    assert_eq!(edge_and_focus(&stage, "[data-buoy=reply]").await, json!([true, false]));
    stage.strike().await;
}
