//! The panel: Rust to wasm, bindings, `wasm-opt`, minified glue.
//!
//! Every byte here is paid by visitors, so each step exists to remove some. The results keep plain names in
//! `target/buoy/panel`; `assets.rs` names them by their content.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use super::esbuild;
use crate::{
    pins::{WASM_BINDGEN, WASM_KEEP_SECTIONS, WASM_PROFILE, WASM_TARGET},
    progress::step,
    run::{run, run_quietly},
    stamp,
    workspace::Workspace,
};

/// What decides the panel's bytes.
const INPUTS: [&str; 7] = [
    "shared/src",
    "shared/Cargo.toml",
    "widget/src",
    "widget/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/build",
];

/// What rustc emits for wasm32-unknown-unknown today. Named one by one, so that `wasm-opt` never introduces an
/// encoding that a browser of our support range (Chrome 97, Firefox 102, Safari 16) does not read.
const WASM_FEATURES: [&str; 6] =
    ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

/// The glue's guess where the wasm lies; the loader always says where, and esbuild would warn about it.
const DEFAULT_WASM_URL: &str = "new URL('panel_bg.wasm', import.meta.url)";

/// The finished panel before it gets its hashed names.
pub(super) struct Panel {
    pub(super) js: PathBuf,
    pub(super) wasm: PathBuf,
}

impl Panel {
    pub(super) fn of(ws: &Workspace) -> Self {
        let folder = ws.product().join("panel");
        Self { js: folder.join("panel.js"), wasm: folder.join("panel.wasm") }
    }
}

pub(super) fn build(ws: &Workspace, target: &Path, compiler: &str) -> Result<()> {
    let stamp = stamp::of_inputs(ws, &INPUTS, compiler)?;
    let stamp_file = ws.product().join("panel.stamp");
    let panel = Panel::of(ws);
    if stamp::is_fresh(&stamp_file, &stamp, &[panel.js.clone(), panel.wasm.clone()]) {
        return Ok(());
    }
    step("Building the panel: cargo", || compile(ws))?;
    let bindings = ws.product().join("panel-bindings");
    step("Building the panel: wasm-bindgen, wasm-opt, esbuild", || {
        bind(ws, target, &bindings)?;
        fs::create_dir_all(ws.product().join("panel"))?;
        shrink(ws, &bindings.join("panel_bg.wasm"), &panel.wasm)?;
        minify_glue(ws, &bindings.join("panel.js"), &panel.js)
    })?;
    fs::write(stamp_file, stamp).context("could not write the panel's stamp")
}

fn compile(ws: &Workspace) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "buoy-widget", "--lib", "--target", WASM_TARGET, "--profile", WASM_PROFILE]);
    // The bindings' macro then uses the futures of js-sys, as worker-build does for the edge: one copy less.
    cargo.env("WASM_BINDGEN_USE_JS_SYS", "1").env(WASM_KEEP_SECTIONS.0, WASM_KEEP_SECTIONS.1);
    run(cargo.current_dir(&ws.root))
}

fn bind(ws: &Workspace, target: &Path, bindings: &Path) -> Result<()> {
    let wasm = target.join(WASM_TARGET).join(WASM_PROFILE).join("buoy_widget.wasm");
    let mut bindgen = Command::new(ws.tool(WASM_BINDGEN.program));
    bindgen.args(["--target", "web", "--no-typescript", "--remove-name-section", "--remove-producers-section"]);
    bindgen.args(["--out-name", "panel", "--out-dir"]).arg(bindings).arg(wasm);
    run_quietly(&mut bindgen)
}

fn shrink(ws: &Workspace, from: &Path, to: &Path) -> Result<()> {
    let mut wasm_opt = Command::new(ws.npm_program("binaryen", "wasm-opt"));
    wasm_opt.args(["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    wasm_opt.args(WASM_FEATURES.map(|feature| format!("--enable-{feature}")));
    run_quietly(wasm_opt.arg(from).arg("--output").arg(to))
}

fn minify_glue(ws: &Workspace, from: &Path, to: &Path) -> Result<()> {
    let glue = fs::read_to_string(from).with_context(|| format!("could not read {}", from.display()))?;
    if !glue.contains(DEFAULT_WASM_URL) {
        bail!(
            "wasm-bindgen's glue no longer contains `{DEFAULT_WASM_URL}`: look at it and adapt xtask/src/build/widget.rs"
        );
    }
    let glue = glue.replace(DEFAULT_WASM_URL, "undefined");
    let prepared = from.with_file_name("panel.prepared.js");
    fs::write(&prepared, glue).with_context(|| format!("could not write {}", prepared.display()))?;
    esbuild::minify(ws, &prepared, to, &["--format=esm", "--target=es2020"])
}
