//! The two workers: Rust to wasm, bindings, `wasm-opt`, and our own entry bundled with the bindings into one script each.
//!
//! Why not worker-build: it does the same, but installing it takes minutes and OpenSSL's headers, and it would download
//! `wasm-opt` and esbuild from a code-hosting site. What it knows about panics is in `worker_entry.js`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::{Build, Quality, copy, esbuild, names, wasm};
use crate::{progress::step, stamp};

/// What decides the workers' bytes. Migrations are read when it starts, not here.
const INPUTS: [&str; 11] = [
    "shared/src",
    "shared/Cargo.toml",
    "edge/src",
    "edge/front",
    "edge/courier",
    "edge/Cargo.toml",
    "edge/wrangler.toml",
    "presets",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/build",
];

/// One of the workers.
#[derive(Clone, Copy)]
struct Worker {
    /// What people read.
    name: &'static str,
    package: &'static str,
    /// The folder of its script, inside the workers' folder.
    folder: &'static str,
    /// Its configuration, in the checkout.
    config: &'static str,
}

const WORKERS: [Worker; 2] = [
    Worker { name: "front worker", package: "buoy-front", folder: "", config: "edge/wrangler.toml" },
    Worker { name: "courier", package: "buoy-courier", folder: "courier", config: "edge/courier/wrangler.toml" },
];

/// What a worker consists of, as its `wrangler.toml` names it.
const OUTPUTS: [&str; 2] = ["index.js", "index_bg.wasm"];

/// Names do not travel: they were a tenth of what is deployed. They lie in [`SYMBOLS`] beside the bindings, where the
/// `wasm-function[…]` of a stack trace is looked up.
///
/// Smallest by gzip, which is what the platform counts and what a cold start reads: -O gives 15 kB more. Functions stand in
/// the order of their names, so that copies of one generic function are neighbours, which gzip sees within its 32 kB: 23 kB
/// less. The two between are the panel's, with the panel's reasons.
const OPTIMISE: [&str; 5] = [
    EXCEPTIONS,
    "-Oz",
    "--one-caller-inline-max-function-size=0",
    "--low-memory-unused",
    "--reorder-functions-by-name",
];

/// What the handler that notices a panic is made of.
const EXCEPTIONS: &str = "--enable-exception-handling";

/// Numbers of functions and their names, one a line.
const SYMBOLS: &str = "index.symbols";

const ENTRY: &str = include_str!("worker_entry.js");

pub(super) fn build(build: &Build<'_>, target: &Path, compiler: &str) -> Result<()> {
    let stamp = stamp::of_inputs(build.ws, &INPUTS, compiler)?;
    if is_fresh(build, &stamp) {
        return Ok(());
    }
    for worker in WORKERS {
        let folder = worker.folder_of(build);
        fs::create_dir_all(&folder).context("could not make the worker's folder")?;
        if build.quality == Quality::Draft && is_fresh(&build.product(), &stamp) {
            let from = worker.folder_of(&build.product());
            OUTPUTS.iter().try_for_each(|name| copy(&from.join(name), &folder.join(name)))?;
        } else {
            let name = worker.name;
            let compiled =
                step(&format!("Building the {name}: cargo"), || wasm::compile(build, target, worker.package))?;
            step(&format!("Building the {name}: bindings, wasm-opt, esbuild"), || worker.finish(build, &compiled))?;
        }
    }
    fs::write(stamp_file(build), stamp).context("could not write the edge's stamp")
}

fn is_fresh(build: &Build<'_>, stamp: &str) -> bool {
    let outputs: Vec<PathBuf> =
        WORKERS.iter().flat_map(|worker| OUTPUTS.map(|name| worker.folder_of(build).join(name))).collect();
    stamp::is_fresh(&stamp_file(build), stamp, &outputs)
}

fn stamp_file(build: &Build<'_>) -> PathBuf {
    build.folder().join("edge.stamp")
}

impl Worker {
    fn folder_of(&self, build: &Build<'_>) -> PathBuf {
        build.worker_folder().join(self.folder)
    }

    fn finish(&self, build: &Build<'_>, compiled: &Path) -> Result<()> {
        let (folder, worker) = (build.folder().join("edge-bindings").join(self.folder), self.folder_of(build));
        let mut bindgen = Bindgen::new();
        let bindgen = bindgen.module(true)?.reset_state_function(true).force_enable_abort_handler(true);
        wasm::bind(compiled, &folder, "index", bindgen)?;
        let symbols = format!("--symbolmap={}", folder.join(SYMBOLS).display());
        let options: Vec<&str> = OPTIMISE.into_iter().chain([symbols.as_str()]).collect();
        wasm::optimise(build, &folder.join("index_bg.wasm"), &worker.join("index_bg.wasm"), &options)?;
        names::shorten(build, &worker.join("index_bg.wasm"), &folder.join("index.js"), &[EXCEPTIONS])?;
        let entry = folder.join("entry.js");
        fs::write(&entry, self.entry_with_objects(build)?).context("could not write the worker's entry")?;
        let script = worker.join("index.js");
        let options = ["--bundle", "--format=esm", "--external:./index_bg.wasm", "--external:cloudflare:*"];
        esbuild::run(build.ws, &entry, &script, &options)?;
        let text = fs::read_to_string(&script).context("could not read the bundled worker")?;
        // The platform gives a compiled module for a plain import; it does not know the source phase yet.
        fs::write(&script, text.replace("import source ", "import ")).context("could not write the bundled worker")?;
        fs::write(worker.join(".gitignore"), "*\n").context("could not write edge/build/.gitignore")
    }

    /// The entry and an export for each Durable Object class that its configuration binds.
    fn entry_with_objects(&self, build: &Build<'_>) -> Result<String> {
        let file = self.config;
        let config = fs::read_to_string(build.ws.path(file)).with_context(|| format!("could not read {file}"))?;
        let mut entry = ENTRY.to_owned();
        for class in durable_object_classes(&config) {
            if !class.chars().all(|letter| letter.is_ascii_alphanumeric()) {
                bail!("`{class}` in {file} is no name of a class");
            }
            entry.push_str(&format!("export const {class} = durable(wasm.{class});\n"));
        }
        Ok(entry)
    }
}

fn durable_object_classes(wrangler_toml: &str) -> Vec<&str> {
    let values = wrangler_toml.lines().filter_map(|line| line.trim().strip_prefix("class_name"));
    values.filter_map(|value| value.split('"').nth(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_class_is_exported() {
        let config = "[[durable_objects.bindings]]\nname = \"THREADS\"\nclass_name = \"ThreadRoom\" # one each\n";
        assert_eq!(durable_object_classes(config), ["ThreadRoom"]);
    }
}
