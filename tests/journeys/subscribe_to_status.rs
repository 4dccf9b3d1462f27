//! A reader subscribes to the public status on pages without a script, by keys alone if need be, and with any eyes (I1, A9).

use crate::read_status::address;
use buoy_tests::stage::Stage;
use serde_json::json;

/// The heading of the page that a form led to.
async fn comes_to(stage: &Stage, heading: &str) {
    let says = format!("document.querySelector('main h1')?.textContent === {heading:?}");
    stage.browser.wait_until(&says).await;
    assert_eq!(stage.browser.eval("return document.scripts.length").await, 0, "no script is needed");
    assert_eq!(stage.browser.barriers_in_page().await, json!([]), "{heading}");
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_a_reader_subscribes_and_opens_the_links_of_mails_on_pages_without_a_script() {
    let stage = Stage::set("school").await;
    stage.browser.set_viewport(320, 800, 1, false).await;
    // What is refused is a page, too, and the browser notes its status.
    stage.browser.expect_error("422");
    stage.browser.goto(&address(&stage, "/status", "en")).await;
    let field = stage.browser.wait_for_in_page("#subscribe-address").await;
    field.send_keys("nobody").await.expect("it is typed into");
    stage.browser.wait_for_in_page("input[value=lessons]").await.click().await.expect("it is ticked");
    stage.browser.wait_for_in_page("form.subscribe button").await.click().await.expect("it is pressed");
    comes_to(&stage, "This did not work").await;
    let why = stage.browser.eval("return document.querySelector('[role=alert]').textContent").await;
    assert!(why.as_str().is_some_and(|why| why.contains("an e-mail address such as")), "{why}");

    // The form stands there once more, with what was typed into it; Enter sends it.
    let field = stage.browser.wait_for_in_page("#subscribe-address").await;
    assert_eq!(field.prop("value").await.expect("it is read").as_deref(), Some("nobody"));
    stage.browser.wait_for_in_page("input[value=lessons]:checked").await;
    field.clear().await.expect("it is cleared");
    field.send_keys("https://hooks.example.com/news\u{e007}").await.expect("it is typed into");
    comes_to(&stage, "Your webhook is being asked").await;
    let secret = stage.browser.eval("return document.querySelector('main samp').textContent").await;
    assert!(secret.as_str().is_some_and(|secret| secret.starts_with("whsec_")), "{secret}");

    let link = format!("{}&code=abc", address(&stage, "/status/subscribe/leave", "en"));
    stage.browser.goto(&link).await;
    comes_to(&stage, "End the subscription").await;
    stage.browser.wait_for_in_page("main button").await.click().await.expect("it is pressed");
    comes_to(&stage, "There is no such subscription").await;
    stage.strike().await;
}
