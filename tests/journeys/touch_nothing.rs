//! A page whose visitor never touches the widget pays for the loader and one answer, and keeps nothing (W1, A4).

use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Everything a page can keep, by name.
const STORED: &str = r#"
  return (async () => {
    const databases = indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [];
    const caches_ = window.caches ? await caches.keys() : [];
    return JSON.stringify([document.cookie, Object.keys(localStorage), Object.keys(sessionStorage), databases, caches_]);
  })()
"#;

const NOTHING: &str = r#"["",[],[],[],[]]"#;

/// What the page fetched, without the page itself.
const FETCHED: &str = "return performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)";

#[tokio::test(flavor = "multi_thread")]
async fn before_any_touch_a_page_has_fetched_loader_and_boot_and_stored_nothing() {
    let stage = Stage::set("school").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(stage.browser.eval(FETCHED).await, json!(["/widget.js", "/api/support/boot/"]));
    assert_eq!(stage.browser.eval(STORED).await, NOTHING);
    stage.strike().await;
}

/// The same in a page with a banner that asks something: what it asks with is the last, and named without its hash.
async fn fetched_with_banner(stage: &Stage) -> Value {
    stage.browser.hook("banner-me-too").await;
    let without_hash = "(path) => path.replace(/^([/]assets[/]aside)[.][0-9a-f]+[.]js$/, '$1')";
    stage.browser.eval(&format!("{FETCHED}.map({without_hash})")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_with_the_site_in_its_address_brings_along_what_it_would_ask_for() {
    let stage = Stage::set("school").await;
    let tag = r#"<script async src="{{edge}}/{{site}}/widget.js" data-site="{{site}}"></script>"#;
    let page = |language: &str| {
        format!("<!doctype html><html lang={language}><title>Host</title><link rel=icon href=data:,>{tag}</html>")
    };
    stage.pages.add("own.html", &page("en"));
    stage.pages.add("other.html", &page("ru"));
    stage.browser.speak("en").await;
    let script = format!("/{}/widget.js", stage.site.id);
    crate::declare(&stage, "Payments are failing").await;
    stage.open("own.html").await;
    stage.browser.wait_for_text("banner", "Payments are failing").await;
    assert_eq!(fetched_with_banner(&stage).await, json!([script, "/assets/aside"]));
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="en"]"#).await;
    // What is fetched ahead is here: Firefox calls a module that a page leaves behind an error.
    let is_ahead =
        "performance.getEntriesByType('resource').some((one) => /assets.talk/.test(one.name) && one.responseEnd)";
    stage.browser.wait_until(is_ahead).await;
    // In a page of another language than the browser's it asks for what fits.
    stage.open("other.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(fetched_with_banner(&stage).await, json!([script, "/api/support/boot/", "/assets/aside"]));
    assert!(stage.browser.eval(STORED).await == NOTHING);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_a_page_that_saw_an_incident_begin_and_end_stores_nothing_either() {
    let stage = Stage::set("school").await;
    let incident = crate::declare(&stage, "Payments are failing").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "Payments are failing").await;
    stage.browser.hook("banner-me-too").await;
    crate::update(&stage, &incident, "Cards work again.", "resolved").await;
    stage.browser.eval("document.dispatchEvent(new Event('visibilitychange'))").await;
    stage.browser.wait_for_text("banner", "Resolved: Payments are failing").await;
    // What need not stand at once is there: the date.
    stage
        .browser
        .wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('.resolved .meta').textContent")
        .await;
    assert_eq!(stage.browser.eval(STORED).await, NOTHING);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_around_in_the_panel_stores_nothing_either() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.type_into("search", "pay").await;
    stage.browser.click("result").await;
    stage.browser.hook("article").await;
    assert_eq!(stage.browser.eval(STORED).await, NOTHING);
    stage.strike().await;
}
