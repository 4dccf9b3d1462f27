//! One chromedriver for the whole test process, and the two commands that WebDriver itself does not know.

use std::{process::Command, str::FromStr, sync::OnceLock};

use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::process::Process;

/// Starts chromedriver and kills its whole group when our end of the pipe closes, that is, when the test process ends in
/// whatever way: otherwise a killed test run would leave browsers behind.
const LEASH: &str = r#""$@" < /dev/null & cat > /dev/null; kill -KILL 0"#;

pub(super) struct Driver {
    pub(super) port: u16,
    _process: Process,
}

impl Driver {
    pub(super) fn shared() -> &'static Self {
        static SHARED: OnceLock<Driver> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn start() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", LEASH, "leash", "chromedriver", "--port=0"]);
        let process = Process::start(&mut command);
        let port =
            process.line(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok());
        let port = port.expect("chromedriver starts: install chromium and chromedriver (chromium-driver)");
        Self { port, _process: process }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
pub(super) struct Cdp {
    path: &'static str,
    body: Value,
}

impl Cdp {
    pub(super) fn command(command: &str, params: &Value) -> Self {
        Self { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": params }) }
    }

    /// Reads and empties the browser's console log.
    pub(super) fn read_log() -> Self {
        Self { path: "se/log", body: json!({ "type": "browser" }) }
    }
}

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
