//! The widget goes away where it is switched off, and a panel that keeps failing is left alone for a while (W1, A7).

use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};
use std::fs;

/// Replaces the site's policy by the preset with these versions of the widget switched off.
async fn switch_off(stage: &Stage, versions: &Value) {
    let preset = fs::read_to_string(root().join("presets/school/policy.toml")).expect("the preset");
    let policy = preset.replacen("[site]\n", &format!("[site]\nwidget_off = {versions}\n"), 1);
    assert_ne!(policy, preset, "the preset begins its site by [site]");
    let body = json!({ "name": "Test", "policy_toml": policy, "origins": [stage.pages.origin()], "anonymous": true });
    let path = format!("/api/support/operator/sites/{}/", stage.site.id);
    stage.edge.operator().put(&path).json(&body).send().await.expect(200);
}

/// The page asks for news now, as it does each twenty seconds.
const ASK: &str = "window.dispatchEvent(new Event('online'))";

const VERSION: &str = "return Buoy.version";

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_switched_off_leaves_open_pages_and_comes_back_when_it_is_switched_on() {
    let stage = Stage::set("school").await;
    crate::declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    let boxes = stage.browser.boxes().await;

    let version = stage.browser.eval(VERSION).await;
    switch_off(&stage, &json!([version])).await;
    stage.browser.eval(ASK).await;
    stage.browser.wait_until("!document.querySelector('buoy-widget')").await;
    assert_eq!(stage.browser.boxes().await, boxes, "the host's page is as it was");
    let asked = "return Buoy('open').then(() => document.querySelectorAll('buoy-widget').length)";
    assert_eq!(stage.browser.eval(asked).await, 0, "the host may ask, and nothing opens");

    switch_off(&stage, &json!(["99.0.0"])).await;
    stage.browser.eval(ASK).await;
    stage.browser.hook("banner").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_opened_while_all_versions_are_off_gets_no_element_and_no_panel() {
    let stage = Stage::set("school").await;
    switch_off(&stage, &json!(["*"])).await;
    let stub = "<script>window.Buoy=function(){return Buoy.q.push([].slice.call(arguments))};Buoy.q=[];Buoy('open');\
                window.heard=[];Buoy('on','ready',function(){heard.push('ready')})</script>";
    let tag = r#"<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;
    stage.pages.add("off.html", &format!("<!doctype html><title>Off</title><link rel=icon href=data:,>{stub}{tag}"));
    stage.open("off.html").await;
    stage.browser.wait_until("window.heard?.length").await;
    let fetched =
        "return performance.getEntriesByType('resource').filter((one) => one.name.includes('/assets/')).length";
    assert_eq!(stage.browser.eval(fetched).await, 0, "nothing of the panel");
    assert!(stage.browser.has_no_widget().await);
    stage.strike().await;
}

/// A host in whose page the panel's wasm is spoilt while `broken` is set; `asked` counts how often it was fetched, and
/// `ahead` puts the clock forward.
const PAGE: &str = r#"<!doctype html><title>Broken</title><link rel=icon href=data:,>
<script>
  const [fetchIt, now] = [window.fetch, Date.now];
  Object.assign(window, { broken: true, asked: 0, ahead: 0 });
  Date.now = () => now() + window.ahead;
  window.fetch = async (what, ...more) => {
    if (!/panel[.].*[.]wasm/.test(what)) return fetchIt(what, ...more);
    window.asked++;
    return window.broken ? new Response('spoilt', { headers: { 'content-type': 'application/wasm' } }) : fetchIt(what, ...more);
  };
</script>
<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;

const OPEN: &str = "return Buoy('open').then(() => true)";
const CLOSE: &str = "return Buoy('close').then(() => true)";
const KEPT: &str = "return Object.keys(sessionStorage).map((name) => name.split(':').pop()).sort().join()";

/// What stands there from the last time, so that it is not taken for what comes now.
const MARK: &str =
    "document.querySelector('buoy-widget').shadowRoot.querySelector('iframe').dataset.before = ''; return true";

/// Opens and closes it, once the frame or the link alone stands in for it.
async fn open_in_vain(stage: &Stage, shows: &str) {
    stage.browser.eval(OPEN).await;
    stage.browser.wait_for(shows).await;
    stage.browser.eval(CLOSE).await;
}

/// Opens a page whose panel is broken, which nobody has touched yet.
async fn open_broken() -> Stage {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add("broken.html", PAGE);
    stage.browser.expect_error("Buoy");
    stage.open("broken.html").await;
    stage.browser.hook("launcher").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_failures_in_five_minutes_a_plain_link_stands_in_for_an_hour() {
    const FRAME: &str = r#"[data-buoy="panel"] iframe"#;
    const LINK: &str = r#"[data-buoy="panel"]:not(:has(iframe)) a[href*="/help?"]"#;
    let stage = open_broken().await;

    // Whom nobody touched yet, nothing is stored of: the page alone remembers.
    open_in_vain(&stage, FRAME).await;
    assert_eq!(stage.browser.eval(KEPT).await, "");
    stage.browser.eval(MARK).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"] iframe:not([data-before])"#).await;
    stage.browser.eval(CLOSE).await;
    open_in_vain(&stage, LINK).await;
    assert_eq!(stage.browser.eval(KEPT).await, "failed,rest");

    // Nothing is fetched any more, neither here nor on the next page.
    let asked = stage.browser.eval("return window.asked").await;
    open_in_vain(&stage, LINK).await;
    assert_eq!(stage.browser.eval("return window.asked").await, asked);
    stage.open("broken.html").await;
    stage.browser.hook("launcher").await;
    open_in_vain(&stage, LINK).await;
    assert_eq!(stage.browser.eval("return window.asked").await, 0);

    // The hour is over, and somebody has mended it.
    stage.browser.eval("window.ahead = 61 * 60_000; window.broken = false").await;
    stage.browser.eval(OPEN).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_a_panel_that_comes_after_all_while_a_frame_stands_in_for_it_is_an_open_one() {
    let stage = open_broken().await;
    stage.browser.eval(OPEN).await;
    stage.browser.wait_for(r#"[data-buoy="panel"] iframe"#).await;
    // Somebody points at the launcher, and presses nothing.
    let point = "window.broken = false; document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=launcher]')\
                 .dispatchEvent(new PointerEvent('pointerenter')); return true";
    stage.browser.eval(point).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.hook("new-ticket").await;
    stage.strike().await;
}
