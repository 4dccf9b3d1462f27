//! Runs other programs and turns their failures into sentences that name the command.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::children;

/// How much of a failed tool's output is shown: some print the whole program that they refuse.
const LINES_SHOWN: usize = 60;

/// Runs to the end with our stdout and stderr; fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let mut child = children::spawn(command.stdin(Stdio::null()))?;
    let status = child.wait().with_context(|| format!("lost sight of `{line}`"));
    children::forget(&child);
    let status = status?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Like [`run`], but the program may ask the person something, so it stays in the terminal's own process group.
pub(crate) fn run_interactively(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Like [`run`], but shows the output only when it fails: for tools that chat. Gives its stdout.
pub(crate) fn run_quietly(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let child = children::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let id = child.id();
    let output = child.wait_with_output().with_context(|| format!("lost sight of `{line}`"));
    children::forget_id(id);
    let output = output?;
    if !output.status.success() {
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let lines: Vec<&str> = text.trim().lines().collect();
        let end = lines.get(lines.len().saturating_sub(LINES_SHOWN)..).unwrap_or_default();
        bail!("`{line}` ended with {}\n{}", output.status, end.join("\n"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The trimmed stdout of a quick question, or `None` when the program is missing or refuses.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as one would type it.
pub(crate) fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
