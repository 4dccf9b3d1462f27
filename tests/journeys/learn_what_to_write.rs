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
    // Who goes back and opens it once more has not looked for anything else.
    stage.browser.click("back").await;
    stage.browser.click("result").await;
    stage.browser.wait_for_text("article", "Press Forgot password").await;

    let figures = |report: &Value| {
        ["searches", "clicks", "views", "helpful_yes"].map(|name| report["figures"][name].as_u64().unwrap_or_default())
    };
    let report = buoy_tests::wait::until("search, click, view and vote in the report", || async {
        let report = staff.get("/api/support/agent/kb/report/").send().await.expect(200).value();
        (figures(&report).iter().all(|count| *count > 0) && figures(&report)[2] > 1).then_some(report)
    })
    .await;
    assert_eq!(figures(&report)[1..], [1, 2, 1], "a search leads to one click: {report}");
    assert_eq!(report["clicks_by_place"], json!([1]));
    assert_eq!(report["most_read"][0]["slug"], "reset-password");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_leaving_with_an_answer_counts_as_a_ticket_prevented_and_leaving_with_a_ticket_does_not() {
    let stage = Stage::set("school").await;
    let staff = stage.site.staff();
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    let figure = async |name: &str| {
        let report = staff.get("/api/support/agent/kb/report/").send().await.expect(200).value();
        report["figures"][name].as_u64().unwrap_or_default()
    };
    let read_and_return = async || {
        stage.open("plain.html").await;
        stage.browser.click("launcher").await;
        stage.browser.type_into("search", "pay").await;
        stage.browser.click("result").await;
        stage.browser.wait_for_text("article", "If it is declined").await;
        stage.browser.click("back").await;
        stage.browser.hook("search").await;
    };
    read_and_return().await;
    stage.open("plain.html").await;
    buoy_tests::wait::until("a visit that ended with an answer", || async {
        (figure("deflected").await == 1).then_some(())
    })
    .await;

    read_and_return().await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "I cannot pay").await;
    stage.browser.type_into("body", "The card is declined.").await;
    stage.browser.click("submit").await;
    stage.browser.hook("receipt").await;
    stage.open("plain.html").await;

    read_and_return().await;
    stage.browser.click("new-ticket").await;
    stage.browser.type_into("subject", "Never mind").await;
    stage.open("plain.html").await;
    buoy_tests::wait::until("a ticket that was left for an answer", || async {
        (figure("abandoned").await == 1).then_some(())
    })
    .await;
    assert_eq!(figure("deflected").await, 1, "who sent a ticket was not helped by the article");
    assert_eq!(figure("views").await, 3);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k5_a_question_without_an_article_says_so_and_is_what_to_write_next_unless_something_was_opened() {
    let stage = Stage::set("school").await;
    let staff = stage.site.staff();
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    let ask = async |question: &str| {
        stage.open("plain.html").await;
        stage.browser.click("launcher").await;
        stage.browser.type_into("search", question).await;
        stage.browser.hook("result").await;
    };
    let report = async || staff.get("/api/support/agent/kb/report/").send().await.expect(200).value();
    let unanswered = "how do I cancel my parking permit";
    ask(unanswered).await;
    stage.browser.wait_for_text("search-unsure", "There may be no exact answer").await;
    ask("how to reset my password").await;
    stage.browser.wait_until_gone(r#"[data-buoy="search-unsure"]"#).await;
    let told = buoy_tests::wait::until("the question in the report", || async {
        let told = report().await;
        (told["no_result"] != json!([])).then_some(told)
    })
    .await;
    assert_eq!(told["no_result"][0]["query"], unanswered.to_lowercase(), "{told}");

    ask("bank holidays in spain").await;
    stage.browser.hook("search-unsure").await;
    stage.browser.click("result").await;
    stage.browser.hook("article").await;
    stage.open("plain.html").await;
    let told = buoy_tests::wait::until("what was opened in the report", || async {
        let told = report().await;
        (told["figures"]["clicks"] == json!(1)).then_some(told)
    })
    .await;
    assert_eq!(told["no_result"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["figures"]["searches_without_result"], json!(1), "{told}");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn k4_a_vote_and_its_reason_that_were_cast_in_a_tunnel_are_counted_once_by_the_next_page() {
    let stage = Stage::set("school").await;
    let staff = stage.site.staff();
    crate::import_articles(&stage).await;
    stage.browser.speak("en").await;
    stage.open("plain.html").await;
    crate::steps::go_to_form(&stage).await; // all of the panel is here by then
    stage.browser.eval("return Buoy('article', 'pay-by-card')").await;
    stage.browser.hook("helpful-no").await;
    stage.browser.eval("window.fetch = async () => { throw new TypeError('deaf') }").await;
    stage.browser.click("helpful-no").await;
    let waits = format!("localStorage.getItem('buoy:{}:outbox')", stage.site.id);
    stage.browser.wait_until(&waits).await;
    stage.browser.wait_for_text("outbox", "Waiting to be sent: 1").await; // from now on nothing moves under the pointer
    stage.browser.click("reason").await; // it waits behind its vote
    let both = format!(
        "new Promise((done) => {{ const asked = indexedDB.open('buoy:{}');\
           asked.onupgradeneeded = () => asked.transaction.abort(); /* looking makes none */\
           asked.onerror = asked.onblocked = () => done(false);\
           asked.onsuccess = () => {{ const count = asked.result.transaction('outbox').objectStore('outbox').count();\
             count.transaction.onabort = () => done(false);\
             count.onsuccess = () => {{ asked.result.close(); done(count.result === 2) }} }} }})",
        stage.site.id
    );
    stage.browser.wait_until(&both).await;

    stage.open("plain.html").await;
    stage.browser.wait_until(&format!("!{waits}")).await;
    let report = staff.get("/api/support/agent/kb/report/").send().await.expect(200).value();
    assert_eq!(
        (&report["figures"]["helpful_yes"], &report["figures"]["helpful_no"]),
        (&json!(0), &json!(1)),
        "{report}"
    );
    let note = report["most_read"].as_array().and_then(|all| all.iter().find(|one| one["slug"] == "pay-by-card"));
    assert_eq!(note.map(|note| &note["reason"]), Some(&json!("other_question")), "the reason came after its vote");
    let stored = stage.browser.eval("return Object.keys(localStorage)").await;
    assert_eq!(stored, json!([]), "a vote opens no session, and leaves nothing");
    stage.strike().await;
}
