//! The running edge, as a child process: `edge/dev/serve.mjs`.
//!
//! It answers with JSON lines on stdout, which a thread forwards as [`Event`]s; its stdin is our leash: when xtask dies,
//! however it dies, the pipe closes and node takes workerd down with it.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, Sender},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use super::Event;
use crate::{children, workspace::Workspace};

/// Far more than the second it takes, so that a busy machine is not mistaken for a broken one.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which build is served, and with which variables and secrets.
#[derive(Serialize)]
pub(super) struct Served {
    pub(super) vars: BTreeMap<String, String>,
    pub(super) assets: PathBuf,
    pub(super) main: PathBuf,
}

/// A serving edge; stopped when dropped.
pub(super) struct Server {
    child: Child,
    stdin: ChildStdin,
    /// What changed while we waited for an answer.
    missed: Vec<PathBuf>,
    /// The port that it listens on, also when any free one was asked for.
    pub(super) port: u16,
}

impl Server {
    pub(super) fn start(
        ws: &Workspace,
        port: u16,
        state: &Path,
        served: &Served,
        events: (&Sender<Event>, &Receiver<Event>),
    ) -> Result<Self> {
        let mut node = Command::new("node");
        node.arg(ws.path("edge/dev/serve.mjs")).current_dir(&ws.root).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = children::spawn(&mut node)?;
        let mut stdin = child.stdin.take().context("node has no stdin")?;
        let stdout = child.stdout.take().context("node has no stdout")?;
        let sender = events.0.clone();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let Ok(message) = serde_json::from_str(&line) else { continue };
                if sender.send(Event::Server(message)).is_err() {
                    return;
                }
            }
            let _nobody_listens = sender.send(Event::ServerGone);
        });
        let mut config = serde_json::to_value(served)?;
        if let Some(config) = config.as_object_mut() {
            let place = json!({ "port": port, "state": state, "wranglerConfig": ws.path("edge/wrangler.toml") });
            config.extend(place.as_object().cloned().unwrap_or_default());
        }
        writeln!(stdin, "{config}").context("node ended before it read its config")?;
        let mut server = Self { child, stdin, missed: Vec::new(), port };
        let ready = server.wait_for("ready", events.1)?;
        let port = ready.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        server.port = port.context("the server named no port")?;
        Ok(server)
    }

    /// Makes the edge serve the newest build. An error leaves it running as well as it can.
    pub(super) fn reload(&mut self, served: &Served, events: &Receiver<Event>) -> Result<()> {
        writeln!(self.stdin, "reload {}", serde_json::to_string(served)?).context("the server is gone")?;
        self.wait_for("reloaded", events).map(|_| ())
    }

    /// The changes that came while a reload was under way.
    pub(super) fn take_missed_changes(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.missed)
    }

    fn wait_for(&mut self, what: &str, events: &Receiver<Event>) -> Result<Value> {
        loop {
            match events.recv_timeout(PATIENCE) {
                Ok(Event::Server(message)) if message.get(what).is_some() => return Ok(message),
                Ok(Event::Server(message)) => {
                    if let Some(error) = message.get("error").and_then(Value::as_str) {
                        bail!("{error}");
                    }
                }
                Ok(Event::ServerGone) => bail!("the server ended; its last words are above"),
                Ok(Event::Changed(paths)) => self.missed.extend(paths),
                Err(_) => bail!("the server was not {what} after {} s", PATIENCE.as_secs()),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        children::stop(&self.child);
    }
}
