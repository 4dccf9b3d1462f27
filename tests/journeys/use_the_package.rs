//! A team that loads the widget by our npm package says what it knows and nothing else (W1).

use buoy_tests::root::root;
use buoy_tests::stage::Stage;
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_not_known_is_as_if_it_were_left_out() {
    let stage = Stage::set("school").await;
    let package = fs::read_to_string(root().join("widget/npm/index.js")).expect("the package");
    stage.pages.add("bundled.html", "<!doctype html><title>Bundled</title><link rel=icon href=data:,><p>Host</p>");
    stage.browser.speak("en").await;
    stage.open("bundled.html").await;
    let script = "const [source, origin, site] = arguments;\
        return import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))).then(async (one) => {\
          await one.loadBuoy({ origin, site, launcher: undefined, tier: null, theme: 'dark', zIndex: 7 });\
          return JSON.stringify(Object.keys(document.querySelector('script[data-site]').dataset).sort()) })";
    let arguments = [package.into(), stage.edge.url().into(), stage.site.id.clone().into()];
    assert_eq!(stage.browser.eval_with(script, &arguments).await, r#"["site","theme","zIndex"]"#);
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_what_was_said_to_a_widget_that_was_taken_away_before_it_came_is_not_said_to_the_next() {
    let stage = Stage::set("school").await;
    let package = fs::read_to_string(root().join("widget/npm/index.js")).expect("the package");
    stage.pages.add("bundled.html", "<!doctype html><title>Bundled</title><link rel=icon href=data:,><p>Host</p>");
    stage.browser.speak("en").await;
    stage.open("bundled.html").await;
    let script = "const [source, origin, site] = arguments;\
        return import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))).then(async (one) => {\
          const heard = []; one.loadBuoy({ origin, site });\
          window.Buoy('on', 'unread', () => heard.push('an earlier page'));\
          await one.unloadBuoy(); const between = typeof window.Buoy;\
          const buoy = await one.loadBuoy({ origin, site });\
          await buoy('on', 'unread', () => heard.push('this page'));\
          await buoy('open'); return JSON.stringify([between, heard]) })";
    let arguments = [package.into(), stage.edge.url().into(), stage.site.id.clone().into()];
    assert_eq!(stage.browser.eval_with(script, &arguments).await, r#"["undefined",["this page"]]"#);
    stage.strike().await;
}
