//! Finds every error that a page makes: uncaught ones, rejections, refused policies, lines of `console.error`.
//!
//! Chromium's driver gives a log of all of them; Firefox has one, but without the page's own `console` calls, and WebKit's
//! driver gives none. So a script that runs before any other stands in every host page there (see [`crate::pages`]); in
//! pages of our own it comes as soon as they have loaded. In Chromium the driver runs it, in frames as well.

use serde_json::Value;

use super::{Browser, cdp::Own, engine::Engine, firefox::locked};

/// Runs first in every document. Its lines have the form of Chromium's log.
pub(crate) const SCRIPT: &str = r#"(() => {
  if (window.__testLines) return;
  const lines = [];
  const push = lines.push.bind(lines); // the page may spoil the prototype
  Object.defineProperty(window, "__testLines", { value: lines, enumerable: false });
  addEventListener("error", (event) => push(`SEVERE uncaught: ${event.message} (${event.filename}:${event.lineno})`));
  addEventListener("unhandledrejection", (event) => push(`SEVERE unhandled rejection: ${event.reason?.stack ?? event.reason}`));
  addEventListener("securitypolicyviolation", (event) => push(`SEVERE Content Security Policy: ${event.effectiveDirective} refused ${event.blockedURI}`));
  if (navigator.userAgent.includes("Chrome")) return; // its log has the console
  for (const [name, level] of [["error", "SEVERE"], ["warn", "WARNING"]]) {
    const real = console[name].bind(console);
    console[name] = (...words) => { push(`${level} console: ${words.join(" ")}`); real(...words); };
  }
})()"#;

/// A browser asks for it by itself, on every origin, whatever the page says.
const NOBODYS_FAULT: &str = "/favicon.ico";

/// What browsers say by themselves about requests that nobody answers.
const SAID_OF_A_LOST_LINE: [&str; 5] = [
    "net::ERR_",
    "Failed to load resource",
    "Cross-Origin Request Blocked",
    "Module source URI is not allowed in this document", // Firefox, of a module that could not be fetched
    "access control checks",
];

impl Browser {
    /// From now on the browser may say that nobody answers; the page still may not.
    pub fn expect_lost_line(&self) {
        SAID_OF_A_LOST_LINE.iter().for_each(|said| self.expect_error(said));
    }

    /// From now on console errors that contain `part` are what the test wants to see.
    pub fn expect_error(&self, part: &str) {
        locked(&self.expected).push(part.to_owned());
    }

    /// All errors so far that the test did not announce with [`Browser::expect_error`].
    pub async fn unexpected_errors(&self) -> Vec<String> {
        self.collect_errors().await;
        let mut errors = locked(&self.severe).clone();
        let expected = locked(&self.expected);
        errors.retain(|error| !error.contains(NOBODYS_FAULT) && !expected.iter().any(|part| error.contains(part)));
        errors
    }

    /// Every error and warning since the last look; in Chromium every other line of the console as well.
    pub async fn console(&self) -> Vec<String> {
        let mut lines = match self.engine {
            Engine::Chromium => self.console_of_chromium().await,
            Engine::Firefox => self.console_of_firefox().await,
            Engine::WebKitGtk => Vec::new(),
        };
        let take = "return (window.__testLines ?? []).splice(0)";
        let found = self.client().execute(take, Vec::new()).await.unwrap_or_default();
        lines.extend(found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        locked(&self.severe).extend(lines.iter().filter(|line| line.starts_with("SEVERE")).cloned());
        lines
    }

    async fn console_of_chromium(&self) -> Vec<String> {
        let entries = self.client().issue_cmd(Own::read_log()).await.unwrap_or_default();
        let part = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let line = |entry| format!("{} {}: {}", part(entry, "level"), part(entry, "source"), part(entry, "message"));
        entries.as_array().into_iter().flatten().map(line).collect()
    }

    /// Keeps the errors of a page that is about to be left.
    pub(super) async fn collect_errors(&self) {
        let _kept_in_self = self.console().await;
    }

    /// Sets the watch in whatever the tab shows from now on, as far as the engine's driver can.
    pub(super) async fn watch_tab(&self) {
        if self.engine == Engine::Chromium {
            let source = serde_json::json!({ "source": SCRIPT });
            self.cdp("Page.addScriptToEvaluateOnNewDocument", &source).await;
        }
    }

    /// Sets the watch in the page that has just loaded, where nobody could before.
    pub(super) async fn watch_page(&self) {
        if self.engine.needs_watch_in_page() {
            let _a_page_that_refuses_scripts = self.client().execute(SCRIPT, Vec::new()).await;
        }
    }
}
