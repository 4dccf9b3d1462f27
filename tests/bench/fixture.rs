//! A running edge with one site, the preset's articles on it, and whatever a section wants to happen there.

use anyhow::{Context as _, Result};
use buoy_tests::{
    demo::{self, SourceArticle},
    edge::{Edge, Site},
    http::Client,
};
use serde_json::{Value, json};

/// What the incident of the bench says; the bare script shows a line of the same length.
pub(crate) const INCIDENT_TITLE: &str = "Payments fail for some";

/// An edge, and a site of its own on it.
pub(crate) struct Fixture {
    pub(crate) edge: Edge,
    pub(crate) site: Site,
    articles: Vec<SourceArticle>,
}

impl Fixture {
    /// Starts an edge and fills a site that pages of `origin` may embed.
    pub(crate) async fn start(origin: &str) -> Result<Self> {
        let edge = Edge::start();
        let site = edge.new_site("school", &[origin]).await;
        let articles = demo::articles();
        demo::import(&site.staff(), &articles).await;
        Ok(Self { edge, site, articles })
    }

    pub(crate) fn client(&self) -> Client {
        self.edge.client()
    }

    pub(crate) fn boot_path(&self, locale: &str) -> String {
        format!("/api/support/boot/?site={}&locale={locale}", self.site.id)
    }

    /// How many articles the site has in a locale.
    pub(crate) fn articles(&self, locale: &str) -> usize {
        self.articles.iter().filter(|article| article.locale == locale).count()
    }

    /// The published search index, as the panel downloads it.
    pub(crate) async fn index(&self, locale: &str) -> Result<Vec<u8>> {
        let boot = self.client().get(&self.boot_path(locale)).send().await.expect(200).value();
        let hash = boot.pointer("/kb/hash").and_then(Value::as_str).context("boot names no index")?;
        let path = format!("/api/support/kb/index/?site={}&locale={locale}&hash={hash}", self.site.id);
        Ok(self.client().get(&path).send().await.expect(200).bytes)
    }

    /// From now on pages of the site show a banner.
    pub(crate) async fn declare_incident(&self) {
        let body = "We are looking into it.";
        let draft = json!({ "title": INCIDENT_TITLE, "body": body, "impact": "major", "components": ["payments"] });
        let _declared = self.site.staff().post("/api/support/incidents/").json(&draft).send().await.expect(201);
    }
}
