//! One engine, one result (R4, A3): the engine compiled to WebAssembly and run by Node says of every labelled message, and of
//! some hostile ones, to the byte what the native engine says.
//!
//! Builds the module itself, into a folder of its own, as `cargo test` may hold the usual one. Needs the target
//! wasm32-unknown-unknown and Node, as the whole product does.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test harness: failing loudly is its job")]

use crate::labelled;
use buoy_shared::triage::{Input, Rules};
use serde_json::json;
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

#[test]
fn page_and_edge_reach_one_result_on_every_labelled_message() {
    let module = build();
    let mut compared = 0;
    for (preset, _) in labelled::PRESETS {
        let policy = labelled::policy(preset);
        let rules = Rules::compile(&policy);
        let labels: Vec<_> = labelled::labels().into_iter().filter(|label| label.preset == preset).collect();
        let hostile: Vec<String> = hostile();
        let foreign = |body| Input { body, tier: "enterprise", locale: "ru", ..Input::default() };
        let inputs: Vec<Input<'_>> =
            labels.iter().map(labelled::Label::input).chain(hostile.iter().map(|text| foreign(text))).collect();
        let messages: Vec<_> = inputs
            .iter()
            .map(|input| {
                json!({"subject": input.subject, "body": input.body, "tier": input.tier, "locale": input.locale})
            })
            .collect();
        let natively: Vec<_> = inputs.iter().map(|input| rules.triage(input)).collect();
        let there = ask(&module, &json!({"policy": policy, "messages": messages}).to_string());
        assert_eq!(there, serde_json::to_string(&natively).unwrap(), "{preset}");
        compared += inputs.len();
    }
    println!("{compared} messages are sorted alike natively and in WebAssembly");
}

/// Texts that no person writes.
fn hostile() -> Vec<String> {
    let pieces =
        ["не ", "error 401 ", "{\"a\":", "`", "missing \"", "İ", "ß", "\u{301}", "日本語", "👍🏽", "a_", "http://"];
    pieces.iter().map(|piece| piece.repeat(3_000)).chain([pieces.concat()]).collect()
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/buoy/triage-wasm");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown", "--manifest-path"]);
    cargo.arg(root.join("tests/triage_wasm/Cargo.toml")).env("CARGO_TARGET_DIR", &folder);
    assert!(cargo.status().unwrap().success(), "the engine must compile to WebAssembly");
    folder.join("wasm32-unknown-unknown/release/buoy_triage_wasm.wasm")
}

fn ask(module: &Path, request: &str) -> String {
    let mut node = Command::new("node");
    node.args(["--eval", HOST]).arg(module).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("Node is installed");
    node.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "Node ended with {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
