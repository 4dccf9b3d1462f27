//! A customer sees what is broken, puts it away, hears news, and hears that it is over (W2, I1).

use crate::{declare, update};
use buoy_tests::stage::Stage;
use std::time::{Duration, Instant};

/// News is on an open page within this time (A3).
const NEWS_SHOWS_WITHIN: Duration = Duration::from_secs(30);

/// Waits for the banner to say something, longer than the page's own interval between questions.
async fn banner_says(stage: &Stage, text: &str) {
    let begin = Instant::now();
    stage.browser.wait_for_text("banner", text).await;
    assert!(begin.elapsed() < NEWS_SHOWS_WITHIN, "the banner said {text:?} after {:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_of_an_incident_of_news_and_of_the_end_without_reload() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner"]"#).await, 0);

    let incident = declare(&stage, "Payments fail").await;
    banner_says(&stage, "Payments fail").await;
    stage.browser.click("banner-dismiss").await;
    stage.browser.wait_until_gone(r#"[data-buoy="banner"]"#).await;

    update(&stage, &incident, "The bank knows.", "identified").await;
    banner_says(&stage, "The bank knows.").await;

    update(&stage, &incident, "All payments work again.", "resolved").await;
    banner_says(&stage, "Resolved").await;
    stage.browser.wait_until_gone(r#"[data-buoy="banner"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_page_shows_the_banner_at_once_and_remembers_what_was_put_away() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.browser.wait_for_text("meta", ":").await; // the time of its news, which comes after it
    stage.browser.click("banner-dismiss").await;
    stage.browser.wait_until_gone(r#"[data-buoy="banner"]"#).await;

    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner"]"#).await, 0, "dismissed for this update");

    update(&stage, &incident, "The bank knows.", "identified").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "The bank knows.").await;

    update(&stage, &incident, "Over.", "resolved").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner"]"#).await, 0, "a new page does not hear of what is over");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w6_a_banner_that_stands_speaks_the_language_that_the_page_changes_to() {
    let stage = Stage::set("school").await;
    declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "Investigating: Payments fail").await;
    stage.browser.eval("window.shown = []; Buoy('on', 'banner-shown', (one) => shown.push(one)); return Buoy('set', { locale: 'ru' })").await;
    stage.browser.wait_until("!/Investigating/.test(document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=banner]')?.textContent || 'Investigating')").await;
    assert_eq!(stage.browser.eval("return shown.length").await, 0, "it is no other banner");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banner_moves_nothing_on_the_page_and_is_text_only() {
    let stage = Stage::set("school").await;
    declare(&stage, "<img src=x onerror=alert(1)> & <b>bold</b>").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "<img src=x").await;
    assert_eq!(stage.browser.layout_shift().await, 0.0);
    assert_eq!(stage.browser.count(r#"[data-buoy="banner"] img, [data-buoy="banner"] b"#).await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banner_dismissed_by_keyboard_leaves_the_focus_somewhere() {
    let stage = Stage::set("school").await;
    declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    let focus = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=banner-dismiss]').focus()";
    stage.browser.eval(focus).await;
    stage.browser.type_into("banner-dismiss", "\u{e007}").await;
    stage.browser.wait_until_gone(r#"[data-buoy="banner"]"#).await;
    let focused = "return document.querySelector('buoy-widget').shadowRoot.activeElement?.dataset.buoy";
    assert_eq!(stage.browser.eval(focused).await, "launcher");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_panel_does_not_cover_the_banner_on_a_wide_page() {
    let stage = Stage::set("school").await;
    declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.click("banner-dismiss").await;
    stage.browser.wait_until_gone(r#"[data-buoy="banner"]"#).await;
    stage.strike().await;
}
