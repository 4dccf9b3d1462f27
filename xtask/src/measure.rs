//! `cargo xtask bench` and `cargo xtask screenshots`: programs of `tests/` that need the product and a browser.
//!
//! Only calls them; what is measured and how stands in those programs.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{
    browsers,
    build::{Build, Quality},
    run::run,
    tools,
    workspace::Workspace,
};

/// What the program itself is told.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Handed to the program as they are, for instance --quick.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn bench(ws: &Workspace, options: &Options) -> Result<()> {
    run_program(ws, "bench", &options.arguments)
}

pub(crate) fn screenshots(ws: &Workspace, options: &Options) -> Result<()> {
    run_program(ws, "screenshots", &options.arguments)
}

fn run_program(ws: &Workspace, program: &str, arguments: &[String]) -> Result<()> {
    tools::ensure(ws)?;
    browsers::ensure_chromium()?;
    Build::new(ws, Quality::Product).run()?;
    let mut command = Command::new("cargo");
    command.args(["run", "--release", "--package", "buoy-tests", "--bin", program, "--"]).args(arguments);
    run(command.current_dir(&ws.root).env("BUOY_ROOT", &ws.root))
}
