//! The published index as a panel gets it, and one engine on both sides: what the edge finds is what the page finds (W3, A8).

#[path = "../../shared/tests/wasm/mod.rs"]
mod engine;

use buoy_shared::api::{Boot, ImportReport, SearchAnswer};
use buoy_shared::problem::Problem;
use buoy_shared::search::Index;
use buoy_tests::edge::{Edge, Site};
use buoy_tests::made_up::{articles, queries};
use buoy_tests::root::root;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

/// Enough articles for an index that is divided.
const ARTICLES: usize = 150;
/// Queries that are compared.
const QUERIES: usize = 1_000;
/// Questions to the edge at once.
const AT_ONCE: usize = 8;

/// A site whose visitors come from everywhere, with its made-up articles published; and the hash of their index.
async fn published() -> (Site, String) {
    let site = Edge::shared().new_site("school", &[]).await;
    for batch in articles(ARTICLES).chunks(50) {
        let articles: Vec<_> = batch
            .iter()
            .enumerate()
            .map(|(at, markdown)| json!({ "locale": "en", "slug": slug(markdown, at), "markdown": markdown }))
            .collect();
        let body = json!({ "articles": articles, "publish": true });
        let report: ImportReport =
            site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200).json();
        assert!(report.refused.is_empty(), "{:?}", report.refused);
    }
    let path = format!("/api/support/boot/?site={}&locale=en", site.id);
    let boot: Boot = Edge::shared().client().get(&path).send().await.expect(200).json();
    assert_eq!(boot.kb.articles as usize, ARTICLES);
    (site, boot.kb.hash)
}

