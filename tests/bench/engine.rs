//! The search engine alone, in the browser, at every keystroke over 5,000 articles.
//!
//! The panel shows what a search costs together with everything around it; the budget is about the engine. So a page of the
//! bench carries nothing but the engine, built as the panel is, and an index of made-up articles whose words are as
//! unequally common as those of a language. The same articles and queries in every run.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, bail};
use buoy_shared::search::{IndexBuilder, SearchDoc};
use buoy_tests::root::root;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    chrome::Chrome,
    host::{Host, ISOLATED},
    page::Page,
    plan::Plan,
    report::{Budget, Section},
    stats::{Sample, kilobytes, ms},
    tables::Table,
};

const PAGE: &str = include_str!("pages/engine.html");

/// As the budget says.
const ARTICLES: usize = 5_000;
/// Words of an article's text: a page of a help centre.
const BODY_WORDS: usize = 200;
/// Different words there are; a help centre of that size has about as many stems.
const VOCABULARY: usize = 20_000;
/// Phrases typed letter by letter; about 3,500 keystrokes.
const PHRASES: usize = 200;

/// The budget of the design.
const KEYSTROKE_MS_MAX: f64 = 2.0;

pub(crate) async fn measure(_plan: Plan) -> Result<Section> {
    let folder = block_in_place(build)?;
    let (index, queries) = block_in_place(make_up);
    let host = Host::start().await?;
    let name = |file: &str| format!("{}{file}", ISOLATED.trim_start_matches('/'));
    for file in ["engine.js", "engine_bg.wasm"] {
        host.put(&name(file), std::fs::read(folder.join(file))?);
    }
    host.put(&name("index.bin"), index.clone());
    host.put(&name("queries.json"), serde_json::to_vec(&queries)?);
    let url = host.put(&name("index.html"), PAGE);

    let chrome = Chrome::start().await?;
    let person = chrome.person().await?;
    let page: Page = person.page().await?;
    page.install_probe().await?;
    page.open(&url).await?;
    let found = page.report("engine").await?;
    let took: Vec<f64> = serde_json::from_value(found.get("took").cloned().unwrap_or_default())?;
    let load = found.get("load").and_then(Value::as_f64).context("no time for loading the index")?;

    let mut section = Section::new("The search engine alone, in the browser");
    let sample = Sample::new(took.iter().copied());
    let mut table = Table::new(&["5,000 articles", "keystrokes", "p50", "p99", "max"]);
    let times = [sample.median(), sample.percentile(99), sample.max()].map(ms);
    table.row(["a search at each keystroke".to_owned(), sample.len().to_string()].into_iter().chain(times));
    section.table(table);
    section.note(&format!(
        "One pass over {PHRASES} phrases, a third with a typo, right after loading; full processor speed. The index has {} and \
         loads in {}. Articles are made up: {VOCABULARY} words by Zipf's law, {BODY_WORDS} an article.",
        kilobytes(index.len()),
        ms(load)
    ));
    section.keep("keystrokes_ms", took);
    let what = "search per keystroke over 5,000 articles, p99";
    section.budget(Budget::at_most(what, KEYSTROKE_MS_MAX, sample.percentile(99), ms));
    Ok(section)
}

/// Builds the engine as xtask builds the panel; gives the folder with its files.
fn build() -> Result<std::path::PathBuf> {
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

/// The index of the made-up articles, and what is typed: every prefix of every phrase.
fn make_up() -> (Vec<u8>, Vec<String>) {
    let mut chance = Chance(0x5eed);
    let vocabulary: Vec<String> = (0..VOCABULARY).map(|_| chance.word()).collect();
    let mut builder = IndexBuilder::new("en");
    let mut phrases = Vec::new();
    for number in 0..ARTICLES {
        let mut text = |words: usize| -> String {
            (0..words)
                .map(|_| vocabulary.get(chance.zipf(VOCABULARY)).map_or("", String::as_str))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let (title, headings, body, keywords, summary) = (text(6), text(8), text(BODY_WORDS), text(4), text(12));
        let slug = format!("article-{number}");
        let doc = SearchDoc {
            slug: &slug,
            title: &title,
            headings: &headings,
            body: &body,
            keywords: &keywords,
            summary: &summary,
        };
        builder.add(&doc);
        if number % (ARTICLES / PHRASES) == 0 {
            phrases.push(title.split(' ').skip(number % 3).take(1 + number / 25 % 3).collect::<Vec<_>>().join(" "));
        }
    }
    (builder.finish(), phrases.iter().enumerate().flat_map(|(number, phrase)| keystrokes(number, phrase)).collect())
}

/// Every prefix of a phrase; in each third phrase two letters in the middle are swapped, as fingers do.
fn keystrokes(number: usize, phrase: &str) -> Vec<String> {
    let mut letters: Vec<char> = phrase.chars().collect();
    let middle = letters.len() / 2;
    if number.is_multiple_of(3) && middle > 0 {
        letters.swap(middle - 1, middle);
    }
    (1..=letters.len()).map(|length| letters.iter().take(length).collect()).collect()
}

/// The same numbers in every run: xorshift, enough for making up words.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap_or(1)).unwrap_or_default()
    }

    /// A rank that is the rarer the higher it is: uniform on a logarithmic scale, which is Zipf's law.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks are small"
    )]
    fn zipf(&mut self, limit: usize) -> usize {
        const STEPS: usize = 1 << 20;
        let uniform = self.below(STEPS) as f64 / STEPS as f64;
        ((limit as f64).powf(uniform) - 1.0) as usize
    }

    /// Two to four syllables.
    fn word(&mut self) -> String {
        const STARTS: [&str; 16] = ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "st", "pr"];
        const ENDS: [&str; 12] = ["a", "e", "i", "o", "u", "an", "er", "in", "or", "al", "ent", "ing"];
        let mut word = String::new();
        for _ in 0..2 + self.below(3) {
            word.push_str(STARTS.get(self.below(STARTS.len())).copied().unwrap_or("b"));
            word.push_str(ENDS.get(self.below(ENDS.len())).copied().unwrap_or("a"));
        }
        word
    }
}
