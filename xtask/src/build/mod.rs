//! Builds the product: the panel and the edge as wasm, and the folder of Static Assets around them.
//!
//! Outputs, all below `target/buoy`: `assets/` (what is deployed), `manifest.json` (names of the hashed files, given to
//! the worker as `ASSET_MANIFEST`), `manifest-history.json` (which old files must stay). The worker itself is
//! `edge/build/`. Steps whose inputs did not change are skipped. One build at a time: others wait.

mod assets;
mod edge;
mod esbuild;
mod texts;
mod widget;

use std::{env, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{lock, progress::step, run::answer, workspace::Workspace};

/// Brings everything up to date. The tools must have been ensured.
pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let _guard = lock::wait(&ws.product(), "build", "another build is running")?;
    let compiler = answer(Command::new("rustc").arg("--version")).context("rustc was not found")?;
    let target = cargo_target(ws)?;
    widget::build(ws, &target, &compiler)?;
    edge::build(ws, &target, &compiler)?;
    step("Laying out the static assets", || assets::lay_out(ws))
}

/// Where cargo builds to: the workspace's `target/`, or what `CARGO_TARGET_DIR` or a cargo config says.
fn cargo_target(ws: &Workspace) -> Result<PathBuf> {
    if let Some(folder) = env::var_os("CARGO_TARGET_DIR") {
        return Ok(ws.root.join(folder));
    }
    let mut command = Command::new("cargo");
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&ws.root);
    let text = answer(&mut command).context("`cargo metadata` failed: is every Cargo.toml valid?")?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` did not answer with JSON")?;
    let folder = metadata.get("target_directory").and_then(Value::as_str).context("cargo named no target directory")?;
    Ok(PathBuf::from(folder))
}
