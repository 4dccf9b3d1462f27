//! The versions of every tool that is not in `Cargo.lock`, in one place.
//!
//! Why pinned: bindings and CLI of wasm-bindgen refuse each other when their versions differ, and later wranglers refuse
//! Node 20. The npm tools are pinned in `package.json` with exact versions and `package-lock.json`; this file names only
//! what cargo and rustup install.

/// A command-line tool that `cargo install` builds once into `target/tools`.
pub(crate) struct CargoTool {
    /// Name on crates.io.
    pub(crate) package: &'static str,
    /// The exact version.
    pub(crate) version: &'static str,
    /// The program that it installs and that we call.
    pub(crate) program: &'static str,
}

/// The very version that worker-build 0.8.7 names and that the workspace pins for the library.
pub(crate) const WASM_BINDGEN: CargoTool =
    CargoTool { package: "wasm-bindgen-cli", version: "0.2.129", program: "wasm-bindgen" };

/// Matches the `worker` crate of the edge.
pub(crate) const WORKER_BUILD: CargoTool =
    CargoTool { package: "worker-build", version: "0.8.7", program: "worker-build" };

/// What both wasm modules are compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Node that wrangler 4.86.0 runs on.
pub(crate) const NODE_MAJOR_MIN: u32 = 20;
