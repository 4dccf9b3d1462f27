//! From a crate to wasm with its JavaScript bindings: what the panel and the worker have in common.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{Build, Quality, copy};
use crate::{
    pins::WASM_TARGET,
    progress::note,
    run::{run, run_quietly},
    workspace::Workspace,
};

/// What rustc emits for wasm32-unknown-unknown today. Named one by one, so that `wasm-opt` never introduces an
/// encoding that a browser of our support range (Chrome 97, Firefox 102, Safari 16) or workerd does not read.
const FEATURES: [&str; 6] =
    ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

/// The crates that become wasm, each compiled by a command of its own: together, their features would be united.
pub(super) const PACKAGES: [&str; 4] = ["buoy-widget", "buoy-triage", "buoy-front", "buoy-courier"];

/// Compiles a crate; gives its wasm, which nothing can load without bindings.
pub(super) fn compile(build: &Build<'_>, target: &Path, package: &str) -> Result<PathBuf> {
    let folder = target.join(WASM_TARGET).join(build.quality.profile());
    if build.quality == Quality::Draft && !folder.exists() {
        note("the first draft compiles every dependency once more, in a minute or two; later ones take seconds");
    }
    run(&mut cargo(build, package))?;
    Ok(folder.join(format!("{}.wasm", package.replace('-', "_"))))
}

/// Compiles everything without a word, so that the next build of the same quality has only changes to compile.
pub(super) fn warm_up(build: &Build<'_>) -> Result<()> {
    PACKAGES.iter().try_for_each(|package| run_quietly(&mut cargo(build, package)).map(drop))
}

/// Where a panic came from is named in the wasm: without the folders of whoever built it, which are nobody's business,
/// cost bytes in every visitor's page and would make the build depend on the machine.
fn without_our_folders() -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut folders: Vec<String> =
        sources.into_iter().flatten().flatten().map(|entry| entry.path().display().to_string()).collect();
    folders.sort();
    folders.iter().map(|folder| format!("--remap-path-prefix={folder}=")).collect::<Vec<_>>().join(" ")
}

/// Search runs in the page at every keystroke. Compiled for size like the rest it takes 2.2 ms at the 99th percentile over
/// 5,000 articles, so 1.8 ms (`cargo xtask bench --only engine`), for 6 kB of the panel. The edge has no keystrokes and no room.
const QUICK_SEARCH: [&str; 2] = ["--config", "profile.wasm.package.buoy-shared.opt-level=2"];

/// For the linker: the panel is cut in two along its relocations, see `split`.
const RELOCATIONS: [&str; 2] = ["--", "-Clink-arg=--emit-relocs"];

fn cargo(build: &Build<'_>, package: &str) -> Command {
    let mut cargo = Command::new("cargo");
    let is_panel = package == "buoy-widget";
    let command = if is_panel { "rustc" } else { "build" };
    cargo.args([command, "--package", package, "--lib", "--target", WASM_TARGET]);
    cargo.args(["--profile", build.quality.profile()]);
    build.quality.describe_profile(&mut cargo);
    if build.quality == Quality::Product && is_panel {
        cargo.args(QUICK_SEARCH);
    }
    if build.test_clock {
        cargo.args(["--features", "test-clock"]);
    }
    if is_panel {
        cargo.args(RELOCATIONS);
    }
    // The bindings' macro then uses the futures of js-sys, as the `worker` crate wants it: one copy less.
    cargo.env("WASM_BINDGEN_USE_JS_SYS", "1").current_dir(&build.ws.root);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", without_our_folders());
    cargo
}

/// Writes `<name>.js` and `<name>_bg.wasm` into `folder`.
pub(super) fn bind(wasm: &Path, folder: &Path, name: &str, bindgen: &mut Bindgen) -> Result<()> {
    let bindgen = bindgen.input_path(wasm).out_name(name).typescript(false).remove_producers_section(true);
    bindgen.generate(folder).with_context(|| format!("could not make bindings for {}", wasm.display()))
}

/// Bindings for a page. Whoever loads them says where the wasm lies, so the glue need not guess.
pub(crate) fn bind_for_browser(wasm: &Path, folder: &Path, name: &str) -> Result<()> {
    bind(wasm, folder, name, &mut for_browser()?)
}

/// The same, where another module shares memory and table: what the linker exports is kept.
pub(super) fn bind_and_share(wasm: &Path, folder: &Path, name: &str) -> Result<()> {
    bind(wasm, folder, name, for_browser()?.keep_lld_exports(true))
}

fn for_browser() -> Result<Bindgen> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.omit_default_module_path(true).remove_name_section(true);
    Ok(bindgen)
}

/// Optimises a product; a draft is good enough as it is.
pub(super) fn optimise(build: &Build<'_>, from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    match build.quality {
        Quality::Product => wasm_opt(build.ws, from, to, options).map(drop),
        Quality::Draft => copy(from, to),
    }
}

/// Runs `wasm-opt` and gives what it reported.
pub(super) fn wasm_opt(ws: &Workspace, from: &Path, to: &Path, options: &[&str]) -> Result<String> {
    let mut command = Command::new(ws.npm_program("binaryen", "wasm-opt"));
    command.args(options).args(FEATURES.map(|feature| format!("--enable-{feature}")));
    run_quietly(command.arg(from).arg("--output").arg(to))
}
