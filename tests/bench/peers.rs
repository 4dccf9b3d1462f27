//! The search engine beside those that people put into a page: MiniSearch, FlexSearch, Orama, Lunr and Pagefind.
//!
//! The same articles, the same keystrokes, one run, one browser; each engine in a page of its own, set up as its documentation
//! says for search as you type (`tests/peers/search`).

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use buoy_shared::search::first_part;
use buoy_tests::root::root;
use serde::Deserialize;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    chrome::Chrome,
    corpus::{Corpus, USUAL},
    engine,
    host::{Host, ISOLATED},
    page::Page,
    plan::Plan,
    report::{Budget, Section},
    sizes::Weight,
    stats::{Sample, kilobytes, ms, ratio},
    tables::Table,
};

const PAGE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>A search engine</title><link rel="icon" href="data:,"><script type="module" src="./page.js"></script></html>"#;

/// The peers, by the names of their packages, and what to know of each.
const PEERS: [(&str, &str, &str); 5] = [
    ("minisearch", "minisearch", "beginnings and slips"),
    ("flexsearch", "flexsearch", "beginnings; no slips"),
    ("orama", "@orama/orama", "beginnings and slips"),
    ("lunr", "lunr", "beginnings and slips"),
    ("pagefind", "pagefind", "beginnings; no slips; fetches parts as it needs them"),
];

/// How long the slowest engine may take, and between two looks at it.
const PATIENCE: Duration = Duration::from_secs(900);
const PAUSE: Duration = Duration::from_millis(500);

/// What one engine did.
struct Run {
    name: String,
    knows: &'static str,
    took: Sample,
    load: f64,
    raw: usize,
    brotli: usize,
}

#[derive(Deserialize)]
struct Bytes {
    raw: usize,
    brotli: usize,
}

pub(crate) async fn measure(plan: Plan) -> Result<Section> {
    let corpus = block_in_place(|| Corpus::make_up(USUAL));
    let phrases: Vec<Vec<String>> = corpus.keystrokes.iter().step_by(plan.peer_phrases_step()).cloned().collect();
    let corpus = Corpus { keystrokes: phrases, ..corpus };
    let folder = root().join("target/buoy/bench-peers");
    let sizes = block_in_place(|| make(&folder, &corpus))?;
    let mut runs = ours(&corpus).await?;
    let host = Host::start().await?;
    put_all(&host, &folder, "")?;
    let name = |file: &str| format!("{}{file}", ISOLATED.trim_start_matches('/'));
    host.put(&name("queries.json"), serde_json::to_vec(&corpus.keystrokes.concat())?);
    let url = host.put(&name("peer.html"), PAGE);
    let chrome = Chrome::start().await?;
    let mut missing = Vec::new();
    for (peer, package, knows) in PEERS {
        eprintln!("  {peer}");
        let person = chrome.person().await?;
        let page: Page = person.page().await?;
        page.install_probe().await?;
        page.open(&format!("{url}?engine={peer}")).await?;
        // The slowest of them need minutes on a quiet machine; on a busy one the others still count.
        let found = match answer(&page).await {
            Ok(found) => found,
            Err(error) => {
                missing.push(format!("{peer} was not measured: {error}."));
                continue;
            }
        };
        let took: Vec<f64> = serde_json::from_value(found.get("took").cloned().unwrap_or_default())?;
        let load = found.get("load").and_then(Value::as_f64).context("no time for loading")?;
        let bytes = sizes.get(peer).context("no sizes")?;
        let name = format!("{peer} {}", version(package)?);
        runs.push(Run { name, knows, took: Sample::new(took), load, raw: bytes.raw, brotli: bytes.brotli });
    }
    let mut section = section(&runs, corpus.keystrokes.len())?;
    missing.iter().for_each(|why| section.note(why));
    Ok(section)
}

/// What the page found, once it is through: minutes with the slowest engine.
async fn answer(page: &Page) -> Result<Value> {
    let began = Instant::now();
    loop {
        let answer = page.eval("window.answer ?? null").await?;
        if !answer.is_null() {
            return Ok(answer);
        }
        ensure!(began.elapsed() < PATIENCE, "no answer after {} s", PATIENCE.as_secs());
        tokio::time::sleep(PAUSE).await;
    }
}

