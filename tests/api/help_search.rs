//! The search of the public help centre: why each result is one, and what is said of the best of them (K3, K4).

use crate::help::{get, site_with_help};
use buoy_tests::edge::Edge;
use buoy_tests::html::{attributes, texts, valid_page};
use buoy_tests::wait;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_result_shows_where_it_says_what_was_asked_and_in_which_language() {
    let site = Edge::shared().new_site("school", &[]).await;
    let text = format!(
        "# Invoices\n\nEverything about bills.\n\n{}\n\nIt goes to the bookkeeper on the first Monday.\n\n{}",
        "Words before it.\n\n".repeat(40),
        "And words after it.\n\n".repeat(40)
    );
    let articles = [
        json!({ "locale": "en", "slug": "invoices", "markdown": text }),
        json!({ "locale": "ru", "slug": "schedule", "markdown": "# Расписание\n\nКогда занятия bookkeeper." }),
    ];
    let body = json!({ "articles": articles, "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);

    let found = async |query: &str| {
        let html = valid_page(&get(&site, &format!("/help/search?q={query}&locale=en")).await.expect(200));
        (texts(&html, ".list p"), texts(&html, ".list mark"), attributes(&html, ".list li[lang]", "lang"))
    };
    // A page waits half a second for the texts of its hits and stands without them: here they are wanted.
    let (excerpts, marks, languages) = wait::until("the texts of the hits", async || {
        let found = found("bookkeeper+monday").await;
        (!found.2.is_empty()).then_some(found)
    })
    .await;
    let [ours, foreign] = &excerpts[..] else { panic!("{excerpts:?}") };
    assert!(ours.starts_with("… ") && ours.ends_with(" …"), "{ours}");
    assert!(ours.contains("It goes to the bookkeeper on the first Monday."), "{ours}");
    assert_eq!(
        (foreign.as_str(), &languages[..]),
        ("Когда занятия bookkeeper.", &["ru".to_owned()][..]),
        "in its own language"
    );
    assert_eq!(marks, ["bookkeeper", "Monday", "bookkeeper"]);
    let (excerpts, marks, _) = found("bill").await;
    assert_eq!((excerpts, marks), (vec!["Everything about bills.".to_owned()], vec!["bills".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_search_that_stops_in_the_middle_of_a_word_is_not_told_that_nothing_may_answer() {
    let site = site_with_help().await;
    for (query, is_doubted) in [("weather+on+mars+payments", true), ("weather+on+mars+payme", false)] {
        let html = valid_page(&get(&site, &format!("/help/search?q={query}&locale=en")).await.expect(200));
        assert!(!texts(&html, "main .list a").is_empty(), "{query} finds something");
        let told = texts(&html, "main > p").iter().any(|text| text.contains("no exact answer"));
        assert_eq!(told, is_doubted, "{query}, as in the panel");
    }
}
