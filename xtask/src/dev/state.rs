//! The folder where one local instance lives: databases, secrets, and `dev.json` for people and programs beside it.
//!
//! Two instances never share one (a lock says so): only one process may write a local D1 file. The folder is private
//! to its owner and ignored by git.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::lock;

/// Secrets of the worker that are made up once for each state. In production: `wrangler secret put`.
const SECRETS: [&str; 1] = [OPERATOR_TOKEN];
/// Who may create sites.
pub(super) const OPERATOR_TOKEN: &str = "OPERATOR_TOKEN";
/// 256 bits: nobody guesses it, and nobody types it.
const SECRET_BYTES: usize = 32;
/// Readable and writable by the owner alone.
const PRIVATE: u32 = 0o600;

/// What `dev.json` says about a running instance. A contract: demo pages, tests and people read it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct DevFile {
    pub(super) url: String,
    pub(super) site: String,
    pub(super) staff_token: String,
    pub(super) identity_secret: String,
    pub(super) identity_kid: String,
    pub(super) operator_token: String,
    pub(super) preset: String,
    pub(super) pid: u32,
}

/// The address and the team's token of the instance that keeps its state here, if one did.
pub(crate) fn running(folder: &Path) -> Option<(String, String)> {
    let known: DevFile = read_json(&folder.join("dev.json"))?;
    Some((known.url, known.staff_token))
}

/// One state folder, ours until dropped.
pub(super) struct State {
    pub(super) folder: PathBuf,
    _guard: lock::Guard,
}

impl State {
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let guard = lock::take(folder, "state")?;
        let folder = folder.canonicalize().with_context(|| format!("could not resolve {}", folder.display()))?;
        Ok(Self { folder, _guard: guard })
    }

    /// The secrets of this state, made up at the first start.
    pub(super) fn secrets(&self) -> Result<BTreeMap<String, String>> {
        let file = self.folder.join("secrets.json");
        let mut secrets: BTreeMap<String, String> = read_json(&file).unwrap_or_default();
        let known = secrets.len();
        for name in SECRETS {
            if !secrets.contains_key(name) {
                secrets.insert(name.to_owned(), random_secret()?);
            }
        }
        if secrets.len() > known {
            write_private(&file, &secrets)?;
        }
        Ok(secrets)
    }

    /// What the last instance wrote, if any.
    pub(super) fn dev_file(&self) -> Option<DevFile> {
        read_json(&self.folder.join("dev.json"))
    }

    pub(super) fn write_dev_file(&self, dev: &DevFile) -> Result<()> {
        write_private(&self.folder.join("dev.json"), dev)
    }

    /// Whether `name` was last marked with this stamp.
    pub(super) fn is_marked(&self, name: &str, stamp: &str) -> bool {
        fs::read_to_string(self.mark_file(name)).is_ok_and(|found| found == stamp)
    }

    pub(super) fn mark(&self, name: &str, stamp: &str) -> Result<()> {
        fs::write(self.mark_file(name), stamp).with_context(|| format!("could not write the stamp of {name}"))
    }

    fn mark_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.stamp"))
    }
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// Written beside and renamed, so that a reader never sees half of it.
fn write_private(file: &Path, value: &impl Serialize) -> Result<()> {
    let beside = file.with_extension("json.new");
    let write = || -> Result<()> {
        let mut options = File::options();
        let mut output = options.write(true).create(true).truncate(true).mode(PRIVATE).open(&beside)?;
        output.write_all(&serde_json::to_vec_pretty(value)?)?;
        fs::rename(&beside, file)?;
        Ok(())
    };
    write().with_context(|| format!("could not write {}", file.display()))
}

fn random_secret() -> Result<String> {
    let mut bytes = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).context("the system gave no random bytes")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn secrets_are_made_once_and_are_private() {
        let folder = std::env::temp_dir().join(format!("buoy-state-{}", std::process::id()));
        let state = State::open(&folder).unwrap();
        let first = state.secrets().unwrap();
        assert_eq!(first.get(OPERATOR_TOKEN).map(String::len), Some(2 * SECRET_BYTES));
        assert_eq!(first, state.secrets().unwrap());
        let mode = fs::metadata(folder.join("secrets.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, PRIVATE);
        fs::remove_dir_all(folder).unwrap();
    }
}
