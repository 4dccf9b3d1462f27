//! A host whose policy refuses WebAssembly still has launcher, banner and a way to get help (A7).

use crate::steps::{answer, file_elsewhere, path_at_the_desk, ticket_at_the_desk, tickets_at_the_desk, value_of};
use buoy_tests::browser::Engine;
use buoy_tests::browser::keys::ESCAPE;
use buoy_tests::stage::Stage;
use serde_json::json;

/// A host's policy that allows our script and our frame, and no WebAssembly.
const REFUSING: &str = "default-src 'self'; script-src 'self' {{edge}}; connect-src 'self' {{edge}}; frame-src {{edge}}; \
                        img-src 'self' data:; style-src 'self'";

/// A page, and its script that names its user by a function and hears of tickets.
const SPEAKING: &str = r#"<!doctype html><title>Strict</title><link rel="icon" href="data:,"><script src="speak.js"></script>
<script async src="{{edge}}/widget.js" data-site="{{site}}" data-theme="dark"></script>"#;

fn script_that_names(identity: &str) -> String {
    format!(
        "window.heard = [];\nwindow.Buoy ||= Object.assign((...call) => Buoy.q.push(call), {{ q: [] }});\n\
         Buoy('identify', async () => '{identity}');\nBuoy('on', 'ticket-created', (it) => window.heard.push(it.number));\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn without_wasm_help_opens_in_a_frame_of_our_own_with_a_link_below() {
    let stage = Stage::set("school").await;
    crate::declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.pages.set_policy(
        "default-src 'self'; script-src 'self' {{edge}}; connect-src 'self' {{edge}}; frame-src {{edge}}; img-src 'self' data:; style-src 'self'",
    );
    stage.browser.expect_error("Content Security Policy");
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner", "Payments fail").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"] iframe"#).await;
    let link = stage.browser.wait_for(r#"[data-buoy="panel"] a[target="_blank"]"#).await;
    let address = link.attr("href").await.ok().flatten().unwrap_or_default();
    assert!(address.starts_with(&format!("{}/panel?site={}", stage.edge_url(), stage.site.id)), "{address}");
    let console = stage.browser.console().await;
    let named = console.iter().filter(|line| line.contains("wasm-unsafe-eval") && line.contains("Buoy")).count();
    assert_eq!(named, 1, "one line names the missing directive: {console:#?}");

    // The frame is a whole panel: it finds its site and gets ready.
    stage.browser.goto(&address).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_policy_that_allows_us_by_nonce_and_wasm_makes_no_violation() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add(
        "strict.html",
        r#"<!doctype html><html><head><title>Strict</title><link rel="icon" href="data:,"></head><body><script nonce="n1" async src="{{edge}}/widget.js" data-site="{{site}}"></script></body></html>"#,
    );
    stage.pages.set_policy(
        "default-src 'none'; script-src 'nonce-n1' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src {{edge}} ws:; img-src data:; base-uri 'none'; require-trusted-types-for 'script'",
    );
    stage.open("strict.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_frame_the_user_whom_the_page_names_files_under_their_name_and_the_page_hears_of_it() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.set_policy(REFUSING);
    stage.browser.expect_error("Content Security Policy");
    stage.pages.add("speak.js", &script_that_names(&stage.site.identity("user-7", &json!({ "name": "Anna" }))));
    stage.pages.add("strict.html", SPEAKING);
    stage.open("strict.html").await;
    stage.browser.wait_for(r#"[data-buoy="launcher"]"#).await;
    // Twice at once, as the README does it, with what cannot be sent as it is.
    let wish = "Buoy('set', { page: '/orders', context: { order: 4711n } }); Buoy('open');\
        Buoy('newTicket', { subject: 'Where is my order?' }); return true";
    stage.browser.eval(wish).await;

    stage.browser.enter_frame_of_widget().await;
    stage.browser.wait_for(r#"[data-buoy="subject"]"#).await;
    assert!(stage.browser.eval("return innerHeight").await.as_f64() > Some(400.0), "the frame has the box to itself");
    assert_eq!(value_of(&stage, "subject").await, "Where is my order?", "what the page wished for is open");
    stage.browser.wait_until("document.querySelector('buoy-widget').dataset.theme === 'dark'").await;
    // WebKit lets no script focus what is in a frame of another origin, and neither its driver; a person presses.
    stage.browser.click("body").await;
    stage.browser.type_into("body", "It was due on Monday.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let requester = &ticket["requester"];
    assert_eq!(
        (requester["external_id"].as_str(), requester["verified"].as_bool()),
        (Some("user-7"), Some(true)),
        "{ticket:#}"
    );

    stage.browser.leave_frame().await;
    // Whoever says in the page that something happened is not the frame.
    let forged = "return new Promise((done) => { addEventListener('message', ({ source }) => source === window && done(true));\
        postMessage({ buoy: 'event', details: ['ticket-created', { number: 0 }] }, '*') })";
    stage.browser.eval(forged).await;
    assert_eq!(
        stage.browser.wait_until("window.heard.length && window.heard").await,
        json!([ticket["number"]]),
        "once, and from the frame alone"
    );
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.enter_frame_of_widget().await;
    stage.browser.wait_until_gone(r#"[data-buoy="ticket"], [data-buoy="receipt"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_named_while_the_frame_is_open_sees_their_own_tickets_there_and_leaves_by_the_keyboard() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.set_policy(REFUSING);
    stage.browser.expect_error("Content Security Policy");
    let identity = stage.site.identity("user-8", &json!({}));
    file_elsewhere(&stage, &identity).await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.enter_frame_of_widget().await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.leave_frame().await;
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[identity.into()]).await;
    stage.browser.enter_frame_of_widget().await;
    stage.browser.wait_for_text("ticket", "From another device").await;
    if stage.browser.engine() != Engine::WebKitGtk {
        stage.browser.wait_for_focus("search").await;
    }
    stage.browser.click("ticket").await;
    stage.browser.hook("reply").await;
    stage.browser.press(&ESCAPE.to_string()).await;
    stage.browser.leave_frame().await;
    stage.browser.wait_for_focus("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="box"][hidden]"#).await;
    let tickets = tickets_at_the_desk(&stage).await;
    assert_eq!(tickets.len(), 1);
    // What comes while nobody looks is not read, although the thread stands there.
    answer(&stage, &path_at_the_desk(&tickets[0]), "It is on its way.").await;
    stage.browser.wait_for_text("badge", "1").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_what_stands_in_for_the_panel_can_be_closed_where_the_page_shows_no_launcher() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.set_policy(REFUSING);
    stage.browser.expect_error("Content Security Policy");
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage
        .browser
        .eval("return Promise.all([Buoy('set', { theme: 'dark' }), Buoy('hide'), Buoy('open')]).then(() => true)")
        .await;
    stage.browser.wait_for(r#"[data-buoy="panel"] iframe"#).await;
    let cross = stage.browser.wait_for(r#"[data-buoy="panel"] > [data-buoy="close"]"#).await;
    assert_eq!(cross.attr("aria-label").await.ok().flatten().as_deref(), Some("Close help"));
    let ink = "return getComputedStyle(document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=close]')).color";
    assert_ne!(stage.browser.eval(ink).await, "rgb(0, 0, 0)", "it can be seen in the dark");
    stage.browser.click("close").await;
    stage.browser.wait_for(r#"[data-buoy="box"][hidden]"#).await;
    stage.strike().await;
}
