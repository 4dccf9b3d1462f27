//! What has a version or a name outside of `Cargo.lock` and `package-lock.json`, in one place.
//!
//! Everything else is pinned there: crates (the generator of the wasm bindings among them) in `Cargo.lock`, and wrangler,
//! workerd, esbuild, binaryen and axe-core with exact versions in `package.json`.

/// What both wasm modules are compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node that wrangler 4.86.0 runs on.
pub(crate) const NODE_MAJOR_MIN: u32 = 20;

/// Of the deep tests only, from PyPI: the program that checks the API against its document, and a parser of feeds.
pub(crate) const PYTHON_TOOLS: [&str; 2] = ["schemathesis==4.32.5", "feedparser==6.0.14"];

/// Firefox's driver, from crates.io. Any recent one drives any supported Firefox.
pub(crate) const GECKODRIVER_VERSION: &str = "0.37.1";
