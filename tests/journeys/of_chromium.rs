//! Journeys that need what only Chromium has; the runs of the other engines leave this module out.
//!
//! The sum of layout shifts: Firefox and WebKit do not count them. There, journeys compare where the host's elements are.

use buoy_tests::stage::Stage;

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
