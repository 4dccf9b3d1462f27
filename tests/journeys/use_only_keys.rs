//! A visitor without a mouse (W1–W5): everything is reached by keys, the focus is always somewhere, and comes back.

use crate::import_articles;
use crate::steps::ticket_at_the_desk;
use buoy_tests::browser::keys::{DOWN, ENTER, ESCAPE};
use buoy_tests::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_searches_reads_writes_and_leaves_with_keys_alone() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    let browser = &stage.browser;
    browser.speak("en").await;
    stage.open("plain.html").await;
    browser.hook("launcher").await;
    browser.tab_to("launcher").await;
    browser.press(&ENTER.to_string()).await;
    browser.wait_for_focus("search").await;

    browser.press("pay").await;
    browser.wait_for_text("result", "How to pay by card").await;
    browser.press(&format!("{DOWN}{ENTER}")).await;
    browser.wait_for_text("article", "If it is declined").await;
    browser.tab_back_to("back").await;
    browser.press(&ENTER.to_string()).await;
    browser.wait_for_focus("search").await;

    browser.tab_to("new-ticket").await;
    browser.press(&ENTER.to_string()).await;
    browser.hook("attach").await;
    browser.wait_for_focus("subject").await;
    // Sent with nothing in it: the first mistake has the focus.
    browser.press(&ENTER.to_string()).await;
    browser.wait_for(r#"[data-buoy="subject"][aria-invalid="true"]"#).await;
    browser.wait_for_focus("subject").await;
    browser.press("I cannot pay").await;
    browser.tab_to("body").await;
    browser.press("The button does nothing.").await;
    browser.tab_to("submit").await;
    browser.press(&ENTER.to_string()).await;
    browser.hook("receipt").await;
    assert_eq!(ticket_at_the_desk(&stage).await["subject"], "I cannot pay");

    browser.tab_to("open-ticket").await;
    browser.press(&ENTER.to_string()).await;
    browser.wait_for_text("message", "The button does nothing.").await;
    browser.press(&ESCAPE.to_string()).await;
    browser.wait_for_focus("launcher").await;
    assert_eq!(browser.count(r#"[data-buoy="panel"][data-ready]"#).await, 0, "it is closed");
    stage.strike().await;
}
