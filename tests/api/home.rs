//! What the panel's first view says before anybody asked (W3): whether the team is at work, by when an answer comes, how the
//! system is, and which articles help on this page.

use buoy_shared::api::HomeInfo;
use buoy_shared::incident::Impact;
use buoy_shared::time::Timestamp;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Client;
use serde_json::json;

async fn home(client: &Client, site: &Site, rest: &str) -> HomeInfo {
    client.get(&format!("/api/support/home/?site={}{rest}", site.id)).send().await.expect(200).json()
}

fn slugs(home: &HomeInfo) -> Vec<&str> {
    home.suggested.iter().map(|one| one.slug.as_str()).collect()
}

async fn import(site: &Site, locale: &str, slug: &str, title: &str, publish: bool) {
    let article = json!({ "locale": locale, "slug": slug, "markdown": format!("# {title}\n\nText.") });
    let body = json!({ "articles": [article], "publish": publish });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_a_visitor_learns_whether_the_team_is_there_and_by_when_it_answers() {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let at = |text: &str| Timestamp::parse_rfc3339(text).expect("a time");
    // Ten to six in Moscow on weekdays; an ordinary question is answered within a day.
    for (now, open, next_change_at, reply_by) in [
        ("2026-11-20T09:00:30Z", true, "2026-11-20T15:00:00Z", "2026-11-21T09:01:00Z"),
        ("2026-11-20T15:00:00Z", false, "2026-11-23T07:00:00Z", "2026-11-21T15:00:00Z"),
        ("2026-11-21T12:00:00Z", false, "2026-11-23T07:00:00Z", "2026-11-22T12:00:00Z"),
        ("2026-11-23T06:59:00Z", false, "2026-11-23T07:00:00Z", "2026-11-24T06:59:00Z"),
        ("2026-11-23T07:00:00Z", true, "2026-11-23T15:00:00Z", "2026-11-24T07:00:00Z"),
    ] {
        let found = home(&edge.client().with_header("x-test-now", now), &site, "").await;
        assert_eq!((found.open, found.next_change_at), (open, Some(at(next_change_at))), "{now}");
        assert_eq!(found.reply_by, Some(at(reply_by)), "{now}: told by the minute");
        assert_eq!((found.status, found.suggested), (Impact::None, vec![]), "{now}");
    }

    let path = format!("/api/support/home/?site={}&page=/pay", site.id);
    let client = edge.client().with_header("x-test-now", "2026-11-20T09:00:30Z");
    let asked = client.get(&path).send().await.expect(200);
    let statements = asked.headers["x-test-statements"].to_str().expect("a number");
    assert_eq!(statements, "2", "the site and the titles");
    assert_eq!(asked.headers["cache-control"], "public, no-cache");
    let later = edge.client().with_header("x-test-now", "2026-11-20T09:00:59Z");
    let tag = asked.headers["etag"].to_str().expect("a tag");
    later.get(&path).header("if-none-match", tag).send().await.expect(304);
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_articles_are_suggested_by_the_rules_for_the_page_in_the_visitors_language() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    for (locale, slug, title) in [
        ("en", "refund", "How to get a refund"),
        ("en", "pay-by-card", "How to pay by card"),
        ("en", "certificate", "Where is my certificate"),
        ("ru", "refund", "Как вернуть деньги"),
    ] {
        import(&site, locale, slug, title, true).await;
    }
    import(&site, "en", "payment-receipt", "Not finished", false).await;
    let client = edge.client();
    for (rest, found) in [
        ("&locale=en&page=/pay/2", &["pay-by-card", "refund"][..]),
        ("&locale=en-GB&page=/checkout", &["pay-by-card", "refund"]),
        ("&locale=ru&page=/pay", &["refund"]),
        ("&page=/pay", &["refund"]),
        ("&locale=en&page=/courses/7/lessons/1", &[]),
        ("&locale=en&page=/repay", &[]),
        ("&locale=en&page=", &[]),
        ("&locale=en", &[]),
    ] {
        assert_eq!(slugs(&home(&client, &site, rest).await), found, "{rest}");
    }
    let russian = home(&client, &site, "&locale=ru&page=/pay").await;
    assert_eq!(russian.suggested[0].title, "Как вернуть деньги");

    let long = format!("&page=/pay{}", "y".repeat(5_000));
    assert_eq!(slugs(&home(&client, &site, &long).await), Vec::<&str>::new(), "nobody is on such a page");
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_home_says_what_the_status_says_and_only_to_pages_of_the_site() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &["https://shop.example"]).await;
    let draft = json!({ "title": "Payments fail", "body": "b", "impact": "major" });
    site.staff().post("/api/support/incidents/").json(&draft).send().await.expect(201);
    assert_eq!(home(&edge.client(), &site, "&locale=en").await.status, Impact::Major);

    let path = format!("/api/support/home/?site={}", site.id);
    edge.client().get("/api/support/home/?site=site_nobody").send().await.expect(404);
    edge.client().get("/api/support/home/").send().await.expect(422);
    edge.client().get(&path).header("origin", "https://evil.example").send().await.expect(403);
    let ours = edge.client().get(&path).header("origin", "https://shop.example").send().await.expect(200);
    assert_eq!(ours.headers["access-control-allow-origin"], "https://shop.example");
}

