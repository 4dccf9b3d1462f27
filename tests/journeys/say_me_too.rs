//! A customer says that an incident concerns them too, on the banner or instead of a ticket, and is not asked again (I9).

use crate::declare;
use buoy_tests::stage::Stage;
use serde_json::Value;

/// How many people said so, as the team sees it.
async fn affected(stage: &Stage, incident: &str) -> u64 {
    let path = format!("/api/support/agent/incidents/{incident}/");
    let desk: Value = stage.site.staff().get(&path).send().await.expect(200).value();
    desk["me_too"].as_u64().expect("a count")
}

async fn count_becomes(stage: &Stage, incident: &str, count: u64) {
    buoy_tests::wait::until("the count at the desk", || async {
        (affected(stage, incident).await == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_one_press_on_the_banner_counts_once_and_survives_a_lost_line() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.wait_for_text("banner-me-too", "This affects me too").await;
    assert_eq!(stage.browser.eval("return localStorage.length").await, 0, "nothing is stored before the act");
    // The first attempt is lost; the word is said again when the line is back.
    let deaf = "window.real = window.fetch; window.isDeaf = true;\
        window.fetch = (...ask) => window.isDeaf ? Promise.reject(new TypeError('deaf')) : real(...ask);";
    stage.browser.eval(deaf).await;
    stage.browser.click("banner-me-too").await;
    stage.browser.wait_for_text("banner-me-too", "Thank you").await;
    assert_eq!(affected(&stage, &incident).await, 0);
    stage.browser.eval("window.isDeaf = false; dispatchEvent(new Event('online'))").await;
    count_becomes(&stage, &incident, 1).await;

    stage.open("plain.html").await;
    stage.browser.hook("banner").await;
    assert_eq!(stage.browser.count(r#"[data-buoy="banner-me-too"]"#).await, 0, "nobody is asked twice");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_the_form_knows_the_incident_and_takes_a_word_instead_of_a_ticket() {
    let stage = Stage::set("school").await;
    let incident = declare(&stage, "Payments fail").await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.click("new-ticket").await;
    stage.browser.wait_for_text("known", "Payments fail").await;
    stage.browser.click("me-too").await;
    stage.browser.wait_for_text("known", "tell you here").await;
    count_becomes(&stage, &incident, 1).await;
    let list = stage.site.staff().get("/api/support/agent/tickets/").send().await.expect(200).value();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(0));
    stage.strike().await;
}
