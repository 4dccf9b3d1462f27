//! Cuts the panel's wasm in two: what opening it needs, and what only later views need (`widget/src/later.rs` says where).
//!
//! The cut is made in what the linker wrote, along its relocations: whatever only the seam's functions reach goes into the
//! second module, functions and data. Both share memory, stack and the table of functions; what the second one calls of the
//! first it calls through that table. Bindings are made for the first alone, so its imports serve both.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

/// The name of the second module, in the names of the functions along which it is cut.
const LATER: &str = "later";
/// What the second module imports from: everything that the first one shares.
const SHARED: &str = "__wasm_split";

/// The two halves; the first still needs bindings.
pub(super) struct Halves {
    pub(super) first: PathBuf,
    pub(super) later: PathBuf,
}

/// Cuts a module that was linked with its relocations.
pub(super) fn cut(linked: &Path, folder: &Path) -> Result<Halves> {
    fs::create_dir_all(folder).context("could not make the folder of the halves")?;
    let bytes = fs::read(linked).with_context(|| format!("could not read {}", linked.display()))?;
    let first = folder.join("first.wasm");
    let mut options = Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = &first;
    let parts = transform(options).map_err(|error| anyhow!("could not cut the panel's wasm: {error:?}"))?;
    let later = folder.join(format!("split_{LATER}.wasm"));
    ensure!(parts.split_modules.as_slice() == [later.clone()], "the panel's wasm was cut in other parts than two");
    Ok(Halves { first, later })
}

/// Adds to the bindings what the second module is given: what the first one exports under the names that the cutter wrote
/// into its own link script. That script itself is not used: it fetches by names without a hash.
pub(super) fn share(folder: &Path, bindings: &Path) -> Result<()> {
    let link = fs::read_to_string(folder.join("__wasm_split.js")).context("could not read the link script")?;
    let script = fs::read_to_string(bindings).context("could not read the bindings")?;
    let names = shared_names(&link)?;
    let given: Vec<String> = names.iter().map(|name| format!("{name}: wasm.{name}")).collect();
    let shared = format!("\nexport const shared = () => ({{ {SHARED}: {{ {} }} }});\n", given.join(", "));
    fs::write(bindings, script + &shared).context("could not write the bindings")
}

/// The names in `const { memory, … } = initSync(…)`.
fn shared_names(link: &str) -> Result<Vec<&str>> {
    let (before, _) = link.split_once("} = initSync").context("the link script shares nothing")?;
    let (_, names) = before.rsplit_once('{').context("the link script shares nothing")?;
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let is_word = |name: &&str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    ensure!(!names.is_empty() && names.iter().all(is_word), "the link script shares {names:?}");
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_module_is_given_what_the_link_script_takes_from_the_first() {
        let link = "let sharedImports;\nfunction get() { x = { __wasm_split: {  } };\n const { memory, stack0,  } = initSync(undefined, undefined);";
        assert_eq!(shared_names(link).unwrap(), ["memory", "stack0"]);
    }

    #[test]
    fn a_link_script_of_another_form_is_an_error() {
        assert!(shared_names("export const { } = initSync()").is_err());
        assert!(shared_names("const memory = main.memory;").is_err());
    }
}
