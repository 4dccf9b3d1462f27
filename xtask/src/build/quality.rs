//! How well a build is done: as visitors get it, or quickly.
//!
//! Fat link-time optimisation and `wasm-opt` make the product small and take most of a minute after every change. While
//! somebody edits, `cargo xtask dev` builds a draft instead: unoptimised, incremental, ready in seconds. A draft has
//! folders of its own, so tests, benches and deploys can never pick one up.

use std::process::Command;

/// The two kinds of build.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Quality {
    /// What is tested, measured and deployed.
    Product,
    /// What `cargo xtask dev` shows after a change. Parts that did not change are taken from the product.
    Draft,
}

/// The draft's cargo profile. Here and not in `Cargo.toml`, where only what is shipped is described.
const DRAFT_PROFILE: [(&str, &str); 7] = [
    ("CARGO_PROFILE_DRAFT_INHERITS", "release"),
    ("CARGO_PROFILE_DRAFT_OPT_LEVEL", "1"), // at 0 the wasm is so large that starting it costs more than this
    ("CARGO_PROFILE_DRAFT_LTO", "off"),
    ("CARGO_PROFILE_DRAFT_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_DRAFT_INCREMENTAL", "true"),
    ("CARGO_PROFILE_DRAFT_PANIC", "abort"),
    ("CARGO_PROFILE_DRAFT_DEBUG", "false"),
];

/// Overrides the product's `strip`: it would also drop the `target_features` section, from which wasm-bindgen learns
/// that reference types may be used; without them it cannot make the worker's bindings. Names go by `wasm-opt`.
const PRODUCT_PROFILE: [(&str, &str); 1] = [("CARGO_PROFILE_WASM_STRIP", "none")];

impl Quality {
    /// The cargo profile. The product's stands with its reasons in the root `Cargo.toml`.
    pub(super) fn profile(self) -> &'static str {
        match self {
            Self::Product => "wasm",
            Self::Draft => "draft",
        }
    }

    /// Tells cargo, or whoever calls it, about the profile.
    pub(super) fn describe_profile(self, command: &mut Command) {
        match self {
            Self::Product => command.envs(PRODUCT_PROFILE),
            Self::Draft => command.envs(DRAFT_PROFILE),
        };
    }
}
