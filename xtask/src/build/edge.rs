//! The worker: worker-build does the work, we give it tools that were not downloaded and skip it when nothing changed.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result};

use crate::{
    pins::{WASM_BINDGEN, WASM_KEEP_SECTIONS, WASM_PROFILE, WORKER_BUILD},
    progress::step,
    run::run,
    stamp,
    workspace::Workspace,
};

/// What decides the worker's bytes. Migrations and `wrangler.toml` are read when it starts, not here.
const INPUTS: [&str; 7] =
    ["shared/src", "shared/Cargo.toml", "edge/src", "edge/Cargo.toml", "presets", "Cargo.toml", "Cargo.lock"];

pub(super) fn build(ws: &Workspace, target: &Path, compiler: &str) -> Result<()> {
    let edge = ws.path("edge");
    let openapi = "edge/openapi.json"; // the worker may embed it
    let mut inputs = INPUTS.to_vec();
    inputs.extend([openapi, "xtask/src/build/edge.rs"]);
    let stamp = stamp::of_inputs(ws, &inputs, compiler)?;
    let stamp_file = ws.product().join("edge.stamp");
    let outputs = [edge.join("build/index.js"), edge.join("build/index_bg.wasm")];
    if stamp::is_fresh(&stamp_file, &stamp, &outputs) {
        return Ok(());
    }
    step("Building the edge: worker-build", || {
        let mut build = Command::new(ws.tool(WORKER_BUILD.program));
        build.args(["--profile", WASM_PROFILE]).current_dir(&edge);
        // Without these it would download each of them from a code-hosting site.
        build.env("WASM_BINDGEN_BIN", ws.tool(WASM_BINDGEN.program));
        build.env("WASM_OPT_BIN", ws.npm_program("binaryen", "wasm-opt"));
        build.env("ESBUILD_BIN", ws.npm_program("esbuild", "esbuild"));
        // A visitor who leaves must not cancel the write that they caused (see ARCHITECTURE.md).
        build.env("RUN_TO_COMPLETION", "1");
        run(build.env(WASM_KEEP_SECTIONS.0, WASM_KEEP_SECTIONS.1).env("CARGO_TARGET_DIR", target))
    })?;
    fs::write(stamp_file, stamp).context("could not write the edge's stamp")
}
