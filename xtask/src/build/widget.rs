//! The panel: Rust to wasm, bindings, `wasm-opt`, minified glue.
//!
//! Every byte here is paid by visitors, so each step exists to remove some. The results keep plain names in
//! `target/buoy/panel`; `assets.rs` names them by their content.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::{Build, Quality, copy, esbuild, wasm};
use crate::{progress::step, stamp};

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

/// LLVM has inlined what is worth it. Inlining again makes the file smaller but less repetitive: measured on a panel of
/// 660 kB, 212 kB by brotli with it, 199 kB without, 203 kB if `wasm-opt` does not run at all.
const OPTIMISE: [&str; 5] =
    ["-Oz", "--skip-pass=inlining-optimizing", "--strip-debug", "--strip-producers", "--strip-target-features"];

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
        let compiled = step("Building the panel: cargo", || wasm::compile(build, target, "buoy-widget"))?;
        step("Building the panel: bindings, wasm-opt, esbuild", || finish(build, &compiled, &panel))?;
    }
    fs::write(&panel.stamp, stamp).context("could not write the panel's stamp")
}

fn finish(build: &Build<'_>, compiled: &Path, panel: &Panel) -> Result<()> {
    let folder = build.folder().join("panel-bindings");
    wasm::bind_for_browser(compiled, &folder, "panel")?;
    wasm::optimise(build, &folder.join("panel_bg.wasm"), &panel.wasm, &OPTIMISE)?;
    esbuild::run(build.ws, &folder.join("panel.js"), &panel.js, &["--format=esm", "--target=es2020"])
}
