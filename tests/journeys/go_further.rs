//! A visitor goes beyond the panel's first view, which is fetched apart from it (W1, W3, W4).

use buoy_tests::stage::Stage;

/// A host whose page can lose the way to the other half of the panel: its own `fetch` fails for it while `window.cut` is set.
const PAGE: &str = r#"<!doctype html><title>Cut</title><link rel=icon href=data:,>
<script>
  const fetchIt = window.fetch;
  window.cut = true;
  window.fetch = (what, ...more) =>
    window.cut && String(what).includes('/later.') ? Promise.reject(new TypeError('cut')) : fetchIt(what, ...more);
</script>
<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;

/// A host whose page never gets an answer about the search index.
const SLOW_SEARCH: &str = r#"<!doctype html><title>Slow</title><link rel=icon href=data:,>
<script>
  const fetchIt = window.fetch;
  window.fetch = (what, ...more) => (String(what).includes('/kb/index/') ? new Promise(() => {}) : fetchIt(what, ...more));
</script>
<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;

/// All that the other views and the outbox are made of is here: wasm, style sheet, script, and its words.
const ALL_ARRIVED: &str = "[/later[.].*[.]wasm/, /later[.].*[.]css/, /talk[.].*[.]js/, /words[.].*[.]en[.]json/].every((kind) =>\
    performance.getEntriesByType('resource').some((one) => kind.test(one.name) && one.responseEnd))";

/// Notes when the panel says that it can be used.
const NOTE_READY: &str = r#"
  const root = document.querySelector('buoy-widget').shadowRoot;
  new MutationObserver((_, watch) => {
    if (!root.querySelector('[data-ready]')) return;
    watch.disconnect();
    window.readyAt = performance.now();
  }).observe(root, { subtree: true, childList: true, attributes: true });
"#;

/// Kinds of files that were asked for before then, in the order of their names.
const FETCHED_BEFORE_READY: &str = r#"
  return performance.getEntriesByType('resource').filter((one) => one.startTime < window.readyAt)
    .map((one) => new URL(one.name).pathname.match(/^\/assets\/(\w+)[.].*[.](\w+)$/)).filter(Boolean)
    .map((match) => match[1] + '.' + match[2]).sort().join()
"#;

/// Where the focus is.
const FOCUSED: &str = "document.querySelector('buoy-widget').shadowRoot.activeElement?.dataset.buoy";

