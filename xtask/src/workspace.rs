//! Where things lie in the checkout. Every path that xtask writes to or reads from is named here, once.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The checkout.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// Absolute path of the folder with the root `Cargo.toml`.
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// The checkout that cargo runs us from; the compiled-in path is only for a binary called directly.
    pub(crate) fn find() -> Self {
        let xtask = env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Path::new(&xtask).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        Self { root }
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// What `cargo xtask build` makes. Always below `target/`, even with `CARGO_TARGET_DIR`: `edge/wrangler.toml` names it.
    pub(crate) fn product(&self) -> PathBuf {
        self.path("target/buoy")
    }

    /// A program that npm installed.
    pub(crate) fn npm_program(&self, package: &str, program: &str) -> PathBuf {
        self.path("node_modules").join(package).join("bin").join(program)
    }
}
