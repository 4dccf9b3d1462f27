//! Byte budgets of what visitors download (design section 7). Speed is measured by `cargo xtask bench`, not here.

use buoy_tests::root::product;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// The script tag, compressed with brotli.
const LOADER_BYTES_MAX: usize = 3_000;
/// Everything that opening the panel fetches, compressed with brotli: module, glue, style, texts of one locale. That nothing
/// else is asked for before the panel can be used is seen in a browser: `tests/journeys/go_further.rs`.
const PANEL_BYTES_MAX: usize = 100_000;
/// The wasm's other half and its style sheet, compressed with brotli: fetched once the first view is drawn, or when somebody goes beyond it
/// before that. On a slow 4G line this is a third of a second.
const LATER_BYTES_MAX: usize = 60_000;
/// Each of the two workers, compressed with gzip.
const WORKER_BYTES_MAX: usize = 1_000_000;

fn brotli(bytes: &[u8]) -> usize {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 64 * 1024, 11, 22);
    writer.write_all(bytes).expect("memory takes bytes");
    drop(writer);
    packed.len()
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask build` first", path.display()))
}

fn asset(address: &str) -> Vec<u8> {
    read(&product("assets").join(address.trim_start_matches('/')))
}

#[test]
fn the_script_tag_is_at_most_three_kilobytes() {
    let size = brotli(&asset("/widget.js"));
    assert!(size <= LOADER_BYTES_MAX, "{size} bytes");
}

#[test]
fn opening_the_panel_fetches_at_most_its_budget_in_each_locale() {
    let manifest: serde_json::Value = serde_json::from_slice(&read(&product("manifest.json"))).expect("a manifest");
    let size_of =
        |pointer: &str| brotli(&asset(manifest.pointer(pointer).and_then(|value| value.as_str()).expect("an address")));
    let common = size_of("/panel_js") + size_of("/panel_wasm") + size_of("/panel_css");
    for (locale, address) in manifest["texts"].as_object().expect("texts by locale") {
        let size = common + brotli(&asset(address.as_str().expect("an address")));
        assert!(size <= PANEL_BYTES_MAX, "{locale}: {size} bytes");
    }
}

#[test]
fn going_beyond_the_first_view_fetches_at_most_its_budget() {
    let manifest: serde_json::Value = serde_json::from_slice(&read(&product("manifest.json"))).expect("a manifest");
    let glue = asset(manifest["panel_js"].as_str().expect("an address"));
    let glue = String::from_utf8(glue).expect("a script");
    let names = glue.split("\"/assets/later.").skip(1).map(|later| later.split_once('"').expect("a whole name").0);
    let sizes: Vec<usize> = names.map(|name| brotli(&asset(&format!("/assets/later.{name}")))).collect();
    assert_eq!(sizes.len(), 2, "wasm and style sheet");
    assert!(sizes.iter().sum::<usize>() <= LATER_BYTES_MAX, "{sizes:?} bytes");
}

#[test]
fn each_worker_is_at_most_its_budget() {
    for folder in ["edge/build", "edge/build/courier"] {
        let build = buoy_tests::root::root().join(folder);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for file in ["index.js", "index_bg.wasm"] {
            encoder.write_all(&read(&build.join(file))).expect("memory takes bytes");
        }
        let size = encoder.finish().expect("memory takes bytes").len();
        assert!(size <= WORKER_BYTES_MAX, "{folder}: {size} bytes");
    }
}
