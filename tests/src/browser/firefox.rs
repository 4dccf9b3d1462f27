//! What WebDriver does not know, in Firefox: scripts with the browser's own rights, which geckodriver runs on request.

use std::sync::PoisonError;

use serde_json::{Value, json};

use super::{Browser, cdp::Own};

/// Every error and warning about a page of somebody's since the last look: thrown, rejected, refused by a policy.
/// What the browser says about itself comes from addresses of its own.
const CONSOLE: &str = r#"
  const ours = [];
  for (const message of Services.console.getMessageArray()) {
    if (!(message instanceof Ci.nsIScriptError)) continue;
    const { sourceName, errorMessage, lineNumber, isWarning, isInfo, category } = message;
    // Its own remarks, of what it keeps apart for whom, count as errors of the page with it.
    if (!/^(https?|blob|data):/.test(sourceName) || /^cookie/.test(category)) continue;
    // It ends a script that still runs when its page is left, and calls that a time-out. Time-outs of scripts themselves are
    // switched off where a driver is at work: a script that never ends shows itself by the test not going on.
    if (errorMessage.startsWith("Script terminated by timeout")) continue;
    // A page may be left while something is written to its database; that nothing is lost by it, journeys of the outbox hold.
    if (errorMessage.endsWith("has been aborted due to page navigation.")) continue;
    ours.push(`${isInfo ? "INFO" : isWarning ? "WARNING" : "SEVERE"} ${category}: ${errorMessage.replace("Content-Security-Policy", "Content Security Policy")} (${sourceName}:${lineNumber})`);
  }
  Services.console.reset();
  return ours;
"#;

impl Browser {
    /// Runs JavaScript with the browser's own rights. `tab` is the tab that commands go to.
    pub(super) async fn privileged(&self, script: &str, arguments: &[Value]) -> Value {
        let context = |name: &str| Own { path: "moz/context", body: json!({ "context": name }) };
        let changed = self.client().issue_cmd(context("chrome")).await;
        changed.unwrap_or_else(|error| panic!("Firefox does not let us in: {error}"));
        let script = format!("const tab = gBrowser.selectedBrowser; {script}");
        let result = self.client().execute(&script, arguments.to_vec()).await;
        let back = self.client().issue_cmd(context("content")).await;
        back.unwrap_or_else(|error| panic!("Firefox does not let us out: {error}"));
        result.unwrap_or_else(|error| panic!("the script failed: {error}\n{script}"))
    }

    /// What its console says about pages, since the last look.
    pub(super) async fn console_of_firefox(&self) -> Vec<String> {
        let found = self.privileged(CONSOLE, &[]).await;
        found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// A viewport of any size: that of the element which shows the page.
    pub(super) async fn size_page_of_firefox(&self, width: u32, height: u32) {
        let script = "tab.style.width = arguments[0] + 'px'; tab.style.height = arguments[1] + 'px'; \
                      tab.ownerDocument.synchronouslyUpdateRemoteBrowserDimensions(true);";
        self.privileged(script, &[width.into(), height.into()]).await;
        self.wait_until(&format!("innerWidth === {width} && innerHeight === {height}")).await;
    }
}

/// Locks that a test thread poisoned by failing are still of use to the next look.
pub(super) fn locked<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
