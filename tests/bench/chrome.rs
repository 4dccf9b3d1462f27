//! A headless Chromium with any number of people in it, each with a new profile in memory.
//!
//! A person is a browser context: own cache, storage, connections and compiled code, as a new profile on disk has, without
//! the seconds that a browser needs to warm up and that would count as the page's.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{link::Link, page::Page};

/// No sandbox, because benches run as root in containers; no background traffic, because every request counts; no
/// waking of hidden pages at other speeds than shown ones.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--remote-debugging-port=0",
];

/// Kills the whole group when our end of the pipe closes, that is, when the bench ends in whatever way.
const LEASH: &str = r#""$@" < /dev/null & cat > /dev/null; kill -KILL 0"#;

/// What the browser prints before the address of its DevTools.
const LISTENING: &str = "DevTools listening on ";

/// A running browser. Dropping it ends it.
pub(crate) struct Chrome {
    link: Link,
    process: Child,
    _profile: TempDir,
}

impl Chrome {
    pub(crate) async fn start() -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("buoy-bench-").tempdir()?;
        let mut command = Command::new("sh");
        command.args(["-c", LEASH, "leash", "chromium"]).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let mut process = command.spawn().context("sh was not found")?;
        let stderr = process.stderr.take().context("stderr is piped")?;
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix(LISTENING).map(str::to_owned));
        let address = address.context("chromium did not start: is it installed?")?;
        thread::spawn(move || lines.for_each(drop)); // a full pipe would stop the browser
        Ok(Self { link: Link::connect(&address).await?, process, _profile: profile })
    }

    /// Somebody who was never here.
    pub(crate) async fn person(&self) -> Result<Person> {
        let answer = self.link.call(None, "Target.createBrowserContext", json!({})).await?;
        Ok(Person { link: self.link.clone(), context: text(&answer, "browserContextId")? })
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _reaped = self.process.wait();
    }
}

/// A profile in memory.
pub(crate) struct Person {
    link: Link,
    context: String,
}

impl Person {
    /// A new tab.
    pub(crate) async fn page(&self) -> Result<Page> {
        let blank = json!({ "url": "about:blank", "browserContextId": self.context });
        let target = text(&self.link.call(None, "Target.createTarget", blank).await?, "targetId")?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = text(&self.link.call(None, "Target.attachToTarget", attach).await?, "sessionId")?;
        Ok(Page::new(self.link.clone(), target, session))
    }

    /// Forgets everything.
    pub(crate) async fn leave(self) -> Result<()> {
        let gone = json!({ "browserContextId": self.context });
        self.link.call(None, "Target.disposeBrowserContext", gone).await.map(drop)
    }
}

fn text(answer: &Value, name: &str) -> Result<String> {
    Ok(answer.get(name).and_then(Value::as_str).with_context(|| format!("no {name} in {answer}"))?.to_owned())
}
