//! Minifies scripts and styles. esbuild is called as a program, so no JavaScript of ours runs during a build.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{run::run_quietly, workspace::Workspace};

/// For scripts of which nearly everything runs as soon as they are there. Told so by the first line, Chromium compiles every
/// function while the script arrives, beside the page's thread; otherwise each is compiled on that thread by its first call.
pub(super) const ALL_AT_LOAD: &str = "--banner:js=//# allFunctionsCalledOnLoad";

/// Minifies one file; follows its imports only with `--bundle`.
pub(super) fn run(ws: &Workspace, from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    let mut command = Command::new(ws.npm_program("esbuild", "esbuild"));
    command.arg(from).args(["--minify", "--legal-comments=none", "--charset=utf8", "--log-level=warning"]);
    command.args(options).arg(format!("--outfile={}", to.display())).arg("--allow-overwrite");
    run_quietly(&mut command).map(drop)
}
