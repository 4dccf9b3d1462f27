//! A page that is not served over TLS has fewer means of the browser: no clipboard, no locks, no ready-made random keys. What
//! people do there works all the same (W1).

use crate::declare;
use crate::steps::{fill_in, go_to_form, path_at_the_desk, solve, ticket_at_the_desk};
use buoy_tests::stage::Stage;
use serde_json::{Value, json};

/// The browser as such a page sees it.
const PLAIN_HTTP: &str = "<!doctype html><title>Plain</title><link rel=icon href=data:,><script>\
    for (const [owner, name] of [[navigator, 'clipboard'], [navigator, 'locks'], [crypto, 'randomUUID']])\
      Object.defineProperty(owner, name, { value: undefined })\
    </script><script async src=\"{{edge}}/widget.js\" data-site=\"{{site}}\"></script>";

async fn open(stage: &Stage) {
    stage.pages.add("plain-http.html", PLAIN_HTTP);
    stage.browser.speak("en").await;
    stage.open("plain-http.html").await;
}

/// Waits until the desk sees it so.
async fn becomes(stage: &Stage, path: &str, is_so: impl Fn(&Value) -> bool) {
    buoy_tests::wait::until(path, || async {
        is_so(&stage.site.staff().get(path).send().await.expect(200).value()).then_some(())
    })
    .await;
}

/// Presses what stands behind a hook's scale, and sends it.
async fn give(stage: &Stage, scale: &str, value: &str) {
    let choose = "document.querySelector('buoy-widget').shadowRoot\
        .querySelector(`[data-buoy=\"${arguments[0]}\"] [value=\"${arguments[1]}\"]`).click()";
    stage.browser.hook(scale).await;
    stage.browser.eval_with(choose, &[scale.into(), value.into()]).await;
    stage.browser.click(&format!("{scale}-send")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_on_plain_http_a_word_on_an_incident_a_rating_a_survey_and_a_closing_arrive() {
    let stage = Stage::set("saas").await;
    let incident = declare(&stage, "Payments fail").await;
    open(&stage).await;
    go_to_form(&stage).await;
    stage.browser.click("me-too").await;
    let desk = format!("/api/support/agent/incidents/{incident}/");
    becomes(&stage, &desk, |incident| incident["me_too"] == 1).await;

    fill_in(&stage, "Nothing loads").await;
    stage.browser.click("submit").await;
    stage.browser.click("open-ticket").await;
    let path = path_at_the_desk(&ticket_at_the_desk(&stage).await);
    solve(&stage, &path, "Mended.").await;
    give(&stage, "rating", "9").await;
    becomes(&stage, &path, |ticket| ticket["rating"] == 9).await;
    give(&stage, "effort", "4").await;
    becomes(&stage, "/api/support/agent/surveys/report/", |report| report["effort"]["answered"] == 1).await;
    stage.browser.click("confirm-close").await;
    becomes(&stage, &path, |ticket| ticket["status"] == "closed").await;
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w1_where_there_is_no_clipboard_nothing_is_offered_to_be_copied() {
    let stage = Stage::set("school").await;
    let articles =
        json!([{ "locale": "en", "slug": "install", "markdown": "# Install\n\nType this:\n\n```\nbuoy up\n```" }]);
    let body = json!({ "articles": articles, "publish": true });
    stage.site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    open(&stage).await;
    stage.browser.eval("return Buoy('article', 'install')").await;
    stage.browser.wait_for(".code pre").await;
    assert_eq!(stage.browser.count(".copy").await, 0);

    stage.open("plain.html").await;
    stage.browser.eval("return Buoy('article', 'install')").await;
    stage.browser.wait_for(".code .copy").await;
    stage.strike().await;
}
