//! Finds every error that a page makes: uncaught ones by a script that runs before any other, the rest in the browser's
//! own log (`console.error`, refused policies, failed requests).

use std::sync::PoisonError;

use serde_json::Value;

use super::{Browser, driver::Cdp};

/// Runs first in every document, frames included.
pub(super) const SCRIPT: &str = r#"(() => {
  const errors = [];
  Object.defineProperty(window, "__testErrors", { value: errors, enumerable: false });
  addEventListener("error", (event) => errors.push(`uncaught: ${event.message} (${event.filename}:${event.lineno})`));
  addEventListener("unhandledrejection", (event) => errors.push(`unhandled rejection: ${event.reason?.stack ?? event.reason}`));
})()"#;

/// A browser asks for it by itself, on every origin, whatever the page says.
const NOBODYS_FAULT: &str = "/favicon.ico";

impl Browser {
    /// All errors so far that the test did not announce with [`Browser::expect_error`].
    pub async fn unexpected_errors(&self) -> Vec<String> {
        self.collect_severe().await;
        let page = self.client.execute("return window.__testErrors ?? []", Vec::new()).await.unwrap_or_default();
        let mut errors = self.severe.lock().unwrap_or_else(PoisonError::into_inner).clone();
        errors.extend(page.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        errors.retain(|error| !error.contains(NOBODYS_FAULT) && !expected.iter().any(|part| error.contains(part)));
        errors
    }

    /// Every line of the console since the last look, errors included.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(Cdp::read_log()).await.unwrap_or_default();
        let mut lines = Vec::new();
        let mut severe = self.severe.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries.as_array().into_iter().flatten() {
            let part = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
            let line = format!("{} {}: {}", part("level"), part("source"), part("message"));
            if part("level") == "SEVERE" {
                severe.push(line.clone());
            }
            lines.push(line);
        }
        lines
    }

    /// Keeps the errors of a page that is about to be left.
    pub(super) async fn collect_severe(&self) {
        let _kept_in_self = self.console().await;
    }
}
