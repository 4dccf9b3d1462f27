//! Where the checkout and the built product lie.

use std::{env, fs, path::PathBuf};

/// The checkout: `BUOY_ROOT`, which `cargo xtask test` sets, or the folder above this crate.
#[must_use]
pub fn root() -> PathBuf {
    env::var_os("BUOY_ROOT").map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")), PathBuf::from)
}

/// A file of the built product in `target/buoy`.
///
/// # Panics
/// When it is not there: tests never build, and never run against nothing.
#[must_use]
pub fn product(name: &str) -> PathBuf {
    let path = root().join("target/buoy").join(name);
    assert!(path.exists(), "{} is missing: run `cargo xtask build` first", path.display());
    path
}

/// Where pictures and logs of failed tests are left for a person to look at.
///
/// # Panics
/// When the folder cannot be made.
#[must_use]
pub fn failures() -> PathBuf {
    let folder = root().join("target/buoy/failures");
    fs::create_dir_all(&folder).expect("target/buoy/failures can be made");
    folder
}
