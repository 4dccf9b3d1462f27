//! After a log-out nothing of the visitor comes back: no token from another tab, no text from what was on its way, no count of
//! their answers (W2, A6).

use crate::attach_files::on_disk;
use crate::steps::{answer, fill_in, go_to_form, open_form, open_thread, tickets_at_the_desk};
use buoy_tests::stage::Stage;

/// What the page has stored under our names.
const STORED: &str = "return Object.keys(localStorage).filter((name) => name.startsWith('buoy:')).join()";

/// Whether no tab is sending or storing anything.
const AT_REST: &str = "navigator.locks.query().then(({ held, pending }) => ![...held, ...pending].some(({ name }) => name.startsWith('buoy:')))";

/// This tab does not hear what others do, as one that sleeps: a log-out elsewhere finds it as it was.
const SLEEPS: &str = "Object.defineProperty(StorageEvent.prototype, 'key', { value: 'asleep' })";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_tab_that_stayed_open_does_not_store_the_token_again_after_a_log_out_in_another() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    stage.browser.eval(SLEEPS).await;
    let first = stage.browser.tab().await;
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    stage.browser.hook("launcher").await;
    stage.browser.eval("return Buoy('logout')").await;
    assert_eq!(stage.browser.eval(STORED).await, "");

    stage.browser.switch_to(first).await;
    stage.browser.type_into("reply", "Still here").await;
    stage.browser.click("send").await;
    buoy_tests::wait::until("the reply at the desk", || async {
        let full = stage.site.staff().get(&path).send().await.expect(200).value();
        (full["messages"][1]["body"] == "Still here").then_some(())
    })
    .await;
    stage.browser.wait_until_gone("[data-buoy=message][data-pending]").await;
    stage.browser.wait_until(AT_REST).await;
    assert_eq!(stage.browser.eval(STORED).await, "", "whoever comes next is nobody");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_form_that_stayed_open_does_not_bring_the_token_back_after_a_log_out_in_another_tab() {
    let stage = Stage::set("school").await;
    open_thread(&stage).await;
    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.type_into("subject", "Half a sentenc").await;
    let token = format!("return localStorage['buoy:{}:session']", stage.site.id);
    let before = stage.browser.eval(&token).await;
    stage.browser.eval(SLEEPS).await;
    let first = stage.browser.tab().await;
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    stage.browser.hook("launcher").await;
    stage.browser.eval("return Buoy('logout')").await;

    stage.browser.switch_to(first).await;
    fill_in(&stage, "e").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.browser.wait_until(AT_REST).await;
    let after = stage.browser.eval(&token).await;
    assert!(before.as_str().is_some_and(|token| token.len() > 20), "{before}");
    assert!(after.as_str().is_some_and(|token| token.len() > 20) && after != before, "{after}");
    stage.browser.click("back").await;
    stage.browser.wait_until_gone(r#"[data-buoy="receipt"]"#).await;
    let listed = "document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=ticket]').length === 1";
    stage.browser.wait_until(listed).await; // those of who logged out are not theirs
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_the_count_of_answers_goes_in_every_tab_after_a_log_out_in_one() {
    let stage = Stage::set("school").await;
    let path = open_thread(&stage).await;
    stage.pages.add("nothing.html", "<!doctype html><title>Nothing</title><link rel=icon href=data:,>");
    stage.open("nothing.html").await;
    answer(&stage, &path, "Try again, please.").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("badge", "1").await;
    let first = stage.browser.tab().await;
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    stage.browser.wait_for_text("badge", "1").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.switch_to(first).await;
    let badge = "document.querySelector('buoy-widget').shadowRoot.querySelector('.badge').textContent === ''";
    stage.browser.eval("dispatchEvent(new Event('online')); return true").await; // as after twenty seconds
    stage.browser.wait_until(badge).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_tab_that_shows_the_first_view_alone_shows_nothing_of_who_logged_out_in_another() {
    let stage = Stage::set("school").await;
    open_thread(&stage).await;
    let first = stage.browser.tab().await;
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    stage.browser.click("launcher").await;
    stage.browser.hook("ticket").await;
    let second = stage.browser.tab().await;
    stage.browser.switch_to(first).await;
    stage.browser.eval("return Buoy('logout')").await;
    assert_eq!(stage.browser.eval(STORED).await, "");

    stage.browser.switch_to(second).await;
    stage.browser.wait_until_gone("[data-buoy=ticket]").await;
    stage.browser.hook("search").await;
    stage.strike().await;
}

/// Files go nowhere until the test lets them.
const HOLD_FILES: &str = "\
    const real = XMLHttpRequest.prototype.send; window.held = [];\
    XMLHttpRequest.prototype.send = function (file) {\
      this.addEventListener('loadend', () => (window.isUploaded = true));\
      held.push(() => real.call(this, file));\
    };";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_log_out_while_a_file_is_on_its_way_leaves_no_text_and_no_stranger_behind() {
    let (stage, disk) = (Stage::set("school").await, tempfile::tempdir().expect("a folder"));
    open_form(&stage).await;
    stage.browser.eval(HOLD_FILES).await;
    let file = on_disk(&disk, "bill.log", b"what I paid");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_until("held.length === 1").await;
    fill_in(&stage, "Nobody else's business").await;
    stage.browser.click("submit").await;
    stage.browser.wait_until("held.length === 2").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;

    stage.browser.eval("held[1](); return true").await;
    stage.browser.wait_until("window.isUploaded").await;
    stage.browser.wait_until(AT_REST).await;
    let databases = "return indexedDB.databases().then((all) => all.length)";
    assert_eq!(stage.browser.eval(databases).await, 0, "what they wrote is gone");
    assert_eq!(stage.browser.eval(STORED).await, "", "and nobody was made of whoever comes next");
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0);
    stage.strike().await;
}

/// Tickets go nowhere; attempts are counted.
const DEAF_FOR_TICKETS: &str = "\
    const ask = window.fetch; window.attempts = 0;\
    window.fetch = async (...asked) => {\
      if (asked[1]?.method !== 'POST' || !String(asked[0]).endsWith('/tickets/')) return ask(...asked);\
      window.attempts++; throw new TypeError('deaf');\
    };";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_file_on_its_way_in_one_tab_stores_no_text_after_a_log_out_in_another() {
    let (stage, disk) = (Stage::set("school").await, tempfile::tempdir().expect("a folder"));
    open_form(&stage).await;
    stage.browser.eval(HOLD_FILES).await;
    stage.browser.eval(DEAF_FOR_TICKETS).await;
    let file = on_disk(&disk, "bill.log", b"what I paid");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_until("held.length === 1").await;
    fill_in(&stage, "Nobody else's business").await;
    stage.browser.click("submit").await;
    stage.browser.wait_until("held.length === 2").await;
    stage.browser.eval(SLEEPS).await;
    let first = stage.browser.tab().await;
    stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    go_to_form(&stage).await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;

    stage.browser.switch_to(first).await;
    stage.browser.eval("held[1](); return true").await;
    stage.browser.wait_until("window.attempts").await;
    stage.browser.wait_until(AT_REST).await;
    let databases = "return indexedDB.databases().then((all) => all.length)";
    assert_eq!(stage.browser.eval(databases).await, 0, "whoever comes next finds nothing to send");
    assert_eq!(stage.browser.eval(STORED).await, "");
    stage.strike().await;
}

/// Asks for a session only once the test lets it.
pub(crate) const HOLD_THE_SESSION: &str = "\
    const real = window.fetch; window.asked = 0;\
    window.fetch = async (...ask) => {\
      if (String(ask[0]).endsWith('/session/') && !window.asked++) await new Promise((go) => (window.go = go));\
      return real(...ask);\
    };";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_log_out_before_the_first_act_was_known_makes_no_visitor_of_whoever_comes_next() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.eval(HOLD_THE_SESSION).await;
    fill_in(&stage, "Nobody else's business").await;
    stage.browser.click("submit").await;
    stage.browser.wait_until("window.go").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.eval("go(); return true").await;
    stage.browser.wait_until(AT_REST).await;
    assert_eq!(stage.browser.eval(STORED).await, "");
    assert_eq!(stage.browser.eval("return asked").await, 1, "for the next one nothing was asked");
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0);
    stage.strike().await;
}

