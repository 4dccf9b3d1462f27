//! Sizes as they are paid for: brotli where a visitor downloads, gzip where the platform limits the worker.
//!
//! Only information; the budgets are enforced by `tests/`.

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

use crate::{progress::note, workspace::Workspace};

/// The quality that Cloudflare's edge and most build pipelines use for static files is 11 or close to it.
const BROTLI_QUALITY: u32 = 11;
/// The largest window a browser must accept.
const BROTLI_WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 64 * 1024;

/// Prints what the script tag, the panel and the worker weigh.
pub(crate) fn print<'a>(ws: &Workspace, panel_files: impl Iterator<Item = &'a String>) -> Result<()> {
    let loader = brotli_of(&ws.assets().join("widget.js"))?;
    note(&format!("script tag: {} brotli", kilobytes(loader)));
    let mut panel = 0;
    for file in panel_files.filter(|file| !file.contains("/texts.") || file.contains("/texts.en.")) {
        panel += brotli_of(&ws.assets().join(file.trim_start_matches('/')))?;
    }
    note(&format!("opening the panel (wasm, glue, css, English texts): {} brotli", kilobytes(panel)));
    note(&format!("worker: {} gzip", kilobytes(worker_gzip(ws)?)));
    Ok(())
}

/// The worker's script and wasm together, as the platform's limit counts them.
pub(crate) fn worker_gzip(ws: &Workspace) -> Result<usize> {
    let mut total = 0;
    for name in ["edge/build/index.js", "edge/build/index_bg.wasm"] {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&read(&ws.path(name))?)?;
        total += encoder.finish()?.len();
    }
    Ok(total)
}

fn brotli_of(path: &Path) -> Result<usize> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
    writer.write_all(&read(path)?)?;
    drop(writer);
    Ok(compressed.len())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Thousands of bytes, as the budgets are written.
pub(crate) fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
