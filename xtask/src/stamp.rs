//! Content stamps: whether a step must run again is decided by what its inputs contain, never by file times.
//!
//! Why not times: a checkout, a branch switch or a restored cache changes times without changing content, and a build
//! that is skipped wrongly costs more than hashing two megabytes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::workspace::Workspace;

/// How much of a hash goes into a file name: 48 bits, plenty for the few dozen files of one site.
const NAME_HASH_LENGTH: usize = 12;

/// The full hash of some bytes, as hex.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The short hash that names a file by its content.
pub(crate) fn name_hash(bytes: &[u8]) -> String {
    let mut hash = of_bytes(bytes);
    hash.truncate(NAME_HASH_LENGTH);
    hash
}

/// One hash over files and folders of the checkout, names included. What does not exist counts as absent, so that
/// adding it changes the stamp. `salt` is whatever else decides the result.
pub(crate) fn of_inputs(ws: &Workspace, inputs: &[&str], salt: &str) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(salt.as_bytes());
    for input in inputs {
        for file in files_below(&ws.path(input))? {
            let bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
            digest.update(file.strip_prefix(&ws.root).unwrap_or(&file).to_string_lossy().as_bytes());
            digest.update([0]);
            digest.update(Sha256::digest(&bytes));
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A file itself, or every file below a folder, sorted; nothing when there is neither.
pub(crate) fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("could not list {}", path.display()))? {
            files.extend(files_below(&entry?.path())?);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether `stamp_file` holds this stamp and every output still exists.
pub(crate) fn is_fresh(stamp_file: &Path, stamp: &str, outputs: &[PathBuf]) -> bool {
    fs::read_to_string(stamp_file).is_ok_and(|found| found == stamp) && outputs.iter().all(|output| output.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_changes_with_content_name_and_salt() {
        let root = std::env::temp_dir().join(format!("buoy-stamp-{}", std::process::id()));
        fs::create_dir_all(root.join("a")).unwrap();
        fs::write(root.join("a/x"), "1").unwrap();
        let ws = Workspace { root: root.clone() };
        let stamp = |salt: &str| of_inputs(&ws, &["a", "not-there"], salt).unwrap();
        let first = stamp("");
        assert_eq!(first, stamp(""));
        assert_ne!(first, stamp("other profile"));
        fs::write(root.join("a/x"), "2").unwrap();
        let second = stamp("");
        assert_ne!(first, second);
        fs::rename(root.join("a/x"), root.join("a/y")).unwrap();
        assert_ne!(second, stamp(""));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_name_hash_is_twelve_hex_digits() {
        assert_eq!(name_hash(b""), "e3b0c44298fc");
    }
}
