//! A host names its user, and another after them: each sees their own tickets and nobody else's.

use crate::steps::{
    answer, file_elsewhere, go_to_form, path_at_the_desk, send, ticket_at_the_desk, tickets_at_the_desk, value_of,
};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// A page that names its user before our script has come, as hosts do.
pub(crate) fn page_of(identity: &str) -> String {
    format!(
        "<!doctype html><title>Signed in</title><link rel=icon href=data:,>\
         <script>window.Buoy=function(){{return Buoy.q.push([].slice.call(arguments))}};Buoy.q=[];Buoy('identify','{identity}')</script>\
         <script async src=\"{{{{edge}}}}/widget.js\" data-site=\"{{{{site}}}}\"></script>"
    )
}

/// Writes a ticket, and waits until it is filed.
pub(crate) async fn file(stage: &Stage, subject: &str) {
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", subject).await;
    stage.browser.type_into("body", "Please look.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_named_before_the_panel_came_writes_under_that_name() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let identity = stage.site.identity("user-7", &json!({ "name": "Anna", "email": "anna@example.com" }));
    stage.pages.add("signed-in.html", &page_of(&identity));
    stage.open("signed-in.html").await;
    file(&stage, "As myself").await;
    let requester = ticket_at_the_desk(&stage).await["requester"].clone();
    assert_eq!((requester["external_id"].as_str(), requester["verified"].as_bool()), (Some("user-7"), Some(true)));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_log_out_nothing_of_the_user_stays_and_the_next_sees_their_own() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add("signed-in.html", &page_of(&stage.site.identity("user-1", &json!({}))));
    stage.open("signed-in.html").await;
    file(&stage, "Of the first").await;
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.wait_until_gone(r#"[data-buoy="ticket"], [data-buoy="receipt"]"#).await;
    let stored = stage.browser.eval("return Object.keys(localStorage).join()").await;
    assert_eq!(stored, "", "nothing of them is left on this computer");

    let next = stage.site.identity("user-2", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[next.into()]).await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Of the second").await;
    stage.browser.type_into("body", "Please look.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.browser.click("back").await;
    stage.browser.wait_for_text("ticket", "Of the second").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="ticket"]"#).await, 1);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_know_yet_who_is_here_takes_nothing_from_a_stranger() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    file(&stage, "Of a stranger").await;
    stage.browser.click("back").await;
    stage
        .browser
        .eval("return Promise.all([Buoy('identify', undefined), Buoy('identify', null), Buoy('identify', '')])")
        .await;
    stage.browser.wait_for_text("ticket", "Of a stranger").await;
    let stored = stage.browser.eval("return Object.keys(localStorage).join()").await;
    assert!(stored.as_str().is_some_and(|keys| keys.contains(":session")), "{stored}");
    stage.strike().await;
}

/// What stands in the form's subject; nothing where there is no form.
const SUBJECT: &str = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=subject]')?.value";

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_token_of_the_same_user_leaves_what_they_write_and_another_users_does_not() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.pages.add("signed-in.html", &page_of(&stage.site.identity("user-1", &json!({}))));
    stage.open("signed-in.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    stage.browser.type_into("subject", "Half a sentence").await;
    let name = "return Buoy('identify', arguments[0])";
    let sessions = "performance.getEntriesByType('resource').filter((one) => /[/]session[/]$/.test(one.name)).length";
    let before = stage.browser.eval(&format!("return {sessions}")).await;

    // The same person, as the host knows them now.
    let fresh = stage.site.identity("user-1", &json!({ "name": "Anna" }));
    stage.browser.eval_with(name, &[fresh.into()]).await;
    stage.browser.wait_until(&format!("{sessions} > {before}")).await;
    assert_eq!(stage.browser.eval(&format!("return {SUBJECT}")).await, "Half a sentence");
    stage.browser.type_into("body", "and the rest of it.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    let requester = ticket_at_the_desk(&stage).await["requester"].clone();
    assert_eq!((requester["external_id"].as_str(), requester["name"].as_str()), (Some("user-1"), Some("Anna")));

    stage.browser.click("back").await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Nobody else's business").await;
    let other = stage.site.identity("user-2", &json!({}));
    stage.browser.eval_with(name, &[other.into()]).await;
    stage.browser.wait_until(&format!("{SUBJECT} === undefined")).await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_until(&format!("{SUBJECT} === ''")).await;
    stage.strike().await;
}

/// A page that names its user by a function, which fails, hangs or answers no text for as long as `trouble` says so. Who waits
/// for fifteen seconds then waits for half of one.
fn page_in_trouble(identity: &str, trouble: &str) -> String {
    let ask = format!(
        "if (trouble === 'fails') throw new Error('the log-in is down'); if (trouble === 'hangs') await new Promise(() => {{}}); \
         if (trouble === 'is silent') return; if (trouble === 'wraps it') return {{ token: '{identity}' }}; return '{identity}'"
    );
    page_of("IDENTITY").replace(
        "Buoy('identify','IDENTITY')",
        &format!(
            "window.trouble='{trouble}';const wait=window.setTimeout;\
             window.setTimeout=(act,ms,...rest)=>wait(act,trouble==='hangs'&&ms===15000?500:ms,...rest);\
             Buoy('identify',async()=>{{{ask}}})"
        ),
    )
}

/// What was written while nobody could say who writes waits, and arrives under their name.
async fn waits_for_a_name(trouble: &str) {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let identity = stage.site.identity("user-7", &json!({}));
    stage.pages.add("in-trouble.html", &page_in_trouble(&identity, trouble));
    stage.open("in-trouble.html").await;
    go_to_form(&stage).await;
    send(&stage, "As myself").await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await;
    assert_eq!(tickets_at_the_desk(&stage).await.len(), 0, "no stranger has written it");
    stage.browser.eval("window.trouble = ''; dispatchEvent(new Event('online'))").await;
    stage.browser.hook("receipt").await;
    assert_eq!(ticket_at_the_desk(&stage).await["requester"]["external_id"], "user-7");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_what_is_written_while_the_host_cannot_name_its_user_is_filed_under_no_stranger() {
    waits_for_a_name("fails").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_host_that_never_says_who_its_user_is_does_not_stop_what_is_sent_later() {
    waits_for_a_name("hangs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_function_that_answers_no_text_has_not_said_that_its_user_is_a_stranger() {
    waits_for_a_name("is silent").await;
    waits_for_a_name("wraps it").await;
}

/// Opens the form of a page that names a user; what stands in its subject.
async fn form_of(stage: &Stage, user: &str) -> Value {
    let identity = stage.site.identity(user, &json!({}));
    stage.pages.add(&format!("{user}.html"), &page_of(&identity));
    stage.open(&format!("{user}.html")).await;
    go_to_form(stage).await;
    value_of(stage, "subject").await
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_what_a_user_has_half_written_waits_for_them_in_this_tab_and_is_shown_to_nobody_else() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    assert_eq!(form_of(&stage, "user-1").await, "");
    stage.browser.type_into("subject", "Mine alone").await;
    // The page forgets to log out, and names the next one.
    assert_eq!(form_of(&stage, "user-2").await, "");
    stage.browser.type_into("subject", "And mine").await;
    assert_eq!(form_of(&stage, "user-1").await, "Mine alone");

    // A page that learns later who is here.
    stage.open("plain.html").await;
    go_to_form(&stage).await;
    assert_eq!(value_of(&stage, "subject").await, "", "nobody is here yet");
    stage.browser.click("back").await;
    let identity = stage.site.identity("user-2", &json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[identity.into()]).await;
    stage.browser.click("new-ticket").await;
    stage.browser.hook("attach").await;
    assert_eq!(value_of(&stage, "subject").await, "And mine");
    stage.browser.eval("return Buoy('logout')").await;
    assert_eq!(form_of(&stage, "user-2").await, "", "who logs out takes it along");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_what_a_stranger_has_begun_is_of_whoever_signs_in_and_of_nobody_after_them() {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    go_to_form(&stage).await;
    stage.browser.type_into("subject", "Begun before").await;
    assert_eq!(form_of(&stage, "user-1").await, "Begun before");
    stage.browser.type_into("body", "And gone on").await;
    assert_eq!(form_of(&stage, "user-2").await, "");
    assert_eq!(form_of(&stage, "user-1").await, "Begun before");
    assert_eq!(value_of(&stage, "body").await, "And gone on");
    stage.strike().await;
}

/// Opens a page that names a user who wrote from elsewhere and was answered.
async fn open_as_answered() -> Stage {
    let stage = Stage::set("school").await;
    stage.browser.speak("en").await;
    let identity = stage.site.identity("user-1", &json!({}));
    file_elsewhere(&stage, &identity).await;
    answer(&stage, &path_at_the_desk(&ticket_at_the_desk(&stage).await), "Here it is.").await;
    stage.pages.add("signed-in.html", &page_of(&identity));
    stage.open("signed-in.html").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn w2_the_count_of_a_user_goes_when_the_page_names_nobody_any_more() {
    let stage = open_as_answered().await;
    stage.browser.eval("window.counts = []; return Buoy('on', 'unread', (count) => counts.push(count))").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_until("counts.at(-1) === 1").await;
    stage.browser.eval("return Buoy('identify', undefined)").await;
    stage.browser.wait_until("counts.at(-1) === 0").await;
    stage
        .browser
        .wait_until("!document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=badge]').textContent")
        .await;
    stage.strike().await;
}

/// The page's first answer about a thread waits until the test lets it go.
const HOLD_THE_THREAD: &str = "\
    const real = window.fetch;\
    window.fetch = async (...ask) => {\
      const answer = await real(...ask);\
      if (/[/]tickets[/][^/]+[/]$/.test(String(ask[0])) && !window.go) await new Promise((go) => (window.go = go));\
      return answer;\
    }; return true";

#[tokio::test(flavor = "multi_thread")]
async fn w2_a_thread_that_is_on_its_way_when_the_page_renews_the_token_comes_all_the_same() {
    let stage = open_as_answered().await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for_text("ticket", "From another device").await;
    stage.browser.eval(HOLD_THE_THREAD).await;
    stage.browser.click("ticket").await;
    stage.browser.wait_until("window.go").await;
    let fresh = stage.site.identity("user-1", &json!({ "name": "Anna" }));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[fresh.into()]).await;
    stage.browser.eval("go(); return true").await;
    stage.browser.hook("reply").await;
    stage.strike().await;
}
