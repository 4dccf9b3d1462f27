//! Makes sure of every tool the other commands need, and installs what can be installed without asking.
//!
//! A machine with rustup, Node 20 and a C compiler is enough. Nothing is fetched from code-hosting sites: tools come
//! from crates.io and npm at the versions of `Cargo.lock` and `package-lock.json`. A second call costs milliseconds.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, bail};

use crate::{
    lock,
    pins::{NODE_MAJOR_MIN, PYTHON_TOOLS, WASM_TARGET},
    progress::step,
    run::{answer, run, run_quietly},
    stamp,
    workspace::Workspace,
};

/// Everything that a build and a running edge need. Two processes at once wait for each other.
pub(crate) fn ensure(ws: &Workspace) -> Result<()> {
    require_node()?;
    let _guard = lock::wait(&ws.path("target"), "tools", "another xtask is installing tools")?;
    ensure_wasm_target()?;
    ensure_npm_packages(ws)
}

fn require_node() -> Result<()> {
    let Some(version) = answer(Command::new("node").arg("--version")) else {
        bail!("node was not found. Install Node {NODE_MAJOR_MIN} or later (with npm) and run this again.");
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR_MIN) {
        bail!("node is {version}, but Node {NODE_MAJOR_MIN} or later is needed. Install it and run this again.");
    }
    if answer(Command::new("npm").arg("--version")).is_none() {
        bail!("npm was not found beside node. Install npm and run this again.");
    }
    Ok(())
}

fn ensure_wasm_target() -> Result<()> {
    let Some(sysroot) = answer(Command::new("rustc").args(["--print", "sysroot"])) else {
        bail!("rustc was not found. Install Rust with rustup and run this again.");
    };
    if std::path::Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).exists() {
        return Ok(());
    }
    step(&format!("Adding the Rust target {WASM_TARGET}"), || {
        run(Command::new("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
            format!("the Rust standard library for {WASM_TARGET} is missing and rustup could not add it")
        })
    })
}

/// `npm ci` when `node_modules` was not installed from this very `package-lock.json`.
fn ensure_npm_packages(ws: &Workspace) -> Result<()> {
    let lockfile = fs::read(ws.path("package-lock.json")).context("package-lock.json is missing from the checkout")?;
    let expected = stamp::of_bytes(&lockfile);
    let stamp_file = ws.path("node_modules/.buoy-lock");
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == expected) {
        return Ok(());
    }
    step("Installing the npm tools (wrangler, esbuild, binaryen, axe-core)", || {
        run_quietly(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&ws.root))?;
        fs::write(&stamp_file, &expected).context("could not write the stamp in node_modules")
    })
}

/// rustfmt and clippy, which a minimal installation of Rust lacks.
pub(crate) fn ensure_rust_components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if answer(Command::new("cargo").args([subcommand, "--version"])).is_none() {
            step(&format!("Adding {component}"), || run(Command::new("rustup").args(["component", "add", component])))?;
        }
    }
    Ok(())
}

/// What deep tests need besides: programs of others in Python, in a folder of their own. Gives the folder of the programs.
pub(crate) fn ensure_python_tools(ws: &Workspace) -> Result<PathBuf> {
    let folder = ws.path("target/tools/python");
    let (programs, stamp, wanted) = (folder.join("bin"), folder.join("versions"), PYTHON_TOOLS.join("\n"));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(programs);
    }
    step(&format!("Installing {} from PyPI", PYTHON_TOOLS.join(" and ")), || {
        let made = run_quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        made.context("deep tests need Python 3 with venv (on Debian or Ubuntu: apt-get install python3-venv)")?;
        run_quietly(Command::new(programs.join("pip")).args(["install", "--quiet"]).args(PYTHON_TOOLS))?;
        fs::write(&stamp, wanted).context("could not write the stamp of the Python tools")
    })?;
    Ok(programs)
}
