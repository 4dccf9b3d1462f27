//! `cargo xtask bench`: every figure of the budget table, measured on this machine.
//!
//! | section | measures |
//! | --- | --- |
//! | [`sizes`] | what each file weighs |
//! | [`vitals`] | what a page pays for the tag, and how soon a banner stands |
//! | [`panel`] | click to panel ready, key to results |
//! | [`engine`] | the search engine alone over 5,000 articles |
//! | [`peers`] | the same beside five other engines |
//! | [`throughput`] | requests a second beside a Hono worker doing the same |
//! | [`startup`] | from nothing to the first answer |
//!
//! Prints tables, writes `target/buoy/bench.json`, and with `--write` the part of BENCHMARKS.md between its two markers.
//! `--quick` repeats less: figures to compare while working, not to publish. `--only sizes,throughput` runs a part.
//!
//! It fails when a section could not be measured, never because a budget is missed: that is for the reader to see and
//! for the size tests to enforce. It must not build anything but its own peer and page.

#![expect(
    clippy::disallowed_methods,
    reason = "a bench reads clocks and sleeps; the ban is for code that runs as wasm"
)]

mod chrome;
mod corpus;
mod engine;
mod fixture;
mod host;
mod link;
mod load;
mod machine;
mod page;
mod panel;
mod peers;
mod plan;
mod report;
mod served;
mod sizes;
mod startup;
mod stats;
mod subject;
mod tables;
mod throughput;
mod vitals;

use std::{fs, future::Future, process::ExitCode};

use anyhow::{Context as _, Result};
use buoy_tests::root::root;

use self::{plan::Plan, report::Report, report::Section};

/// What a section is called in `--only`, in the order in which they run: the browser before the machine is warm from load.
const SECTIONS: [&str; 7] = ["sizes", "vitals", "panel", "engine", "peers", "startup", "throughput"];

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every section was measured.
async fn run() -> Result<bool> {
    let plan = Plan::from_arguments(std::env::args().skip(1), &SECTIONS)?;
    let mut report = Report::new(plan, machine::facts()?);
    print!("{}", report.head());
    for name in SECTIONS.into_iter().filter(|name| plan.wants(&SECTIONS, name)) {
        eprintln!("measuring: {name}");
        let section = match name {
            "sizes" => guarded(sizes::measure()).await,
            "vitals" => guarded(vitals::measure(plan)).await,
            "panel" => guarded(panel::measure(plan)).await,
            "engine" => guarded(engine::measure(plan)).await,
            "peers" => guarded(peers::measure(plan)).await,
            "startup" => guarded(startup::measure(plan)).await,
            _ => guarded(throughput::measure(plan)).await,
        };
        let section = section.unwrap_or_else(|error| Section::failed(name, &error));
        print!("{}", section.markdown());
        report.sections.push(section);
    }
    print!("{}", report.budgets_markdown());
    let file = root().join("target/buoy/bench.json");
    fs::write(&file, serde_json::to_vec_pretty(&report)?)
        .with_context(|| format!("could not write {}", file.display()))?;
    eprintln!("written: {}", file.display());
    if plan.write {
        report.write_to(&root().join("BENCHMARKS.md"))?;
        eprintln!("written: BENCHMARKS.md");
    }
    Ok(report.is_complete())
}

/// Runs a section as a task of its own: the harness panics when something is wrong, and the other sections still count.
async fn guarded(section: impl Future<Output = Result<Section>> + Send + 'static) -> Result<Section> {
    tokio::spawn(section).await.context("the section broke off; its last words are above")?
}
