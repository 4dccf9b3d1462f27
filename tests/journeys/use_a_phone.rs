//! A visitor with a phone (W1–W5): the panel is the screen, nothing is wider than it, and everything is large enough for a finger.

use crate::attach_files::on_disk;
use crate::import_articles;
use crate::steps::{open_form, send};
use buoy_tests::stage::Stage;
use serde_json::json;
use tempfile::tempdir;

/// What of the widget stands out of the screen to either side, or is smaller than a finger needs (24 CSS pixels, WCAG 2.5.8).
/// What cannot be seen, and links within a text, are not meant.
const MISFITS: &str = r#"
  const root = document.querySelector("buoy-widget").shadowRoot;
  const isSeen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest(".spoken");
  const seen = [...root.querySelectorAll(".panel *")].filter((node) => isSeen(node) && !node.closest(".scroll, pre, svg"));
  const name = (node) => node.localName + "." + node.className + " " + (node.dataset.buoy ?? "");
  const wide = seen.filter((node) => {
    const { left, right, width } = node.getBoundingClientRect();
    return width > 1 && (left < -0.5 || right > innerWidth + 0.5);
  });
  const small = seen.filter((node) => {
    if (!node.matches("button, input, select, textarea, summary, a:not(p a, li a)")) return false;
    const { width, height } = (node.closest("label") ?? node).getBoundingClientRect();
    return width < 24 || height < 24;
  });
  return [...wide.map((node) => "wide: " + name(node)), ...small.map((node) => "small: " + name(node))];
"#;

async fn everything_fits(stage: &Stage, view: &str) {
    stage.browser.at_rest().await;
    assert_eq!(stage.browser.eval(MISFITS).await, json!([]), "{view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_searches_reads_and_writes_on_a_screen_as_narrow_as_a_phone() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    let browser = &stage.browser;
    browser.speak("en").await;
    browser.be_a_phone().await;
    stage.open("plain.html").await;
    browser.click("launcher").await;
    browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    let covers = "(() => { const { x, y, width, height } = document.querySelector('buoy-widget').shadowRoot.querySelector('.panel')\
                  .getBoundingClientRect(); return x === 0 && y === 0 && width === innerWidth && Math.abs(height - innerHeight) < 1 })()";
    browser.wait_until(covers).await;
    everything_fits(&stage, "home").await;
    browser.type_into("search", "pay").await;
    browser.wait_for_text("result", "How to pay by card").await;
    everything_fits(&stage, "results").await;
    browser.click("result").await;
    browser.wait_for_text("article", "If it is declined").await;
    everything_fits(&stage, "article").await;
    browser.click("back").await;
    browser.hook("search").await;
    browser.click("new-ticket").await;
    browser.hook("attach").await;
    everything_fits(&stage, "form").await;
    browser.type_into("subject", "I cannot pay").await;
    browser.type_into("body", "The button does nothing.").await;
    browser.click("submit").await;
    browser.hook("receipt").await;
    everything_fits(&stage, "receipt").await;
    browser.click("open-ticket").await;
    browser.wait_for_text("message", "The button does nothing.").await;
    everything_fits(&stage, "thread").await;
    browser.click("close").await;
    browser.wait_for_focus("launcher").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_file_with_a_name_of_two_hundred_letters_leaves_everything_on_the_screen() {
    let (stage, disk) = (Stage::set("school").await, tempdir().expect("a folder"));
    stage.browser.be_a_phone().await;
    open_form(&stage).await;
    let file = on_disk(&disk, &format!("{}.txt", "a".repeat(200)), b"text");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    everything_fits(&stage, "form").await;
    send(&stage, "A long name").await;
    stage.browser.hook("receipt").await;
    stage.browser.click("open-ticket").await;
    stage.browser.wait_for(r#"[data-buoy="message"] [data-buoy="file"]"#).await;
    everything_fits(&stage, "thread").await;
    stage.strike().await;
}
