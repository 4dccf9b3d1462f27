//! What the host is told of what its visitor sent: once, by the page that sent it, also when the panel went meanwhile (W2, W5).

use crate::steps::{open_form, open_thread, send};
use buoy_tests::stage::Stage;
use serde_json::json;

/// The edge files the ticket; the page reads the answer once the test lets it.
const HOLD_THE_ANSWER: &str = "\
    const real = window.fetch;\
    window.fetch = async (...ask) => {\
      const answer = await real(...ask);\
      if (ask[1]?.method === 'POST' && String(ask[0]).endsWith('/tickets/')) await new Promise((go) => (window.go = go));\
      return answer;\
    };\
    window.created = []; Buoy('on', 'ticket-created', ({ id, number }) => created.push(id.length > 5 && number)); return true";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_ticket_that_is_filed_after_the_page_changed_its_language_is_told_to_the_host() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(HOLD_THE_ANSWER).await;
    send(&stage, "In two languages").await;
    stage.browser.wait_until("window.go").await;
    stage.browser.eval("return Buoy('set', { locale: 'ru' })").await;
    stage.browser.eval("return Buoy('open')").await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="ru"]"#).await;
    stage.browser.eval("go(); return true").await;
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;
    stage.browser.wait_until("created.join() === '1'").await;
    stage.strike().await;
}

/// Whether the page has heard by the channel, which is after its panel has.
const LISTEN: &str = "window.messages = []; Buoy('on', 'message', ({ mine }) => messages.push(mine));\
    const site = document.querySelector('script[data-site]').dataset.site;\
    new BroadcastChannel('buoy:' + site).onmessage = ({ data }) => data[0] === 'message' && setTimeout(() => (window.isPast = true));\
    return true";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_message_is_told_where_it_was_sent_and_in_no_other_tab_that_does_not_show_its_thread() {
    let stage = Stage::set("school").await;
    open_thread(&stage).await;
    stage
        .browser
        .eval("window.messages = []; Buoy('on', 'message', ({ mine }) => messages.push(mine)); return true")
        .await;
    let first = stage.browser.tab().await;
    let second = stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    // Its outbox listens once the form is there.
    crate::steps::go_to_form(&stage).await;
    stage.browser.eval(LISTEN).await;
    stage.browser.switch_to(first).await;
    stage.browser.type_into("reply", "One thing more").await;
    stage.browser.click("send").await;
    stage.browser.wait_until("messages.join() === 'true'").await;
    stage.browser.switch_to(second).await;
    stage.browser.wait_until("window.isPast").await;
    assert_eq!(stage.browser.eval("return messages").await, json!([]));
    stage.strike().await;
}

/// Pressed three times before any of the panel is there.
const PRESS_THRICE: &str = "window.heard = [];\
    for (const event of ['open', 'close']) Buoy('on', event, () => heard.push(event));\
    const launcher = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=launcher]');\
    for (const _ of [1, 2, 3]) launcher.click(); return true";

#[tokio::test(flavor = "multi_thread")]
async fn w2_each_opening_and_closing_is_told_once_and_in_order_also_while_the_panel_is_on_its_way() {
    let stage = Stage::set("school").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval(PRESS_THRICE).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready]"#).await;
    stage.browser.eval("return Buoy('close')").await;
    stage.browser.wait_until("heard.join() === 'open,close,open,close'").await;
    stage.strike().await;
}