/// A page that asks for the tickets and reads the answer once the test lets it.
const HOLDS_TICKETS: &str = "<!doctype html><title>Slow</title><link rel=icon href=data:,><script>\
    window.Buoy=function(){return Buoy.q.push([].slice.call(arguments))};Buoy.q=[];\
    window.heard=[];Buoy('on','unread',function(count){heard.push(count)});\
    const real = window.fetch;\
    window.fetch = async (...ask) => {\
      const answer = await real(...ask);\
      if (!String(ask[0]).endsWith('/tickets/')) return answer;\
      const items = await answer.json(); window.isHeld = items.items.length;\
      await new Promise((go) => (window.release = go));\
      answer.json = async () => { setTimeout(() => (window.isRead = true)); return items; };\
      return answer;\
    }</script><script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\"></script>";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_count_of_answers_that_comes_after_a_log_out_is_told_to_nobody() {
    let stage = Stage::set("school").await;
    stage.pages.add("slow.html", HOLDS_TICKETS);
    let path = open_thread(&stage).await;
    // The page is left first: an open thread would have seen the answer.
    stage.pages.add("nothing.html", "<!doctype html><title>Nothing</title><link rel=icon href=data:,>");
    stage.open("nothing.html").await;
    answer(&stage, &path, "Try again, please.").await;
    stage.open("slow.html").await;
    stage.browser.wait_until("window.isHeld").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.eval("release(); return true").await;
    stage.browser.wait_until("window.isRead").await;
    let told = stage.browser.eval("return heard").await;
    assert!(told.as_array().is_some_and(|told| told.iter().all(|count| *count == 0)), "{told}");
    stage.strike().await;
}
