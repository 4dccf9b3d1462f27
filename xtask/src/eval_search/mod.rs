//! `cargo xtask eval-search`: how well the search engine finds what people ask, on labelled sets.
//!
//! Everything goes through the engine as in production: the index is built, loaded from its bytes and asked. It writes runs in
//! the form of TREC, and must not know what the engine does.

mod figures;
mod sets;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::{Context as _, Result};
use buoy_shared::search::{CONFIDENCE_MIN, Index, IndexBuilder, SearchDoc, first_part};

use self::{
    figures::{DEPTH, Figures, auroc},
    sets::{Doc, Set, VARIANTS},
};

/// Threads: the machines of developers do something else meanwhile.
const THREADS: usize = 2;

/// Prints the length of each file and of its brotli form.
const MEASURE: &str = r#"
const { brotliCompressSync } = require("node:zlib");
const fs = require("node:fs");
console.log(JSON.stringify(process.argv.slice(1).map((name) => brotliCompressSync(fs.readFileSync(name)).length)));
"#;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder of labelled sets.
    sets: PathBuf,
    /// Where to write `SET.VARIANT.run` files.
    #[arg(long)]
    runs: Option<PathBuf>,
    /// Measure the first part of the index, which a panel downloads when it opens, instead of the whole.
    #[arg(long)]
    first: bool,
}

/// What was measured of a set.
struct Outcome {
    variants: Vec<Option<Figures>>,
    /// Area under the curve of the confidence, and the shares of answerable and unanswerable questions that "fit".
    refusals: Option<(f64, f64, f64)>,
    latencies: Vec<f64>,
    index: usize,
    brotli: usize,
    text_brotli: usize,
}

/// Runs every set and prints the table.
pub(crate) fn eval_search(options: &Options) -> Result<()> {
    let sets = sets::read_all(&options.sets)?;
    if let Some(runs) = &options.runs {
        std::fs::create_dir_all(runs)?;
    }
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<BTreeMap<usize, Result<Outcome>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((number, set)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, sets.get(at)?)))
                {
                    let outcome = measure(set, options);
                    outcomes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(number, outcome);
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let outcomes = outcomes.into_values().collect::<Result<Vec<_>>>()?;
    print(&sets, &outcomes);
    Ok(())
}

fn build(docs: &[&Doc], locale: &str, first: bool) -> Vec<u8> {
    let mut builder = IndexBuilder::new(locale);
    for doc in docs {
        builder.add(&SearchDoc { slug: &doc.id, title: &doc.title, body: &doc.body, ..SearchDoc::default() });
    }
    let mut bytes = builder.finish();
    if first {
        bytes.truncate(first_part(&bytes).unwrap_or_default());
    }
    bytes
}

fn measure(set: &Set, options: &Options) -> Result<Outcome> {
    // All documents of a set are of one locale: each set is an index.
    let locale = set.docs.first().map_or("", |doc| doc.locale.as_str());
    let docs: Vec<&Doc> = set.docs.iter().filter(|doc| doc.locale == locale).collect();
    let bytes = build(&docs, locale, options.first);
    let index = Index::load(&bytes).with_context(|| format!("the index of {}", set.name))?;
    let text: String = docs.iter().map(|doc| format!("{}\n{}\n", doc.title, doc.body)).collect();
    let (brotli, text_brotli) = brotli(&set.name, &bytes, text.as_bytes())?;
    let mut outcome = Outcome {
        variants: Vec::new(),
        refusals: None,
        latencies: Vec::new(),
        index: bytes.len(),
        brotli,
        text_brotli,
    };
    let mut confidences = Vec::new();
    for (number, ((variant, _), queries)) in VARIANTS.iter().zip(&set.queries).enumerate() {
        let Some(queries) = queries else {
            outcome.variants.push(None);
            continue;
        };
        let (mut figures, mut run) = (Vec::new(), String::new());
        for query in queries {
            let started = now();
            let answer = index.answer(&query.text, DEPTH);
            outcome.latencies.push(started.elapsed().as_secs_f64() * 1e3);
            if number == 0 {
                confidences.push(answer.confidence);
            }
            let ids: Vec<&str> = answer.hits.iter().map(|hit| index.slug(hit.doc)).collect();
            for (place, (id, hit)) in ids.iter().zip(&answer.hits).enumerate() {
                writeln!(run, "{} {id} {} {}", query.id, place + 1, hit.score)?;
            }
            figures.extend(set.grades.get(&query.id).and_then(|grades| Figures::of(&ids, grades)));
        }
        outcome.variants.push(Some(Figures::mean(&figures)));
        if let Some(runs) = &options.runs {
            std::fs::write(runs.join(format!("{}.{variant}.run", set.name)), run)?;
        }
    }
    if !set.unanswerable.is_empty() {
        let refused: Vec<f32> = set.unanswerable.iter().map(|query| index.answer(&query.text, 1).confidence).collect();
        let fitting =
            |all: &[f32]| all.iter().filter(|&&one| one >= CONFIDENCE_MIN).count() as f64 / all.len().max(1) as f64;
        outcome.refusals = Some((auroc(&confidences, &refused), fitting(&confidences), fitting(&refused)));
    }
    Ok(outcome)
}

