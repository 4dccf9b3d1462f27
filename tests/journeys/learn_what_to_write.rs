//! What a visitor looks for, opens and thinks of it reaches the team's review (K3, K4).

use buoy_tests::stage::Stage;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Within this time after it was published an article is found in an open page (K3).
const FOUND_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn k4_an_article_is_published_found_by_a_typo_read_and_voted_on_and_the_report_shows_it() {
    let stage = Stage::set("school").await;
    let staff = stage.site.staff();
    stage.browser.speak("en").await;
    let published = Instant::now();
    let edit = json!({ "locale": "en", "publish": true, "markdown": "# How to reset your password\n\nPress **Forgot password**." });
    staff.put("/api/support/agent/kb/articles/reset-password/").json(&edit).send().await.expect(200);

    stage.open("plain.html").await;
    stage.browser.click("launcher").await;
    stage.browser.type_into("search", "pasword").await;
    stage.browser.wait_for_text("result", "How to reset your password").await;
    assert!(published.elapsed() < FOUND_WITHIN, "found after {:?}", published.elapsed());
    stage.browser.click("result").await;
    stage.browser.wait_for_text("article", "Press Forgot password").await;
    stage.browser.click("helpful-yes").await;

    let figures = |report: &Value| {
        ["searches", "clicks", "views", "helpful_yes"].map(|name| report["figures"][name].as_u64().unwrap_or_default())
    };
    let report = buoy_tests::wait::until("search, click, view and vote in the report", || async {
        let report = staff.get("/api/support/agent/kb/report/").send().await.expect(200).value();
        figures(&report).iter().all(|count| *count > 0).then_some(report)
    })
    .await;
    assert_eq!(figures(&report)[1..], [1, 1, 1], "{report}");
    assert_eq!(report["clicks_by_place"], json!([1]));
    assert_eq!(report["most_read"][0]["slug"], "reset-password");
    stage.strike().await;
}
