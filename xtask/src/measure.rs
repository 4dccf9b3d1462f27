//! `cargo xtask bench` and `cargo xtask screenshots`: programs of `tests/` that need the product and a browser.
//!
//! Only calls them; what is measured and how stands in those programs.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{
    build::{Build, Quality},
    run::run,
    tools,
    workspace::Workspace,
};

/// How `bench` was called.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Fewer repetitions: numbers to compare while working, not to publish.
    #[arg(long)]
    quick: bool,
}

pub(crate) fn bench(ws: &Workspace, options: &Options) -> Result<()> {
    let flags: &[&str] = if options.quick { &["--quick"] } else { &[] };
    run_program(ws, "bench", flags)
}

pub(crate) fn screenshots(ws: &Workspace) -> Result<()> {
    run_program(ws, "screenshots", &[])
}

fn run_program(ws: &Workspace, program: &str, flags: &[&str]) -> Result<()> {
    tools::ensure(ws)?;
    tools::ensure_browser()?;
    Build::new(ws, Quality::Product).run()?;
    let mut command = Command::new("cargo");
    command.args(["run", "--release", "--package", "buoy-tests", "--bin", program, "--"]).args(flags);
    run(command.current_dir(&ws.root).env("BUOY_ROOT", &ws.root))
}
