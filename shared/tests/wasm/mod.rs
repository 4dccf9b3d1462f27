//! The engines compiled to WebAssembly and run by Node, as an oracle for the native ones.
//!
//! Builds the module itself, into a folder of its own, as `cargo test` may hold the usual one. Needs the target
//! wasm32-unknown-unknown and Node, as the whole product does.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Hands stdin to the module and its answer to stdout.
const HOST: &str = "
const fs = require('node:fs');
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(process.argv[1])), {});
const request = fs.readFileSync(0);
const input = exports.input(request.length);
new Uint8Array(exports.memory.buffer, input, request.length).set(request);
const length = exports.run();
fs.writeSync(1, new Uint8Array(exports.memory.buffer, exports.output(), length));
";

/// Compiles the module; gives its file.
pub(crate) fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/buoy/engine-wasm");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown", "--manifest-path"]);
    cargo.arg(root.join("tests/engine_wasm/Cargo.toml")).env("CARGO_TARGET_DIR", &folder);
    assert!(cargo.status().unwrap().success(), "the engines must compile to WebAssembly");
    folder.join("wasm32-unknown-unknown/release/buoy_engine_wasm.wasm")
}

/// What the module says to a request.
pub(crate) fn ask(module: &Path, request: &str) -> String {
    let mut node = Command::new("node");
    node.args(["--eval", HOST]).arg(module).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("Node is installed");
    node.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "Node ended with {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
