//! What a visitor is doing is left alone: by a host that says the same again, writes into the form or learns who they are,
//! and by a line that can only be asked. And what a host is told is told once (W1, W4, W5).

use crate::attach_files::{files_at_the_desk, on_disk};
use crate::steps::{go_to_form, open_form, open_thread, ticket_at_the_desk, value_of};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};
use tempfile::tempdir;

/// Calls the widget as the host does; gives how that went.
async fn host_calls(stage: &Stage, call: &str) -> Value {
    stage.browser.eval(&format!("return Buoy({call}).then(() => 'fine', String)")).await
}

/// The widget asks for news now, as it does when the line is back.
const ASK: &str = "dispatchEvent(new Event('online'))";

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_names_the_same_language_again_leaves_the_form_as_it_stands() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.type_into("body", "Half a sentence").await;
    let mark =
        "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]').isSame = true; return true";
    stage.browser.eval(mark).await;
    assert_eq!(host_calls(&stage, "'set', { locale: 'en', page: 'Checkout' }").await, "fine");
    assert_eq!(host_calls(&stage, "'set', { locale: undefined, page: 'Checkout' }").await, "fine");
    let is_same =
        "return document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]').isSame === true";
    assert_eq!(stage.browser.eval(is_same).await, true);
    assert_eq!(value_of(&stage, "body").await, "Half a sentence");
    // Nor does a language that is none keep the news away.
    crate::declare(&stage, "Payments fail").await;
    stage.browser.eval(ASK).await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_fills_in_the_form_replaces_its_own_words_and_never_the_visitors() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    host_calls(&stage, "'newTicket', { subject: 'Order 1', body: 'About order 1.' }").await;
    stage.browser.hook("attach").await;
    stage.browser.type_into("body", " It never came.").await;
    host_calls(&stage, "'newTicket', { subject: 'Order 2', body: 'About order 2.', email: 'anna@example.com' }").await;
    stage.browser.wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'Order 2'").await;
    assert_eq!(value_of(&stage, "body").await, "About order 1. It never came.");
    assert_eq!(value_of(&stage, "email").await, "anna@example.com");
    stage.strike().await;
}
