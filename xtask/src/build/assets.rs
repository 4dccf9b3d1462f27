//! Lays out the folder of Static Assets and writes the manifest.
//!
//! Files below `assets/` carry a hash of their content and never change, so browsers keep them for a year. A page that was
//! loaded before a deploy still asks for the files of its own build, so those of the last builds stay in place.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::{Build, Quality, copy, esbuild, talk, texts, widget::Panel};
use crate::{sizes, stamp, workspace::Workspace};

/// How many earlier builds stay served. A page lives for hours, deploys come a few times a day.
const KEPT_BUILDS: usize = 5;
/// `widget.js` runs in the oldest browsers that host pages still see.
const LOADER_TARGET: &str = "--target=es2020";
/// What the panel's wasm needs anyway; lets esbuild lower newer CSS.
pub(super) const STYLE_TARGET: &str = "--target=chrome97,firefox102,safari16";
/// Used until `edge/assets_headers.txt` exists.
const DEFAULT_HEADERS: &str = include_str!("default_headers.txt");

/// What the worker learns about a build, and through it the loader. The form is a contract with the edge.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Manifest {
    version: String,
    panel_js: String,
    panel_wasm: String,
    panel_css: String,
    texts: BTreeMap<String, String>,
    #[serde(default)]
    aside: String,
    /// What the panel's module and `aside.js` fetch by themselves: they have their names, the worker need not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lazy: Vec<String>,
}

impl Manifest {
    fn files(&self) -> impl Iterator<Item = &String> {
        self.opening().chain([&self.aside]).chain(&self.lazy)
    }

    /// What opening the panel fetches.
    fn opening(&self) -> impl Iterator<Item = &String> {
        [&self.panel_js, &self.panel_wasm, &self.panel_css].into_iter().chain(self.texts.values())
    }
}

pub(super) fn lay_out(build: &Build<'_>) -> Result<()> {
    let (ws, folder) = (build.ws, build.assets());
    fs::create_dir_all(folder.join("assets")).context("could not make the assets folder")?;
    copy(&ws.path("index.html"), &folder.join("index.html"))?;
    write_headers(ws, &folder.join("_headers"))?;
    fs::create_dir_all(folder.join("api/support")).context("could not make the contract's folder")?;
    copy(&ws.path("edge/openapi.json"), &folder.join("api/support/openapi.json"))?;
    copy(&ws.path("edge/src/page.js"), &folder.join("page.js"))?;
    lay_out_words(&ws.path("shared/page_words"), &folder.join("page-words"))?;
    let loader = folder.join("widget.js");
    esbuild::run(ws, &ws.path("widget/loader.js"), &loader, &["--format=iife", LOADER_TARGET, esbuild::ALL_AT_LOAD])?;
    let style = build.folder().join("panel/panel.css");
    esbuild::run(ws, &ws.path("widget/style.css"), &style, &[STYLE_TARGET])?;

    let shims = build.folder().join("panel/shims.js");
    esbuild::run(ws, &ws.path("widget/shims.js"), &shims, &["--format=esm", LOADER_TARGET])?;
    let shims = add_hashed(&folder, "shims", "js", &read(&shims)?)?;
    let aside = build.folder().join("panel/aside.js");
    // Beside it on whatever origin it comes from.
    let named = format!("--define:BUOY_SHIMS=\"{}\"", shims.replace("/assets/", "./"));
    let options = ["--bundle", "--external:./shims.*", "--format=esm", LOADER_TARGET, &named];
    esbuild::run(ws, &ws.path("widget/aside.js"), &aside, &options)?;
    let options = ["--bundle", "--format=esm", LOADER_TARGET];
    esbuild::run(ws, &ws.path("widget/panel_page.js"), &folder.join("page-panel.js"), &options)?;

    let panel = Panel::of(build);
    let words = texts::pack_all(&ws.path("widget/locales"))?;
    let talk = talk::add(build, &folder, &words)?;
    let script = String::from_utf8(read(&panel.js)?).context("the panel's module is not UTF-8")?;
    let mut manifest = Manifest {
        version: String::new(),
        panel_js: add_hashed(&folder, "panel", "js", talk.name_in(&script)?.as_bytes())?,
        panel_wasm: add_hashed(&folder, "panel", "wasm", &read(&panel.wasm)?)?,
        panel_css: add_hashed(&folder, "panel", "css", &read(&style)?)?,
        texts: BTreeMap::new(),
        aside: add_hashed(&folder, "aside", "js", &read(&aside)?)?,
        lazy: talk.files.into_iter().chain([shims]).collect(),
    };
    for packed in words {
        let path = add_hashed(&folder, &format!("texts.{}", packed.locale), "txt", packed.panel.as_bytes())?;
        // What is written for one region is understood in all of its language.
        if let Some((language, _)) = packed.locale.split_once('-') {
            manifest.texts.insert(language.to_owned(), path.clone());
        }
        manifest.texts.insert(packed.locale, path);
    }
    let mut all = serde_json::to_vec(&manifest)?;
    all.extend(read(&loader)?);
    manifest.version = stamp::name_hash(&all);
    publish(build, &manifest)
}

