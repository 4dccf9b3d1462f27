//! The demo site as a visitor of our own page finds it: the preset `school` with its articles.
//!
//! For the bench and the screenshots. Tests make sites of their own, see [`crate::edge::Edge::new_site`].

use std::{collections::BTreeMap, fs, path::Path};

use serde::Serialize;
use serde_json::json;

use crate::{edge::Edge, http::Client, root::root};

/// The site that `index.html` embeds.
pub const DEMO_SITE: &str = "site_demo";

/// The preset of the demo.
const PRESET: &str = "school";

/// An article as its author keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct SourceArticle {
    /// The language it is written in.
    pub locale: String,
    /// Its name in addresses.
    pub slug: String,
    /// Markdown with front matter.
    pub markdown: String,
}

/// The articles of the preset, sorted by locale and slug.
///
/// # Panics
/// When they cannot be read.
#[must_use]
pub fn articles() -> Vec<SourceArticle> {
    let folder = root().join("presets").join(PRESET).join("articles");
    let mut articles = Vec::new();
    for locale in names_in(&folder) {
        for file in names_in(&folder.join(&locale)) {
            let Some(slug) = file.strip_suffix(".md").map(str::to_owned) else { continue };
            let markdown = fs::read_to_string(folder.join(&locale).join(&file)).expect("an article can be read");
            articles.push(SourceArticle { locale: locale.clone(), slug, markdown });
        }
    }
    articles
}

/// Stores and publishes articles; each locale's search index is rebuilt once.
///
/// # Panics
/// When the edge refuses one.
pub async fn import(staff: &Client, articles: &[SourceArticle]) {
    let mut locales = BTreeMap::<&str, Vec<&SourceArticle>>::new();
    for article in articles {
        locales.entry(&article.locale).or_default().push(article);
    }
    for articles in locales.into_values() {
        let body = json!({ "articles": articles, "publish": true, "rebuild": true });
        let report = staff.post("/api/support/agent/kb/import/").json(&body).send().await.expect(200).value();
        let refused = report.get("refused").and_then(|list| list.as_array()).is_some_and(|list| !list.is_empty());
        assert!(!refused, "articles were refused: {report:#}");
    }
}

/// The policy of the preset.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn policy() -> String {
    let file = root().join("presets").join(PRESET).join("policy.toml");
    fs::read_to_string(&file).expect("the preset's policy can be read")
}

/// Puts the demo site on an edge, for pages of these origins; gives a client with the rights of its admin, who answers under
/// this name.
///
/// # Panics
/// When the edge refuses.
pub async fn put_demo_site(edge: &Edge, origins: &[&str], admin: &str) -> Client {
    put_site(edge, origins, admin, &policy(), &articles()).await
}

/// The same with another policy and other articles, for what the preset does not speak.
///
/// # Panics
/// When the edge refuses.
pub async fn put_site(edge: &Edge, origins: &[&str], admin: &str, policy: &str, articles: &[SourceArticle]) -> Client {
    let site = json!({ "name": "Lumen School", "policy_toml": policy, "origins": origins, "anonymous": true });
    let path = format!("/api/support/operator/sites/{DEMO_SITE}/");
    let _stored = edge.operator().put(&path).json(&site).send().await.expect(201);
    let agent = json!({ "name": admin, "role": "admin" });
    let answer = edge.operator().post(&format!("{path}agents/")).json(&agent).send().await.expect(201).value();
    let token = answer.get("token").and_then(|token| token.as_str()).expect("a token for the agent").to_owned();
    let staff = edge.client().with_bearer(&token);
    import(&staff, articles).await;
    staff
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = entries.map(|entry| entry.expect("a folder can be listed").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
