//! A visitor who reads a thread sees that somebody of the team is writing (W5): at once, for a few seconds or until the message
//! is there, read out once, and without motion for who wants none.

use crate::steps::{LISTEN, answer, open_thread};
use buoy_tests::stage::Stage;

const WRITES: &str = "Test admin is writing…";

/// Notes how long the line stands, in milliseconds.
const TIME_LINE: &str = "window.stood = 0; let since = 0; const root = document.querySelector('buoy-widget').shadowRoot;\
    new MutationObserver(() => {\
      const isThere = root.querySelector('[data-buoy=typing]');\
      if (isThere) since ||= performance.now(); else if (since) window.stood = performance.now() - since;\
    }).observe(root, { subtree: true, childList: true }); return true";

/// How the sign beside the line moves.
const MOTION: &str = "return getComputedStyle(document.querySelector('buoy-widget').shadowRoot\
    .querySelector('[data-buoy=typing]'), '::before').animationName";

async fn gives_a_sign(stage: &Stage, path: &str) {
    stage.site.staff().post(&format!("{path}typing/")).send().await.expect(204);
}

/// A sign is kept nowhere, and a page whose line does not stand yet hears none: whoever goes on writing gives another.
async fn writes_until_it_is_seen(stage: &Stage, path: &str) {
    buoy_tests::wait::until("somebody to be seen writing", || async {
        gives_a_sign(stage, path).await;
        (stage.browser.count("[data-buoy=typing]").await > 0).then_some(())
    })
    .await;
    stage.browser.wait_for_text("typing", WRITES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_who_reads_a_thread_sees_that_the_team_is_writing_until_the_message_is_there() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    stage.browser.eval(LISTEN).await;
    writes_until_it_is_seen(&stage, &path).await;
    assert_eq!(stage.browser.eval(MOTION).await, "typing");
    // What the visitor writes themselves draws the list anew, and the line goes on standing at its end.
    stage.browser.type_into("reply", "Are you there?").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("message", "Are you there?").await;
    for _ in 0..3 {
        gives_a_sign(&stage, &path).await;
    }
    stage.browser.wait_for(r#".bubbles > [data-buoy="typing"]:last-child"#).await;
    answer(&stage, &path, "Yes, a moment.").await;
    stage.browser.wait_for_text("message", "Yes, a moment.").await;
    stage.browser.wait_until_gone(r#"[data-buoy="typing"]"#).await;
    let said = stage.browser.wait_until("said.some((one) => one.includes('Yes, a moment.')) && said").await;
    let times = said.as_array().into_iter().flatten().filter(|one| *one == WRITES).count();
    assert_eq!(times, 1, "read out once, however many signs came: {said}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_who_stops_writing_is_no_longer_shown_as_writing_and_who_wants_no_motion_sees_none() {
    let stage = Stage::set("school").await;
    stage.browser.prefer_reduced_motion().await;
    let path = open_thread(&stage).await;
    stage.browser.eval(TIME_LINE).await;
    writes_until_it_is_seen(&stage, &path).await;
    assert_eq!(stage.browser.eval(MOTION).await, "none");
    let stood = stage.browser.wait_until("window.stood").await.as_f64().expect("milliseconds");
    assert!(stood >= 5_900.0, "about six seconds: {stood}");
    stage.strike().await;
}