fn slug(markdown: &str, at: usize) -> String {
    let title = markdown.lines().next().unwrap_or_default().trim_start_matches("# ").to_lowercase();
    format!("{}-{at}", title.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"))
}

async fn index(site: &Site, hash: &str, part: &str) -> Vec<u8> {
    let path = format!("/api/support/kb/index/?site={}&locale=en&hash={hash}{part}", site.id);
    let answer = Edge::shared().client().get(&path).send().await.expect(200);
    assert!(answer.header("cache-control").contains("immutable"));
    answer.bytes.to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_the_first_part_of_an_index_answers_and_the_rest_makes_it_whole() {
    let (site, hash) = published().await;
    let (first, rest) = (index(&site, &hash, "&part=first").await, index(&site, &hash, "&part=rest").await);
    let whole = index(&site, &hash, "").await;
    assert!(first.len() * 2 < whole.len(), "{} of {} bytes come first", first.len(), whole.len());
    assert_eq!([first.clone(), rest].concat(), whole);
    let (first, whole) = (Index::load(&first).expect("a first part"), Index::load(&whole).expect("an index"));
    assert!(!first.is_whole() && whole.is_whole());
    assert_eq!((first.len(), whole.len()), (ARTICLES, ARTICLES));
    for doc in [0, 70, 149] {
        let hits = first.search(whole.title(doc), 3);
        assert!(hits.iter().any(|hit| first.slug(hit.doc) == whole.slug(doc)), "{}", whole.title(doc));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_the_rest_of_an_index_that_is_too_large_for_pages_stays_at_the_edge_until_the_policy_says_otherwise() {
    let (site, hash) = published().await;
    let policy = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("a preset");
    let (before, after) = policy.split_once("download_bytes_max = 2000000").expect("the preset names the size");
    let whole = index(&site, &hash, "").await;
    let path = format!("/api/support/kb/index/?site={}&locale=en&hash={hash}&part=rest", site.id);
    // One byte too large, and just small enough: the limit is what still comes.
    for (limit, comes) in [(whole.len() - 1, false), (whole.len(), true)] {
        let policy = format!("{before}download_bytes_max = {limit}{after}");
        let spec = json!({ "name": "Test", "policy_toml": policy, "origins": [], "anonymous": true });
        let operator = Edge::shared().operator();
        operator.put(&format!("/api/support/operator/sites/{}/", site.id)).json(&spec).send().await.expect(200);
        let rest = Edge::shared().client().get(&path).send().await.expect(200);
        assert_eq!(!rest.bytes.is_empty(), comes, "{limit}");
        assert_eq!(rest.header("cache-control").contains("immutable"), comes, "{limit}");
        assert_eq!(index(&site, &hash, "").await, whole, "who asks for all of it gets it");
        assert!(!index(&site, &hash, "&part=first").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn w3_an_index_travels_compressed() {
    let (site, hash) = published().await;
    for part in ["", "&part=first", "&part=rest"] {
        let path = format!("/api/support/kb/index/?site={}&locale=en&hash={hash}{part}", site.id);
        let answer = Edge::shared().client().get(&path).header("accept-encoding", "br").send().await.expect(200);
        assert_eq!(answer.header("content-encoding"), "br", "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_an_index_does_not_have_is_refused_by_name() {
    let site = Edge::shared().new_site("school", &[]).await;
    let path = format!("/api/support/kb/index/?site={}&locale=en&part=middle", site.id);
    let problem: Problem = Edge::shared().client().get(&path).send().await.expect(422).json();
    assert_eq!(problem.errors.first().map(|error| error.field.as_str()), Some("part"));
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_the_policys_synonyms_find_articles_and_a_new_policy_brings_its_own() {
    let edge = Edge::shared();
    let policy = std::fs::read_to_string(root().join("presets/school/policy.toml")).expect("a preset");
    let site = edge.new_site(&policy, &[]).await;
    let article = json!({ "locale": "en", "slug": "mentors", "markdown": "# Choose a mentor\n\nOpen your profile." });
    let body = json!({ "articles": [article], "publish": true });
    site.staff().post("/api/support/agent/kb/import/").json(&body).send().await.expect(200);
    let found = async |query: &str| -> usize {
        let path = format!("/api/support/kb/search/?site={}&locale=en&q={query}", site.id);
        edge.client().get(&path).send().await.expect(200).json::<SearchAnswer>().items.len()
    };
    assert_eq!((found("tutor").await, found("sherpa").await), (1, 0));

    let other = policy.replacen("[\"mentor\", \"tutor\"", "[\"mentor\", \"sherpa\"", 1);
    assert_ne!(other, policy);
    let path = format!("/api/support/operator/sites/{}/", site.id);
    let spec = json!({ "name": "Test", "policy_toml": other, "origins": [], "anonymous": true });
    edge.operator().put(&path).json(&spec).send().await.expect(200);
    assert_eq!((found("tutor").await, found("sherpa").await), (0, 1));

    let wrong = policy.replacen("[\"mentor\", \"tutor\"", "[\"mentor\", \"my tutor\"", 1);
    let spec = json!({ "name": "Test", "policy_toml": wrong, "origins": [], "anonymous": true });
    let problem: Problem = edge.operator().put(&path).json(&spec).send().await.expect(422).json();
    let refusal = &problem.errors[0];
    let line = 1 + wrong[..wrong.find("\"my tutor\"").expect("the slip")].matches('\n').count();
    assert_eq!(refusal.field, "policy_toml");
    assert!(refusal.detail.starts_with(&format!("line {line}: ")), "{}", refusal.detail);
}

/// Half-typed, misspelt, joined and hostile queries: the same articles with the same scores, to the last bit, from the worker
/// on workerd and from the panel's engine in Node's V8.
#[tokio::test(flavor = "multi_thread")]
async fn a8_the_edge_and_the_page_find_the_same_with_the_same_scores() {
    let (site, hash) = published().await;
    let bytes = index(&site, &hash, "").await;
    let queries = queries(QUERIES);
    let request = json!({ "index": bytes, "queries": queries }).to_string();
    let page =
        tokio::task::spawn_blocking(move || engine::ask(&engine::build(), &request)).await.expect("Node answers");
    let page: Vec<Vec<(String, u32)>> = serde_json::from_str(&page).expect("hits");
    let ask = async |query: &String| -> Vec<(String, u32)> {
        let url = format!("/api/support/kb/search/?site={}&locale=en&limit=10", site.id);
        let query = format!("&q={}", percent(query));
        let answer: SearchAnswer = Edge::shared().client().get(&(url + &query)).send().await.expect(200).json();
        answer.items.into_iter().map(|item| (item.slug, item.score.to_bits())).collect()
    };
    let edge: Vec<_> = stream::iter(&queries).map(ask).buffered(AT_ONCE).collect().await;
    assert_eq!((page.len(), edge.len()), (QUERIES, QUERIES));
    let found = edge.iter().filter(|hits| !hits.is_empty()).count();
    assert!(found > QUERIES * 9 / 10, "{found} queries find something");
    for ((query, page), edge) in queries.iter().zip(&page).zip(&edge) {
        assert_eq!(page, edge, "{query:?}");
    }
}

/// For the query of an address.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Two publications at once: whichever index is noted last knows of both.
#[tokio::test(flavor = "multi_thread")]
async fn k3_an_article_that_is_taken_back_while_others_are_published_is_found_no_more() {
    let site = Edge::shared().new_site("school", &[]).await;
    let article = |number: usize| json!({ "locale": "en", "slug": format!("a-{number}"), "markdown": format!("# Subject {number}\n\nText.") });
    let import = |from: usize, to: usize| {
        let articles: Vec<Value> = (from..to).map(article).collect();
        let body = json!({ "articles": articles, "publish": true });
        site.staff().post("/api/support/agent/kb/import/").json(&body).send()
    };
    for from in [0, 50, 100, 150] {
        import(from, from + 50).await.expect(200);
    }
    for round in 0..5 {
        let down = json!({ "locale": "en", "published": false });
        let path = format!("/api/support/agent/kb/articles/a-{round}/publish/");
        let taken_back = site.staff().post(&path).json(&down).send();
        let (added, taken) = tokio::join!(import(200 + round, 201 + round), taken_back);
        added.expect(200);
        taken.expect(200);
        let path = format!("/api/support/kb/search/?site={}&locale=en&q=subject+{round}", site.id);
        let found = Edge::shared().client().get(&path).send().await.expect(200).value();
        let slugs: Vec<&str> =
            found["items"].as_array().into_iter().flatten().filter_map(|item| item["slug"].as_str()).collect();
        assert!(!slugs.contains(&format!("a-{round}").as_str()), "{slugs:?}");
    }
}
