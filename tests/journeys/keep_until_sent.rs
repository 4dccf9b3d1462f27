//! What a visitor sends arrives once, whatever happens on the way: a reload in a tunnel, two tabs, storage that refuses (W4, W5).

use crate::steps::{go_to_form, open_form, path_at_the_desk, send, ticket_at_the_desk, tickets_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// From here on the edge stores what is sent, but no answer to a POST comes back.
const LOSE_ANSWERS: &str = "\
    const real = window.fetch; window.fetch = async (...ask) => {\
      const answer = await real(...ask);\
      if (ask[1]?.method === 'POST' && /tickets/.test(ask[0])) throw new TypeError('answer lost');\
      return answer; };";

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_whose_answer_was_lost_is_sent_again_after_a_reload_and_is_one_ticket() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.expect_error("answer lost");
    go_to_form(&stage).await;
    stage.browser.eval(LOSE_ANSWERS).await;
    send(&stage, "Once").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1, "the edge has it, only its answer was lost");

    // The page is left without the panel being opened again: the loader finds that something waits.
    stage.open("plain.html").await;
    let waits = format!("!localStorage.getItem('buoy:{}:outbox')", stage.site.id);
    stage.browser.wait_until(&waits).await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1, "the same key is the same ticket");
    let databases = "return indexedDB.databases().then((all) => all.length)";
    assert_eq!(stage.browser.eval(databases).await, 0, "nothing is left where nothing waits");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_written_in_a_tunnel_survive_a_reload_and_arrive_in_their_order() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "Long tunnel").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);
    stage.browser.expect_error("deaf");
    let deaf = "window.real = window.fetch; window.fetch = async () => { throw new TypeError('deaf') };";
    stage.browser.eval(deaf).await;
    for text in ["first", "second", "third"] {
        stage.browser.type_into("reply", text).await;
        stage.browser.click("send").await;
        stage.browser.wait_for_text("message", text).await;
    }
    stage.browser.wait_for_text("message", "Waiting for a connection").await;
    // It counts what is kept.
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 3").await;

    stage.open("plain.html").await;
    let staff = stage.site.staff();
    let full = buoy_tests::wait::until("three messages at the desk", || async {
        let full = staff.get(&path).send().await.expect(200).value();
        (full["messages"].as_array().map(Vec::len) == Some(4)).then_some(full)
    })
    .await;
    let said: Vec<&str> = (1..4).filter_map(|at| full["messages"][at]["body"].as_str()).collect();
    assert_eq!(said, ["first", "second", "third"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_every_reply_that_waits_says_so_and_a_refused_one_keeps_none_back() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "Two replies").await;
    let path = path_at_the_desk(&ticket_at_the_desk(&stage).await);
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.expect_error("deaf");
    let deaf = "const real = window.fetch; window.fetch = async (...ask) => {\
        if (!/add_message/.test(ask[0]) || window.isOpen && !/First/.test(ask[1].body)) return real(...ask);\
        if (window.isOpen) return Response.json({ type: 'x', title: 'No', status: 422 }, { status: 422 });\
        throw new TypeError('deaf') };";
    stage.browser.eval(deaf).await;
    for (count, text) in [(1, "First"), (2, "Second")] {
        stage.browser.type_into("reply", text).await;
        stage.browser.click("send").await;
        stage.browser.wait_for_text("outbox", &format!("Waiting to be sent: {count}")).await;
    }
    stage.browser.eval("window.isOpen = true; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("resend").await;
    // The next one, too, though what was refused still stands there.
    stage.browser.type_into("reply", "Third").await;
    stage.browser.click("send").await;
    let staff = stage.site.staff();
    buoy_tests::wait::until("the replies at the desk", || async {
        let full = staff.get(&path).send().await.expect(200).value();
        (full["messages"][1]["body"] == "Second" && full["messages"][2]["body"] == "Third").then_some(())
    })
    .await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_reply_that_came_back_live_before_its_answer_was_lost_stands_once() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "Live").await;
    ticket_at_the_desk(&stage).await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.expect_error("answer lost");
    // No answer before the live line has brought the message.
    let lost = "const real = window.fetch; window.fetch = async (...ask) => {\
        const answer = await real(...ask);\
        if (!/add_message/.test(ask[0])) return answer;\
        await new Promise((done) => (window.lose = done)); throw new TypeError('answer lost') };";
    stage.browser.eval(lost).await;
    stage.browser.type_into("reply", "Only once").await;
    stage.browser.click("send").await;
    stage.browser.wait_for(r#"[data-buoy="message"][data-seq="2"]"#).await;
    stage.browser.wait_until("window.lose && 1").await;
    stage.browser.eval("window.lose()").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="message"]"#).await, 2, "the ticket's words and the reply");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_what_waited_for_a_week_and_is_tried_again_in_a_tunnel_outlives_a_reload() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "Long tunnel").await;
    let path = path_at_the_desk(&ticket_at_the_desk(&stage).await);
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.expect_error("deaf");
    let deaf = "const real = window.fetch; window.fetch = async (...ask) => {\
        if (/add_message/.test(ask[0])) throw new TypeError('deaf'); return real(...ask) };";
    stage.browser.eval(deaf).await;
    stage.browser.type_into("reply", "From the tunnel").await;
    stage.browser.click("send").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    // A week goes by, and it is tried again.
    stage
        .browser
        .eval("window.now = window.Date.now; window.Date.now = () => window.now() + 7 * 86_400_000; dispatchEvent(new Event('online'))")
        .await;
    stage.browser.hook("resend").await;
    stage.browser.eval("window.Date.now = window.now").await;
    stage.browser.click("resend").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    let kept = format!("localStorage.getItem('buoy:{}:outbox')", stage.site.id);
    stage.browser.wait_until(&kept).await;
    stage.open("plain.html").await;
    let staff = stage.site.staff();
    buoy_tests::wait::until("the reply at the desk", || async {
        let full = staff.get(&path).send().await.expect(200).value();
        (full["messages"][1]["body"] == "From the tunnel").then_some(())
    })
    .await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_logs_out_in_a_tunnel_leaves_nothing_to_be_sent() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.expect_error("deaf");
    stage.browser.eval("window.fetch = async () => { throw new TypeError('deaf') }").await;
    send(&stage, "Nobody's business").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;
    stage.open("plain.html").await;
    go_to_form(&stage).await;
    send(&stage, "Somebody else's").await;
    stage.browser.hook("receipt").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_storage_is_refused_the_page_itself_keeps_what_waits() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let blocked = "const refuse = () => { throw new DOMException('refused', 'SecurityError') };\
        for (const name of ['indexedDB', 'localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get: refuse });\
        window.real = window.fetch; window.isDeaf = false;\
        window.fetch = (...ask) => window.isDeaf && ask[1]?.method === 'POST' ? Promise.reject(new TypeError('deaf')) : real(...ask);";
    stage.browser.eval(blocked).await;
    go_to_form(&stage).await;
    stage.browser.eval("window.isDeaf = true").await;
    send(&stage, "Without storage").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0);
    stage.browser.eval("window.isDeaf = false; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("receipt").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_edge_refuses_is_not_lost_but_goes_back_into_the_form() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.expect_error("deaf");
    stage.browser.eval("window.fetch = async () => { throw new TypeError('deaf') }").await;
    send(&stage, "Refused later").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    // Meanwhile the stored entry becomes one that the edge does not take, as after a change of the policy.
    let change = format!(
        "return new Promise((done) => {{ const asked = indexedDB.open('buoy:{}');\
           asked.onsuccess = () => {{ const table = asked.result.transaction('outbox', 'readwrite').objectStore('outbox');\
             table.getAll().onsuccess = ({{ target }}) => {{ const [entry] = target.result; entry.body.category = 'gone';\
               table.put(entry).onsuccess = () => {{ asked.result.close(); done(true) }} }} }} }})",
        stage.site.id
    );
    stage.browser.eval(&change).await;
    stage.browser.expect_error("422");
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("outbox", "Refused later").await;
    stage.browser.click("outbox-edit").await;
    let subject = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value === 'Refused later'";
    stage.browser.wait_until(subject).await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let all = tickets_at_the_desk(&stage).await;
    assert_eq!(all.iter().map(|ticket| ticket["category"].clone()).collect::<Vec<_>>(), [json!("other")]);
    stage.strike().await;
}

