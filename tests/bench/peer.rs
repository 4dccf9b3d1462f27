//! The peer: a Hono worker doing the same, on the same workerd, by the same server as the edge.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use buoy_tests::{edge::OPERATOR_TOKEN, root::{product, root}};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Bundles the peer with esbuild; gives its entry module.
pub(crate) fn build() -> Result<PathBuf> {
    let output = root().join("target/buoy/peers/hono/index.js");
    let mut esbuild = Command::new(root().join("node_modules/esbuild/bin/esbuild"));
    esbuild.arg(root().join("tests/peers/hono/src/index.ts"));
    esbuild.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    let status = esbuild.arg(format!("--outfile={}", output.display())).status().context("esbuild was not found")?;
    if status.success() { Ok(output) } else { bail!("the peer could not be bundled: {status}") }
}

/// A running peer with fresh state. Dropping it stops it.
pub(crate) struct Peer {
    pub(crate) port: u16,
    process: Child,
    _stdin: ChildStdin,
    _folder: TempDir,
}

impl Peer {
    /// Starts `edge/dev/serve.mjs` as the harness does for the edge, with the peer's `wrangler.toml`.
    pub(crate) fn start() -> Result<Self> {
        build()?;
        let folder = tempfile::Builder::new().prefix("buoy-peer-").tempdir()?;
        let scratch = folder.path().join("tmp");
        fs::create_dir_all(&scratch)?;
        let manifest = fs::read_to_string(product("manifest.json"))?;
        let mut node = Command::new("node");
        node.arg(root().join("edge/dev/serve.mjs")).env("TMPDIR", scratch);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(folder.path().join("peer.log"))?);
        let mut process = node.spawn().context("node was not found")?;
        let mut stdin = process.stdin.take().context("stdin is piped")?;
        let config = json!({
            "port": 0, "state": folder.path().join("state"), "assets": product("assets"), "cron": false,
            "vars": { "OPERATOR_TOKEN": OPERATOR_TOKEN, "ASSET_MANIFEST": manifest },
            "wranglerConfig": root().join("tests/peers/hono/wrangler.toml"), "temporary": folder.path(),
        });
        writeln!(stdin, "{config}")?;
        let stdout = process.stdout.take().context("stdout is piped")?;
        let first = BufReader::new(stdout).lines().next().context("the peer's server ended")??;
        let said: Value = serde_json::from_str(&first)?;
        let port = said.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let port = port.with_context(|| format!("the peer did not start: {said}"))?;
        Ok(Self { port, process, _stdin: stdin, _folder: folder })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            let _already_gone = kill_process(pid, Signal::TERM);
        }
        let _reaped = self.process.wait();
    }
}
