//! What leaves a page as diagnostics: every secret of a table is gone, harmless lines stay as they are, and page and edge
//! say the same (W4).
#![expect(clippy::expect_used, reason = "a table that cannot be read fails loudly")]

#[expect(clippy::unwrap_used, clippy::expect_used, reason = "a test harness: failing loudly is its job")]
#[path = "wasm/mod.rs"]
mod module;

use buoy_shared::redact::redact_diagnostics;
use std::fmt::Write as _;

const SECRETS: &str = include_str!("redact/secrets.tsv");
const HARMLESS: &str = include_str!("redact/harmless.txt");

/// Of a hundred harmless lines so many may be touched.
const TOUCHED_PERCENT_MAX: usize = 2;
/// A part of a secret that may still stand: less than anybody could use.
const LEFT_MAX: usize = 6;

/// Kind, text before the secret, the secret, text behind it.
fn secrets() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    let rows = SECRETS.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let (kind, text) = line.split_once('\t').expect("kind and text");
        let (before, rest) = text.split_once('«').expect("a mark before the secret");
        let (secret, after) = rest.rsplit_once('»').expect("a mark behind it");
        (kind, before, secret, after)
    })
    .collect()
}

fn harmless() -> Vec<&'static str> {
    HARMLESS.lines().filter(|line| !line.starts_with('#')).collect()
}

/// Whether more than a usable part of the secret still stands.
fn is_left(secret: &str, kept: &str) -> bool {
    let letters: Vec<char> = secret.chars().collect();
    let size = letters.len().min(LEFT_MAX);
    letters.windows(size).any(|part| kept.contains(&part.iter().collect::<String>()))
}

#[test]
fn every_secret_of_the_table_is_taken_out_and_the_text_around_it_stays() {
    let all = secrets();
    assert!(all.len() >= 200, "only {} samples", all.len());
    let mut wrong = String::new();
    for (kind, before, secret, after) in all {
        let kept = redact_diagnostics(&format!("{before}{secret}{after}"));
        let middle = kept.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or(&kept);
        if is_left(secret, middle) {
            let _ = writeln!(wrong, "{kind}: {before}«{secret}»{after}\n   kept {kept}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn harmless_lines_stay_as_they_are() {
    let all = harmless();
    assert!(all.len() >= 500, "only {} lines", all.len());
    let touched: Vec<String> = all
        .iter()
        .map(|line| (line, redact_diagnostics(line)))
        .filter(|(line, kept)| *line != kept)
        .map(|(line, kept)| format!("{line}\n   kept {kept}"))
        .collect();
    let most = all.len() * TOUCHED_PERCENT_MAX / 100;
    assert!(touched.len() <= most, "{} of {}:\n{}", touched.len(), all.len(), touched.join("\n"));
    println!("{} of {} touched:\n{}", touched.len(), all.len(), touched.join("\n"));
}

#[test]
fn what_was_redacted_once_is_not_changed_by_a_second_time() {
    for (_, before, secret, after) in secrets() {
        let once = redact_diagnostics(&format!("{before}{secret}{after}"));
        assert_eq!(redact_diagnostics(&once), once);
    }
}

#[test]
fn page_and_edge_redact_alike() {
    let lines: Vec<String> = secrets()
        .into_iter()
        .map(|(_, before, secret, after)| format!("{before}{secret}{after}"))
        .chain(harmless().into_iter().map(str::to_owned))
        .collect();
    let native: Vec<String> = lines.iter().map(|line| redact_diagnostics(line)).collect();
    let answer = module::ask(&module::build(), &serde_json::json!({ "lines": lines }).to_string());
    let page: Vec<String> = serde_json::from_str(&answer).expect("a list of lines");
    assert_eq!(page, native);
}

#[test]
fn long_lines_made_to_be_slow_come_to_an_end() {
    let bad = ["a.", "a@", "a-", "1 ", "1-", "AA11 ", "eyJ.", "password", "://a", "=", "é", "Bearer ", "+1 ", "%40"];
    for part in bad {
        let line = part.repeat(30_000 / part.len());
        let kept = redact_diagnostics(&line);
        assert!(kept.len() <= line.len() * 8, "{part}");
    }
}
