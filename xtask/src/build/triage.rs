//! The triage engine for pages: a second, small wasm module that is fetched when the form is opened.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::{Build, Quality, copy, esbuild, names, wasm, widget::OPTIMISE};
use crate::{progress::step, stamp};

/// What decides its bytes.
const INPUTS: [&str; 7] = [
    "shared/src",
    "shared/Cargo.toml",
    "widget/triage/src",
    "widget/triage/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/build",
];

/// The finished module before it gets its hashed names.
pub(super) struct Triage {
    pub(super) js: PathBuf,
    pub(super) wasm: PathBuf,
    stamp: PathBuf,
}

impl Triage {
    pub(super) fn of(build: &Build<'_>) -> Self {
        let folder = build.folder().join("triage");
        Self { js: folder.join("triage.js"), wasm: folder.join("triage.wasm"), stamp: folder.join("stamp") }
    }

    fn is_fresh(&self, stamp: &str) -> bool {
        stamp::is_fresh(&self.stamp, stamp, &[self.js.clone(), self.wasm.clone()])
    }
}

pub(super) fn build(build: &Build<'_>, target: &Path, compiler: &str) -> Result<()> {
    let stamp = stamp::of_inputs(build.ws, &INPUTS, compiler)?;
    let (triage, product) = (Triage::of(build), Triage::of(&build.product()));
    if triage.is_fresh(&stamp) {
        return Ok(());
    }
    fs::create_dir_all(build.folder().join("triage")).context("could not make the triage engine's folder")?;
    if build.quality == Quality::Draft && product.is_fresh(&stamp) {
        copy(&product.js, &triage.js)?;
        copy(&product.wasm, &triage.wasm)?;
    } else {
        let compiled = step("Building the page's triage: cargo", || wasm::compile(build, target, "buoy-triage"))?;
        step("Building the page's triage: bindings, wasm-opt, esbuild", || finish(build, &compiled, &triage))?;
    }
    fs::write(&triage.stamp, stamp).context("could not write the triage engine's stamp")
}

fn finish(build: &Build<'_>, compiled: &Path, triage: &Triage) -> Result<()> {
    let folder = build.folder().join("triage-bindings");
    wasm::bind_for_browser(compiled, &folder, "bindings")?;
    wasm::optimise(build, &folder.join("bindings_bg.wasm"), &triage.wasm, &OPTIMISE)?;
    names::shorten(build, &triage.wasm, &folder.join("bindings.js"), &[])?;
    esbuild::run(build.ws, &folder.join("bindings.js"), &triage.js, &["--format=esm", "--target=es2020"])
}