/// So many people read an article on a page.
async fn read(site: &Site, page: &str, slug: &str, readers: usize) {
    let view = json!({ "kind": "view", "slug": slug, "locale": "en", "page": page });
    for reader in 1..=readers {
        let body = json!({ "site": site.id, "locale": "en", "events": [view, view] });
        let client = Edge::shared().client().with_header("cf-connecting-ip", &format!("203.0.113.{reader}"));
        client.post("/api/support/kb/events/").json(&body).send().await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_what_others_read_on_such_a_page_is_suggested_after_what_the_team_named() {
    let edge = Edge::shared();
    let site = edge.new_site("school", &[]).await;
    for slug in ["pay-by-card", "change-email", "delete-account", "export-data"] {
        import(&site, "en", slug, &format!("How to {slug}"), true).await;
    }
    import(&site, "ru", "export-data", "Как забрать данные", true).await;
    import(&site, "en", "draft", "Not finished", false).await;
    read(&site, "/settings/4711", "delete-account", 4).await;
    read(&site, "/settings/42/?tab=mine#x", "export-data", 3).await;
    read(&site, "/settings/4711", "change-email", 2).await;
    read(&site, "/settings/4711", "draft", 5).await;
    read(&site, "/settings/4711", "never-written", 5).await;
    read(&site, "/pay", "export-data", 3).await;
    read(&site, "/pay", "pay-by-card", 5).await;
    read(&site, "Checkout", "change-email", 5).await;
    for _ in 0..5 {
        read(&site, "/users/ann", "delete-account", 1).await; // always the same reader
    }
    read(&site, &format!("/{}", "y".repeat(5_000)), "change-email", 5).await;
    let client = edge.client();
    for (rest, found) in [
        ("&locale=en&page=/settings/8", &["delete-account", "export-data"][..]),
        ("&locale=en&page=/settings/8?tab=other", &["delete-account", "export-data"]),
        ("&locale=ru&page=/settings/8", &["export-data"]),
        ("&locale=en&page=/pay", &["pay-by-card", "export-data"]),
        ("&locale=en&page=/settings", &[]),
        ("&locale=en&page=/pay/5/settings", &["pay-by-card"]),
        ("&locale=en&page=Checkout", &[]),
        ("&locale=en&page=/users/ann", &[]),
    ] {
        assert_eq!(slugs(&home(&client, &site, rest).await), found, "{rest}");
    }
    let other = edge.new_site("school", &[]).await;
    import(&other, "en", "delete-account", "How to leave", true).await;
    assert_eq!(slugs(&home(&client, &other, "&locale=en&page=/settings/8").await), Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_what_is_suggested_and_not_translated_stands_there_in_the_sites_own_language() {
    let site = Edge::shared().new_site("school", &[]).await;
    import(&site, "ru", "refund", "Как вернуть деньги", true).await;
    import(&site, "ru", "export-data", "Как забрать данные", true).await;
    read(&site, "/settings/4711", "export-data", 3).await;
    let client = Edge::shared().client();
    for page in ["/pay", "/settings/8"] {
        let found = home(&client, &site, &format!("&locale=en&page={page}")).await;
        let own = home(&client, &site, &format!("&locale=ru&page={page}")).await;
        assert_eq!((found.suggested.len(), &found.suggested), (1, &own.suggested), "{page}");
    }
    import(&site, "en", "refund", "How to get a refund", true).await;
    let found = home(&client, &site, "&locale=en&page=/pay").await;
    let titles: Vec<&str> = found.suggested.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["How to get a refund"], "translated, it is there once");
}
