//! Notices that a source file changed. Debounced: saving ten files is one change.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::Event;
use crate::workspace::Workspace;

/// Folders whose files decide what is served, and `index.html`, which is watched through its folder.
const FOLDERS: [&str; 5] = ["shared/src", "widget", "edge/src", "edge/migrations", "presets"];
const PAGE: &str = "index.html";
/// An editor writes a file in several moves within a few milliseconds.
const QUIET: Duration = Duration::from_millis(150);

/// Watches until the returned watcher is dropped.
pub(super) fn start(ws: &Workspace, events: Sender<Event>) -> Result<RecommendedWatcher> {
    let (sender, changes) = mpsc::channel::<PathBuf>();
    let root = ws.root.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if matches!(event.kind, EventKind::Access(_)) {
            return; // our own build reads every file
        }
        for path in event.paths.into_iter().filter(|path| is_source(&root, path)) {
            let _nobody_listens = sender.send(path);
        }
    })
    .context("could not watch files; start with --no-watch")?;
    for folder in FOLDERS.map(|folder| ws.path(folder)).iter().filter(|folder| folder.exists()) {
        watcher
            .watch(folder, RecursiveMode::Recursive)
            .with_context(|| format!("could not watch {}", folder.display()))?;
    }
    watcher.watch(&ws.root, RecursiveMode::NonRecursive).context("could not watch the checkout")?;
    thread::spawn(move || {
        while let Ok(first) = changes.recv() {
            let mut changed = vec![first];
            loop {
                match changes.recv_timeout(QUIET) {
                    Ok(path) => changed.push(path),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            if events.send(Event::Changed(changed)).is_err() {
                return;
            }
        }
    });
    Ok(watcher)
}

/// Neither a temporary file of an editor nor something outside of what we serve.
fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let name = inside.file_name().unwrap_or_default().to_string_lossy();
    let temporary = name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp") || name.starts_with('#');
    !temporary && (inside == Path::new(PAGE) || FOLDERS.iter().any(|folder| inside.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sources_count_as_a_change() {
        let cases = [
            ("shared/src/sla.rs", true),
            ("widget/loader.js", true),
            ("index.html", true),
            ("edge/migrations/0001_tickets.sql", true),
            ("edge/build/index.js", false),
            ("README.md", false),
            ("widget/src/.lib.rs.swp", false),
            ("widget/src/lib.rs~", false),
        ];
        for (path, expected) in cases {
            assert_eq!(is_source(Path::new("/checkout"), &Path::new("/checkout").join(path)), expected, "{path}");
        }
    }
}
