//! A whole help centre goes in, is read, and comes out again (K3): nothing lost, nothing changed.
//!
//! `BUOY_KB_FOLDER` names a folder of Markdown; a deep run takes the corpus beside the checkout when it is there.

use buoy_shared::api::{ExportedArticle, ImportReport, Page};
use buoy_shared::article::Article;
use buoy_shared::markdown::parse;
use buoy_tests::edge::Edge;
use buoy_tests::root::root;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What one request may carry, with room for JSON's own letters.
const BATCH_BYTES: usize = 400_000;

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("BUOY_KB_FOLDER").map(PathBuf::from);
    let beside = || std::env::var_os("BUOY_DEEP").map(|_| root().join("../shared/kb-corpus"));
    named.or_else(beside).filter(|folder| folder.is_dir())
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md") {
            // The languages of the preset: an article in another one would be read in these.
            let locale = if path.iter().any(|step| step == "ru") { "ru" } else { "en" };
            found.push((locale.to_owned(), std::fs::read_to_string(&path).expect("an article")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k3_a_whole_help_centre_is_stored_read_and_exported_without_a_change() {
    let Some(folder) = folder() else { return };
    let mut found = Vec::new();
    sources(&folder, &mut found);
    let site = Edge::shared().new_site("school", &[]).await;
    let (client, staff) = (Edge::shared().client(), site.staff());
    let mut stored = 0;
    let mut batch: Vec<Value> = Vec::new();
    let mut bytes = 0;
    for (number, (locale, markdown)) in found.iter().enumerate() {
        bytes += markdown.len();
        batch.push(json!({ "locale": locale, "slug": format!("a{number}"), "markdown": markdown }));
        if batch.len() == 50 || bytes > BATCH_BYTES || number + 1 == found.len() {
            // The last batch may hold one language only; the other's index was built before it.
            let body = json!({ "articles": std::mem::take(&mut batch), "publish": true });
            let report: ImportReport =
                staff.post("/api/support/agent/kb/import/").json(&body).send().await.expect(200).json();
            assert!(report.refused.is_empty(), "{:?}", report.refused);
            stored += report.stored as usize;
            bytes = 0;
        }
    }
    assert_eq!(stored, found.len(), "no article is lost");
    let mut exported: BTreeMap<String, ExportedArticle> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/support/agent/kb/export/?cursor={cursor}");
        let page: Page<ExportedArticle> = staff.get(&path).send().await.expect(200).json();
        exported.extend(page.items.into_iter().map(|article| (article.slug.clone(), article)));
        match page.next_cursor {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(exported.len(), found.len());
    for (number, (locale, markdown)) in found.iter().enumerate() {
        let slug = format!("a{number}");
        let article = parse(markdown).expect("an article");
        assert_eq!(&exported[&slug].markdown, markdown, "{slug}");
        if !exported[&slug].published {
            continue;
        }
        let path = format!("/api/support/kb/articles/{slug}/?site={}&locale={locale}", site.id);
        let read: Article = client.get(&path).send().await.expect(200).json();
        assert_eq!(read.blocks, article.blocks, "{slug}");
        let printed = article.to_markdown();
        assert_eq!(parse(&printed).expect("its normal form").blocks, read.blocks, "{slug}");
    }
    let hidden = exported.values().filter(|article| !article.published).count();
    println!("{} articles in and out, {hidden} of them without a text or drafts", found.len());
}
