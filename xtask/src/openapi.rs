//! `cargo xtask openapi`: the contract as a file, generated from the types that are served.
//!
//! The file is in the repository, so that a change of the contract shows in a review. Never edited by hand.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{progress::note, workspace::Workspace};

/// How `openapi` was called.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only say whether the file is current.
    #[arg(long)]
    check: bool,
}

pub(crate) fn openapi(ws: &Workspace, options: &Options) -> Result<()> {
    if options.check {
        return check(ws);
    }
    fs::write(file(ws), document()?).context("could not write edge/openapi.json")?;
    note("wrote edge/openapi.json");
    Ok(())
}

/// Fails when the file is not what the types say.
pub(crate) fn check(ws: &Workspace) -> Result<()> {
    if fs::read_to_string(file(ws)).ok() != Some(document()?) {
        bail!("edge/openapi.json is not what the types say. Run `cargo xtask openapi` and look at the difference.");
    }
    Ok(())
}

fn document() -> Result<String> {
    let mut text = serde_json::to_string_pretty(&buoy_shared::openapi::document())?;
    text.push('\n');
    Ok(text)
}

fn file(ws: &Workspace) -> PathBuf {
    ws.path("edge/openapi.json")
}
