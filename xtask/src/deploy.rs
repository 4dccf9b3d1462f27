//! `cargo xtask deploy`: to a Cloudflare account, by wrangler.
//!
//! Order: build, then migrations, then the worker, because each migration is safe while the previous code still serves,
//! and not the other way round. It creates nothing on the account: databases and secrets are somebody's decision.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{
    build::{Build, Quality},
    progress::note,
    run::run_interactively,
    sizes::{kilobytes, worker_gzip},
    tools,
    workspace::Workspace,
};

/// How `deploy` was called.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build and check everything, but send nothing; prints the worker's size.
    #[arg(long)]
    dry_run: bool,
}

/// What `edge/wrangler.toml` has in place of an account's own ids.
const PLACEHOLDERS: [&str; 2] = ["00000000-0000-4000-8000-000000000000", "\"00000000000000000000000000000000\""];

const PREPARATION: &str = "\
edge/wrangler.toml still has placeholder ids. Once for each account, in edge/:

  npx wrangler login
  npx wrangler d1 create buoy                     put its database_id into wrangler.toml
  npx wrangler kv namespace create SNAPSHOTS      put its id into wrangler.toml
  npx wrangler r2 bucket create buoy-files
  npx wrangler secret put OPERATOR_TOKEN          a long random text; it may create sites

Then run `cargo xtask deploy` again. `cargo xtask deploy --dry-run` works without an account.";

pub(crate) fn deploy(ws: &Workspace, options: &Options) -> Result<()> {
    if !options.dry_run {
        refuse_placeholders(ws)?;
    }
    tools::ensure(ws)?;
    let build = Build::new(ws, Quality::Product);
    build.run()?;
    let manifest = fs::read_to_string(build.manifest()).context("could not read the asset manifest")?;
    let manifest = format!("ASSET_MANIFEST:{manifest}");
    if options.dry_run {
        let folder = ws.product().join("dry-run");
        run_interactively(wrangler(ws).args(["deploy", "--dry-run", "--var", &manifest, "--outdir"]).arg(folder))?;
        note(&format!("worker: {} gzip; nothing was sent", kilobytes(worker_gzip(ws)?)));
        return Ok(());
    }
    run_interactively(wrangler(ws).args(["d1", "migrations", "apply", "DB", "--remote"]))?;
    run_interactively(wrangler(ws).args(["deploy", "--var", &manifest]))
}

fn refuse_placeholders(ws: &Workspace) -> Result<()> {
    let toml = fs::read_to_string(ws.path("edge/wrangler.toml")).context("could not read edge/wrangler.toml")?;
    if PLACEHOLDERS.iter().any(|placeholder| toml.contains(placeholder)) {
        bail!("{PREPARATION}");
    }
    Ok(())
}

fn wrangler(ws: &Workspace) -> Command {
    let mut command = Command::new(ws.npm_program("wrangler", "wrangler.js"));
    command.current_dir(ws.path("edge"));
    command.env("WRANGLER_SEND_METRICS", "false").env("WRANGLER_HIDE_BANNER", "true");
    command
}
