//! Every view of the widget for people who see it otherwise, or not at all (W1–W5): axe finds nothing in light, in dark, and
//! at twice the size.

use crate::import_articles;
use buoy_tests::browser::Ability;
use buoy_tests::{root::root, stage::Stage};
use serde_json::{Value, json};
use std::fs;

/// What axe finds in the widget, with what it says about each.
const LOOK: &str = "window.found = null; \
    axe.run({ include: [['buoy-widget']] }).then((all) => { \
      window.found = all.violations.map((one) => [one.id, one.nodes.map((node) => node.html + ' ' + node.failureSummary)]); \
    }); return true";

async fn nothing_is_found(stage: &Stage, view: &str) {
    stage.browser.eval(LOOK).await;
    stage.browser.wait_until("window.found").await;
    assert_eq!(stage.browser.eval("return window.found").await, json!([]), "{view}");
}

/// How somebody sees: prefers dark, width of the page in CSS pixels.
const EYES: [(&str, bool, u32); 3] = [("light", false, 1_280), ("dark", true, 1_280), ("twice the size", false, 640)];

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_view_in_light_in_dark_and_at_twice_the_size() {
    let axe = fs::read_to_string(root().join("node_modules/axe-core/axe.min.js")).expect("axe-core is installed");
    for (eyes, dark, width) in EYES {
        let stage = Stage::set("school").await;
        // WebKit's driver has no dark.
        if dark && !stage.browser.can(Ability::Preferences) {
            stage.strike().await;
            continue;
        }
        import_articles(&stage).await;
        crate::declare(&stage, "Payments fail").await;
        stage.browser.speak("en").await;
        if dark {
            stage.browser.prefer_dark().await;
        }
        stage.browser.set_viewport(width, 900, 1, false).await;
        stage.open("plain.html").await;
        stage.browser.eval(&format!("{axe}; window.axe = axe; return true")).await;
        stage.browser.hook("banner").await;
        nothing_is_found(&stage, &format!("{eyes}: launcher and banner")).await;
        walk(&stage, eyes).await;
        stage.strike().await;
    }
}

/// From view to view, as a visitor goes.
async fn walk(stage: &Stage, eyes: &str) {
    let browser = &stage.browser;
    browser.eval("return Buoy('open')").await;
    browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    nothing_is_found(stage, &format!("{eyes}: home")).await;
    browser.type_into("search", "pay").await;
    browser.wait_for_text("result", "How to pay by card").await;
    nothing_is_found(stage, &format!("{eyes}: results")).await;
    browser.click("result").await;
    browser.wait_for_text("article", "If it is declined").await;
    nothing_is_found(stage, &format!("{eyes}: article")).await;
    browser.click("back").await;
    browser.hook("search").await;
    browser.click("new-ticket").await;
    browser.hook("subject").await;
    nothing_is_found(stage, &format!("{eyes}: form")).await;
    crate::send_details::press_consent(stage).await;
    browser.wait_for(".context[open]").await;
    nothing_is_found(stage, &format!("{eyes}: form with technical details")).await;
    browser.click("submit").await;
    browser.wait_for(r#"[aria-invalid="true"]"#).await;
    nothing_is_found(stage, &format!("{eyes}: form with mistakes")).await;
    browser.type_into("subject", "I cannot pay").await;
    browser.type_into("body", "The button does nothing.").await;
    browser.click("submit").await;
    browser.hook("receipt").await;
    nothing_is_found(stage, &format!("{eyes}: receipt")).await;
    browser.click("open-ticket").await;
    browser.hook("message").await;
    browser.hook("event").await;
    nothing_is_found(stage, &format!("{eyes}: thread")).await;
    let ticket: Value = crate::ticket_at_the_desk(stage).await;
    let path = format!("/api/support/agent/tickets/{}/add_message/", ticket["id"].as_str().expect("an id"));
    stage.site.staff().post(&path).json(&json!({ "body": "We looked into it." })).send().await.expect(201);
    browser.wait_for_text("message", "We looked into it.").await;
    nothing_is_found(stage, &format!("{eyes}: thread with an answer")).await;
    browser.click("back").await;
    browser.hook("tickets").await;
    nothing_is_found(stage, &format!("{eyes}: home with tickets")).await;
}