#[expect(clippy::disallowed_methods, reason = "a native tool may look at the clock")]
fn now() -> Instant {
    Instant::now()
}

fn brotli(name: &str, index: &[u8], text: &[u8]) -> Result<(usize, usize)> {
    let folder = std::env::temp_dir().join(format!("buoy-eval-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let files: [&Path; 2] = [&folder.join("index"), &folder.join("text")];
    std::fs::write(files[0], index)?;
    std::fs::write(files[1], text)?;
    let output = Command::new("node").args(["-e", MEASURE]).args(files).output().context("node was not found")?;
    std::fs::remove_dir_all(&folder)?;
    serde_json::from_slice(&output.stdout).context("node printed no sizes")
}

fn print(sets: &[Set], outcomes: &[Outcome]) {
    println!(
        "| set | {} | index | brotli | of text |",
        VARIANTS.map(|(name, _)| format!("{name} nDCG / MRR / R@10")).join(" | ")
    );
    println!("|---|---|---|---|---|---|---|");
    let mut groups: BTreeMap<(&str, &str), Vec<Figures>> = BTreeMap::new();
    let mut latencies = Vec::new();
    for (set, outcome) in sets.iter().zip(outcomes) {
        let cells = outcome
            .variants
            .iter()
            .map(|figures| figures.map_or_else(|| "–".to_owned(), |figures| figures.to_string()));
        let share = outcome.brotli as f64 / outcome.text_brotli.max(1) as f64;
        let cells = cells.collect::<Vec<_>>().join(" | ");
        println!("| {} | {cells} | {} | {} | {:.0} % |", set.name, outcome.index, outcome.brotli, share * 100.0);
        for ((variant, _), figures) in VARIANTS.iter().zip(&outcome.variants) {
            groups.entry((set.group(), variant)).or_default().extend(*figures);
        }
        latencies.extend(&outcome.latencies);
    }
    println!();
    for group in ["en", "ru", "other", "control"] {
        let means = VARIANTS.map(|(variant, _)| {
            groups.get(&(group, variant)).map(|all| Figures::mean(all).to_string()).unwrap_or_default()
        });
        println!("| macro {group} | {} |", means.join(" | "));
    }
    for (set, outcome) in sets.iter().zip(outcomes) {
        if let Some((area, kept, wrong)) = outcome.refusals {
            println!(
                "{}: AUROC of the confidence {area:.3}; above {CONFIDENCE_MIN}: {:.0} % of what has an answer, {:.0} % of what has none",
                set.name,
                kept * 100.0,
                wrong * 100.0
            );
        }
    }
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| latencies.get(((latencies.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(0.0);
    println!("a query, native: p50 {:.3} ms, p99 {:.3} ms, most {:.3} ms", at(0.5), at(0.99), at(1.0));
}
