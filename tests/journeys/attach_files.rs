//! A visitor shows what is wrong: files are picked, dropped and pasted, refused by name before they are sent, and saved again
//! by both sides (W4, W5).

use crate::steps::{open_form, path_at_the_desk, ticket_at_the_desk};
use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::{TempDir, tempdir};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest of a picture";

/// A file on the visitor's disk.
pub(crate) fn on_disk(disk: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let file = disk.path().join(name);
    fs::write(&file, bytes).expect("a file");
    file
}

/// What the widget's root is called in scripts.
const ROOT: &str = "const root = document.querySelector('buoy-widget').shadowRoot;";

/// Drops or pastes a file as the browser would. What is pasted is put onto the event: Firefox leaves out what a page gives
/// to the making of one.
async fn hand_over(stage: &Stage, how: &str, name: &str, text: &str) {
    let script = format!(
        "{ROOT} const [how, name, text] = arguments;\
         const all = new DataTransfer(); all.items.add(new File([text], name, {{ type: 'text/plain' }}));\
         const event = how === 'paste'\
           ? new ClipboardEvent('paste', {{ bubbles: true, cancelable: true, composed: true }})\
           : new DragEvent('drop', {{ dataTransfer: all, bubbles: true, cancelable: true, composed: true }});\
         if (how === 'paste') Object.defineProperty(event, 'clipboardData', {{ value: all }});\
         root.querySelector('[data-buoy=body]').dispatchEvent(event)"
    );
    stage.browser.eval_with(&script, &[how.into(), name.into(), text.into()]).await;
}