/// The words of our own pages. Without a hash: the worker alone reads them, and is deployed with them.
fn lay_out_words(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).context("could not make the folder of the pages' words")?;
    for file in stamp::files_below(from)? {
        copy(&file, &to.join(file.file_name().context("a file has a name")?))?;
    }
    Ok(())
}

/// Writes the manifest, remembers the build and removes what no remembered build needs.
fn publish(build: &Build<'_>, manifest: &Manifest) -> Result<()> {
    let history_file = build.folder().join("manifest-history.json");
    let history = fs::read(&history_file).ok().and_then(|bytes| serde_json::from_slice::<Vec<Manifest>>(&bytes).ok());
    let mut history = history.unwrap_or_default();
    let is_new = history.last() != Some(manifest);
    if is_new {
        history.retain(|earlier| earlier != manifest);
        history.push(manifest.clone());
        history.drain(..history.len().saturating_sub(KEPT_BUILDS + 1));
    }
    prune(&build.assets(), &history)?;
    fs::write(&history_file, serde_json::to_vec_pretty(&history)?).context("could not write the manifest history")?;
    let for_worker = Manifest { lazy: Vec::new(), ..manifest.clone() };
    fs::write(build.manifest(), serde_json::to_vec(&for_worker)?).context("could not write the manifest")?;
    if is_new && build.quality == Quality::Product {
        sizes::print(build.ws, manifest.opening())?;
    }
    Ok(())
}

fn prune(folder: &Path, history: &[Manifest]) -> Result<()> {
    let needed: BTreeSet<&String> = history.iter().flat_map(Manifest::files).collect();
    for file in stamp::files_below(&folder.join("assets"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !needed.contains(&format!("/assets/{name}")) {
            fs::remove_file(&file).with_context(|| format!("could not remove {}", file.display()))?;
        }
    }
    Ok(())
}

/// Stores bytes under a name that contains their hash; gives the path as a browser asks for it.
pub(super) fn add_hashed(folder: &Path, name: &str, extension: &str, bytes: &[u8]) -> Result<String> {
    let path = format!("/assets/{name}.{}.{extension}", stamp::name_hash(bytes));
    let file = folder.join(path.trim_start_matches('/'));
    if !file.exists() {
        fs::write(&file, bytes).with_context(|| format!("could not write {}", file.display()))?;
    }
    Ok(path)
}

fn write_headers(ws: &Workspace, to: &Path) -> Result<()> {
    let written = ws.path("edge/assets_headers.txt");
    if written.exists() {
        return copy(&written, to);
    }
    fs::write(to, DEFAULT_HEADERS).context("could not write _headers")
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(number: usize) -> Manifest {
        let path = |name: &str| format!("/assets/{name}.{number}");
        Manifest {
            version: number.to_string(),
            panel_js: path("js"),
            panel_wasm: "/assets/wasm.same".to_owned(),
            panel_css: path("css"),
            texts: BTreeMap::new(),
            aside: path("aside"),
            lazy: vec![path("talk")],
        }
    }

    #[test]
    fn the_last_five_builds_stay_served_and_older_ones_go() {
        let root = std::env::temp_dir().join(format!("buoy-assets-{}", std::process::id()));
        let ws = Workspace { root: root.clone() };
        let build = Build::new(&ws, Quality::Product);
        let folder = build.assets().join("assets");
        fs::create_dir_all(&folder).unwrap();
        for number in 0..8 {
            for file in manifest(number).files() {
                fs::write(build.assets().join(file.trim_start_matches('/')), "x").unwrap();
            }
            let history = build.folder().join("manifest-history.json");
            let mut known: Vec<Manifest> =
                fs::read(&history).map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
            known.push(manifest(number));
            known.drain(..known.len().saturating_sub(KEPT_BUILDS + 1));
            prune(&build.assets(), &known).unwrap();
            fs::write(&history, serde_json::to_vec(&known).unwrap()).unwrap();
        }
        assert!(!folder.join("js.1").exists());
        assert!((2..8).all(|number| folder.join(format!("js.{number}")).exists()));
        assert!(folder.join("wasm.same").exists());
        fs::remove_dir_all(root).unwrap();
    }
}
