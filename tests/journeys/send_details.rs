//! A visitor decides what goes along with a ticket: the page and the host's values are shown, technical details go only with
//! consent and without secrets, and the console is given back (W4, T1).

use crate::steps::{path_at_the_desk, ticket_at_the_desk};
use buoy_shared::redact::redact_diagnostics;
use buoy_tests::samples::redaction_lines;
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Changes the mind of the visitor; the form's foot lies over its end until one scrolls.
pub(crate) async fn press_consent(stage: &Stage) {
    stage.browser.hook("diagnostics").await;
    let scroll = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=diagnostics]').scrollIntoView({ block: 'center' })";
    stage.browser.eval(scroll).await;
    stage.browser.click("diagnostics").await;
}

async fn open_form(stage: &Stage, page: &str) {
    stage.browser.speak("en").await;
    stage.open(page).await;
    stage.browser.eval("window.realError = console.error; return true").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("diagnostics").await;
}

async fn send(stage: &Stage) -> Value {
    stage.browser.type_into("subject", "It fails").await;
    stage.browser.type_into("body", "Since this morning.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(stage).await;
    let path = path_at_the_desk(&ticket);
    stage.site.staff().get(&path).send().await.expect(200).value()["context"].clone()
}

/// What the list of what goes along says.
async fn listed(stage: &Stage) -> String {
    let text = "return document.querySelector('buoy-widget').shadowRoot.querySelector('.context dl').textContent";
    stage.browser.eval(text).await.as_str().expect("a text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_technical_details_are_shown_first_and_go_without_secrets_when_the_visitor_agrees() {
    let stage = Stage::set("school").await;
    stage.browser.expect_error("cart is undefined");
    open_form(&stage, "plain.html?step=2&token=0f1e2d3c4b5a69788796").await;
    stage.browser.eval("return Buoy('set', { appVersion: '2026.11.3' })").await;
    // An error of a frame's own kind, too: pages log what came from theirs.
    let fail = "const frame = document.createElement('iframe'); document.body.append(frame);\
        console.error('cannot pay', new TypeError('cart is undefined'), new frame.contentWindow.RangeError('of a frame'), 'jo@example.com');\
        frame.remove(); return true";
    stage.browser.eval(fail).await;
    let before = listed(&stage).await;
    assert!(
        !before.contains("cart") && !before.contains("step=2"),
        "nothing of it before the visitor agrees: {before}"
    );
    press_consent(&stage).await;
    stage.browser.wait_for(".context[open]").await;
    let shown = listed(&stage).await;
    for part in
        ["TypeError: cart is undefined", "RangeError: of a frame", "step=2", "2026.11.3", "Mozilla/5.0", "[email]"]
    {
        assert!(shown.contains(part), "{part} is not shown: {shown}");
    }
    for secret in ["jo@example.com", "0f1e2d3c4b5a69788796"] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
    let context = send(&stage).await;
    assert_eq!(context["app_version"], "2026.11.3");
    assert!(context["full_url"].as_str().is_some_and(|url| url.contains("step=2") && !url.contains("0f1e2d3c")));
    let errors = context["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{errors:?}");
    let error = errors[0].as_str().expect("a text");
    assert!(shown.contains(error), "what goes is what was shown: {error}\n{shown}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_without_consent_only_the_page_and_what_the_host_says_of_it_go() {
    let stage = Stage::set("school").await;
    open_form(&stage, "plain.html?step=2#top").await;
    let host =
        "return Buoy('set', { context: { order: 4711, trial: false, deep: { not: 'sent' }, who: 'jo@example.com' } })";
    stage.browser.eval(host).await;
    // Agreed, and changed their mind.
    press_consent(&stage).await;
    stage.browser.wait_for(".context[open]").await;
    press_consent(&stage).await;
    assert!(listed(&stage).await.contains("4711"), "what the host says is shown, too");
    let context = send(&stage).await;
    let names: Vec<&String> = context.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["custom", "title", "url"]);
    assert_eq!(context["custom"], json!({ "order": "4711", "trial": "false", "who": "[email]" }));
    assert!(context["url"].as_str().is_some_and(|url| url.ends_with("/plain.html")), "{context}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_cannot_be_read_of_the_hosts_values_is_left_out_and_the_ticket_goes() {
    let stage = Stage::set("school").await;
    open_form(&stage, "plain.html").await;
    let host = "const deaf = { toString() { throw new Error('no text') } };\
        return Buoy('set', { appVersion: deaf, context: { order: 4711, get broken() { throw new Error('not now') }, deaf } })";
    stage.browser.eval(host).await;
    press_consent(&stage).await;
    stage.browser.wait_for(".context[open]").await;
    let context = send(&stage).await;
    assert_eq!((&context["custom"], context.get("app_version")), (&json!({ "order": "4711" }), None));

    // Nor do values that cannot even be counted keep one back.
    stage.browser.eval("return Buoy('newTicket', {})").await;
    stage.browser.hook("diagnostics").await;
    let none = "const values = new Proxy({}, { ownKeys() { throw new Error('none of yours') } });\
        return Buoy('set', { context: values })";
    stage.browser.eval(none).await;
    stage.browser.type_into("subject", "Another one").await;
    stage.browser.type_into("body", "It goes.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_what_a_page_logged_of_one_user_is_no_detail_of_the_next() {
    let stage = Stage::set("school").await;
    stage.browser.expect_error("Anna");
    open_form(&stage, "plain.html").await;
    let of_anna = "console.error('The order of Anna Berg failed'); return Buoy('logout')";
    stage.browser.eval(of_anna).await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.hook("attach").await;
    press_consent(&stage).await;
    stage.browser.wait_until("document.querySelector('buoy-widget').shadowRoot.querySelector('.context')?.open").await;
    let listed = listed(&stage).await;
    assert!(listed.contains("Mozilla") && !listed.contains("Anna"), "{listed}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_the_console_is_touched_with_the_form_and_given_back_with_the_widget() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval("window.realError = console.error; return true").await;
    let is_real = "return console.error === window.realError";
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    assert_eq!(stage.browser.eval(is_real).await, true, "an open panel has not touched it");
    stage.browser.click("new-ticket").await;
    stage.browser.hook("diagnostics").await;
    assert_eq!(stage.browser.eval(is_real).await, false);
    stage.browser.eval("return Buoy('destroy')").await;
    stage.browser.wait_until("console.error === window.realError").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_details_that_cannot_be_prepared_do_not_keep_a_message_back() {
    let stage = Stage::set("school").await;
    let engine = "const real = window.fetch; window.fetch = (address, ...rest) => \
        String(address).includes('/triage.') ? Promise.reject(new TypeError('cut')) : real(address, ...rest); return true";
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(engine).await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    press_consent(&stage).await;
    stage.browser.wait_for(r#".consent-hint[role="alert"]"#).await;
    let context = send(&stage).await;
    assert_eq!(context.get("errors"), None);
    assert_eq!(context.get("user_agent"), None);
    stage.strike().await;
}

/// Whatever takes secrets out does not come before `window.free` is called; `window.isPrepared` once it has.
const HOLD_THE_ENGINE: &str = "\
    const { WebAssembly } = window, ask = window.fetch, make = WebAssembly.instantiate;\
    window.fetch = async (address, ...rest) => {\
      if (!/triage.*[.]wasm/.test(String(address))) return ask(address, ...rest);\
      await new Promise((free) => { window.free = free });\
      WebAssembly.instantiate = async (...what) => {\
        const made = await make(...what);\
        setTimeout(() => { window.isPrepared = true });\
        return made;\
      };\
      return ask(address, ...rest);\
    };\
    return true";

#[tokio::test(flavor = "multi_thread")]
async fn w4_consent_that_was_still_being_prepared_for_one_form_is_not_that_of_the_next() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(HOLD_THE_ENGINE).await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    press_consent(&stage).await;
    stage.browser.wait_until("window.free").await;
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("diagnostics").await;
    stage.browser.eval("window.free(); return true").await;
    stage.browser.wait_until("window.isPrepared").await;
    let is_ticked =
        "return document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=diagnostics]').checked";
    assert_eq!(stage.browser.eval(is_ticked).await, false);
    let context = send(&stage).await;
    assert_eq!(context.get("user_agent"), None, "what nobody sees ticked is not sent");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_the_page_redacts_every_line_of_the_table_as_the_edge_does() {
    let stage = Stage::set("school").await;
    open_form(&stage, "plain.html").await;
    press_consent(&stage).await;
    stage.browser.wait_for(".context[open]").await;
    let lines = redaction_lines();
    // As a script of the page: those of Firefox's driver have modules of their own, which nobody has begun.
    let ask = "const script = document.createElement('script'); script.textContent = `(async (lines) => { \
        const { name } = performance.getEntriesByType('resource').find((one) => /triage[^/]*[.]js$/.test(one.name)); \
        const { redact } = await import(name); window.redacted = lines.map((line) => redact(line)) })(${arguments[0]})`; \
        document.body.append(script); return true";
    stage.browser.eval_with(ask, &[json!(json!(lines).to_string())]).await;
    let page = stage.browser.wait_until("window.redacted").await;
    let native: Vec<String> = lines.iter().map(|line| redact_diagnostics(line)).collect();
    assert_eq!(page, json!(native));
    stage.strike().await;
}
