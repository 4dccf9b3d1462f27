//! Published copies fade, and many may miss one at once: no reader notices (W3, K3).

use buoy_shared::api::{Boot, SearchAnswer};
use buoy_tests::edge::{Edge, Site};
use buoy_tests::http::Answer;
use buoy_tests::wait::{now_millis, until};
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

/// An edge of its own, and a site on it with one published article; and the hash of its index.
async fn published() -> (Edge, Site, String) {
    let edge = Edge::with_test_clock();
    let site = edge.new_site("school", &[]).await;
    let article = json!({ "locale": "en", "slug": "mentors", "markdown": "# Choose a mentor\n\nOpen your profile." });
    let body = json!({ "articles": [article], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let hash = until("an index with the article", async || {
        let boot: Boot = read(&edge, &site, "/api/support/boot/?locale=en").await.json();
        (boot.kb.articles == 1).then_some(boot.kb.hash)
    });
    let hash = hash.await;
    (edge, site, hash)
}

async fn read(edge: &Edge, site: &Site, path: &str) -> Answer {
    edge.client().get(&format!("{path}&site={}", site.id)).send().await.expect(200)
}

/// What time does to published copies. With `refuse`, none is written from then on, as where many write one at once.
async fn forget_copies(edge: &Edge, refuse: &str) {
    edge.client().get(&format!("/__test/forget_copies?{refuse}")).send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_the_cron_writes_an_index_anew_before_readers_miss_it() {
    let (edge, site, hash) = published().await;
    let path = format!("/api/support/kb/index/?locale=en&hash={hash}");
    // Some minutes of the cron after so many days; whether the index was there then, and not made for its reader.
    let is_renewed_after = async |days: i64| {
        forget_copies(&edge, "").await;
        for minute in 0..3 {
            edge.run_cron_at(now_millis() + days * DAY_MS + minute * 60_000).await;
        }
        read(&edge, &site, &path).await.header("cache-control").contains("immutable")
    };
    assert!(!is_renewed_after(24).await, "it is young");
    assert!(is_renewed_after(26).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_readers_who_miss_a_copy_at_once_are_answered_though_it_cannot_be_kept() {
    let (edge, site, hash) = published().await;
    forget_copies(&edge, "refuse=1").await;
    let boot: Boot = read(&edge, &site, "/api/support/boot/?locale=en").await.json();
    assert_eq!(boot.kb.hash, hash);
    let index = read(&edge, &site, &format!("/api/support/kb/index/?locale=en&hash={hash}")).await;
    assert!(!index.bytes.is_empty());
    let found: SearchAnswer = read(&edge, &site, "/api/support/kb/search/?locale=en&q=mentor").await.json();
    assert_eq!(found.items.first().map(|item| item.slug.as_str()), Some("mentors"));
    let article = read(&edge, &site, "/api/support/kb/articles/mentors/?locale=en").await;
    assert!(article.text().contains("Choose a mentor"));
    read(&edge, &site, "/api/support/status/?locale=en").await;
    read(&edge, &site, "/status?").await;
}