/// Waits until something is stored for later; gives the subjects and texts of all that is.
async fn stored(stage: &Stage) -> Value {
    let script = format!(
        "return new Promise((done) => {{ const asked = indexedDB.open('buoy:{}');\
           asked.onsuccess = () => {{ const all = asked.result.transaction('outbox').objectStore('outbox').getAll();\
             all.onsuccess = () => {{ asked.result.close(); done(all.result.map(({{ body }}) => body.subject || body.body)) }} }} }})",
        stage.site.id
    );
    stage.browser.eval(&script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_tab_discards_takes_nothing_away_that_another_keeps() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let first = stage.browser.tab().await;
    go_to_form(&stage).await;
    // The edge refuses the first one while its writer looks elsewhere, so it stays, marked.
    let refuse = "window.real = window.fetch; window.isDeaf = true; window.fetch = async (...ask) => {\
        if (ask[1]?.method !== 'POST' || !/tickets/.test(ask[0])) return real(...ask);\
        if (window.isDeaf) throw new TypeError('deaf');\
        return new Response('{}', { status: 409 }) };";
    stage.browser.expect_error("deaf");
    stage.browser.eval(refuse).await;
    send(&stage, "Refused").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    stage.browser.click("back").await;
    stage.browser.eval("window.isDeaf = false; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("outbox-discard").await;

    let second = stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    go_to_form(&stage).await;
    stage.browser.wait_for_text("outbox", "Refused").await;
    stage.browser.expect_error("deaf");
    let deaf = "window.real = window.fetch; window.fetch = async () => { throw new TypeError('deaf') };";
    stage.browser.eval(deaf).await;
    send(&stage, "Kept").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;

    stage.browser.switch_to(first).await;
    stage.browser.click("outbox-discard").await;
    stage.browser.wait_until_gone(r#"[data-buoy="outbox"]"#).await;
    stage.browser.switch_to(second).await;
    assert_eq!(stored(&stage).await, json!(["Kept"]), "what the other tab keeps is still there");
    stage.browser.eval("window.fetch = window.real; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("receipt").await;
    let subjects: Vec<Value> =
        tickets_at_the_desk(&stage).await.iter().map(|ticket| ticket["subject"].clone()).collect();
    assert_eq!(subjects, ["Kept"]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_that_goes_while_something_is_sent_throws_nothing_into_the_page() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    send(&stage, "Going soon").await;
    stage.browser.click("open-ticket").await;
    stage.browser.hook("attach").await;
    let path =
        format!("/api/support/agent/tickets/{}/", ticket_at_the_desk(&stage).await["id"].as_str().expect("an id"));
    let hold = "window.real = window.fetch; window.fetch = async (...ask) => {\
        const answer = await real(...ask);\
        if (/add_message/.test(ask[0])) { window.isHeld = true; await new Promise((go) => (window.release = go)); }\
        return answer };\
        window.complaints = []; addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)));";
    stage.browser.eval(hold).await;
    stage.browser.type_into("reply", "Last words").await;
    stage.browser.click("send").await;
    stage.browser.wait_until("window.isHeld").await;
    let second = stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    let first = stage.browser.client().windows().await.expect("tabs").into_iter().find(|tab| *tab != second);
    stage.browser.switch_to(first.expect("the first tab")).await;
    stage.browser.eval("return Buoy('destroy')").await;
    stage.browser.eval("window.release()").await;
    // What was sent is settled all the same: the store is as empty as if the panel had stayed.
    stage.browser.wait_until("indexedDB.databases().then((all) => !all.length)").await;
    assert_eq!(stage.browser.eval("return window.complaints").await, json!([]));
    let full = stage.site.staff().get(&path).send().await.expect(200).value();
    assert_eq!(full["messages"][1]["body"], "Last words");
    stage.strike().await;
}