/// The names of the files of the ticket's first message, as the desk has them.
pub(crate) async fn files_at_the_desk(stage: &Stage) -> Vec<String> {
    let ticket = ticket_at_the_desk(stage).await;
    let path = path_at_the_desk(&ticket);
    let full: Value = stage.site.staff().get(&path).send().await.expect(200).value();
    let files = full["messages"][0]["attachments"].as_array().cloned().unwrap_or_default();
    files.iter().map(|file| file["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_files_that_are_picked_dropped_and_pasted_come_with_the_ticket_and_can_be_saved() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    let told = stage.browser.text_of(".attaching p").await;
    assert!(told.contains('5') && told.contains("10 MB") && told.contains("PNG"), "limits are told before: {told}");
    let file = on_disk(&disk, "screen.png", PNG);
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    hand_over(&stage, "drop", "first.log", "one").await;
    hand_over(&stage, "paste", "second.txt", "two").await;
    stage.browser.wait_for(r#".file:nth-child(3)[data-state="sent"]"#).await;
    stage.browser.wait_for(r#".file:nth-child(1)[data-state="sent"]"#).await;
    stage.browser.type_into("subject", "See the picture").await;
    stage.browser.type_into("body", "It looks like this.").await;
    // One of them after all not: the cross takes it away.
    stage.browser.click("attach-remove").await;
    stage.browser.wait_until_gone(".file:nth-child(3)").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(files_at_the_desk(&stage).await, ["first.log", "second.txt"]);

    stage.browser.click("open-ticket").await;
    stage.browser.wait_for(r#"[data-buoy="message"] [data-buoy="file"]"#).await;
    let saved = format!(
        "{ROOT} window.saved = []; const real = URL.createObjectURL;\
         URL.createObjectURL = (blob) => {{ blob.text().then((text) => saved.push(text)); return real(blob); }};"
    );
    stage.browser.eval(&saved).await;
    stage.browser.click("file").await;
    assert_eq!(stage.browser.wait_until("window.saved && saved.length && saved[0]").await, "one");
    stage.strike().await;
}

/// A letter, whatever space and digits an engine's own data has for a language: of Arabic some have other digits than others.
fn plain(letter: char) -> char {
    match letter {
        '\u{a0}' => ' ',
        '٠'..='٩' => char::from_u32(u32::from(letter) - u32::from('٠') + u32::from('0')).unwrap_or(letter),
        _ => letter,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_sizes_are_said_as_people_of_each_language_say_them() {
    let (stage, disk) = (Stage::set(&crate::many_languages()).await, tempdir().expect("a folder"));
    let file = on_disk(&disk, "short.txt", b"twenty-one bytes long");
    for (language, size) in [
        ("ar", "21 بايت"),
        ("de", "21 Byte"),
        ("en", "21 bytes"),
        ("es", "21 bytes"),
        ("fr", "21 octets"),
        ("ja", "21 バイト"),
        ("pt-BR", "21 bytes"),
        ("ru", "21 байт"),
        ("tr", "21 bayt"),
        ("zh-CN", "21字节"),
    ] {
        let tag = r#"<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;
        let page = format!("<!doctype html><html lang={language}><title>Sizes</title><link rel=icon href=data:,>{tag}");
        stage.pages.add("sizes.html", &page);
        stage.open("sizes.html").await;
        stage.browser.click("launcher").await;
        stage.browser.click("new-ticket").await;
        stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
        let told = stage.browser.text_of(r#".file[data-state="sent"]"#).await;
        let plain: String = told.chars().map(plain).collect();
        assert!(plain.contains(size), "{language}: {told:?}");
    }
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_is_not_taken_is_refused_by_its_name_before_it_is_sent() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    let uploads = "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/uploads/')).length";
    for (name, bytes, complaint) in [
        ("page.html", b"<p>".to_vec(), "kind"),
        ("huge.png", vec![0; 10 * 1024 * 1024 + 1], "too large"),
        ("empty.txt", Vec::new(), "empty"),
    ] {
        let file = on_disk(&disk, name, &bytes);
        stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
        let text = stage.browser.text_of(r#".file:last-child[data-state="refused"]"#).await;
        assert!(text.contains(name) && text.contains(complaint), "{name}: {text}");
        stage.browser.click("attach-remove").await;
        stage.browser.wait_until_gone(".file").await;
    }
    assert_eq!(stage.browser.eval(&format!("return {uploads}")).await, 0, "nothing was sent");
    // What only its bytes betray is refused by the edge.
    stage.browser.expect_error("422");
    let liar = on_disk(&disk, "liar.png", b"MZ no picture");
    stage.browser.hook("attach").await.send_keys(liar.to_str().expect("a path")).await.expect("a file is picked");
    let text = stage.browser.text_of(r#".file[data-state="refused"]"#).await;
    assert!(text.contains("liar.png"), "{text}");
    stage.browser.type_into("subject", "Without the liar").await;
    stage.browser.type_into("body", "It goes without it.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    assert_eq!(files_at_the_desk(&stage).await, Vec::<String>::new());
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_file_alone_is_a_reply_and_one_that_lost_its_line_goes_along_later() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    stage.browser.type_into("subject", "Look").await;
    stage.browser.type_into("body", "At this.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.expect_error("ERR_INTERNET_DISCONNECTED");
    stage.browser.set_offline(true).await;
    let file = on_disk(&disk, "tunnel.png", PNG);
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_for(r#".file[data-state="later"]"#).await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent").await;
    stage.browser.set_offline(false).await;
    stage.browser.wait_for(r#"[data-buoy="message"] [data-buoy="file"]"#).await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    let path = path_at_the_desk(&ticket);
    let full: Value = stage.site.staff().get(&path).send().await.expect(200).value();
    assert_eq!(full["messages"][1]["attachments"][0]["name"], "tunnel.png");
    assert_eq!(full["messages"].as_array().map(Vec::len), Some(2));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_where_one_file_is_all_that_fits_the_limit_is_told_in_words_that_hold_for_one() {
    let school = fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset");
    let stage = Stage::set(&school.replace("max_files = 5", "max_files = 1")).await;
    open_form(&stage).await;
    let told = stage.browser.text_of(".attaching p").await;
    assert!(told.contains("Files: up to 1,"), "{told}");
    hand_over(&stage, "drop", "first.log", "one").await;
    hand_over(&stage, "drop", "second.log", "two").await;
    let refused = stage.browser.text_of(r#".file[data-state="refused"]"#).await;
    assert!(refused.contains("at most 1."), "{refused}");
    assert!(![told, refused].iter().any(|text| text.contains("1 files")), "no text counts one as many");
    stage.strike().await;
}
