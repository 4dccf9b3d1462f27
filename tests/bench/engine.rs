//! The search engine alone, in the browser, at every keystroke over 5,000 articles.
//!
//! The panel shows what a search costs together with everything around it; the budget is about the engine. So a page of the
//! bench carries nothing but the engine, built as the panel is, and an index of made-up articles whose words are as
//! unequally common as those of a language. The same articles and queries in every run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
use buoy_shared::search::first_part;
use buoy_tests::root::root;
use serde::Serialize;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    chrome::Chrome,
    corpus::{BODY_WORDS, Corpus, LARGE, PHRASES, Size, USUAL},
    host::{Host, ISOLATED},
    page::Page,
    plan::Plan,
    report::{Budget, Section},
    sizes::Weight,
    stats::{Sample, kilobytes, ms},
    tables::Table,
};

const PAGE: &str = include_str!("pages/engine.html");

/// The budgets of the design: a keystroke in the middle and at its slowest, whatever else a person may paste, and loading.
const KEYSTROKE_MS_MEDIAN: f64 = 0.3;
const KEYSTROKE_MS_MAX: f64 = 2.0;
const HOSTILE_MS_MAX: f64 = 5.0;
const LOAD_MS_MAX: f64 = 30.0;

/// What a panel downloads first, in hundredths of the articles' own text, both as brotli.
const FIRST_PERCENT_MAX: f64 = 25.0;

/// Pages that load an index for the first time: one alone would measure what else the browser does at that moment.
const COLD_PAGES: usize = 9;

/// What nobody types and somebody pastes: none of it may hold up the page.
pub(crate) fn hostile() -> Vec<(&'static str, String)> {
    vec![
        ("10,000 characters", "how do i change the password of ".repeat(313).chars().take(10_000).collect()),
        ("10,000 letters without a blank", "manifest".repeat(1_250)),
        ("emoji", "👍🏽🎉👩‍👩‍👧‍👦🇩🇪".repeat(40)),
        ("right to left", "كيف أغير كلمة المرور؟ איך משנים סיסמה".to_owned()),
        ("only words of grammar", "how do i what is the of a to in for with and or".to_owned()),
        ("a regular expression", r"^(a+)+$|(?:[a-z]*){1,99}.*\\b(\w+)\s+\1".to_owned()),
        ("empty", String::new()),
    ]
}

/// What the page reports.
#[derive(serde::Deserialize, Serialize)]
pub(crate) struct Found {
    /// Milliseconds of loading the first part in a page at rest that has just compiled the engine, each in a page of its own.
    #[serde(default)]
    pub(crate) cold: Vec<f64>,
    /// Milliseconds of loading the first part, and the whole, again and again.
    pub(crate) first_load: Vec<f64>,
    pub(crate) whole_load: Vec<f64>,
    /// Bytes that the engine's memory has grown to by then.
    first_memory: usize,
    whole_memory: usize,
    /// Milliseconds of each keystroke.
    pub(crate) first: Vec<f64>,
    pub(crate) whole: Vec<f64>,
    /// Milliseconds of each hostile query, several times in a row.
    hostile: Vec<Vec<f64>>,
}

/// A base, what its index weighs (the first part, the rest, and the articles' text), and what the page found.
struct Base {
    size: Size,
    weights: [Weight; 3],
    found: Found,
}

impl Base {
    async fn measure(folder: &Path, size: Size) -> Result<Self> {
        let corpus = block_in_place(|| Corpus::make_up(size));
        let index = block_in_place(|| corpus.index());
        let first = first_part(&index).context("an index that was just built")?;
        let weights = block_in_place(|| -> Result<_> {
            let (first, rest) = index.split_at(first);
            Ok([Weight::of(first)?, Weight::of(rest)?, Weight::of(corpus.text().as_bytes())?])
        })?;
        let found = in_the_page(folder, &corpus, &index, first).await?;
        Ok(Self { size, weights, found })
    }
}

pub(crate) async fn measure(_plan: Plan) -> Result<Section> {
    let folder = block_in_place(build)?;
    let bases = [Base::measure(&folder, USUAL).await?, Base::measure(&folder, LARGE).await?];
    let mut section = Section::new("The search engine alone, in the browser");
    section.table(time_table(&bases));
    section.table(size_table(&bases));
    let [Base { weights, found, .. }, _] = &bases;
    let mut table = Table::new(&["what somebody pastes, 5,000 articles, the whole index", "time"]);
    let mut worst: f64 = 0.0;
    for ((name, _), times) in hostile().iter().zip(&found.hostile) {
        let time = Sample::new(times.iter().copied()).median();
        worst = worst.max(time);
        table.row([(*name).to_owned(), ms(time)]);
    }
    section.table(table);
    section.note(&format!(
        "One pass over {PHRASES} phrases, a third with a typo, right after loading; full processor speed. Loading a first part is \
         the median of {COLD_PAGES} pages at rest that have just compiled the engine; of a whole index, the first time after its \
         first part; warm, the median of {}. What is pasted is the median of {}. Articles are made up: {} and {} words by \
         Zipf's law, {BODY_WORDS} an article. Memory is the engine's own, bytes of the index included.",
        found.first_load.len(),
        found.hostile.first().map_or(0, Vec::len),
        USUAL.vocabulary,
        LARGE.vocabulary,
    ));
    let [first, _, text] = *weights;
    let whole = Sample::new(found.whole.iter().copied());
    let load = Sample::new(found.cold.iter().copied()).median();
    let what = "search per keystroke over 5,000 articles";
    section.budget(Budget::at_most(&format!("{what}, p50"), KEYSTROKE_MS_MEDIAN, whole.median(), ms));
    section.budget(Budget::at_most(&format!("{what}, p99"), KEYSTROKE_MS_MAX, whole.percentile(99), ms));
    section.budget(Budget::at_most("the slowest thing to paste into the search", HOSTILE_MS_MAX, worst, ms));
    section.budget(Budget::at_most("loading what is downloaded first of an index, cold", LOAD_MS_MAX, load, ms));
    let what = "what is downloaded first of an index, of the articles' text";
    let percent = first.share_of(text) * 100.0;
    section.budget(Budget::at_most(what, FIRST_PERCENT_MAX, percent, |percent| format!("{percent:.1} %")));
    for Base { size, found, .. } in bases {
        section.keep(&format!("engine, {} articles", size.articles), found);
    }
    Ok(section)
}

