//! Whatever a visitor typed or sent stays theirs: through the host's calls, two tabs, a closing ticket, a log-out (W1, W4, W5).

use crate::steps::{open_thread, path_at_the_desk, send, solve, ticket_at_the_desk, tickets_at_the_desk, value_of};
use crate::{LANGUAGES, import_articles, many_languages};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Sends a ticket that arrives.
async fn file_ticket(stage: &Stage, subject: &str) {
    send(stage, subject).await;
    stage.browser.hook("receipt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefill_by_the_host_shows_in_a_form_that_is_open_already() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval("return Buoy('newTicket', { subject: 'First' })").await;
    stage.browser.hook("subject").await;
    let wish = json!({ "subject": "Second", "category": "zoom", "email": "a@example.com" });
    stage.browser.eval_with("return Buoy('newTicket', arguments[0])", &[wish]).await;
    let shown =
        "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]').value === 'Second'";
    stage.browser.wait_until(shown).await;
    assert_eq!(value_of(&stage, "category").await, "zoom");
    assert_eq!(value_of(&stage, "email").await, "a@example.com");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefill_that_no_field_shows_does_not_block_the_form() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let identity = stage.site.identity("user-9", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[identity.into()]).await;
    let wish = json!({ "email": "not an address", "category": "weather" });
    stage.browser.eval_with("return Buoy('newTicket', arguments[0])", &[wish]).await;
    file_ticket(&stage, "Prefilled").await;
    assert_eq!(ticket_at_the_desk(&stage).await["category"], "other", "the team's default, not a category nobody has");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_that_were_open_before_the_first_ticket_are_one_visitor() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let first = stage.browser.tab().await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    let second = stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("subject").await;
    for (tab, subject) in [(first, "From the first tab"), (second, "From the second tab")] {
        stage.browser.switch_to(tab).await;
        file_ticket(&stage, subject).await;
    }
    let all = tickets_at_the_desk(&stage).await;
    let of = |at: usize| all[at]["requester"]["id"].clone();
    assert_eq!(of(0), of(1), "{all:#?}");
    stage.strike().await;
}

/// Asks for a session only once the test lets it.
const HOLD_THE_SESSION: &str = "\
    const real = window.fetch;\
    window.fetch = async (...ask) => {\
      if (String(ask[0]).endsWith('/session/')) await new Promise((go) => { window.go = go });\
      return real(...ask);\
    };";

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_whose_first_acts_are_done_at_once_are_one_visitor() {
    let (stage, disk) = (Stage::set("school").await, tempfile::tempdir().expect("a folder"));
    stage.browser.speak("en").await;
    let file = disk.path().join("note.txt");
    std::fs::write(&file, "What I saw").expect("a file");
    stage.open("plain.html").await;
    let first = stage.browser.tab().await;
    let second = stage.browser.new_tab(&stage.pages.url("plain.html")).await;
    for tab in [&first, &second] {
        stage.browser.switch_to(tab.clone()).await;
        stage.browser.eval("return Buoy('newTicket')").await;
        let field = stage.browser.hook("attach").await;
        stage.browser.eval(HOLD_THE_SESSION).await;
        field.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
        stage.browser.wait_for(r#".file[data-state="sending"]"#).await;
    }
    for tab in [&first, &second] {
        stage.browser.switch_to(tab.clone()).await;
        let is_let = "(() => { window.go?.(); return document.querySelector('buoy-widget').shadowRoot\
                      .querySelector('.file[data-state=sent]') !== null })()";
        stage.browser.wait_until(is_let).await;
        file_ticket(&stage, "From one of two").await;
    }
    let all = tickets_at_the_desk(&stage).await;
    let of = |at: usize| all[at]["requester"]["id"].clone();
    assert_eq!(of(0), of(1), "{all:#?}");
    stage.strike().await;
}

/// A visitor who wrote about something, and the desk's way to close it.
async fn thread_to_be_closed(page: &str) -> (Stage, String) {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.eval(page).await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    file_ticket(&stage, "Nearly done").await;
    stage.browser.click("open-ticket").await;
    let ticket = ticket_at_the_desk(&stage).await;
    let path = path_at_the_desk(&ticket);
    stage.browser.type_into("reply", "One thing more").await;
    (stage, path)
}

/// The desk solves it, and the requester confirms that elsewhere: in another tab, or another device.
async fn close_elsewhere(stage: &Stage, path: &str) {
    solve(stage, path, "Done.").await;
    let key = format!("buoy:{}:session", stage.site.id);
    let kept = stage.browser.eval(&format!("return localStorage.getItem('{key}')")).await;
    let session: Value = serde_json::from_str(kept.as_str().expect("a session")).expect("JSON");
    let own = path.replace("/agent/tickets/", "/tickets/") + "close/";
    let token = session["token"].as_str().expect("a token");
    stage.edge.client().post(&own).bearer(token).send().await.expect(200);
}

/// Without a live line, and without looking either from the moment a test says so: the page does not hear of the
/// closing before it sends.
const DEAF: &str = "\
    window.WebSocket = function () { throw new Error('blocked'); };\
    const real = window.fetch;\
    window.fetch = async (address, init) => {\
      const isSending = String(address).endsWith('/add_message/');\
      if (window.isDeaf && !isSending && /tkt_/.test(address)) throw new TypeError('deaf');\
      const answer = await real(address, init);\
      if (isSending) window.isDeaf = false;\
      return answer;\
    };";

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_half_written_when_the_ticket_is_closed_goes_on_as_a_new_ticket() {
    let (stage, path) = thread_to_be_closed("").await;
    close_elsewhere(&stage, &path).await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("subject").await;
    assert_eq!(value_of(&stage, "body").await, "One thing more");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_sent_into_a_ticket_that_was_closed_unseen_goes_on_as_a_new_ticket() {
    let (stage, path) = thread_to_be_closed(DEAF).await;
    stage.browser.eval("window.isDeaf = true").await;
    close_elsewhere(&stage, &path).await;
    stage.browser.expect_error("409");
    stage.browser.click("send").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("subject").await;
    assert_eq!(value_of(&stage, "body").await, "One thing more");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_a_closed_ticket_does_not_take_joins_the_draft_that_was_begun_before() {
    let (stage, path) = thread_to_be_closed(DEAF).await;
    let ticket = path.trim_end_matches('/').rsplit('/').next().expect("an id").to_owned();
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.type_into("body", "Begun before").await;
    stage.browser.eval_with("return Buoy('ticket', arguments[0])", &[ticket.into()]).await;
    stage.browser.hook("attach").await;
    let disk = tempfile::tempdir().expect("a folder");
    let file = crate::attach_files::on_disk(&disk, "shown.log", b"one line");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    stage.browser.eval("window.isDeaf = true").await;
    close_elsewhere(&stage, &path).await;
    stage.browser.expect_error("409");
    stage.browser.click("send").await;
    stage.browser.wait_for(r#".thread [data-buoy="new-ticket"]"#).await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("subject").await;
    assert_eq!(value_of(&stage, "body").await, "Begun before\nOne thing more");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_out_clears_what_was_half_written_and_what_was_searched_for() {
    let stage = Stage::set("school").await;
    import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.type_into("search", "my private matter").await;
    stage.browser.eval("return Buoy('logout')").await;
    let shown = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=search]').value";
    stage.browser.wait_until(&format!("{shown} === ''")).await;
    stage.browser.type_into("search", "my private matter").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("body", "Nobody may read this").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.eval("return Buoy('open', 'home')").await;
    stage.browser.hook("search").await;
    assert_eq!(value_of(&stage, "search").await, "");
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.hook("body").await;
    assert_eq!(value_of(&stage, "body").await, "");
    assert_eq!(value_of(&stage, "subject").await, "");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_again_after_the_page_changed_is_still_the_same_ticket() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    // The edge stores the ticket, but its answers are lost on the way.
    stage.browser.expect_error("answer lost");
    stage
        .browser
        .eval(
            "const real = window.fetch; window.lost = 0; window.fetch = async (...ask) => {\
               const answer = await real(...ask);\
               if (window.isLossy && String(ask[0]).endsWith('/tickets/') && ask[1]?.method === 'POST') { window.lost++; throw new TypeError('answer lost'); }\
               return answer; }; window.isLossy = true;",
        )
        .await;
    send(&stage, "Once only").await;
    stage.browser.wait_for(r#"[role="alert"]"#).await;
    assert!(
        stage.browser.eval("return window.lost").await.as_u64() > Some(0),
        "the answers were lost, not the requests"
    );
    // In one go: as soon as answers come through, the outbox would do it by itself.
    stage
        .browser
        .eval(
            "history.pushState(null, '', '?another=page'); document.title = 'Another'; window.isLossy = false; \
             document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=submit]').click()",
        )
        .await;
    stage.browser.hook("receipt").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_language_and_two_openings_at_once_make_one_panel_in_that_language() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    let script = "return Promise.all([Buoy('open'), Buoy('set', { locale: 'ru' }), Buoy('open', 'new')])";
    stage.browser.eval(script).await;
    stage.browser.wait_for(r#"[data-buoy="panel"][data-ready][lang="ru"]"#).await;
    assert_eq!(stage.browser.count(r#"[data-buoy="panel"]"#).await, 1);
    let modules =
        "return performance.getEntriesByType('resource').filter((one) => /panel[^/]*[.]wasm$/.test(one.name)).length";
    assert!(stage.browser.eval(modules).await.as_u64() <= Some(2));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_language_keeps_the_draft_and_every_language_speaks() {
    let stage = Stage::set(&many_languages()).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Half").await;
    for language in LANGUAGES {
        stage.browser.eval_with("return Buoy('set', { locale: arguments[0] })", &[language.into()]).await;
        stage.browser.eval("return Buoy('open', 'new')").await;
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        stage
            .browser
            .wait_for(&format!(r#"[data-buoy="panel"][data-ready][lang="{language}"][dir="{direction}"]"#))
            .await;
        stage.browser.hook("attach").await;
        assert_eq!(value_of(&stage, "subject").await, "Half", "{language}");
        let empty = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('label .label, [data-buoy=submit], .attach, [data-buoy=launcher]')]\
            .filter((one) => !(one.textContent.trim() || one.ariaLabel)).length";
        assert_eq!(stage.browser.eval(empty).await, 0, "{language}");
    }
    let texts = "new Set(performance.getEntriesByType('resource').map((one) => one.name).filter((name) => /texts[.]/.test(name))).size";
    assert_eq!(stage.browser.eval(&format!("return {texts}")).await, 10, "each language only when it was asked for");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_reply_that_is_half_written_outlives_a_reload_and_another_language_and_no_log_out() {
    let stage = Stage::set(&many_languages()).await;
    let path = open_thread(&stage).await;
    let ticket = path.trim_end_matches('/').rsplit('/').next().expect("an id").to_owned();
    let kept = format!("return sessionStorage['buoy:{}:replies'] ?? ''", stage.site.id);
    let come_back = async || {
        stage.browser.eval_with("return Buoy('open', 'ticket', arguments[0])", &[ticket.clone().into()]).await;
        stage.browser.hook("message").await;
        value_of(&stage, "reply").await
    };
    let write = "const field = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=reply]');\
        field.value = '1\\n2\\nAnd since'; field.dispatchEvent(new Event('input', { bubbles: true }))";
    stage.browser.eval(write).await;
    stage.open("plain.html").await;
    stage.browser.hook("launcher").await;
    assert_eq!(come_back().await, "1\n2\nAnd since");
    let lines = "(() => { const field = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=reply]');\
        return field.clientHeight >= field.scrollHeight && field.clientHeight > 60 })()";
    stage.browser.wait_until(lines).await; // all of it can be read
    stage.browser.type_into("reply", " noon").await;
    stage.browser.eval("return Buoy('set', { locale: 'de' })").await;
    assert_eq!(come_back().await, "1\n2\nAnd since noon");

    stage.browser.click("send").await;
    let sent = "[...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('[data-buoy=message]')].some((one) => one.textContent.includes('And since noon'))";
    stage.browser.wait_until(sent).await;
    assert_eq!(stage.browser.eval(&kept).await, "", "what is sent is begun no more");

    stage.browser.type_into("reply", "One more").await;
    assert_ne!(stage.browser.eval(&kept).await, "");
    stage.browser.eval("return Buoy('logout')").await;
    assert_eq!(stage.browser.eval(&kept).await, "");
    stage.strike().await;
}
