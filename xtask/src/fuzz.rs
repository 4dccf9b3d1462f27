//! `cargo xtask fuzz`: a coverage-guided fuzzer on what must not break whatever comes in.
//!
//! It needs a nightly toolchain, which nothing else here does: where there is none, the seeded mutations of
//! `shared/tests/markdown` and the properties of the search engine's tests hold the same promises, more slowly. A deep run of
//! the tests fuzzes each target for a short time where it can, and says so where it cannot.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::{progress::step, run::run, workspace::Workspace};

/// The fuzzer's front end, pinned.
const CARGO_FUZZ: &str = "0.13.2";
/// Bytes of an input: room for every construct of an article several times over.
const INPUT_BYTES_MAX: u32 = 4_096;

/// What to fuzz, for how long.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The target.
    target: Target,
    /// Seconds to run.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// Articles: Markdown and front matter, printed and read again.
    Markdown,
    /// Words to search for.
    Query,
    /// Bytes of a search index.
    Index,
}

impl Target {
    const ALL: [Self; 3] = [Self::Markdown, Self::Query, Self::Index];

    const fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Query => "query",
            Self::Index => "index",
        }
    }
}

/// Seconds for each target within a deep run of the tests: the seeds, and what is near them.
const DEEP_SECONDS: u32 = 20;

/// What to do where there is no nightly toolchain.
pub(crate) const NEEDS_NIGHTLY: &str = "this needs nightly: `rustup toolchain install nightly --profile minimal`";

/// Every target for a short time.
pub(crate) fn fuzz_all_shortly(ws: &Workspace) -> Result<()> {
    Target::ALL.into_iter().try_for_each(|target| fuzz(ws, &Options { target, seconds: DEEP_SECONDS }))
}

pub(crate) fn has_nightly() -> bool {
    Command::new("cargo").args(["+nightly", "--version"]).output().is_ok_and(|out| out.status.success())
}

pub(crate) fn fuzz(ws: &Workspace, options: &Options) -> Result<()> {
    if !has_nightly() {
        bail!("{NEEDS_NIGHTLY}");
    }
    let tools = ws.path("target/tools");
    let program = tools.join("bin/cargo-fuzz");
    if !program.exists() {
        step("Installing cargo-fuzz", || {
            let mut install = Command::new("cargo");
            install.args(["install", "cargo-fuzz", "--locked", "--version", CARGO_FUZZ, "--root"]).arg(&tools);
            run(&mut install)
        })?;
    }
    let name = options.target.name();
    let found = ws.path("fuzz/corpus").join(name);
    fs::create_dir_all(&found).context("could not make the folder of what is found")?;
    let mut path = vec![tools.join("bin")];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let mut fuzzer = Command::new("cargo");
    fuzzer.args(["+nightly", "fuzz", "run", name, "--target-dir"]).arg(ws.path("target/fuzz"));
    // What is found goes into the first folder; the second is only read.
    fuzzer.arg(found).arg(ws.path("fuzz/seeds").join(name)).arg("--");
    fuzzer.args([format!("-max_total_time={}", options.seconds), format!("-max_len={INPUT_BYTES_MAX}")]);
    fuzzer.current_dir(&ws.root).env("PATH", std::env::join_paths(path).context("PATH holds an odd folder")?);
    step(&format!("Fuzzing {name} for {} s", options.seconds), || run(&mut fuzzer))
}
