//! A visitor is answered while still writing, by the edge's own rules and without a request (W4, R4), and what was begun is
//! not lost (W4).

use crate::attach_files::on_disk;
use crate::steps::{go_to_form, open_form, value_of};
use buoy_tests::stage::Stage;
use tempfile::tempdir;

const SUBJECT: &str = "401 invalid api key";
const BODY: &str = "Every request answers 401 invalid api key since this morning.";

#[tokio::test(flavor = "multi_thread")]
async fn r4_the_automatic_answer_shows_while_writing_without_a_request_and_counts_when_it_helped() {
    let stage = Stage::set("api-platform").await;
    open_form(&stage).await;
    // Engine and rules are here; from now on nothing may be asked.
    for file in ["/triage[^/]*[.]wasm/", "/support.triage.[?]/"] {
        let is_here =
            format!("performance.getEntriesByType('resource').some((one) => {file}.test(one.name) && one.responseEnd)");
        stage.browser.wait_until(&is_here).await;
    }
    stage.browser.expect_error("ERR_INTERNET_DISCONNECTED");
    stage.browser.set_offline(true).await;
    stage.browser.type_into("subject", SUBJECT).await;
    stage.browser.type_into("body", BODY).await;
    stage.browser.wait_for(r#"[data-buoy="hint"] ol li"#).await;
    let hint = stage.browser.wait_for_text("hint", "Create key").await;
    stage.browser.set_offline(false).await;

    // It is what the edge answers, word for word but for the marks that became elements.
    let visitor = stage.site.visitor(None).await;
    let draft = serde_json::json!({ "subject": SUBJECT, "body": BODY });
    let ticket =
        visitor.post("/api/support/tickets/").idempotency_key("k").json(&draft).send().await.expect(201).value();
    let answer = ticket["auto_answer"]["body"].as_str().expect("an answer");
    let letters = |text: &str| -> String { text.chars().filter(|letter| letter.is_alphabetic()).collect() };
    let first_line = answer.lines().next().expect("a line");
    assert!(letters(&hint).contains(&letters(first_line)), "{hint}\n{answer}");

    let scroll = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=hint-solved]').scrollIntoView({ block: 'center' })";
    stage.browser.eval(scroll).await;
    stage.browser.click("hint-solved").await;
    stage.browser.hook("search").await;
    buoy_tests::wait::until("the deflection in the weekly review", || async {
        let report = stage.site.staff().get("/api/support/agent/kb/report/").send().await.expect(200).value();
        (report["figures"]["deflected"] == 1).then_some(())
    })
    .await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_was_attached_before_an_answer_helped_is_not_in_the_next_ticket() {
    let (stage, disk) = (Stage::set("api-platform").await, tempdir().expect("a folder"));
    open_form(&stage).await;
    let file = on_disk(&disk, "invoice.txt", b"one line");
    stage.browser.hook("attach").await.send_keys(file.to_str().expect("a path")).await.expect("a file is picked");
    stage.browser.wait_for(r#".file[data-state="sent"]"#).await;
    stage.browser.type_into("subject", SUBJECT).await;
    stage.browser.type_into("body", BODY).await;
    stage.browser.wait_for_text("hint", "Create key").await;
    let solved = "document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=hint-solved]').click()";
    stage.browser.eval(solved).await;
    stage.browser.hook("search").await;
    stage.browser.eval("return Buoy('close')").await;
    go_to_form(&stage).await;
    assert_eq!(value_of(&stage, "subject").await, "");
    assert_eq!(stage.browser.count(".file[data-state]").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_what_the_host_fills_into_an_open_form_is_answered_like_what_is_typed() {
    let stage = Stage::set("api-platform").await;
    open_form(&stage).await;
    let fill = "return Buoy('newTicket', { subject: arguments[0], body: arguments[1] })";
    stage.browser.eval_with(fill, &[SUBJECT.into(), BODY.into()]).await;
    stage.browser.wait_for_text("hint", "Create key").await;
    stage.browser.eval_with(fill, &["Lunch".into(), "Where do you have lunch?".into()]).await;
    stage.browser.wait_until_gone(r#"[data-buoy="hint"]"#).await;
    stage.browser.eval_with(fill, &[SUBJECT.into(), BODY.into()]).await;
    stage.browser.wait_for_text("hint", "Create key").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_what_was_begun_is_there_after_a_reload_and_gone_once_it_was_sent() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.type_into("subject", "Half a sentence").await;
    stage.browser.type_into("body", "The rest comes").await;
    open_form(&stage).await;
    assert_eq!(value_of(&stage, "subject").await, "Half a sentence");
    assert_eq!(value_of(&stage, "body").await, "The rest comes");
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    open_form(&stage).await;
    assert_eq!(value_of(&stage, "subject").await, "");
    assert_eq!(stage.browser.eval("return Object.keys(sessionStorage).length").await, 0);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w4_an_email_is_asked_of_strangers_only() {
    let stage = Stage::set("school").await;
    open_form(&stage).await;
    stage.browser.hook("email").await;
    let identity = stage.site.identity("user-4", &serde_json::json!({}));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[identity.into()]).await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.wait_until_gone(r#"[data-buoy="email"]"#).await;
    stage.browser.hook("subject").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_the_rules_are_asked_for_the_tier_of_whom_the_host_vouches() {
    // Whose tickets are urgent is answered by a person: here that is an enterprise of which every request fails.
    let preset = include_str!("../../presets/api-platform/policy.toml");
    let urgent = "[[triage.raise]]\npriority = \"critical\"\ntiers = [\"enterprise\"]\nphrases = [\"every request\"]\n";
    let stage = Stage::set(&[preset, urgent].join("\n")).await;
    open_form(&stage).await;
    let identity = stage.site.identity("user-7", &serde_json::json!({ "tier": "enterprise" }));
    stage.browser.eval_with("return Buoy('identify', arguments[0])", &[identity.into()]).await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.type_into("body", "We are getting WEBHOOK_NOT_REGISTERED errors for our staging project.").await;
    stage.browser.hook("hint").await;
    // The answer stands until the changed text was looked at, and goes then.
    write(&stage, "Every request fails with error 401 invalid api key.").await;
    stage.browser.wait_until_gone(r#"[data-buoy="hint"]"#).await;
    // A stranger is answered.
    stage.browser.eval("return Buoy('logout')").await;
    stage.browser.eval("return Buoy('newTicket')").await;
    stage.browser.type_into("body", "Every request fails with error 401 invalid api key.").await;
    stage.browser.hook("hint").await;
    stage.strike().await;
}

/// Writes another text into the form, as one change.
async fn write(stage: &Stage, text: &str) {
    let change = "const body = document.querySelector('buoy-widget').shadowRoot.querySelector('[data-buoy=body]');\
        body.value = arguments[0];\
        body.dispatchEvent(new Event('input', { bubbles: true })); return true";
    stage.browser.eval_with(change, &[text.into()]).await;
}