/// Ours, with the whole index and with what is downloaded first.
async fn ours(corpus: &Corpus) -> Result<Vec<Run>> {
    let folder = block_in_place(engine::build)?;
    let index = block_in_place(|| corpus.index());
    let cut = first_part(&index).context("an index that was just built")?;
    let (first, rest) = index.split_at(cut);
    let (first, rest) = block_in_place(|| -> Result<_> { Ok((Weight::of(first)?, Weight::of(rest)?)) })?;
    let found = engine::in_the_page(&folder, corpus, &index, cut).await?;
    let run = |name: &str, took: &[f64], load: &[f64], weight: Weight| Run {
        name: name.to_owned(),
        knows: "beginnings and slips",
        took: Sample::new(took.iter().copied()),
        // Theirs is the first one, too.
        load: load.first().copied().unwrap_or(f64::NAN),
        raw: weight.raw,
        brotli: weight.brotli,
    };
    Ok(vec![
        run("ours, whole", &found.whole, &found.whole_load, first.plus(rest)),
        run("ours, first part", &found.first, &found.first_load, first),
    ])
}

fn section(runs: &[Run], phrases: usize) -> Result<Section> {
    let (own, others) = runs.split_first().context("no runs")?;
    let mut section = Section::new("The search engine beside its peers, in the browser");
    let head = ["5,000 articles", "p50", "p99", "p99 / ours", "load", "index", "brotli 11", "brotli / ours", "knows"];
    let mut table = Table::new(&head);
    for run in runs {
        let times = [ms(run.took.median()), ms(run.took.percentile(99))];
        let slower = ratio(run.took.percentile(99) / own.took.percentile(99));
        let larger = ratio(run.brotli as f64 / own.brotli as f64);
        let rest = [slower, ms(run.load), kilobytes(run.raw), kilobytes(run.brotli), larger, run.knows.to_owned()];
        table.row([run.name.clone()].into_iter().chain(times).chain(rest));
    }
    section.table(table);
    let peers = || others.iter().filter(|run| !run.name.starts_with("ours"));
    let quickest = peers().map(|run| run.took.percentile(99)).fold(f64::INFINITY, f64::min);
    let smallest = peers().map(|run| run.brotli).min().unwrap_or_default();
    let what = "search per keystroke, p99, over the quickest peer's";
    section.budget(Budget::at_most(what, 1.0, own.took.percentile(99) / quickest, ratio));
    let what = "bytes of the whole index, brotli, over the smallest peer's";
    section.budget(Budget::at_most(what, 1.0, own.brotli as f64 / smallest as f64, ratio));
    section.note(&format!(
        "{phrases} phrases letter by letter, the same for all, a third with a typo; one pass, right after loading. Every engine \
         has the same fields and boosts and gives eight results with title, summary and address. Pagefind's time includes \
         fetching parts of its index over loopback but not the texts that its results show, and neither these texts nor any \
         engine's code are in the bytes. Licences: MIT (MiniSearch, Lunr, Pagefind), Apache-2.0 (FlexSearch, Orama)."
    ));
    for run in runs {
        section.keep(&run.name, [run.took.median(), run.took.percentile(99), run.load, run.brotli as f64]);
    }
    Ok(section)
}

/// Has Node build what each peer serves; gives their bytes.
fn make(folder: &Path, corpus: &Corpus) -> Result<BTreeMap<String, Bytes>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("corpus.json"), serde_json::to_vec(&corpus.articles)?)?;
    let mut node = Command::new("node");
    // Orama and Lunr keep a hash table for every word while they build.
    node.arg("--max-old-space-size=4096").arg(root().join("tests/peers/search/make.mjs")).arg(folder);
    let status = node.stdout(std::process::Stdio::null()).status().context("node was not found")?;
    ensure!(status.success(), "building the peers' indexes ended with {status}: is `npm ci` done?");
    Ok(serde_json::from_slice(&fs::read(folder.join("sizes.json"))?)?)
}

/// Every file of a folder, under its path.
fn put_all(host: &Host, folder: &Path, prefix: &str) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            put_all(host, &entry.path(), &format!("{name}/"))?;
        } else {
            host.put(&format!("{}{name}", ISOLATED.trim_start_matches('/')), fs::read(entry.path())?);
        }
    }
    Ok(())
}

fn version(package: &str) -> Result<String> {
    let file = root().join("node_modules").join(package).join("package.json");
    let read: Value = serde_json::from_slice(&fs::read(file)?)?;
    Ok(read.get("version").and_then(Value::as_str).unwrap_or_default().to_owned())
}
