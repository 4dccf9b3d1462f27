//! Where old addresses lead while the articles that claim them are written, published and taken back (K3).

use buoy_tests::edge::{Edge, Site};
use serde_json::json;

/// Saves an article that claims an old address.
async fn put(site: &Site, slug: &str, old: &str, publish: bool) {
    let markdown = format!("---\ntitle: {slug}\nredirect_from: [{old}]\n---\n\nBy card.");
    let body = json!({ "locale": "en", "markdown": markdown, "publish": publish });
    site.staff().put(&format!("/api/support/agent/kb/articles/{slug}/")).json(&body).send().await.expect(200);
}

async fn publish(site: &Site, slug: &str, published: bool) {
    let body = json!({ "locale": "en", "published": published });
    let path = format!("/api/support/agent/kb/articles/{slug}/publish/");
    site.staff().post(&path).json(&body).send().await.expect(200);
}

/// The article that an old address leads to.
async fn behind(site: &Site, old: &str) -> String {
    let client = Edge::shared().client();
    let answer = client.get(&format!("{old}?site={}&locale=en", site.id)).send().await.expect(301);
    let there = answer.header("location");
    client.get(there).send().await.expect(200);
    let slug = there.strip_prefix("/help/").and_then(|rest| rest.split('?').next());
    slug.expect("an article's page").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_draft_of_a_published_article_takes_no_old_address_until_it_is_published() {
    let site = Edge::shared().new_site("school", &[]).await;
    put(&site, "pay", "/faq/pay", true).await;
    put(&site, "cards", "/faq/cards", true).await;
    put(&site, "cards", "/faq/pay", false).await;
    assert_eq!(behind(&site, "/faq/pay").await, "pay");
    let draft = "---\ntitle: Cards\ndraft: true\nredirect_from: [/faq/pay]\n---\n\nBy card or bank.";
    let article = json!({ "locale": "en", "slug": "cards", "markdown": draft });
    let body = json!({ "articles": [article], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    assert_eq!(behind(&site, "/faq/pay").await, "pay", "an import publishes no draft");
    publish(&site, "cards", true).await;
    assert_eq!(behind(&site, "/faq/pay").await, "cards");
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_what_led_to_a_retired_article_leads_on_to_the_one_that_took_its_place() {
    for name in ["middle", "/middle", "/help/middle/"] {
        let site = Edge::shared().new_site("school", &[]).await;
        put(&site, "middle", "/faq/first", true).await;
        put(&site, "other", name, true).await;
        assert_eq!(behind(&site, "/faq/first").await, "middle", "{name}: readers still see it");
        publish(&site, "middle", false).await;
        put(&site, "newest", name, false).await;
        publish(&site, "newest", true).await;
        assert_eq!(behind(&site, "/faq/first").await, "newest", "{name}");
        assert_eq!(behind(&site, "/help/middle").await, "newest", "{name}");
    }
}
