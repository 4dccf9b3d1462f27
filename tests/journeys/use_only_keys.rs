//! A visitor without a mouse (W1–W5): everything is reached by keys, the focus is always somewhere, and comes back.

use crate::import_articles;
use crate::steps::ticket_at_the_desk;
use buoy_tests::browser::keys::{DOWN, ENTER, ESCAPE, UP};
use buoy_tests::stage::Stage;
use serde_json::json;

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

/// Sends the form, writes a letter before anything is drawn, and says where the focus is two frames later.
const WRITE_AT_ONCE: &str = r#"
  return (async () => {
    const root = document.querySelector("buoy-widget").shadowRoot;
    const field = root.querySelector('[data-buoy="subject"]');
    field.form.requestSubmit();
    for (let turn = 0; turn < 50; turn++) await null;
    const isRefused = field.getAttribute("aria-invalid");
    field.value = "I";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    return [isRefused, root.activeElement.dataset.buoy];
  })();
"#;

#[tokio::test(flavor = "multi_thread")]
async fn w4_whoever_mends_a_mistake_at_once_is_not_led_to_the_next_one_in_the_middle_of_a_word() {
    let stage = Stage::set("school").await;
    let browser = &stage.browser;
    stage.open("plain.html").await;
    browser.eval("return Buoy('newTicket')").await;
    browser.wait_for_focus("subject").await;
    assert_eq!(browser.eval(WRITE_AT_ONCE).await, json!(["true", "subject"]));
    stage.strike().await;
}

/// Whether the result that the arrows are at stands whole between the field and the button, and where the page is.
const CHOSEN: &str = r#"
  const root = document.querySelector("buoy-widget").shadowRoot;
  const place = (css) => root.querySelector(css).getBoundingClientRect();
  const chosen = place('[role="option"][aria-selected="true"]');
  return [chosen.top >= place(".hero").bottom - 1 && chosen.bottom <= place(".foot").top + 1, scrollY];
"#;

#[tokio::test(flavor = "multi_thread")]
async fn w3_the_result_that_the_arrows_are_at_is_in_sight_and_the_page_stays_where_it_is() {
    let stage = Stage::set("school").await;
    let guide = |number: usize| {
        let text = format!("# How to pay in country {number}\n\n{}", "Open your courses and press Pay. ".repeat(4));
        json!({ "locale": "en", "slug": format!("pay-{number}"), "markdown": text })
    };
    let body = json!({ "articles": (1..=8).map(guide).collect::<Vec<_>>(), "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let browser = &stage.browser;
    browser.speak("en").await;
    browser.set_viewport(900, 480, 1, false).await;
    stage.open("plain.html").await;
    browser.eval("document.body.style.minHeight = '3000px'; scrollTo(0, 120); return 0").await;
    browser.click("launcher").await;
    browser.type_into("search", "pay").await;
    browser.wait_for("[data-buoy=result]:nth-child(8)").await;
    for (keys, at) in [(DOWN, 1), (DOWN, 2), (DOWN, 3), (DOWN, 4), (DOWN, 5), (DOWN, 6), (DOWN, 7), (DOWN, 8), (UP, 7)]
    {
        browser.press(&keys.to_string()).await;
        browser.wait_for(&format!("#buoy-result-{}[aria-selected=true]", at - 1)).await;
        assert_eq!(browser.eval(CHOSEN).await, json!([true, 120]), "result {at}");
    }
    for _ in 1..7 {
        browser.press(&UP.to_string()).await;
    }
    browser.wait_for("#buoy-result-0[aria-selected=true]").await;
    assert_eq!(browser.eval(CHOSEN).await, json!([true, 120]), "back at the first");
    stage.strike().await;
}

/// A page with shortcuts of single keys, which looks whether somebody types into a field of its own.
const SHORTCUTS: &str = "window.heard = [];\
    for (const type of ['keydown', 'keypress', 'keyup', 'paste'])\
      document.addEventListener(type, (event) => { if (event.target.matches('input, textarea')) return; heard.push(type); event.preventDefault(); });\
    return true";

/// Pastes nothing, where the focus is.
const PASTE: &str = "const root = document.querySelector('buoy-widget').shadowRoot;\
    return root.activeElement.dispatchEvent(new Event('paste', { bubbles: true, composed: true, cancelable: true }))";

#[tokio::test(flavor = "multi_thread")]
async fn w1_what_is_typed_and_pasted_in_the_panel_is_no_shortcut_of_the_pages() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_focus("search").await;
    stage.browser.eval(SHORTCUTS).await;
    stage.browser.press("k / f").await;
    assert_eq!(crate::steps::value_of(&stage, "search").await, "k / f");
    assert_eq!(stage.browser.eval(PASTE).await, true, "the page stops nothing");
    assert_eq!(stage.browser.eval("return heard").await, json!([]));
    stage.strike().await;
}
