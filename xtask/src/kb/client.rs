//! An edge, as an agent with a token speaks to it.

use anyhow::{Context as _, Result, bail};
use buoy_shared::api::{ExportedArticle, Page};
use serde_json::Value;
use ureq::Agent;

use super::{EdgeOptions, pictures::Picture};
use crate::{
    articles::Article,
    dev,
    import::{Outcome, import},
    seed::{accepted, bearer},
    workspace::Workspace,
};

/// An edge and the right to write articles there.
pub(super) struct Desk {
    http: Agent,
    url: String,
    token: String,
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

    /// Stores articles.
    pub(super) fn import(&self, articles: &[Article], publish: bool) -> Result<Outcome> {
        import(articles, publish, |what, body| {
            let request = self.http.post(format!("{}/api/support/agent/kb/import/", self.url));
            accepted(what, request.header("authorization", bearer(&self.token)).send_json(body))
        })
    }

    /// Keeps a picture and gives its address.
    pub(super) fn send_picture(&self, picture: &Picture) -> Result<String> {
        let request = self.http.post(format!("{}/api/support/agent/kb/pictures/", self.url));
        let request = request.header("authorization", bearer(&self.token)).header("content-type", picture.content_type);
        let answer = accepted("sending a picture", request.send(&picture.bytes[..]))?;
        let address = answer.get("address").and_then(Value::as_str);
        Ok(address.context("the edge answered without an address")?.to_owned())
    }

    /// Everything the site has.
    pub(super) fn export(&self) -> Result<Vec<ExportedArticle>> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let request = self.http.get(format!("{}/api/support/agent/kb/export/", self.url)).query("cursor", &cursor);
            let answer = accepted("exporting articles", request.header("authorization", bearer(&self.token)).call())?;
            let page: Page<ExportedArticle> =
                serde_json::from_value(answer).context("the edge answered with no list of articles")?;
            all.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = next,
                None => return Ok(all),
            }
        }
    }
}
