//! The panel: Rust to wasm, cut in two, bindings, `wasm-opt`, minified glue.
//!
//! Every byte here is paid by visitors, so each step exists to remove some. The results keep plain names in
//! `target/buoy/panel`; `assets.rs` names them by their content.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::{Build, Quality, copy, esbuild, names, split, wasm};
use crate::{progress::step, stamp};

/// What decides the panel's bytes.
const INPUTS: [&str; 11] = [
    "shared/src",
    "shared/Cargo.toml",
    "widget/src",
    "widget/checked.js",
    "widget/measure.js",
    "widget/page.js",
    "widget/panel.js",
    "widget/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/build",
];

/// Smallest by brotli, which is what a visitor waits for. Measured on a panel of 330 kB: 109,968 B without inlining,
/// 109,172 B with inlining of what is tiny but not of what has one caller, 108,915 B with offsets folded besides (which
/// may be done because the lowest addresses are the far end of the stack), less still until nothing shrinks any more. Traps
/// are not ignored, although that would be smaller: a division then moves above the test that guards it.
pub(super) const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--converge",
    "--one-caller-inline-max-function-size=0",
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Once more, now with functions of one caller put into it where they are small. Done at once it would cost bytes, done after
/// the first run it saves some: 84,432 B instead of 84,924 B. And browsers compile each function when it is called first, with
/// some 40 microseconds for the call besides the compiling on a slow phone: of 1,756 functions 1,080 are left.
const OPTIMISE_AGAIN: [&str; 3] = ["-Oz", "--one-caller-inline-max-function-size=100", "--low-memory-unused"];

/// The finished panel before it gets its hashed names.
pub(super) struct Panel {
    pub(super) js: PathBuf,
    pub(super) wasm: PathBuf,
    /// What only later views need.
    pub(super) later: PathBuf,
    stamp: PathBuf,
}

impl Panel {
    pub(super) fn of(build: &Build<'_>) -> Self {
        let folder = build.folder().join("panel");
        Self {
            js: folder.join("panel.js"),
            wasm: folder.join("panel.wasm"),
            later: folder.join("later.wasm"),
            stamp: folder.join("stamp"),
        }
    }

    fn is_fresh(&self, stamp: &str) -> bool {
        stamp::is_fresh(&self.stamp, stamp, &[self.js.clone(), self.wasm.clone(), self.later.clone()])
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
        copy(&product.later, &panel.later)?;
    } else {
        let compiled = step("Building the panel: cargo", || wasm::compile(build, target, "buoy-widget"))?;
        step("Building the panel: cut, bindings, wasm-opt, esbuild", || finish(build, &compiled, &panel))?;
    }
    fs::write(&panel.stamp, stamp).context("could not write the panel's stamp")
}

/// The bindings are given a compiled module; their way to compile an answer of the server is dead weight.
const NEVER_FROM_A_RESPONSE: &str = "--define:WebAssembly.instantiateStreaming=undefined";

fn finish(build: &Build<'_>, compiled: &Path, panel: &Panel) -> Result<()> {
    let folder = build.folder().join("panel-bindings");
    let halves = split::cut(compiled, &folder)?;
    wasm::bind_and_share(&halves.first, &folder, "bindings")?;
    split::share(&folder, &folder.join("bindings.js"))?;
    for (half, finished) in [(&folder.join("bindings_bg.wasm"), &panel.wasm), (&halves.later, &panel.later)] {
        let smaller = half.with_extension("smaller.wasm");
        wasm::optimise(build, half, &smaller, &OPTIMISE)?;
        wasm::optimise(build, &smaller, finished, &OPTIMISE_AGAIN)?;
    }
    names::shorten(build, &panel.wasm, &folder.join("bindings.js"), &[])?;
    for file in ["panel.js", "checked.js", "measure.js", "page.js"] {
        copy(&build.ws.path("widget").join(file), &folder.join(file))?;
    }
    esbuild::run(
        build.ws,
        &folder.join("panel.js"),
        &panel.js,
        &["--bundle", "--format=esm", "--target=es2020", esbuild::ALL_AT_LOAD, NEVER_FROM_A_RESPONSE],
    )
}
