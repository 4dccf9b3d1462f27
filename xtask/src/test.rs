//! `cargo xtask test`: everything that must hold before a change is merged, in the order in which it fails fastest.
//!
//! The first failure ends the run and names its command; the table at the end shows what ran and for how long. With a
//! filter only matching tests run, without the lints: that is for the middle of work, not for its end.

use std::{path::PathBuf, process::Command, time::Duration};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    browsers,
    build::{Build, Quality},
    fuzz, openapi,
    pins::WASM_TARGET,
    progress::{note, now, seconds, step},
    run::run,
    tools,
    workspace::Workspace,
};

/// How `test` was called.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Also the slow tests, and properties with many more cases (sets BUOY_DEEP=1).
    #[arg(long)]
    deep: bool,
    /// Run the journeys in Firefox and WebKitGTK besides.
    #[arg(long)]
    engines: bool,
    /// Only tests whose name contains this; everything after `--` goes to the test programs.
    #[arg(last = true)]
    filter: Vec<String>,
}

/// How many cases a property gets: proptest's own default, and what an hour of patience buys.
const PROPERTY_CASES: (&str, &str) = ("256", "20000");

/// The journeys that need what only Chromium has; each says there what that is. Firefox and WebKit run all others.
const OF_CHROMIUM: &str = "of_chromium::";

/// The steps so far.
struct Report {
    rows: Vec<(String, Duration, &'static str)>,
}

pub(crate) fn test(ws: &Workspace, options: &Options) -> Result<()> {
    let mut report = Report { rows: Vec::new() };
    let outcome = run_all(ws, options, &mut report);
    report.print();
    outcome
}

fn run_all(ws: &Workspace, options: &Options, report: &mut Report) -> Result<()> {
    report.step("tools", || {
        tools::ensure(ws)?;
        tools::ensure_rust_components()?;
        if options.engines || options.deep { browsers::ensure_all(ws) } else { browsers::ensure_chromium() }
    })?;
    if options.filter.is_empty() {
        lint(ws, report)?;
    }
    let python_tools = if options.deep { Some(tools::ensure_python_tools(ws)?) } else { None };
    let cargo_test = |arguments: &[&str], engine: &str| {
        let mut command = cargo(ws, &[&["test"], arguments].concat());
        let (normal, deep) = PROPERTY_CASES;
        command.env("PROPTEST_CASES", if options.deep { deep } else { normal }).env("BUOY_ROOT", root(ws));
        if options.deep {
            command.env("BUOY_DEEP", "1");
        }
        if let Some(programs) = &python_tools {
            command.env("BUOY_PYTHON_TOOLS", programs);
        }
        command.env("BUOY_ENGINE", engine).arg("--").args(&options.filter);
        if engine != "chromium" {
            command.args(["--skip", OF_CHROMIUM]);
        }
        run(&mut command)
    };
    report.step("unit tests of shared", || cargo_test(&["--package", "buoy-shared", "--all-features"], "chromium"))?;
    if options.deep && options.filter.is_empty() {
        if fuzz::has_nightly() {
            report.step("fuzzing, shortly", || fuzz::fuzz_all_shortly(ws))?;
        } else {
            report.leave_out("fuzzing, shortly", fuzz::NEEDS_NIGHTLY);
        }
    }
    report.step("unit tests of xtask", || cargo_test(&["--package", "xtask"], "chromium"))?;
    report.step("build", || Build::new(ws, Quality::Product).run())?;
    report.step("build with the clock of the tests", || Build::with_test_clock(ws).run())?;
    report.step("outside tests: API, tidy, journeys in Chromium", || {
        cargo_test(&["--package", "buoy-tests"], "chromium")
    })?;
    if !(options.engines || options.deep) {
        return Ok(());
    }
    let journeys = ["--package", "buoy-tests", "--test", "journeys"];
    report.step("journeys in Firefox", || cargo_test(&journeys, "firefox"))?;
    report.step("journeys in WebKitGTK", || cargo_test(&journeys, "webkitgtk"))
}

/// Format, lints and generated files: what needs no product.
fn lint(ws: &Workspace, report: &mut Report) -> Result<()> {
    let clippy = |arguments: &[&str]| {
        let all = [&["clippy"], arguments, &["--", "--deny", "warnings"]].concat();
        run(&mut cargo(ws, &all))
    };
    report.step("format", || run(&mut cargo(ws, &["fmt", "--all", "--check"])))?;
    report.step("lints of shared", || clippy(&["--package", "buoy-shared", "--all-targets", "--all-features"]))?;
    report.step("lints of xtask and tests", || {
        clippy(&["--package", "xtask", "--package", "buoy-tests", "--all-targets"])
    })?;
    // Apart from each other: together they would see each other's features of `shared`.
    for package in ["buoy-edge", "buoy-front", "buoy-courier", "buoy-widget"] {
        report
            .step(&format!("lints of {package} (wasm)"), || clippy(&["--package", package, "--target", WASM_TARGET]))?;
    }
    report.step("OpenAPI document", || openapi::check(ws))
}

fn cargo(ws: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(&ws.root);
    command
}

fn root(ws: &Workspace) -> PathBuf {
    ws.root.clone()
}

impl Report {
    fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let began = now();
        let outcome = step(&format!("Testing: {name}"), work);
        self.rows.push((name.to_owned(), began.elapsed(), if outcome.is_ok() { "ok" } else { "FAILED" }));
        outcome.with_context(|| format!("the step “{name}” failed"))
    }

    /// A step that cannot be taken here and whose promises other steps hold as well.
    fn leave_out(&mut self, name: &str, why: &str) {
        note(&format!("left out: {name}: {why}"));
        self.rows.push((name.to_owned(), Duration::ZERO, "left out"));
    }

    fn print(&self) {
        eprintln!("\n{}", self.table());
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
        let total: Duration = self.rows.iter().map(|(_, time, _)| *time).sum();
        let row =
            |name: &str, time: Duration, verdict: &str| format!("  {name:width$}  {:>12}  {verdict}", seconds(time));
        let rows = self.rows.iter().map(|(name, time, verdict)| row(name, *time, verdict));
        rows.chain([row("all", total, "")]).map(|row| row.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_is_left_out_is_named_and_fails_nothing() {
        let mut report = Report { rows: Vec::new() };
        report.leave_out("fuzzing", fuzz::NEEDS_NIGHTLY);
        report.step("lints", || Ok(())).unwrap();
        report.step("build", || anyhow::bail!("no")).unwrap_err();
        let table = report.table();
        let verdicts: Vec<&str> = table.lines().map(|line| line.rsplit("  ").next().unwrap()).collect();
        assert_eq!(verdicts[..3], ["left out", "ok", "FAILED"], "{table}");
    }
}
