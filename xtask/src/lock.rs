//! File locks: two xtasks side by side wait for each other where they write the same files, and only there.
//!
//! The operating system releases a lock when its process ends, however it ends, so a stale lock cannot exist.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    process,
};

use anyhow::{Context as _, Result, bail};

use crate::progress::note;

/// Holds the lock until dropped.
#[must_use = "the lock is released when this is dropped"]
#[derive(Debug)]
pub(crate) struct Guard {
    _file: File,
}

/// Waits until `folder/.lock-<name>` is ours; says `reason` when that takes a while.
pub(crate) fn wait(folder: &Path, name: &str, reason: &str) -> Result<Guard> {
    let file = open(folder, name)?;
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
        note(&format!("{reason}; waiting for it"));
        file.lock().with_context(|| format!("could not lock {name}"))?;
    }
    Ok(Guard { _file: file })
}

/// Takes the lock or fails at once with the process that has it.
pub(crate) fn take(folder: &Path, name: &str) -> Result<Guard> {
    let mut file = open(folder, name)?;
    if file.try_lock().is_err() {
        let mut holder = String::new();
        let _best_effort = file.read_to_string(&mut holder);
        bail!(
            "{} is in use by another `cargo xtask dev` (process {}). Stop that one, or give this one its own --state and --port.",
            folder.display(),
            holder.trim()
        );
    }
    file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).context("could not write the lock file")?;
    writeln!(file, "{}", process::id()).context("could not write the lock file")?;
    Ok(Guard { _file: file })
}

fn open(folder: &Path, name: &str) -> Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    let path = folder.join(format!(".lock-{name}"));
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(&path).with_context(|| format!("could not open {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_in_use_is_refused_with_the_process_that_has_it() {
        let folder = std::env::temp_dir().join(format!("buoy-lock-{}", process::id()));
        let first = take(&folder, "state").unwrap();
        let refusal = take(&folder, "state").unwrap_err().to_string();
        assert!(refusal.contains(&process::id().to_string()), "{refusal}");
        drop(first);
        drop(take(&folder, "state").unwrap());
        fs::remove_dir_all(folder).unwrap();
    }
}
