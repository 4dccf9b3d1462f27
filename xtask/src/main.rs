//! `cargo xtask …`: everything a person types.
//!
//! | command | does |
//! | --- | --- |
//! | `dev` | builds, serves on this machine, seeds a demo site, rebuilds on change |
//! | `build` | the build alone |
//! | `test` | everything that must hold before a change is merged |
//! | `bench`, `screenshots` | measurements and pictures, by programs of `tests/` |
//! | `eval-search` | how well the search engine finds what people ask, on labelled sets |
//! | `openapi` | the generated contract |
//! | `policy` | reads a policy and says what it promises |
//! | `fuzz` | a coverage-guided fuzzer, where there is a nightly toolchain |
//! | `kb` | a help centre as a folder of Markdown: check, import, export |
//! | `telegram` | registers where a bot's updates go |
//! | `deploy` | to a Cloudflare account |
//!
//! Each command makes sure of the tools it needs, so the first one on a new machine is the only one to know. This
//! crate orchestrates; it must not know what a ticket is, and nothing of it is shipped.

mod articles;
mod browsers;
mod build;
mod children;
mod deploy;
mod dev;
mod eval_search;
mod fuzz;
mod import;
mod kb;
mod lock;
mod measure;
mod openapi;
mod pins;
mod policy;
mod progress;
mod run;
mod seed;
mod sizes;
mod stamp;
mod telegram;
mod test;
mod tools;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    build::{Build, Quality},
    workspace::Workspace,
};

/// Buoy's tool for development.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build, serve on this machine with a demo site, rebuild on change.
    Dev(dev::Options),
    /// Build the panel, the edge and the static assets into target/buoy.
    Build {
        /// Quick and unoptimised, into target/buoy-draft: what `dev` does after a change.
        #[arg(long)]
        draft: bool,
        /// The worker again with a clock that tests move, into target/buoy-test-clock: never deployed.
        #[arg(long, conflicts_with = "draft")]
        test_clock: bool,
    },
    /// Format, lints, unit tests, build, and tests from outside with real browsers.
    Test(test::Options),
    /// Measure what BENCHMARKS.md promises; with --quick fewer repetitions.
    Bench(measure::Options),
    /// Measure on labelled sets how well the search engine finds what people ask.
    EvalSearch(eval_search::Options),
    /// Take pictures of the widget on our page.
    Screenshots(measure::Options),
    /// Write the generated contract to edge/openapi.json.
    Openapi(openapi::Options),
    /// Check a policy, or show what it promises.
    #[command(subcommand)]
    Policy(policy::Action),
    /// Fuzz articles or queries with cargo-fuzz, on nightly.
    Fuzz(fuzz::Options),
    /// A help centre as a folder of Markdown: check, import, export.
    #[command(subcommand)]
    Kb(kb::Action),
    /// Telegram's bots: register where their updates go.
    #[command(subcommand)]
    Telegram(telegram::Action),
    /// Deploy to a Cloudflare account.
    Deploy(deploy::Options),
    /// Make browser bindings for a compiled wasm, as for the panel: the bench does it for the search engine alone.
    #[command(hide = true)]
    Bindings {
        /// What cargo compiled.
        wasm: PathBuf,
        /// Where `<name>.js` and `<name>_bg.wasm` go.
        folder: PathBuf,
        /// Their name.
        name: String,
    },
}

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    let outcome = run(Cli::parse().command);
    children::let_signal_end_us();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let ws = Workspace::find();
    // Ctrl-C is how one leaves `dev`, so there it is no failure.
    children::stop_all_on_signal(if matches!(command, Command::Dev(_)) { 0 } else { INTERRUPTED })?;
    match command {
        Command::Dev(options) => dev::dev(ws, options),
        Command::Build { draft, test_clock } => {
            tools::ensure(&ws)?;
            match (draft, test_clock) {
                (_, true) => Build::with_test_clock(&ws).run(),
                (true, false) => Build::new(&ws, Quality::Draft).run(),
                (false, false) => Build::new(&ws, Quality::Product).run(),
            }
        }
        Command::Test(options) => test::test(&ws, &options),
        Command::Bench(options) => measure::bench(&ws, &options),
        Command::EvalSearch(options) => eval_search::eval_search(&options),
        Command::Screenshots(options) => measure::screenshots(&ws, &options),
        Command::Openapi(options) => openapi::openapi(&ws, &options),
        Command::Policy(action) => policy::policy(&ws, &action),
        Command::Fuzz(options) => fuzz::fuzz(&ws, &options),
        Command::Kb(action) => kb::kb(&ws, &action),
        Command::Telegram(action) => telegram::telegram(&action),
        Command::Deploy(options) => deploy::deploy(&ws, &options),
        Command::Bindings { wasm, folder, name } => build::bind_for_browser(&wasm, &folder, &name),
    }
}
