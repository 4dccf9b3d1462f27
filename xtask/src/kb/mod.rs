//! `cargo xtask kb …`: a help centre as a folder of Markdown files (K3).
//!
//! | command | does |
//! | --- | --- |
//! | `kb check DIR` | reads every file and names broken links and pictures with file and line |
//! | `kb import DIR` | stores the folder at a running edge, links between its files made to lead to its articles, and its pictures |
//! | `kb export DIR` | writes what an edge has, in the normal form; with `--drafts` newer texts too, as `<slug>.draft.md` |
//! | `kb from-zendesk FILE… --into DIR` | makes a folder from a Zendesk Help Center export |
//!
//! A folder's files may lie as `<locale>/…`, as `<collection>/<locale>/…`, or anyhow with a `locale:` in each. What a file
//! means is the business of `buoy_shared::markdown`; here it is found, named and sent, tables and lists that are written in
//! HTML as Markdown. `pay.draft.md` is the next text of
//! `pay.md`: an import stores it as a version that nobody sees yet.

mod check;
mod client;
mod export;
mod folder;
mod html;
mod html_between;
mod pictures;
mod targets;
mod zendesk;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

pub(crate) use self::html_between::as_markdown;
use self::{client::Desk, folder::Folder};
use crate::{progress::note, workspace::Workspace};

/// What to do with a folder.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Name what would be lost, and every link and picture that leads nowhere, with file and line.
    Check(FolderOption),
    /// Store a folder's articles at a running edge and publish them.
    Import {
        #[command(flatten)]
        folder: FolderOption,
        #[command(flatten)]
        edge: EdgeOptions,
        /// Store as drafts; nothing is published.
        #[arg(long)]
        drafts: bool,
    },
    /// Write a running edge's articles into a folder, as `<locale>/<slug>.md`.
    Export {
        /// The folder; files of the same names are replaced.
        folder: PathBuf,
        #[command(flatten)]
        edge: EdgeOptions,
        /// Of published articles also write the newest text where nobody has published it, as `<slug>.draft.md`.
        #[arg(long)]
        drafts: bool,
    },
    /// Make a folder from the JSON of a Zendesk Help Center (articles, translations, sections and categories), and name by
    /// article what could not be kept.
    FromZendesk {
        /// Files as the Help Center API gives them.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where the folder goes.
        #[arg(long)]
        into: PathBuf,
    },
}

/// Which folder.
#[derive(Debug, Args)]
pub(crate) struct FolderOption {
    /// The folder.
    folder: PathBuf,
    /// The language of files that do not say theirs.
    #[arg(long, default_value = "en")]
    locale: String,
}

/// Which edge, and who we are there.
#[derive(Debug, Args)]
pub(crate) struct EdgeOptions {
    /// Where it listens; `cargo xtask dev` without it.
    #[arg(long)]
    url: Option<String>,
    /// An agent's API token, else BUOY_TOKEN, else the demo's.
    #[arg(long, env = "BUOY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Where the demo keeps its state.
    #[arg(long, default_value = ".buoy")]
    state: PathBuf,
}

pub(crate) fn kb(ws: &Workspace, action: &Action) -> Result<()> {
    match action {
        Action::Check(options) => check(options),
        Action::Import { folder, edge, drafts } => import(ws, folder, edge, !drafts),
        Action::Export { folder, edge, drafts } => export(&Desk::open(ws, edge)?, folder, *drafts),
        Action::FromZendesk { files, into } => from_zendesk(files, into),
    }
}

fn check(options: &FolderOption) -> Result<()> {
    let folder = Folder::read(&options.folder, &options.locale)?;
    let findings = check::findings(&folder);
    for finding in &findings {
        println!("{finding}");
    }
    let pictures = pictures::of(&folder);
    for picture in &pictures {
        note(&format!("an import sends {}", picture.file.display()));
    }
    note(&format!("{}; {} pictures, {} findings", folder.counts(), pictures.len(), findings.len()));
    if findings.is_empty() { Ok(()) } else { bail!("{} findings in {}", findings.len(), options.folder.display()) }
}

fn import(ws: &Workspace, options: &FolderOption, edge: &EdgeOptions, publish: bool) -> Result<()> {
    let folder = Folder::read(&options.folder, &options.locale)?;
    refuse_doubles(&folder)?;
    let broken = check::findings(&folder).len();
    let desk = Desk::open(ws, edge)?;
    let pictures = pictures::sent(&pictures::of(&folder), |picture| desk.send_picture(picture))?;
    let outcome = desk.import(&folder.for_import(&pictures), publish)?;
    for (file, why) in &folder.skipped {
        println!("{}: {why}", file.display());
    }
    for refusal in &outcome.refused {
        println!("{refusal}");
    }
    note(&format!("{} stored of {}; {} pictures", outcome.stored, folder.counts(), pictures.len()));
    if broken > 0 {
        note(&format!("{broken} links or pictures lead nowhere or stay behind: `cargo xtask kb check` names them"));
    }
    if outcome.refused.is_empty() { Ok(()) } else { bail!("{} articles were refused", outcome.refused.len()) }
}

/// Before anything is sent: of two files that become one article the edge would keep one.
fn refuse_doubles(folder: &Folder) -> Result<()> {
    let doubles = check::doubles(folder);
    for double in &doubles {
        println!("{double}");
    }
    if doubles.is_empty() {
        return Ok(());
    }
    bail!("nothing was sent: rename {} files, or say in them the language that they are in", doubles.len())
}

fn export(desk: &Desk, folder: &Path, with_drafts: bool) -> Result<()> {
    let articles = desk.export()?;
    let newer = export::write(&articles, folder, with_drafts)?;
    note(&format!("{} articles in {}", articles.len(), folder.display()));
    match (newer, with_drafts) {
        (0, _) => {}
        (_, true) => note(&format!("{newer} of them have a newer text, as `<slug>.draft.md`")),
        (_, false) => {
            note(&format!("{newer} of them have a newer text that is not published: `--drafts` writes it too"));
        }
    }
    Ok(())
}

fn from_zendesk(files: &[PathBuf], into: &Path) -> Result<()> {
    let mut export = zendesk::Export::default();
    for file in files {
        let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        export.add(&text).with_context(|| format!("{} brings nothing", file.display()))?;
    }
    let articles = export.articles();
    if articles.is_empty() {
        bail!("no file holds an article");
    }
    for zendesk::Written { path, markdown, lost } in &articles {
        let file = into.join(path);
        fs::create_dir_all(file.parent().unwrap_or(into)).context("could not make the folder")?;
        fs::write(&file, markdown).with_context(|| format!("could not write {}", file.display()))?;
        for what in lost {
            println!("{}: {what}", path.display());
        }
    }
    let lost: usize = articles.iter().map(|article| article.lost.len()).sum();
    note(&format!("{} articles in {}; {lost} things could not be kept", articles.len(), into.display()));
    note("`cargo xtask kb check` looks at the folder");
    Ok(())
}
