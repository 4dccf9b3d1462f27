//! `cargo xtask deploy`: to a Cloudflare account, by wrangler.
//!
//! Order: build, then migrations, then the workers, because each migration is safe while the previous code still serves,
//! and not the other way round. The courier goes before the front worker, which is bound to it; it is bound to nothing of
//! the front worker's, so that the first deploy of all works in this order too. It creates nothing on the account: databases and secrets are somebody's decision.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{
    build::{Build, Quality},
    progress::note,
    run::run_interactively,
    sizes::workers,
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

/// What both `wrangler.toml` have in place of an account's own ids.
const PLACEHOLDERS: [&str; 2] = ["00000000-0000-4000-8000-000000000000", "\"00000000000000000000000000000000\""];

/// How `wrangler`, which runs in `edge/`, is told of the courier.
const COURIER: [&str; 2] = ["--config", "courier/wrangler.toml"];

const PREPARATION: &str = " Once for each account, in edge/:

  npx wrangler login
  npx wrangler d1 create buoy                     put its database_id into both wrangler.toml
  npx wrangler kv namespace create SNAPSHOTS      put its id into both wrangler.toml
  npx wrangler r2 bucket create buoy-files
  npx wrangler secret put OPERATOR_TOKEN --config courier/wrangler.toml       a long random text; it may create sites
  npx wrangler secret put SUPPORT_BOT_TOKEN --config courier/wrangler.toml    where the team works in Telegram
  npx wrangler secret put TELEGRAM_BOT_TOKEN --config courier/wrangler.toml   where customers do

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
        let courier = folder.join("courier");
        run_interactively(wrangler(ws).args(COURIER).args(["deploy", "--dry-run", "--outdir"]).arg(courier))?;
        run_interactively(wrangler(ws).args(["deploy", "--dry-run", "--var", &manifest, "--outdir"]).arg(folder))?;
        note(&format!("{}; nothing was sent", workers(ws)?));
        return Ok(());
    }
    run_interactively(wrangler(ws).args(["d1", "migrations", "apply", "DB", "--remote"]))?;
    run_interactively(wrangler(ws).args(COURIER).arg("deploy"))?;
    run_interactively(wrangler(ws).args(["deploy", "--var", &manifest]))
}

fn refuse_placeholders(ws: &Workspace) -> Result<()> {
    for file in ["edge/wrangler.toml", "edge/courier/wrangler.toml"] {
        let toml = fs::read_to_string(ws.path(file)).with_context(|| format!("could not read {file}"))?;
        if PLACEHOLDERS.iter().any(|placeholder| toml.contains(placeholder)) {
            bail!("{file} still has placeholder ids.{PREPARATION}");
        }
    }
    Ok(())
}

fn wrangler(ws: &Workspace) -> Command {
    let mut command = Command::new(ws.npm_program("wrangler", "wrangler.js"));
    command.current_dir(ws.path("edge"));
    command.env("WRANGLER_SEND_METRICS", "false").env("WRANGLER_HIDE_BANNER", "true");
    command
}
