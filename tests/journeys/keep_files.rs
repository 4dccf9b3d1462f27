//! No file that somebody attached is dropped in silence, whichever way the message around it goes (W4, W5).

use crate::attach_files::{files_at_the_desk, on_disk};
use crate::steps::{fill_in, open_form, ticket_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest of a picture";

/// From now on nothing that is sent gets through, files included.
const DEAF: &str = "\
    window.real = window.fetch; window.send = XMLHttpRequest.prototype.send; window.isDeaf = true;\
    window.fetch = (...ask) => window.isDeaf && ask[1]?.method === 'POST' ? Promise.reject(new TypeError('deaf')) : real(...ask);\
    XMLHttpRequest.prototype.send = function (body) { window.isDeaf ? setTimeout(() => this.onerror()) : window.send.call(this, body) };";

const HEAR: &str = "window.isDeaf = false; dispatchEvent(new Event('online'))";

/// Names and states of the files that are attached, as the form shows them.
async fn attached(stage: &Stage) -> Value {
    let script = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('.file[data-state]')]\
        .map((row) => row.querySelector('.file-name').textContent + ' ' + row.dataset.state)";
    stage.browser.eval(script).await
}

async fn pick(stage: &Stage, disk: &TempDir, name: &str, bytes: &[u8]) {
    let file = on_disk(disk, name, bytes);
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_trying_a_failed_message_again_leaves_what_is_attached_for_the_next_one() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    fill_in(&stage, "A thread").await;
    stage.browser.click("submit").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    let refuse = "window.real = window.fetch; window.tries = 0; window.fetch = async (...ask) =>\
        /add_message/.test(ask[0]) ? (window.tries++, new Response('{}', { status: 409 })) : real(...ask);";
    stage.browser.eval(refuse).await;
    stage.browser.type_into("reply", "Refused").await;
    stage.browser.click("send").await;
    stage.browser.hook("resend").await;
    pick(&stage, &disk, "for-the-next.png", PNG).await;
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    stage.browser.click("resend").await;
    stage.browser.wait_until("window.tries === 2").await;
    assert_eq!(attached(&stage).await, json!(["for-the-next.png sent"]));
    stage.strike().await;
}

/// Drops so many files of the most that is told beside the button.
async fn drop_large(stage: &Stage, count: usize) {
    let script = "const root = document.querySelector('buoy-widget').shadowRoot; const all = new DataTransfer();\
        for (let at = 0; at < arguments[0]; at++) all.items.add(new File([new Uint8Array(10485760)], at + '.png', { type: 'image/png' }));\
        const field = root.querySelector('[data-buoy=reply]');\
        field.dispatchEvent(new DragEvent('drop', { dataTransfer: all, bubbles: true, cancelable: true, composed: true }))";
    stage.browser.eval_with(script, &[count.into()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_the_most_that_one_message_may_carry_has_room_and_what_has_none_stays_attached() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    fill_in(&stage, "A thread").await;
    stage.browser.click("submit").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.expect_error("deaf");
    stage.browser.eval(DEAF).await;
    drop_large(&stage, 5).await;
    stage.browser.wait_for(r#".file:nth-child(5)[data-state="later"]"#).await;
    stage.browser.type_into("reply", "All that is allowed").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert_eq!(attached(&stage).await, json!([]), "the five go along");

    drop_large(&stage, 1).await;
    stage.browser.wait_for(r#".file[data-state="later"]"#).await;
    stage.browser.type_into("reply", "One more").await;
    stage.browser.click("send").await;
    stage.browser.hook("resend").await;
    stage.browser.wait_for(r#".file[data-state="later"]"#).await;
    assert_eq!(attached(&stage).await, json!(["0.png later"]), "it did not go, so it is still attached");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_file_that_the_edge_refuses_late_is_named_and_the_others_stay_attached() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    stage.browser.expect_error("deaf");
    stage.browser.expect_error("422");
    stage.browser.eval(DEAF).await;
    pick(&stage, &disk, "good.png", PNG).await;
    pick(&stage, &disk, "liar.png", b"MZ no picture").await;
    stage.browser.wait_for(r#".file:nth-child(2)[data-state="later"]"#).await;
    fill_in(&stage, "Two files").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.eval(HEAR).await;
    let text = stage.browser.text_of(r#".file[data-state="refused"]"#).await;
    assert!(text.contains("liar.png"), "{text}");
    stage.browser.wait_until_gone(".excuse").await;
    assert_eq!(attached(&stage).await, json!(["good.png sent", "liar.png refused"]));
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(files_at_the_desk(&stage).await, ["good.png"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_refused_ticket_comes_back_into_the_form_with_its_files() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    pick(&stage, &disk, "shown.png", PNG).await;
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    stage.browser.expect_error("deaf");
    stage.browser.eval(DEAF).await;
    fill_in(&stage, "Refused later").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.click("back").await;
    // It is refused while its writer looks elsewhere.
    let refuse = "const real = window.fetch; window.fetch = async (...ask) =>\
        window.isRefusing && ask[1]?.method === 'POST' ? new Response('{}', { status: 409 }) : real(...ask);\
        window.isRefusing = true;";
    stage.browser.eval(refuse).await;
    stage.browser.eval(HEAR).await;
    stage.browser.click("outbox-edit").await;
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    assert_eq!(attached(&stage).await, json!(["shown.png sent"]));
    stage.browser.eval("window.isRefusing = false").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(ticket_at_the_desk(&stage).await["subject"], "Refused later");
    assert_eq!(files_at_the_desk(&stage).await, ["shown.png"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_cells_of_a_spreadsheet_are_pasted_as_the_text_they_are() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    // As a spreadsheet puts them on the clipboard: as text, and as a picture of themselves.
    let paste = "const root = document.querySelector('buoy-widget').shadowRoot; const all = new DataTransfer();\
        all.setData('text/plain', arguments[0]);\
        all.items.add(new File(['pixels'], 'image.png', { type: 'image/png' }));\
        const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, composed: true });\
        Object.defineProperty(event, 'clipboardData', { value: all });\
        root.querySelector('[data-buoy=body]').dispatchEvent(event); return event.defaultPrevented";
    assert_eq!(stage.browser.eval_with(paste, &["A1\tB1".into()]).await, false, "the browser pastes the text");
    assert_eq!(attached(&stage).await, json!([]));
    // Some systems give the name of a copied file as text. (The edge looks at its bytes.)
    stage.browser.expect_error("422");
    assert_eq!(stage.browser.eval_with(paste, &["image.png".into()]).await, true);
    stage.browser.wait_for(r#".file[data-state="refused"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_takes_a_file_away_keeps_the_focus_while_another_file_arrives() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    pick(&stage, &disk, "first.png", PNG).await;
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    // The second is held until somebody stands on the button of the first.
    let hold = "window.send = XMLHttpRequest.prototype.send;\
        XMLHttpRequest.prototype.send = function (body) { window.release = () => window.send.call(this, body) };";
    stage.browser.eval(hold).await;
    pick(&stage, &disk, "second.png", PNG).await;
    stage.browser.wait_until("window.release && 1").await;
    let focus = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=attach-remove]').focus()";
    stage.browser.eval(focus).await;
    stage.browser.eval("window.release()").await;
    stage.browser.wait_for(r#".file:nth-child(2)[data-state="sent"]"#).await;
    let focused = "return document.querySelector('buoy-widget').shadowRoot.activeElement?.getAttribute('aria-label')";
    let label = stage.browser.eval(focused).await;
    assert!(label.as_str().is_some_and(|label| label.contains("first.png")), "{label}");
    stage.strike().await;
}
