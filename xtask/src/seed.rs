//! Fills a running edge with the demo site, over the same HTTP that an operator uses.
//!
//! A later start finds what is there and changes only what differs: the demo's tickets and tokens survive a restart.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use ureq::Agent;

use crate::{
    articles::{self, Article},
    progress::note,
    stamp,
    workspace::Workspace,
};

/// The site of our own demo page.
pub(crate) const DEMO_SITE: &str = "site_demo";
/// The edge's limits for one import.
const BATCH_ARTICLES: usize = 50;
const BATCH_BYTES: usize = 700_000;

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

    /// Sends all articles, in batches. Only the last batch of a locale rebuilds its search index.
    pub(crate) fn import(&self, staff_token: &str, articles: &[Article]) -> Result<()> {
        let mut locales: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
        for article in articles {
            locales.entry(&article.locale).or_default().push(article);
        }
        for (locale, articles) in locales {
            let batches = batches(&articles);
            let last = batches.len().saturating_sub(1);
            for (number, batch) in batches.iter().enumerate() {
                let body = json!({ "articles": batch, "publish": true, "rebuild": number == last });
                let request = self.http.post(format!("{}/api/support/agent/kb/import/", self.url));
                let what = format!("importing articles ({locale}, batch {} of {})", number + 1, last + 1);
                accepted(&what, request.header("authorization", bearer(staff_token)).send_json(body))?;
            }
            note(&format!("{locale}: {} articles", articles.len()));
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

/// Articles in as few requests as the edge's limits allow.
pub(crate) fn batches<'a>(articles: &[&'a Article]) -> Vec<Vec<&'a Article>> {
    let mut batches: Vec<Vec<&Article>> = Vec::new();
    let mut bytes = 0;
    for article in articles {
        bytes += article.markdown.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_ARTICLES && bytes <= BATCH_BYTES => batch.push(article),
            _ => {
                bytes = article.markdown.len();
                batches.push(vec![article]);
            }
        }
    }
    batches
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

#[cfg(test)]
mod tests {
    use super::*;

    fn article(bytes: usize) -> Article {
        Article { locale: "en".to_owned(), slug: "a".to_owned(), markdown: "x".repeat(bytes) }
    }

    #[test]
    fn a_batch_has_at_most_fifty_articles_and_700_kilobytes() {
        let small: Vec<Article> = (0..120).map(|_| article(10)).collect();
        let sizes: Vec<usize> = batches(&small.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [50, 50, 20]);
        let large: Vec<Article> = (0..5).map(|_| article(300_000)).collect();
        let sizes: Vec<usize> = batches(&large.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 2, 1]);
    }
}
