//! Names of files (W4, W5): as the visitor's disk has them, in the form, and as the edge keeps them, in a thread.

use super::{corpus::packed, corpus::payloads, nothing_was_made};
use buoy_shared::upload::{ATTACHMENTS_MAX, FILE_NAME_CHARS_MAX, FILE_NAME_HEADER};
use buoy_tests::{http::Client, stage::Stage};
use serde_json::{Value, json};

/// Drops files of all these names into the form.
const DROP: &str = "\
    const all = new DataTransfer();\
    for (const name of arguments[0]) all.items.add(new File(['x'], name, { type: 'text/plain' }));\
    const event = new DragEvent('drop', { dataTransfer: all, bubbles: true, composed: true, cancelable: true });\
    document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]').dispatchEvent(event)";

/// How many rows of files there are, and how many of them are still being sent.
const ROWS: &str = "(() => {\
    const root = document.querySelector('buoy-widget').shadowRoot;\
    return [root.querySelectorAll('.file').length, root.querySelectorAll('.file[data-state=sending]').length].join() })()";

#[tokio::test(flavor = "multi_thread")]
async fn names_of_files_that_are_dropped_into_the_form_run_nothing() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.hook("attach").await;
    let names = payloads();
    // The first few are taken, the others refused as too many; each is named.
    stage.browser.eval_with(DROP, &[json!(names)]).await;
    stage.browser.wait_until(&format!("{ROWS} === '{},0'", names.len())).await;
    nothing_was_made(&stage, "files in the form").await;
    stage.browser.type_into("subject", "Files").await;
    stage.browser.type_into("body", "With names.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.browser.click("open-ticket").await;
    stage.browser.wait_for(r#"[data-buoy="message"] [data-buoy="file"]"#).await;
    nothing_was_made(&stage, "the thread of what was dropped").await;
    stage.strike().await;
}

/// Sends a file of this name; gives its id.
async fn send(visitor: &Client, name: &str) -> Value {
    let written: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let upload = visitor.post("/api/support/uploads/").header(FILE_NAME_HEADER, &written).body("x", "text/plain");
    upload.send().await.expect(201).value()["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_files_in_a_thread_run_nothing() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let identity = stage.site.identity("user-1", &json!({}));
    let visitor = stage.site.visitor(Some(&identity)).await;
    let draft = json!({ "subject": "Files", "body": "With names." });
    let key = "names-of-files";
    let ticket =
        visitor.post("/api/support/tickets/").idempotency_key(key).json(&draft).send().await.expect(201).value();
    let ticket = ticket["id"].as_str().expect("an id").to_owned();
    let names = packed(" ", FILE_NAME_CHARS_MAX - ".txt".len());
    for (at, names) in names.chunks(ATTACHMENTS_MAX).enumerate() {
        let mut files = Vec::new();
        for name in names {
            files.push(send(&visitor, name).await);
        }
        let message = json!({ "body": format!("Files {at}"), "attachments": files });
        let path = format!("/api/support/tickets/{ticket}/add_message/");
        visitor.post(&path).idempotency_key(&format!("{key}-{at}")).json(&message).send().await.expect(201);
    }
    stage.open("plain.html").await;
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[json!(identity)]).await;
    stage.browser.eval_with("return Buoy('ticket', arguments[0])", &[json!(ticket)]).await;
    let all = format!(
        "document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=message] [data-buoy=file]').length === {}",
        names.len()
    );
    stage.browser.wait_until(&all).await;
    nothing_was_made(&stage, "files in a thread").await;
    stage.strike().await;
}
