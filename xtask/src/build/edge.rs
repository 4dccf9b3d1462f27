//! The worker: worker-build does the work, we give it tools that were not downloaded and skip it when nothing changed.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result};

use super::{Build, Quality, copy};
use crate::{
    pins::{WASM_BINDGEN, WORKER_BUILD},
    progress::step,
    run::run,
    stamp,
};

/// What decides the worker's bytes. Migrations and `wrangler.toml` are read when it starts, not here.
const INPUTS: [&str; 10] = [
    "shared/src",
    "shared/Cargo.toml",
    "edge/src",
    "edge/Cargo.toml",
    "edge/openapi.json",
    "presets",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/build/edge.rs",
    "xtask/src/build/quality.rs",
];

/// What the worker consists of.
const OUTPUTS: [&str; 2] = ["index.js", "index_bg.wasm"];

pub(super) fn build(build: &Build<'_>, target: &Path, compiler: &str) -> Result<()> {
    let stamp = stamp::of_inputs(build.ws, &INPUTS, compiler)?;
    if is_fresh(build, &stamp) {
        return Ok(());
    }
    if build.quality == Quality::Draft && is_fresh(&build.product(), &stamp) {
        take_product(build)?;
    } else {
        step("Building the edge: worker-build", || compile(build, target))?;
    }
    fs::write(stamp_file(build), stamp).context("could not write the edge's stamp")
}

fn is_fresh(build: &Build<'_>, stamp: &str) -> bool {
    let outputs = OUTPUTS.map(|name| build.worker_folder().join(name));
    stamp::is_fresh(&stamp_file(build), stamp, &outputs)
}

fn stamp_file(build: &Build<'_>) -> std::path::PathBuf {
    build.folder().join("edge.stamp")
}

/// The worker of the product is current: nothing to build.
fn take_product(build: &Build<'_>) -> Result<()> {
    let (from, to) = (build.product().worker_folder(), build.worker_folder());
    fs::create_dir_all(&to).context("could not make the worker's folder")?;
    OUTPUTS.iter().try_for_each(|name| copy(&from.join(name), &to.join(name)))
}

fn compile(build: &Build<'_>, target: &Path) -> Result<()> {
    let ws = build.ws;
    let mut worker_build = Command::new(ws.tool(WORKER_BUILD.program));
    worker_build.args(["--profile", build.quality.profile(), "--out-dir"]).arg(build.worker_folder());
    if build.quality == Quality::Draft {
        worker_build.arg("--no-opt");
    }
    build.quality.describe_profile(&mut worker_build);
    // Without these it would download each of them from a code-hosting site.
    worker_build.env("WASM_BINDGEN_BIN", ws.tool(WASM_BINDGEN.program));
    worker_build.env("WASM_OPT_BIN", ws.npm_program("binaryen", "wasm-opt"));
    worker_build.env("ESBUILD_BIN", ws.npm_program("esbuild", "esbuild"));
    // A visitor who leaves must not cancel the write that they caused: `fetch` is wrapped in `waitUntil`.
    worker_build.env("RUN_TO_COMPLETION", "1");
    run(worker_build.env("CARGO_TARGET_DIR", target).current_dir(ws.path("edge")))
}
