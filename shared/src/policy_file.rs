//! Reads `policy.toml` and refuses what cannot be kept, naming the line and what to do.
//!
//! TOML errors (a missing key, a wrong type) come with a line from the parser. What only the whole can show, such as
//! a promise for a priority that does not exist, is checked here and points to the line that names it.

mod check_alerts;
mod check_desk;
mod check_fields;
mod check_incidents;
mod check_rules;
mod check_search;
mod check_suggestions;
mod locate;
mod read;
mod triage;
#[cfg(test)]
mod wrong_policy_tests;

use crate::policy::{Named, Policy};

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// Where, from 1; none when no single line is to blame.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for PolicyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for PolicyError {}

/// Reads and checks a policy.
///
/// # Errors
/// The first [`PolicyError`] that was found.
pub fn parse(text: &str) -> Result<Policy, PolicyError> {
    let policy: Policy = read::read(text)?;
    check(&policy).map_err(|(needle, message)| PolicyError { line: line_with(text, &needle), message })?;
    Ok(policy)
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

fn line_with(text: &str, needle: &str) -> Option<usize> {
    match needle.strip_prefix('@') {
        Some(place) => locate::line(text, place),
        None => text.lines().position(|line| line.contains(needle)).map(|at| at + 1),
    }
}

/// A finding: where, and the sentence. Where is a place such as `@sla.3.calendar`, or a word to look for in the file.
type Finding = (String, String);

fn check(policy: &Policy) -> Result<(), Finding> {
    check_desk::check(policy)?;
    check_fields::check(policy)?;
    check_rules::check(policy)?;
    check_search::check(policy)?;
    check_suggestions::check(policy)?;
    check_incidents::check(policy)?;
    check_alerts::check(policy)?;
    triage::check_triage(policy)
}

/// A place from its steps.
fn at(steps: &[&str]) -> String {
    format!("@{}", steps.join("."))
}

fn has_key(list: &[impl Named], key: &str) -> bool {
    list.iter().any(|entry| entry.key() == key)
}

fn require(holds: bool, needle: &str, message: impl FnOnce() -> String) -> Result<(), Finding> {
    if holds { Ok(()) } else { Err((needle.to_owned(), message())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: &str = include_str!("../../presets/school/policy.toml");

    #[test]
    fn the_school_preset_is_valid() {
        let policy = parse(SCHOOL).unwrap();
        assert_eq!(policy.site.default_locale, "ru", "P: Russian first");
        assert_eq!(policy.site.locales, ["ru", "en"]);
    }

    #[test]
    fn the_school_preset_has_its_categories_in_order() {
        assert_eq!(
            parse(SCHOOL).unwrap().category_keys(),
            ["login", "payment", "lesson", "zoom", "homework", "recording", "other"]
        );
    }
}
