//! Sizes as they are paid for: brotli where a visitor downloads, gzip where the platform limits the worker.
//!
//! Only information; the budgets are enforced by `tests/`. Node does the compressing: it is at hand, and an unoptimised
//! Rust build would take seconds for it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use crate::{progress::note, run::run_quietly, workspace::Workspace};

/// Prints `[brotli, gzip]` of every file. Both at their best level, as caches and the platform compress.
const MEASURE: &str = r#"
const { brotliCompressSync, gzipSync } = require("node:zlib");
const sizes = (file) => ((bytes) => [brotliCompressSync(bytes).length, gzipSync(bytes, { level: 9 }).length])(file);
console.log(JSON.stringify(process.argv.slice(1).map((name) => sizes(require("node:fs").readFileSync(name)))));
"#;

/// What a file weighs, in bytes.
struct Weight {
    brotli: usize,
    gzip: usize,
}

/// Prints what the script tag, the panel and the worker weigh. The panel's files are given as paths of the site.
pub(crate) fn print<'a>(ws: &Workspace, panel_files: impl Iterator<Item = &'a String>) -> Result<()> {
    let assets = ws.product().join("assets");
    let loader = weigh_all(&[assets.join("widget.js")])?;
    let english = panel_files.filter(|file| !file.contains("/texts.") || file.contains("/texts.en."));
    let panel = weigh_all(&english.map(|file| assets.join(file.trim_start_matches('/'))).collect::<Vec<_>>())?;
    note(&format!("script tag: {} brotli", kilobytes(loader.brotli)));
    note(&format!("opening the panel (wasm, glue, css, English texts): {} brotli", kilobytes(panel.brotli)));
    note(&workers(ws)?);
    Ok(())
}

/// Each worker's script and wasm together, as the platform's limit counts them, in words.
pub(crate) fn workers(ws: &Workspace) -> Result<String> {
    let gzip = |folder: &str| -> Result<String> {
        let folder = ws.path(folder);
        Ok(kilobytes(weigh_all(&[folder.join("index.js"), folder.join("index_bg.wasm")])?.gzip))
    };
    Ok(format!("front worker: {} gzip; courier: {} gzip", gzip("edge/build")?, gzip("edge/build/courier")?))
}

/// The sum over some files, each compressed alone, as it is sent.
fn weigh_all(files: &[PathBuf]) -> Result<Weight> {
    let text = run_quietly(Command::new("node").args(["-e", MEASURE]).args(files.iter().map(|file| file as &Path)))?;
    let sizes: Vec<(usize, usize)> = serde_json::from_str(&text).context("node printed no sizes")?;
    Ok(Weight { brotli: sizes.iter().map(|size| size.0).sum(), gzip: sizes.iter().map(|size| size.1).sum() })
}

/// Thousands of bytes, as the budgets are written.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
