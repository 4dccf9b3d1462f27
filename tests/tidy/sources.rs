//! Reads the checkout's own sources, and holds the rules that concern all of them.

use buoy_tests::root::root;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a source file. Past this, it is two things.
const LINES_MAX: usize = 350;

/// Folders with sources of ours.
const FOLDERS: [&str; 5] = ["shared/src", "edge", "widget", "tests", "xtask/src"];

/// A source file: its path from the root, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The text before its unit tests.
    pub(crate) fn code(&self) -> &str {
        // Only tests that stand in the file itself: a `mod tests;` has code behind it.
        self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&self.text)
    }
}

/// Every source file below a folder, with one of these endings.
pub(crate) fn sources(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort();
    let wanted = files
        .into_iter()
        .filter(|file| endings.iter().any(|ending| file.extension().is_some_and(|found| found == *ending)));
    wanted
        .map(|file| {
            let path = file.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            Source { path, text: fs::read_to_string(&file).expect("a source can be read") }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules" | "build" | ".wrangler") {
                collect(&path, files);
            }
        } else {
            files.push(path);
        }
    }
}

fn all() -> Vec<Source> {
    FOLDERS.iter().flat_map(|folder| sources(folder, &["rs", "js", "mjs", "ts", "sql", "css"])).collect()
}

#[test]
fn every_rust_file_says_at_its_top_what_it_is() {
    let silent: Vec<String> = all()
        .into_iter()
        .filter(|source| source.path.ends_with(".rs") && !source.text.starts_with("//!"))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "begin with `//!`: {silent:#?}");
}

#[test]
fn no_file_has_grown_too_large_to_live_in() {
    let large: Vec<String> = all()
        .into_iter()
        .filter(|source| !source.path.ends_with(".css") && !source.path.ends_with("tests.rs"))
        .map(|source| (source.code().lines().count(), source.path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert!(large.is_empty(), "split what is more than {LINES_MAX} lines without its tests: {large:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["#[ig", "nore"].concat(), ["test.", "skip"].concat()];
    for source in all() {
        for mark in &marks {
            assert!(!source.text.contains(mark.as_str()), "{}: {mark}", source.path);
        }
    }
}

#[test]
fn every_requirement_that_is_built_is_named_in_code_or_test() {
    const BUILT: [&str; 36] = [
        "W1", "W2", "W3", "W4", "W5", "W6", "W7", "T1", "T2", "T3", "T4", "T5", "T6", "P1", "P2", "P3", "P4", "P5",
        "R1", "R2", "R3", "R5", "R6", "R7", "E1", "E3", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "K3",
    ];
    let everything: String = all().into_iter().map(|source| source.text).collect();
    let names = |id: &str| {
        everything
            .match_indices(id)
            .any(|(at, _)| !everything[at + id.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    let missing: Vec<&&str> = BUILT.iter().filter(|id| !names(id)).collect();
    assert!(missing.is_empty(), "name these where they are built: {missing:?}");
}
