//! Fills a running edge with the demo site, over the same HTTP that an operator uses.
//!
//! A later start finds what is there and changes only what differs: the demo's tickets and tokens survive a restart.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use ureq::Agent;

use crate::{
    articles::{self, Article},
    import::import,
    progress::note,
    stamp,
    workspace::Workspace,
};

/// The site of our own demo page.
pub(crate) const DEMO_SITE: &str = "site_demo";

/// A running edge and the right to make sites on it.
pub(crate) struct Seeder {
    http: Agent,
    /// Where the edge listens, without a slash at the end.
    url: String,
    operator_token: String,
}

/// What a page needs to sign its visitors in.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) kid: String,
    pub(crate) secret: String,
}

impl Seeder {
    pub(crate) fn new(port: u16, operator_token: &str) -> Self {
        // A refusal is an answer with a problem document, which we want to show.
        let http = Agent::new_with_config(Agent::config_builder().http_status_as_error(false).build());
        Self { http, url: format!("http://127.0.0.1:{port}"), operator_token: operator_token.to_owned() }
    }

    /// Creates the demo site or brings its policy and origins up to date.
    pub(crate) fn put_site(&self, name: &str, policy_toml: &str, origins: &[String]) -> Result<Option<Identity>> {
        let body = json!({ "name": name, "policy_toml": policy_toml, "origins": origins, "anonymous": true });
        let request = self.http.put(format!("{}/api/support/operator/sites/{DEMO_SITE}/", self.url));
        let response = request.header("authorization", bearer(&self.operator_token)).send_json(body);
        let answer = accepted("creating the demo site", response)?;
        let text =
            |field: &str| answer.pointer(&format!("/identity/{field}")).and_then(Value::as_str).map(str::to_owned);
        Ok(text("kid").zip(text("secret")).map(|(kid, secret)| Identity { kid, secret }))
    }

    /// A fresh agent's token.
    pub(crate) fn add_agent(&self) -> Result<String> {
        let request = self.http.post(format!("{}/api/support/operator/sites/{DEMO_SITE}/agents/", self.url));
        let body = json!({ "name": "Demo agent", "role": "admin" });
        let answer = accepted(
            "creating the demo agent",
            request.header("authorization", bearer(&self.operator_token)).send_json(body),
        )?;
        let token = answer.get("token").and_then(Value::as_str);
        Ok(token.context("the edge answered without a token for the demo agent")?.to_owned())
    }

    /// Whether a token of an earlier start still opens the door.
    pub(crate) fn accepts(&self, staff_token: &str) -> bool {
        let request = self.http.get(format!("{}/api/support/agent/me/", self.url));
        let response = request.header("authorization", bearer(staff_token)).call();
        response.is_ok_and(|response| response.status().as_u16() == 200)
    }

    /// Stores and publishes all articles.
    pub(crate) fn import(&self, staff_token: &str, articles: &[Article]) -> Result<()> {
        import(articles, true, |what, body| {
            let request = self.http.post(format!("{}/api/support/agent/kb/import/", self.url));
            accepted(what, request.header("authorization", bearer(staff_token)).send_json(body))
        })?;
        let mut locales: BTreeMap<&str, usize> = BTreeMap::new();
        for article in articles {
            *locales.entry(&article.locale).or_default() += 1;
        }
        for (locale, count) in locales {
            note(&format!("{locale}: {count} articles"));
        }
        Ok(())
    }
}

/// The articles of a preset and a stamp of their content.
pub(crate) fn articles_of(ws: &Workspace, preset: &str) -> Result<(Vec<Article>, String)> {
    let articles = articles::collect(ws, preset)?;
    let stamp = stamp::of_bytes(&serde_json::to_vec(&articles)?);
    Ok((articles, stamp))
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The JSON of a 2xx answer; everything else becomes a sentence with what the edge said.
pub(crate) fn accepted(what: &str, response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut response = response.with_context(|| format!("{what}: the edge did not answer"))?;
    let status = response.status();
    let text = response.body_mut().read_to_string().with_context(|| format!("{what}: the answer broke off"))?;
    if !status.is_success() {
        bail!("{what}: the edge answered {status}\n{text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{what}: the answer is not JSON"))
}
