//! While the line is away the panel says so once and then keeps still (W4, W5): nothing is drawn anew, announced again or taken
//! from under the keyboard by an attempt that fails. What has been decided is told once, where it belongs.

use crate::steps::{LISTEN, go_to_form, open_form, send};
use buoy_tests::stage::Stage;
use serde_json::json;

/// Tickets go nowhere while `isDeaf`; while `isRefusing` the edge does not take them. Attempts are counted.
const AWAY: &str = "\
    const real = window.fetch; window.attempts = 0; window.isDeaf = true;\
    window.fetch = async (...ask) => {\
      if (ask[1]?.method !== 'POST' || !String(ask[0]).endsWith('/tickets/')) return real(...ask);\
      window.attempts++;\
      if (window.isRefusing) return new Response('{}', { status: 409 });\
      if (window.isDeaf) throw new TypeError('deaf');\
      return real(...ask);\
    };";

/// Keeps what changes from now on in alerts and in the bar of what waits.
const WATCH: &str = "\
    const root = document.querySelector('buoy-widget').shadowRoot; window.changes = [];\
    const isLoud = (node) => node.closest?.('.outbox') || node.matches?.('[role=alert], .outbox');\
    new MutationObserver((records) => {\
      for (const { target, addedNodes, removedNodes } of records)\
        if ([target, ...addedNodes, ...removedNodes].some(isLoud)) changes.push(target.className);\
    }).observe(root, { childList: true, subtree: true, characterData: true }); return true";

/// The browser says that the line is back; it is not.
async fn fails_again(stage: &Stage) {
    let before = stage.browser.eval("return attempts").await;
    stage.browser.eval("dispatchEvent(new Event('online'))").await;
    stage.browser.wait_until(&format!("attempts > {before}")).await;
    let at_rest = "navigator.locks.query().then(({ held }) => !held.some(({ name }) => name.endsWith(':outbox')))";
    stage.browser.wait_until(at_rest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_attempts_that_fail_are_neither_drawn_nor_announced_again() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(AWAY).await;
    send(&stage, "From the tunnel").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.wait_for(".foot [role=alert]").await;
    stage.browser.eval(WATCH).await;
    for _ in 0..3 {
        fails_again(&stage).await;
    }
    assert_eq!(stage.browser.eval("return changes").await, json!([]));
    stage.browser.eval("window.isDeaf = false; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("receipt").await;
    stage.strike().await;
}

/// A ticket waits, its form is left, and then the edge does not take it.
async fn be_refused_elsewhere(stage: &Stage) {
    open_form(stage).await;
    stage.browser.eval(AWAY).await;
    send(stage, "Refused").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.click("back").await;
    stage.browser.eval("window.isRefusing = true; dispatchEvent(new Event('online'))").await;
    stage.browser.wait_for_text("outbox", "Refused was not accepted.").await;
    stage.browser.eval("window.isRefusing = false").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_button_beside_what_was_refused_keeps_the_focus_while_something_else_waits() {
    let stage = Stage::set("school").await;
    be_refused_elsewhere(&stage).await;
    stage.browser.eval("return Buoy('newTicket', { subject: '' })").await;
    stage.browser.hook("attach").await;
    send(&stage, "Waits").await;
    let focus = "const button = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=outbox-discard]');\
        button.focus(); return true";
    stage.browser.eval(focus).await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    fails_again(&stage).await;
    assert_eq!(stage.browser.focused().await, "outbox-discard");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_a_form_whose_ticket_was_refused_meanwhile_does_not_blame_the_line() {
    let stage = Stage::set("school").await;
    be_refused_elsewhere(&stage).await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    assert_eq!(stage.browser.count(".foot [role=alert]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_told_to_the_page_that_sent_it_and_to_no_other() {
    let stage = Stage::set("school").await;
    let hear = "window.made = []; Buoy('on', 'ticket-created', ({ number }) => made.push(number)); return true";
    open_form(&stage).await;
    stage.browser.eval(hear).await;
    let other = stage.browser.tab().await;
    stage.browser.eval(LISTEN).await;
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    go_to_form(&stage).await;
    stage.browser.eval(hear).await;
    send(&stage, "Of this tab").await;
    stage.browser.hook("receipt").await;
    assert_eq!(stage.browser.eval("return made.length").await, 1);
    stage.browser.switch_to(other).await;
    stage.browser.wait_until("said.join().includes('Thank you, we have it')").await;
    assert_eq!(stage.browser.eval("return made").await, json!([]), "one ticket is one event");
    stage.strike().await;
}
