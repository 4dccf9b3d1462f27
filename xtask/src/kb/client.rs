//! An edge, as an agent with a token speaks to it.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;

use super::EdgeOptions;
use crate::{
    articles::Article,
    dev,
    seed::{accepted, batches, bearer},
    workspace::Workspace,
};

/// An edge and the right to write articles there.
pub(super) struct Desk {
    http: Agent,
    url: String,
    token: String,
}

/// What an import did.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) stored: u64,
    pub(super) refused: Vec<String>,
}

/// One article as the edge gives it.
#[derive(Debug, Deserialize)]
pub(super) struct Exported {
    pub(super) locale: String,
    pub(super) slug: String,
    pub(super) published: bool,
    pub(super) markdown: String,
}

#[derive(Debug, Deserialize)]
struct Page {
    items: Vec<Exported>,
    next_cursor: Option<String>,
}

impl Desk {
    /// The edge that is named, else the demo that runs here.
    pub(super) fn open(ws: &Workspace, options: &EdgeOptions) -> Result<Self> {
        let http = Agent::new_with_config(Agent::config_builder().http_status_as_error(false).build());
        let (url, token) = match (&options.url, &options.token) {
            (Some(url), Some(token)) => (url.clone(), token.clone()),
            (url, token) => {
                let demo = dev::running(&ws.path(&options.state.to_string_lossy()));
                let (demo_url, demo_token) =
                    demo.context("no demo runs here: give --url and --token of an edge, or start `cargo xtask dev`")?;
                (url.clone().unwrap_or(demo_url), token.clone().unwrap_or(demo_token))
            }
        };
        if token.is_empty() {
            bail!("an agent's API token is needed: --token or BUOY_TOKEN");
        }
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), token })
    }

    /// Stores articles, locale by locale; only the last request of each rebuilds its search index.
    pub(super) fn import(&self, articles: &[Article], publish: bool) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        let mut locales: Vec<&str> = articles.iter().map(|article| article.locale.as_str()).collect();
        locales.sort_unstable();
        locales.dedup();
        for locale in locales {
            let of_locale: Vec<&Article> = articles.iter().filter(|article| article.locale == locale).collect();
            let batches = batches(&of_locale);
            for (number, batch) in batches.iter().enumerate() {
                let rebuild = number + 1 == batches.len();
                let body = json!({ "articles": batch, "publish": publish, "rebuild": rebuild });
                let request = self.http.post(format!("{}/api/support/agent/kb/import/", self.url));
                let what = format!("importing articles ({locale}, batch {} of {})", number + 1, batches.len());
                let answer = accepted(&what, request.header("authorization", bearer(&self.token)).send_json(body))?;
                outcome.stored += answer.get("stored").and_then(Value::as_u64).unwrap_or_default();
                for refusal in answer.get("refused").and_then(Value::as_array).into_iter().flatten() {
                    let text = |field: &str| refusal.get(field).and_then(Value::as_str).unwrap_or_default();
                    outcome.refused.push(format!("{locale}/{}: {}", text("slug"), text("detail")));
                }
            }
        }
        Ok(outcome)
    }

    /// Everything the site has.
    pub(super) fn export(&self) -> Result<Vec<Exported>> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let request = self.http.get(format!("{}/api/support/agent/kb/export/", self.url)).query("cursor", &cursor);
            let answer = accepted("exporting articles", request.header("authorization", bearer(&self.token)).call())?;
            let page: Page = serde_json::from_value(answer).context("the edge answered with no list of articles")?;
            all.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = next,
                None => return Ok(all),
            }
        }
    }
}
