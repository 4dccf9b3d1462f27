//! What each file weighs: raw, gzip as most servers send it, brotli as a visitor's browser gets it from a good one.

use std::{fs, io::Write as _};

use anyhow::{Context as _, Result};
use buoy_tests::root::{product, root};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use serde_json::Value;

use crate::{
    fixture::Fixture,
    report::{Budget, Section},
    stats::kilobytes,
    tables::Table,
};

/// Best quality and the largest window a browser must accept: the budgets are meant at this setting.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 64 * 1024;

/// The budgets of the design, in bytes.
const LOADER_BROTLI_MAX: f64 = 3_000.0;
const PANEL_BROTLI_MAX: f64 = 120_000.0;
const WORKER_GZIP_MAX: f64 = 1_000_000.0;

/// One file, or several as one.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Weight {
    pub(crate) raw: usize,
    pub(crate) gzip: usize,
    pub(crate) brotli: usize,
}

impl Weight {
    pub(crate) fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = Vec::new();
        let mut writer = brotli::CompressorWriter::new(&mut brotli, BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
        writer.write_all(bytes)?;
        drop(writer);
        Ok(Self { raw: bytes.len(), gzip: gzip.finish()?.len(), brotli: brotli.len() })
    }

    /// Of compressed bytes, how much this is of the other: 0.5 is half of it.
    pub(crate) fn share_of(self, other: Self) -> f64 {
        as_f64(self.brotli) / as_f64(other.brotli)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

pub(crate) async fn measure() -> Result<Section> {
    let mut section = Section::new("Sizes");
    let mut table = Table::new(&["file", "raw", "gzip -9", "brotli 11"]);
    let mut data = serde_json::Map::new();
    let mut add = |name: &str, weight: Weight| -> Result<()> {
        table.row([name.to_owned(), kilobytes(weight.raw), kilobytes(weight.gzip), kilobytes(weight.brotli)]);
        data.insert(name.to_owned(), serde_json::to_value(weight)?);
        Ok(())
    };

    let loader = Weight::of(&asset("widget.js")?)?;
    add("script tag: widget.js", loader)?;
    let manifest: Value = serde_json::from_slice(&fs::read(product("manifest.json"))?)?;
    let mut panel = Weight::default();
    for part in ["panel_js", "panel_wasm", "panel_css"] {
        let path =
            manifest.get(part).and_then(Value::as_str).with_context(|| format!("the manifest names no {part}"))?;
        let weight = Weight::of(&asset(path)?)?;
        add(&format!("panel: {}", part.trim_start_matches("panel_")), weight)?;
        panel = panel.plus(weight);
    }
    for (locale, path) in manifest.get("texts").and_then(Value::as_object).context("the manifest names no texts")? {
        let weight = Weight::of(&asset(path.as_str().unwrap_or_default())?)?;
        add(&format!("panel: texts, {locale}"), weight)?;
        if locale == "en" {
            panel = panel.plus(weight);
        }
    }
    add("opening the panel: js, wasm, css, English texts", panel)?;

    let worker = Weight::of(&built("index.js")?)?.plus(Weight::of(&built("index_bg.wasm")?)?);
    add("worker: index.js and index_bg.wasm", worker)?;
    let fixture = Fixture::start("http://localhost").await?;
    let boot = fixture.client().get(&fixture.boot_path("en")).send().await.expect(200);
    add("boot answer, English, no incident", Weight::of(&boot.bytes)?)?;
    let index = fixture.index("en").await?;
    add(&format!("search index, English, {} articles", fixture.articles("en")), Weight::of(&index)?)?;

    section.table(table);
    section.keep("weights", data);
    section.budget(Budget::at_most("script tag, brotli", LOADER_BROTLI_MAX, as_f64(loader.brotli), size));
    section.budget(Budget::at_most(
        "all that opening the panel fetches, brotli",
        PANEL_BROTLI_MAX,
        as_f64(panel.brotli),
        size,
    ));
    section.budget(Budget::at_most("worker script, gzip", WORKER_GZIP_MAX, as_f64(worker.gzip), size));
    Ok(section)
}

fn asset(path: &str) -> Result<Vec<u8>> {
    let file = product("assets").join(path.trim_start_matches('/'));
    fs::read(&file).with_context(|| format!("could not read {}", file.display()))
}

fn built(name: &str) -> Result<Vec<u8>> {
    let file = root().join("edge/build").join(name);
    fs::read(&file).with_context(|| format!("could not read {}", file.display()))
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn as_f64(bytes: usize) -> f64 {
    bytes as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "only sizes come here")]
fn size(bytes: f64) -> String {
    // Near its limit a small file is a matter of single bytes.
    if bytes < 10_000.0 { format!("{bytes} B") } else { kilobytes(bytes as usize) }
}