#[tokio::test(flavor = "multi_thread")]
async fn until_the_panel_can_be_used_it_fetches_what_the_budget_counts_and_nothing_else() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval(NOTE_READY).await;
    stage.browser.click("launcher").await;
    stage.browser.wait_until("window.readyAt").await;
    assert_eq!(stage.browser.eval(FETCHED_BEFORE_READY).await, "panel.css,panel.js,panel.wasm,texts.txt");
    // Once it stands, the rest comes by itself: the next view waits for nothing.
    stage.browser.wait_until(ALL_ARRIVED).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_line_with_the_panel_open_can_still_write_and_it_waits_in_the_outbox() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.pages.add("slow.html", SLOW_SEARCH);
    stage.open("slow.html").await;
    stage.browser.click("launcher").await;
    stage.browser.hook("search").await;
    // Not even the search has answered.
    stage.browser.wait_until(ALL_ARRIVED).await;
    stage.browser.expect_error("ERR_INTERNET_DISCONNECTED");
    stage.browser.set_offline(true).await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "From a tunnel").await;
    stage.browser.type_into("body", "It was dark in here.").await;
    stage.browser.click("submit").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    let stored = "return indexedDB.databases().then((all) => all.length)";
    assert_eq!(stage.browser.eval(stored).await, 1, "a reload would find it");
    stage.browser.set_offline(false).await;
    stage.browser.hook("receipt").await;
    assert_eq!(crate::steps::ticket_at_the_desk(&stage).await["subject"], "From a tunnel");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_cannot_be_fetched_says_so_and_nothing_that_was_typed_is_lost() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.pages.add("cut.html", PAGE);
    stage.open("cut.html").await;
    stage.browser.click("launcher").await;
    stage.browser.type_into("search", "Xylophone").await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_for(r#".view [role="alert"]"#).await;
    stage.browser.hook("retry").await;

    // At once: as soon as the line is there, it may also come by itself, and the button goes.
    let press = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=retry]').click()";
    stage.browser.eval(&format!("window.cut = false; {press}")).await;
    stage.browser.hook("subject").await;
    let typed = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]').value";
    assert_eq!(
        stage.browser.eval(&format!("return {typed}")).await,
        "Xylophone",
        "what found nothing becomes the subject"
    );
    stage.browser.wait_until(&format!("{FOCUSED} === 'subject'")).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_went_further_without_a_line_is_told_so_and_sees_the_view_when_the_line_is_back() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add("cut.html", PAGE);
    stage.open("cut.html").await;
    stage.browser.click("launcher").await;
    stage.browser.hook("search").await;
    stage.browser.expect_error("ERR_INTERNET_DISCONNECTED");
    stage.browser.set_offline(true).await;
    stage.browser.eval("window.cut = false").await;
    stage.browser.click("new-ticket").await;
    let told = stage.browser.text_of(r#".view [role="alert"]"#).await;
    assert!(told.contains("There is no connection") && told.contains("opens by itself"), "{told}");
    assert_eq!(stage.browser.count(".skeleton").await, 0, "nothing that looks as if it were coming");
    // Pressing in vain is answered, not swallowed.
    stage.browser.click("retry").await;
    stage.browser.wait_for(r#".view [role="alert"]"#).await;
    stage.browser.set_offline(false).await;
    stage.browser.type_into("subject", "Back again").await;
    stage.browser.type_into("body", "The line is here.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_may_ask_for_a_later_view_first_and_take_all_away_while_it_is_fetched() {
    let stage = Stage::set("school").await;
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.eval("return Buoy('article', 'pay-by-card').then(() => true)").await;
    stage.browser.wait_for_text("article", "If it is declined").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    // The panel asks for its other half as it opens, and is gone before the answer.
    let both = "return Buoy('newTicket', {}).then(() => Buoy('destroy')).then(() => typeof window.Buoy)";
    assert_eq!(stage.browser.eval(both).await, "undefined");
    let arrived =
        "performance.getEntriesByType('resource').some((one) => /later[.].*[.]wasm/.test(one.name) && one.responseEnd)";
    stage.browser.wait_until(arrived).await;
    assert!(stage.browser.has_no_widget().await);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_that_was_lost_on_its_way_comes_when_the_line_is_back() {
    let stage = Stage::set("school").await;
    stage.depend_on_line();
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    stage.browser.expect_lost_line();
    stage.browser.expect_error("Buoy");
    stage.line.cut(true);
    stage.browser.click("launcher").await;
    stage.browser.wait_for(r#"[data-buoy="panel"] a[target="_blank"]"#).await;
    stage.line.cut(false);
    stage.browser.eval("return Buoy('close')").await;
    stage.browser.click("launcher").await;
    stage.browser.hook("search").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_that_comes_while_somebody_writes_leaves_the_focus_where_it_is() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let tag = r#"<script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;
    // The page is busy until we say so.
    let busy = "<script>window.requestIdleCallback = (act) => { window.goIdle = act; }</script>";
    stage.pages.add("busy.html", &format!("<!doctype html><title>Busy</title><link rel=icon href=data:,>{busy}{tag}"));
    stage.open("busy.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_until(&format!("{FOCUSED} === 'subject'")).await;
    stage.browser.type_into("body", "While I write ").await;
    stage.browser.eval("return window.goIdle()").await;
    stage.browser.wait_until(ALL_ARRIVED).await;
    stage.browser.press("the rest comes").await;
    assert_eq!(crate::steps::value_of(&stage, "body").await, "While I write the rest comes");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_help_without_a_line_is_told_so_and_sees_what_they_wished_for_when_the_line_is_back() {
    let stage = Stage::set("school").await;
    crate::declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    let field = r#"<input id="field"><script async src="{{edge}}/widget.js" data-site="{{site}}"></script>"#;
    stage.pages.add("field.html", &format!("<!doctype html><title>F</title><link rel=icon href=data:,>{field}"));
    stage.open("field.html").await;
    // With the banner came what tells of the lost line.
    stage.browser.hook("banner-me-too").await;
    stage.browser.expect_error("ERR_INTERNET_DISCONNECTED");
    stage.browser.expect_error("Buoy");
    stage.browser.set_offline(true).await;
    stage.browser.eval("return Buoy('newTicket', { subject: 'From a tunnel' })").await;
    stage.browser.wait_for(r#"p[data-buoy="frame"]"#).await;

    // Whoever writes in the page by then is not called away.
    stage.browser.eval("document.getElementById('field').focus(); return true").await;
    let heard = "window.back = 0; addEventListener('online', () => window.back++); return true";
    stage.browser.eval(heard).await;
    stage.browser.set_offline(false).await;
    stage.browser.wait_until("back === 1").await;
    assert_eq!(stage.browser.count(r#"p[data-buoy="frame"]"#).await, 1);
    assert_eq!(stage.browser.eval("return document.activeElement.id").await, "field");
    stage.browser.eval("document.activeElement.blur(); dispatchEvent(new Event('online')); return true").await;
    stage.browser.hook("subject").await;
    assert_eq!(crate::steps::value_of(&stage, "subject").await, "From a tunnel");
    assert_eq!(stage.browser.count(r#"p[data-buoy="frame"]"#).await, 0);
    stage.strike().await;
}
