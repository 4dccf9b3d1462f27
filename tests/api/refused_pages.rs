//! What somebody with a browser reads when one of our own pages is refused, and what a program gets instead.

use buoy_shared::problem::Problem;
use buoy_tests::edge::Edge;
use buoy_tests::html::{attributes, texts, valid_page};
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread")]
async fn i7_a_person_is_refused_by_a_page_in_their_language_and_a_program_by_a_problem() {
    let site = Edge::shared().new_site("school", &[]).await;
    let client = Edge::shared().client();
    let large = format!("address={}", "a".repeat(17 * 1024));
    let subscribe = format!("/status/subscribe?site={}", site.id);
    for (languages, heading, text) in [
        ("en-GB,en;q=0.9", "This did not work", "We did not understand what was asked for."),
        ("ru", "Не получилось", "Мы не поняли, что нужно было показать."),
        ("de-AT,de;q=0.9", "Das hat nicht geklappt", "Wir haben nicht verstanden, was angefragt wurde."),
    ] {
        let asked = client.post(&subscribe).body(large.clone(), FORM).header("accept", "text/html,*/*;q=0.8");
        let page = asked.header("accept-language", languages).send().await.expect(413);
        let html = valid_page(&page);
        assert_eq!(texts(&html, "h1"), [heading]);
        assert!(texts(&html, "p").iter().any(|said| said == text), "{:?}", texts(&html, "p"));
        let number = page.header("x-request-id").to_owned();
        assert_eq!(texts(&html, "samp"), [number]);
        let words = languages.split(['-', ',']).next().unwrap_or_default();
        let home = format!("/status?site={}&locale={words}", site.id);
        assert!(attributes(&html, "a", "href").contains(&home), "{:?}", attributes(&html, "a", "href"));
    }
    let told: Problem = client.post(&subscribe).body(large, FORM).send().await.expect(413).json();
    assert_eq!(told.status, 413);

    for path in ["/help", "/status", "/status/subscribe/confirm"] {
        let asked = client.put(&format!("{path}?site={}", site.id)).json(&json!({}));
        let page = asked.header("accept", "text/html").send().await.expect(405);
        assert!(page.header("allow").contains("GET"), "{path}");
        assert_eq!(texts(&valid_page(&page), "h1"), ["This did not work"]);
    }
    let nobody = client.get("/help?site=site_0000000000000000000000").header("accept", "text/html").send().await;
    assert_eq!(texts(&valid_page(&nobody.expect(404)), "h1"), ["There is no such page"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_what_was_typed_into_a_refused_form_is_still_there() {
    let site = Edge::shared().new_site("school", &[]).await;
    let form = "address=ann%40&component=lessons";
    let path = format!("/status/subscribe?site={}&locale=en", site.id);
    let refused = Edge::shared().client().post(&path).body(form, FORM).send().await.expect(422);
    let html = valid_page(&refused);
    assert_eq!(attributes(&html, "input[name=address]", "value"), ["ann@"]);
    assert_eq!(attributes(&html, "input[checked]", "value"), ["lessons"]);
}