/// The row of what is downloaded first.
const FIRST: &str = "first part";

fn time_table(bases: &[Base]) -> Table {
    let mut table = Table::new(&["articles, index", "keystrokes", "p50", "p99", "max", "load", "load, warm", "memory"]);
    for Base { size, found, .. } in bases {
        let parts = [
            (FIRST, &found.first, &found.first_load, found.first_memory),
            ("whole", &found.whole, &found.whole_load, found.whole_memory),
        ];
        for (name, took, load, memory) in parts {
            let took = Sample::new(took.iter().copied());
            let cold = if name == FIRST {
                Sample::new(found.cold.iter().copied()).median()
            } else {
                load.first().copied().unwrap_or(f64::NAN)
            };
            let loads = [cold, Sample::new(load.iter().copied()).median()];
            let times = [took.median(), took.percentile(99), took.max()];
            let cells = times.into_iter().chain(loads).map(ms).chain([kilobytes(memory)]);
            table.row([format!("{}, {name}", size.articles), took.len().to_string()].into_iter().chain(cells));
        }
    }
    table
}

fn size_table(bases: &[Base]) -> Table {
    let mut table =
        Table::new(&["bytes of the index", "raw", "brotli 11", "brotli, of the text's", "brotli, per 1,000 articles"]);
    for Base { size, weights: [first, rest, text], .. } in bases {
        let rows =
            [("first part", *first), ("rest", *rest), ("both", first.plus(*rest)), ("the articles' text", *text)];
        for (name, weight) in rows {
            let share = format!("{:.1} %", weight.share_of(*text) * 100.0);
            let each = kilobytes(weight.brotli * 1_000 / size.articles);
            let name = format!("{} articles, {name}", size.articles);
            table.row([name, kilobytes(weight.raw), kilobytes(weight.brotli), share, each]);
        }
    }
    table
}

/// Loads and asks in Chromium; `first` is the length of the first part.
pub(crate) async fn in_the_page(folder: &Path, corpus: &Corpus, index: &[u8], first: usize) -> Result<Found> {
    let host = Host::start().await?;
    let name = |file: &str| format!("{}{file}", ISOLATED.trim_start_matches('/'));
    for file in ["engine.js", "engine_bg.wasm"] {
        host.put(&name(file), std::fs::read(folder.join(file))?);
    }
    let (first, rest) = index.split_at(first);
    host.put(&name("first.bin"), first);
    host.put(&name("rest.bin"), rest);
    host.put(&name("queries.json"), serde_json::to_vec(&corpus.keystrokes.concat())?);
    let hostile: Vec<String> = hostile().into_iter().map(|(_, query)| query).collect();
    host.put(&name("hostile.json"), serde_json::to_vec(&hostile)?);
    let url = host.put(&name("index.html"), PAGE);
    let chrome = Chrome::start().await?;
    let person = chrome.person().await?;
    let page: Page = person.page().await?;
    page.install_probe().await?;
    page.open(&url).await?;
    let mut found: Found = serde_json::from_value(page.report("engine").await?)?;
    for _ in 0..COLD_PAGES {
        let person = chrome.person().await?;
        let page = person.page().await?;
        page.install_probe().await?;
        page.open(&format!("{url}?once")).await?;
        let took = page.report("cold").await?.get("took").and_then(Value::as_f64);
        found.cold.push(took.context("no time for loading")?);
    }
    Ok(found)
}

/// Builds the engine as xtask builds the panel; gives the folder with its files.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = root().join("target/buoy/bench-engine");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown", "--manifest-path"]);
    cargo.arg(root().join("tests/bench/engine/Cargo.toml")).env("CARGO_TARGET_DIR", &folder);
    run(cargo.env("WASM_BINDGEN_USE_JS_SYS", "1"))?;
    let wasm = folder.join("wasm32-unknown-unknown/release/buoy_bench_engine.wasm");
    let mut bindings = Command::new("cargo");
    bindings.args(["run", "--quiet", "--package", "xtask", "--", "bindings"]).current_dir(root());
    run(bindings.arg(wasm).arg(&folder).arg("engine"))?;
    optimise(&folder.join("engine_bg.wasm"))?;
    Ok(folder)
}

/// With what xtask allows the panel's wasm, no more.
fn optimise(wasm: &Path) -> Result<()> {
    const FEATURES: [&str; 6] =
        ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
    let mut wasm_opt = Command::new(root().join("node_modules/binaryen/bin/wasm-opt"));
    wasm_opt.arg("-Oz").args(FEATURES.map(|feature| format!("--enable-{feature}")));
    run(wasm_opt.arg(wasm).arg("--output").arg(wasm))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().display().to_string();
    let status = command.status().with_context(|| format!("{name} was not found: run `cargo xtask build` first"))?;
    if status.success() { Ok(()) } else { bail!("{name} ended with {status}") }
}
