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

use super::{Build, Quality, copy, esbuild};
use crate::{
    pins::{WASM_BINDGEN, WASM_TARGET},
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

/// LLVM has inlined what is worth it. Inlining again makes the file smaller but less repetitive: measured on the panel of
/// 660 kB, 212 kB by brotli with it, 199 kB without, 203 kB if `wasm-opt` does not run at all.
const WITHOUT_INLINING: &str = "--skip-pass=inlining-optimizing";

/// The glue's guess where the wasm lies; the loader always says where, and esbuild would warn about it.
const DEFAULT_WASM_URL: &str = "new URL('panel_bg.wasm', import.meta.url)";

/// The finished panel before it gets its hashed names.
pub(super) struct Panel {
    pub(super) js: PathBuf,
    pub(super) wasm: PathBuf,
    stamp: PathBuf,
}

impl Panel {
    pub(super) fn of(build: &Build<'_>) -> Self {
        let folder = build.folder().join("panel");
        Self { js: folder.join("panel.js"), wasm: folder.join("panel.wasm"), stamp: folder.join("stamp") }
    }

    fn is_fresh(&self, stamp: &str) -> bool {
        stamp::is_fresh(&self.stamp, stamp, &[self.js.clone(), self.wasm.clone()])
    }
}

pub(super) fn build(build: &Build<'_>, target: &Path, compiler: &str) -> Result<()> {
    let stamp = stamp::of_inputs(build.ws, &INPUTS, compiler)?;
    let (panel, product) = (Panel::of(build), Panel::of(&build.product()));
    if panel.is_fresh(&stamp) {
        return Ok(());
    }
    fs::create_dir_all(build.folder().join("panel")).context("could not make the panel's folder")?;
    if build.quality == Quality::Draft && product.is_fresh(&stamp) {
        copy(&product.js, &panel.js)?;
        copy(&product.wasm, &panel.wasm)?;
    } else {
        step("Building the panel: cargo", || compile(build))?;
        step("Building the panel: wasm-bindgen, wasm-opt, esbuild", || finish(build, target, &panel))?;
    }
    fs::write(&panel.stamp, stamp).context("could not write the panel's stamp")
}

fn compile(build: &Build<'_>) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "buoy-widget", "--lib", "--target", WASM_TARGET]);
    cargo.args(["--profile", build.quality.profile()]);
    build.quality.describe_profile(&mut cargo);
    // The bindings' macro then uses the futures of js-sys, as worker-build does for the edge: one copy less.
    run(cargo.env("WASM_BINDGEN_USE_JS_SYS", "1").current_dir(&build.ws.root))
}

fn finish(build: &Build<'_>, target: &Path, panel: &Panel) -> Result<()> {
    let bindings = build.folder().join("panel-bindings");
    let wasm = target.join(WASM_TARGET).join(build.quality.profile()).join("buoy_widget.wasm");
    bind(build.ws, &wasm, &bindings)?;
    let bound = bindings.join("panel_bg.wasm");
    match build.quality {
        Quality::Product => shrink(build.ws, &bound, &panel.wasm)?,
        Quality::Draft => copy(&bound, &panel.wasm)?,
    }
    minify_glue(build.ws, &bindings.join("panel.js"), &panel.js)
}

fn bind(ws: &Workspace, wasm: &Path, bindings: &Path) -> Result<()> {
    let mut bindgen = Command::new(ws.tool(WASM_BINDGEN.program));
    bindgen.args(["--target", "web", "--no-typescript", "--remove-name-section", "--remove-producers-section"]);
    bindgen.args(["--out-name", "panel", "--out-dir"]).arg(bindings).arg(wasm);
    run_quietly(&mut bindgen).map(drop)
}

fn shrink(ws: &Workspace, from: &Path, to: &Path) -> Result<()> {
    let mut wasm_opt = Command::new(ws.npm_program("binaryen", "wasm-opt"));
    wasm_opt.arg("-Oz").arg(WITHOUT_INLINING).args(WASM_FEATURES.map(|feature| format!("--enable-{feature}")));
    wasm_opt.args(["--strip-debug", "--strip-producers", "--strip-target-features"]);
    run_quietly(wasm_opt.arg(from).arg("--output").arg(to)).map(drop)
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
