//! Builds the product: the panel and the edge as wasm, and the folder of Static Assets around them.
//!
//! Outputs of the product, all below `target/buoy`: `assets/` (what is deployed), `manifest.json` (names of the hashed
//! files, given to the worker as `ASSET_MANIFEST`), `manifest-history.json` (which old files must stay). The workers themselves
//! are in `edge/build/`. A draft (see [`Quality`]) has the same files below `target/buoy-draft`. Steps whose inputs did not
//! change are skipped. One build at a time: others wait.

mod assets;
mod edge;
mod esbuild;
mod names;
mod quality;
mod split;
mod talk;
mod texts;
mod triage;
mod wasm;
mod widget;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

pub(crate) use self::{quality::Quality, wasm::bind_for_browser};
use crate::{
    lock,
    progress::step,
    run::{answer, run_quietly},
    workspace::Workspace,
};

/// One build: where from, how well, where to.
pub(crate) struct Build<'a> {
    ws: &'a Workspace,
    quality: Quality,
    /// A worker whose requests say what time it is: for tests alone, in a folder that nothing else reads.
    test_clock: bool,
}

impl<'a> Build<'a> {
    pub(crate) fn new(ws: &'a Workspace, quality: Quality) -> Self {
        Self { ws, quality, test_clock: false }
    }

    /// The worker again, with the clock of the tests.
    pub(crate) fn with_test_clock(ws: &'a Workspace) -> Self {
        Self { ws, quality: Quality::Product, test_clock: true }
    }

    /// Brings everything up to date. The tools must have been ensured.
    pub(crate) fn run(&self) -> Result<()> {
        let _guard = lock::wait(&self.ws.product(), "build", "another build is running")?;
        let compiler = answer(Command::new("rustc").arg("--version")).context("rustc was not found")?;
        let target = cargo_target(self.ws)?;
        if self.test_clock {
            return edge::build(self, &target, &compiler);
        }
        widget::build(self, &target, &compiler)?;
        triage::build(self, &target, &compiler)?;
        edge::build(self, &target, &compiler)?;
        step("Laying out the static assets", || assets::lay_out(self))
    }

    /// Compiles without laying anything out. May go on beside a build of the other quality, which has folders of its own.
    pub(crate) fn warm_up(&self) -> Result<()> {
        wasm::warm_up(self)
    }

    /// Where everything goes but the product's worker.
    fn folder(&self) -> PathBuf {
        match self.quality {
            Quality::Product if self.test_clock => self.ws.path("target/buoy-test-clock"),
            Quality::Product => self.ws.product(),
            Quality::Draft => self.ws.path("target/buoy-draft"),
        }
    }

    /// The folder of Static Assets.
    pub(crate) fn assets(&self) -> PathBuf {
        self.folder().join("assets")
    }

    /// Names of the hashed files, for the worker.
    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder().join("manifest.json")
    }

    /// The folder of the front worker's script and wasm; the courier's lie in `courier/` below it.
    fn worker_folder(&self) -> PathBuf {
        match self.quality {
            Quality::Product if self.test_clock => self.folder().join("worker"),
            Quality::Product => self.ws.path("edge/build"), // named by edge/wrangler.toml
            Quality::Draft => self.folder().join("worker"),
        }
    }

    /// The front worker's entry.
    pub(crate) fn worker(&self) -> PathBuf {
        self.worker_folder().join("index.js")
    }

    /// The product that a draft may take finished parts from.
    fn product(&self) -> Self {
        Self::new(self.ws, Quality::Product)
    }
}

/// Where cargo builds to: the workspace's `target/`, or what `CARGO_TARGET_DIR` or a cargo config says.
fn cargo_target(ws: &Workspace) -> Result<PathBuf> {
    if let Some(folder) = env::var_os("CARGO_TARGET_DIR") {
        return Ok(ws.root.join(folder));
    }
    let mut command = Command::new("cargo");
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&ws.root);
    let text = run_quietly(&mut command)?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` did not answer with JSON")?;
    let folder = metadata.get("target_directory").and_then(Value::as_str).context("cargo named no target directory")?;
    Ok(PathBuf::from(folder))
}

/// Copies a file, with both names in the error.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).with_context(|| format!("could not copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
