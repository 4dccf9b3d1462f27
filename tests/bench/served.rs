//! The two workers of the throughput table, served by one program with the same options.
//!
//! Not by the harness' `Edge`, so that nothing but the worker differs: same server, same workerd, state of its own on disk.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use buoy_tests::{
    edge::{OPERATOR_TOKEN, ROOMY_LIMITS},
    http::Client,
    root::{product, root},
};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

/// Ours.
pub(crate) const EDGE: &str = "edge/wrangler.toml";
/// A Hono worker doing the same.
pub(crate) const HONO: &str = "tests/peers/hono/wrangler.toml";

/// Linux tells processor time in these parts of a second to every program, whatever the kernel counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bundles the peer with esbuild; gives its entry module.
pub(crate) fn build_hono() -> Result<PathBuf> {
    let output = root().join("target/buoy/peers/hono/index.js");
    let mut esbuild = Command::new(root().join("node_modules/esbuild/bin/esbuild"));
    esbuild.arg(root().join("tests/peers/hono/src/index.ts"));
    esbuild.args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=warning"]);
    let status = esbuild.arg(format!("--outfile={}", output.display())).status().context("esbuild was not found")?;
    if status.success() { Ok(output) } else { bail!("the peer could not be bundled: {status}") }
}

/// A running worker with fresh state. Dropping it stops it.
pub(crate) struct Served {
    pub(crate) port: u16,
    workerd: u32,
    process: Child,
    _stdin: ChildStdin,
    _folder: TempDir,
}

/// What the server says when it serves.
#[derive(Debug, Deserialize)]
struct Ready {
    port: u16,
    workerd_pid: u32,
}

impl Served {
    /// Starts `edge/dev/serve.mjs` with a `wrangler.toml` of the checkout.
    pub(crate) fn start(wrangler_config: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("buoy-bench-").tempdir()?;
        let scratch = folder.path().join("tmp");
        fs::create_dir_all(&scratch)?;
        let manifest = fs::read_to_string(product("manifest.json"))?;
        let mut node = Command::new("node");
        node.arg(root().join("edge/dev/serve.mjs")).env("TMPDIR", scratch);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(folder.path().join("worker.log"))?);
        let mut process = node.spawn().context("node was not found")?;
        let mut stdin = process.stdin.take().context("stdin is piped")?;
        let config = json!({
            "port": 0, "state": folder.path().join("state"), "assets": product("assets"), "cron": false,
            "vars": { "OPERATOR_TOKEN": OPERATOR_TOKEN, "ASSET_MANIFEST": manifest, "LIMITS": ROOMY_LIMITS },
            "wranglerConfig": root().join(wrangler_config), "temporary": folder.path(),
        });
        writeln!(stdin, "{config}")?;
        let stdout = process.stdout.take().context("stdout is piped")?;
        let first = BufReader::new(stdout).lines().next().context("the server ended")??;
        let Ready { port, workerd_pid } =
            serde_json::from_str(&first).with_context(|| format!("{wrangler_config} did not start: {first}"))?;
        Ok(Self { port, workerd: workerd_pid, process, _stdin: stdin, _folder: folder })
    }

    /// A client with the operator's rights.
    pub(crate) fn operator(&self) -> Client {
        self.client().with_bearer(OPERATOR_TOKEN)
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.port))
    }

    /// Processor time of workerd so far, in seconds: the worker and its storage together.
    pub(crate) fn processor_seconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.workerd)).context("workerd is gone")?;
        // After the program's name in parentheses, user and system time are the 12th and 13th word.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: Vec<f64> =
            after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse().ok()).collect();
        match ticks.as_slice() {
            [user, system] => Ok((user + system) / TICKS_PER_SECOND),
            _ => bail!("workerd's processor time cannot be read: {stat}"),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            let _already_gone = kill_process(pid, Signal::TERM);
        }
        let _reaped = self.process.wait();
    }
}
