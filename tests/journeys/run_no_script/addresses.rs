//! Addresses (W1, K1): what stands in the path, the query and the fragment of a host's page and of our own pages, and in the
//! title of a page; and what a host's calls pass on of it.

use super::{corpus::packed, nothing_was_made};
use buoy_tests::stage::Stage;
use serde_json::json;

/// A text as a part of an address.
fn written(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn query_string(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", written(value))).collect::<Vec<_>>().join("&")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_address_of_the_help_centre_says_runs_nothing() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    crate::import_articles(&stage).await;
    for text in packed(" ", 250) {
        let query = query_string(&[("q", &text), ("section", &text), ("site", &stage.site.id), ("locale", "en")]);
        stage.browser.goto(&format!("{}/help/search?{query}", stage.edge_url())).await;
        stage.browser.wait_for_in_page("main").await;
        nothing_was_made(&stage, &text).await;
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_address_of_a_page_of_ours_says_runs_nothing() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    crate::import_articles(&stage).await;
    // A page that is not there says so, with what it was asked for.
    stage.browser.expect_error("404");
    stage.browser.expect_error("400");
    for text in packed(" ", 900) {
        let (text, site) = (written(&text), &stage.site.id);
        for path in [
            format!("/help?site={site}&locale={text}&section={text}&{text}#{text}"),
            format!("/help/{text}?site={site}"),
            format!("/status?site={site}&locale={text}&{text}={text}#{text}"),
            format!("/status/incidents/{text}?site={site}"),
            format!("/panel?site={text}&locale={text}#{text}"),
        ] {
            stage.browser.goto(&format!("{}{path}", stage.edge_url())).await;
            stage.browser.wait_for_in_page("body").await;
            nothing_was_made(&stage, &path).await;
        }
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_address_and_the_title_of_a_host_page_say_runs_nothing_in_the_widget() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    crate::import_articles(&stage).await;
    // There is no article and no ticket of such a name; Chromium says so in the console.
    stage.browser.expect_error("404");
    for text in packed(" ", 900) {
        let (query, fragment) = (query_string(&[("from", &text), ("site", &text), ("locale", &text)]), written(&text));
        stage.open(&format!("plain.html?{query}#{fragment}")).await;
        stage.browser.eval_with("document.title = arguments[0]", &[json!(text)]).await;
        // The host passes on what its address says.
        stage.browser.eval_with("return Buoy('search', arguments[0])", &[json!(text)]).await;
        stage.browser.hook("search").await;
        nothing_was_made(&stage, &text).await;
        stage
            .browser
            .eval_with("return Buoy('newTicket', { subject: arguments[0], body: arguments[0] })", &[json!(text)])
            .await;
        stage.browser.hook("subject").await;
        nothing_was_made(&stage, &text).await;
        for method in ["article", "ticket"] {
            stage.browser.eval_with("return Buoy(arguments[0], arguments[1])", &[json!(method), json!(text)]).await;
            stage.browser.hook("back").await;
            nothing_was_made(&stage, &text).await;
        }
    }
    stage.strike().await;
}
