//! Short names between a wasm module and its bindings.
//!
//! wasm-bindgen calls every import by what it does and a hash, once in the wasm and once in the script, each compressed
//! alone: 3 kB of what opening the panel fetches. `wasm-opt` shortens the names in the wasm and reports how; here the
//! script follows.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use super::{Build, Quality, wasm::wasm_opt};

/// Makes `wasm-opt` shorten names and report them.
const SHORTEN: &str = "--minify-imports-and-exports-and-modules";

/// What `wasm-opt` calls the module that it imports from, whatever it was called.
const MODULE: &str = "a";

/// The report of `wasm-opt`.
#[derive(Deserialize)]
struct Report {
    /// Module, name and new name.
    imports: Vec<[String; 3]>,
    /// Name and new name.
    exports: Vec<[String; 2]>,
}

/// Shortens the names in a product's wasm and in its bindings; `options` are what `wasm-opt` must know to read the wasm.
pub(super) fn shorten(build: &Build<'_>, wasm: &Path, bindings: &Path, options: &[&str]) -> Result<()> {
    if build.quality != Quality::Product {
        return Ok(());
    }
    // In a run of its own: beside `--converge` it would shorten the short names again and again.
    let options: Vec<&str> = options.iter().copied().chain([SHORTEN]).collect();
    let report = wasm_opt(build.ws, wasm, wasm, &options)?;
    let script = fs::read_to_string(bindings).context("could not read the bindings")?;
    fs::write(bindings, follow(&report, &script)?).context("could not write the bindings")
}

/// The bindings with the names of the report.
///
/// # Errors
/// When the bindings are not of the form in which wasm-bindgen writes them: `name: …` and `wasm.name`.
fn follow(report: &str, script: &str) -> Result<String> {
    let report: Report = serde_json::from_str(report).context("wasm-opt reported no names")?;
    let Some([module, ..]) = report.imports.first() else { bail!("the wasm imports nothing") };
    ensure!(report.imports.iter().all(|import| import[0] == *module), "the wasm imports from several modules");
    let imports: BTreeMap<&str, &str> = report.imports.iter().map(|[_, name, short]| (&**name, &**short)).collect();
    let exports: BTreeMap<&str, &str> = report.exports.iter().map(|[name, short]| (&**name, &**short)).collect();
    let (text, followed) = rename(script, &imports, &exports);
    // An export may be for nobody; an import that is not given would keep the wasm from starting.
    ensure!(followed == imports.len(), "{followed} of {} imports were found in the bindings", imports.len());
    Ok(text.replace(&format!("\"{module}\""), &format!("\"{MODULE}\"")))
}

/// The script with new names, and how many imports were among them.
fn rename(script: &str, imports: &BTreeMap<&str, &str>, exports: &BTreeMap<&str, &str>) -> (String, usize) {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let (mut text, mut followed, mut rest) = (String::with_capacity(script.len()), 0, script);
    while let Some(start) = rest.find(is_of_word) {
        let (between, from_word) = rest.split_at(start);
        let (word, after) = from_word.split_at(from_word.find(|letter| !is_of_word(letter)).unwrap_or(from_word.len()));
        text.push_str(between);
        let short = if text.ends_with("wasm.") {
            exports.get(word)
        } else {
            imports.get(word).filter(|_| after.starts_with(": ")).inspect(|_| followed += 1)
        };
        text.push_str(short.unwrap_or(&word));
        rest = after;
    }
    text.push_str(rest);
    (text, followed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str =
        r#"{"imports": [["./b.js", "__wbg_now_1", "a"]], "exports": [["mount", "a"], ["memory", "b"]]}"#;

    #[test]
    fn the_script_calls_by_the_names_that_the_wasm_has_now() {
        let script = r#"export function mount(box) { return wasm.mount(box); }
            const imports = { "./b.js": { __wbg_now_1: function() { return wasm.memory.buffer; } } };"#;
        let expected = r#"export function mount(box) { return wasm.a(box); }
            const imports = { "a": { a: function() { return wasm.b.buffer; } } };"#;
        assert_eq!(follow(REPORT, script).unwrap(), expected);
    }

    #[test]
    fn an_import_that_the_script_does_not_give_is_an_error() {
        let refusal = follow(REPORT, "const imports = {};").unwrap_err().to_string();
        assert_eq!(refusal, "0 of 1 imports were found in the bindings");
    }
}
