//! The browsers and their drivers that the tests from outside need: from the system's packages where we may install them.
//!
//! Debian has everything but geckodriver, which is built once from crates.io into `target/tools`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    lock,
    pins::GECKODRIVER_VERSION,
    progress::{note, step},
    run::{answer, run, run_quietly},
    workspace::Workspace,
};

/// A program and the package of Debian and Ubuntu that brings it.
type Needed = (&'static str, &'static str);

/// What pages are measured and photographed in.
const CHROMIUM: [Needed; 2] = [("chromium", "chromium"), ("chromedriver", "chromium-driver")];

/// What the journeys need besides. WebKit's browser has no mode without a screen.
const OTHERS: [Needed; 3] =
    [("firefox-esr", "firefox-esr"), ("WebKitWebDriver", "webkit2gtk-driver"), ("Xvfb", "xvfb")];

/// Chromium alone, for measurements and pictures.
pub(crate) fn ensure_chromium() -> Result<()> {
    ensure_packages(&CHROMIUM)
}

/// All three engines, for the tests.
pub(crate) fn ensure_all(ws: &Workspace) -> Result<()> {
    ensure_packages(&[CHROMIUM.as_slice(), OTHERS.as_slice()].concat())?;
    ensure_geckodriver(ws)
}

fn ensure_packages(needed: &[Needed]) -> Result<()> {
    let missing: Vec<Needed> = needed.iter().copied().filter(|(program, _)| !is_on_path(program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = |pick: fn(&Needed) -> &'static str| missing.iter().map(pick).collect::<Vec<_>>().join(" ");
    let (programs, packages) = (list(|one| one.0), list(|one| one.1));
    let may_install = answer(Command::new("id").arg("-u")).as_deref() == Some("0") && is_on_path("apt-get");
    if !may_install {
        bail!(
            "the browser tests need these programs on PATH: {programs}. \
             On Debian or Ubuntu: sudo apt-get install {packages}"
        );
    }
    step(&format!("Installing {packages} with apt-get"), || {
        run(apt().arg("update"))?;
        run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages.split(' ')))
    })?;
    if let Some((program, package)) = missing.iter().find(|(program, _)| !is_on_path(program)) {
        bail!("apt-get has installed {package}, yet {program} is not on PATH");
    }
    note("the browsers are ready");
    Ok(())
}

/// geckodriver at our version in `target/tools/bin`, where the harness looks first.
fn ensure_geckodriver(ws: &Workspace) -> Result<()> {
    let program = ws.path("target/tools/bin/geckodriver");
    let is_ours = |program: &Path| {
        let version = answer(Command::new(program).arg("--version")).unwrap_or_default();
        version.starts_with(&format!("geckodriver {GECKODRIVER_VERSION}"))
    };
    let _guard = lock::wait(&ws.path("target"), "geckodriver", "another xtask is building geckodriver")?;
    if is_ours(&program) {
        return Ok(());
    }
    let scratch = ws.path("target/tools/geckodriver-build");
    step(&format!("Building geckodriver {GECKODRIVER_VERSION} from crates.io"), || {
        let mut cargo = Command::new("cargo");
        cargo.args(["install", "geckodriver", "--force", "--version", GECKODRIVER_VERSION]);
        // Unoptimised: it passes commands on, and a plain build takes a third of the time.
        cargo.arg("--debug").arg("--root").arg(ws.path("target/tools")).arg("--target-dir").arg(&scratch);
        // Where a lock file elsewhere names a crate that the registry lacks, `--locked` would fail; the version is ours.
        run_quietly(cargo.current_dir(&ws.root)).context("geckodriver could not be built")?;
        fs::remove_dir_all(&scratch).context("the build folder of geckodriver could not be removed")
    })
}

fn is_on_path(program: &str) -> bool {
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    folders.iter().any(|folder| folder.join(program).is_file())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    command
}
