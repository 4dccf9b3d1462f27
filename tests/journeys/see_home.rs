//! A customer opens help and sees at a glance what concerns them: what is broken here, and nothing of what is not.

use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// Declares an incident that concerns only some.
async fn declare_for(stage: &Stage, title: &str, target: &Value) {
    let draft = json!({ "title": title, "body": "We are on it.", "target": target });
    stage.site.staff().post("/api/support/incidents/").json(&draft).send().await.expect(201);
}

/// What Home says is broken, the worst first.
async fn broken_on_home(stage: &Stage) -> Value {
    let script = "return [...document.querySelector('buoy-widget').shadowRoot.querySelectorAll('.home .incident-title')]\
                  .map((one) => one.textContent).sort().join()";
    stage.browser.eval(script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_home_shows_the_incidents_of_this_page_and_this_visitor_and_no_others() {
    let stage = Stage::set("saas").await;
    declare_for(&stage, "Everywhere", &json!({})).await;
    declare_for(&stage, "Right here", &json!({ "pages": ["*/targeted.html"] })).await;
    declare_for(&stage, "At checkout", &json!({ "pages": ["/checkout*"] })).await;
    declare_for(&stage, "For Solo", &json!({ "plans": ["Solo"], "tiers": ["pro"] })).await;
    declare_for(&stage, "For basic", &json!({ "tiers": ["basic"] })).await;
    stage.browser.speak("en").await;
    stage.open("targeted.html").await;
    stage.browser.click("launcher").await;
    stage.browser.wait_for(".home .incident-title").await;
    assert_eq!(broken_on_home(&stage).await, "Everywhere,For Solo,Right here");

    // A page without reloads has gone elsewhere, and says so by its address and by what it knows of the visitor.
    stage.browser.eval("return Buoy('close')").await;
    stage
        .browser
        .eval("history.pushState({}, '', '/checkout/2'); return Buoy('set', { tier: 'basic', plan: '' })")
        .await;
    stage.browser.click("launcher").await;
    stage.browser.hook("new-ticket").await;
    assert_eq!(broken_on_home(&stage).await, "At checkout,Everywhere,For basic");
    stage.strike().await;
}
