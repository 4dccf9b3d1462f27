//! The two commands of chromedriver that WebDriver itself does not know.

use std::str::FromStr;

use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{Browser, engine::Engine};

/// A command beyond the standard, as its path below the session and its body.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) path: &'static str,
    pub(super) body: Value,
}

impl Own {
    /// Reads and empties Chromium's console log.
    pub(super) fn read_log() -> Self {
        Self { path: "se/log", body: json!({ "type": "browser" }) }
    }
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl Browser {
    /// A command of the Chrome DevTools protocol.
    ///
    /// # Panics
    /// When the browser refuses it, or is not Chromium: a journey that needs this belongs to `of_chromium`.
    pub async fn cdp(&self, command: &str, params: &Value) -> Value {
        assert_eq!(self.engine, Engine::Chromium, "{command} is a command of Chromium alone");
        let own = Own { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": params }) };
        let result = self.client().issue_cmd(own).await;
        result.unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}
