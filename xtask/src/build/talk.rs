//! What the panel fetches only when somebody goes beyond its first view: the other half of its wasm with its style sheet, and, to
//! write or to read a thread, plain JavaScript, its words, and the triage engine.
//!
//! None of it counts against the first view. The panel's own module learns the names, which are those of the very build: a
//! page that was loaded before a deploy goes on with the files of its own.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::{
    Build,
    assets::{STYLE_TARGET, add_hashed, read},
    esbuild,
    texts::Packed,
    triage::Triage,
    widget::Panel,
};
use crate::stamp;

/// What stands in the panel's module for the names.
const PLACEHOLDER: &str = "BUOY_FILES";

/// The files and their names.
pub(super) struct Talk {
    pub(super) files: Vec<String>,
    names: String,
}

impl Talk {
    /// The panel's module with the names in it.
    pub(super) fn name_in(&self, script: &str) -> Result<String> {
        ensure!(script.matches(PLACEHOLDER).count() == 1, "the panel's module names {PLACEHOLDER} not exactly once");
        Ok(script.replace(PLACEHOLDER, &self.names))
    }
}

/// Bundles the modules, and stores them with the words of each locale.
pub(super) fn add(build: &Build<'_>, folder: &Path, words: &[Packed]) -> Result<Talk> {
    let bundle = build.folder().join("panel/talk.js");
    // Style sheets become texts in the module; they are small, and a request less.
    let options = ["--bundle", "--format=esm", "--target=es2020", "--loader:.css=text"];
    let sources = minified_sources(build)?;
    esbuild::run(build.ws, &sources.join("talk.js"), &bundle, &options)?;
    let talk = add_hashed(folder, "talk", "js", &read(&bundle)?)?;
    let all: Vec<u8> = words.iter().flat_map(|packed| packed.talk.bytes()).collect();
    let prefix = format!("/assets/words.{}.", stamp::name_hash(&all));
    let triage = Triage::of(build);
    let triage_js = add_hashed(folder, "triage", "js", &read(&triage.js)?)?;
    let triage_wasm = add_hashed(folder, "triage", "wasm", &read(&triage.wasm)?)?;
    let later = add_hashed(folder, "later", "wasm", &read(&Panel::of(build).later)?)?;
    let style = build.folder().join("panel/later.css");
    esbuild::run(build.ws, &build.ws.path("widget/later.css"), &style, &[STYLE_TARGET])?;
    let later_css = add_hashed(folder, "later", "css", &read(&style)?)?;
    let names = json!({
        "talk": talk, "words": prefix, "triage_js": triage_js, "triage_wasm": triage_wasm, "later": later, "later_css": later_css,
    });
    let mut files = vec![talk, triage_js, triage_wasm, later, later_css];
    for packed in words {
        let path = format!("{prefix}{}.json", packed.locale);
        fs::write(folder.join(path.trim_start_matches('/')), &packed.talk).context("could not write the words")?;
        files.push(path);
    }
    Ok(Talk { files, names: names.to_string() })
}

/// The sources with their style sheet minified, since esbuild takes a text as it is.
fn minified_sources(build: &Build<'_>) -> Result<std::path::PathBuf> {
    let folder = build.folder().join("panel/talk");
    fs::create_dir_all(&folder).context("could not make the folder of the talk modules")?;
    // Also part of the panel's own module: it stands beside both, here as in the sources.
    super::copy(&build.ws.path("widget/page.js"), &build.folder().join("panel/page.js"))?;
    for entry in fs::read_dir(build.ws.path("widget/talk")).context("could not list widget/talk")? {
        let from = entry?.path();
        let to = folder.join(from.file_name().unwrap_or_default());
        if from.extension().is_some_and(|extension| extension == "css") {
            esbuild::run(build.ws, &from, &to, &[STYLE_TARGET])?;
        } else {
            super::copy(&from, &to)?;
        }
    }
    Ok(folder)
}
