//! Reads `policy.toml` and refuses what cannot be kept, naming the line and what to do.
//!
//! TOML errors (a missing key, a wrong type) come with a line from the parser. What only the whole can show, such as
//! a promise for a priority that does not exist, is checked here and points to the line that names it.

mod triage;

use crate::business_hours::Calendar;
use crate::policy::{Keyed, Policy};
use crate::ticket::is_locale_tag;

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
    let policy: Policy = toml::from_str(text).map_err(|error| PolicyError {
        line: error.span().map(|span| line_of(text, span.start)),
        message: error.message().to_owned(),
    })?;
    check(&policy).map_err(|(needle, message)| PolicyError { line: line_with(text, &needle), message })?;
    Ok(policy)
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

fn line_with(text: &str, needle: &str) -> Option<usize> {
    text.lines().position(|line| line.contains(needle)).map(|at| at + 1)
}

/// A finding: the word to look for in the file, and the sentence.
type Finding = (String, String);

fn check(policy: &Policy) -> Result<(), Finding> {
    check_site(policy)?;
    for (what, list) in [
        ("category", &policy.categories),
        ("priority", &policy.priorities),
        ("tier", &policy.tiers),
        ("component", &policy.components),
    ] {
        check_keyed(what, list, &policy.site.locales)?;
    }
    for (name, spec) in &policy.calendars {
        Calendar::new(spec).map_err(|error| (format!("calendars.{name}"), format!("calendar {name}: {error}")))?;
    }
    check_promises(policy)?;
    triage::check_triage(policy)
}

fn check_site(policy: &Policy) -> Result<(), Finding> {
    let site = &policy.site;
    for tag in &site.locales {
        require(is_locale_tag(tag), tag, || format!("{tag:?} is not a language tag; write it like en or pt-BR"))?;
    }
    require(site.locales.contains(&site.default_locale), "default_locale", || {
        format!("default_locale {:?} must be one of locales", site.default_locale)
    })?;
    let is_colour =
        site.accent.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    require(is_colour, "accent", || format!("accent {:?} must be a colour such as #2f6fed", site.accent))?;
    let knows_tier = policy.tiers.iter().any(|tier| tier.key == site.default_tier);
    require(knows_tier, "default_tier", || {
        format!("default_tier {:?} must be the key of a [[tiers]] entry", site.default_tier)
    })
}

fn check_keyed(what: &str, list: &[Keyed], locales: &[String]) -> Result<(), Finding> {
    for (at, entry) in list.iter().enumerate() {
        let key = &entry.key;
        let plain = !key.is_empty()
            && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        require(plain, key, || format!("{what} {key:?}: a key has only a-z, 0-9, _ and -"))?;
        let repeated = list.iter().take(at).any(|earlier| earlier.key == *key);
        require(!repeated, key, || format!("{what} {key:?} stands twice; give each its own key"))?;
        if let Some(missing) = locales.iter().find(|tag| !entry.label.contains_key(*tag)) {
            return Err((format!("\"{key}\""), format!("{what} {key:?} has no label for {missing:?}; add one")));
        }
    }
    Ok(())
}

fn check_promises(policy: &Policy) -> Result<(), Finding> {
    for row in &policy.sla {
        let SlaNames { priority, tier, calendar } =
            SlaNames { priority: &row.priority, tier: row.tier.as_deref(), calendar: &row.calendar };
        require(has_key(&policy.priorities, priority), priority, || {
            format!("sla: no priority {priority:?}; add it to [[priorities]]")
        })?;
        require(tier.is_none_or(|tier| has_key(&policy.tiers, tier)), tier.unwrap_or_default(), || {
            format!("sla: no tier {:?}; add it to [[tiers]]", tier.unwrap_or_default())
        })?;
        require(policy.calendars.contains_key(calendar), calendar, || {
            format!("sla: no calendar {calendar:?}; add [calendars.{calendar}]")
        })?;
    }
    for priority in &policy.priorities {
        for tier in &policy.tiers {
            require(policy.promise(&priority.key, &tier.key).is_some(), &priority.key, || {
                format!("no promise for priority {:?} and tier {:?}; add a [[sla]] row", priority.key, tier.key)
            })?;
        }
    }
    Ok(())
}

/// The names that a promise refers to.
struct SlaNames<'a> {
    priority: &'a str,
    tier: Option<&'a str>,
    calendar: &'a str,
}

fn has_key(list: &[Keyed], key: &str) -> bool {
    list.iter().any(|entry| entry.key == key)
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

    #[test]
    fn a_wrong_policy_is_refused_with_the_line_and_the_remedy() {
        let cases = [
            ("accent = \"#", "accent = \"blue", "colour"),
            ("default_locale = \"ru\"", "default_locale = \"de\"", "must be one of locales"),
            ("first_response = \"15m\"", "first_response = \"soon\"", "15m, 2h or 1h30m"),
            ("calendar = \"business\"", "calendar = \"nights\"", "no calendar \"nights\""),
            ("default_priority = \"p3\"", "default_priority = \"p9\"", "no priority \"p9\""),
            ("zone = \"Europe/Moscow\"", "zone = \"Europe/Moskva\"", "Europe/Moskva"),
            ("key = \"payment\"", "key = \"login\"", "stands twice"),
            ("default_category", "default_kategory", "default_kategory"),
        ];
        for (right, wrong, hint) in cases {
            assert!(SCHOOL.contains(right), "{right}");
            let error = parse(&SCHOOL.replacen(right, wrong, 1)).unwrap_err();
            assert!(error.message.contains(hint), "{wrong}: {error}");
            assert!(error.line.is_some(), "{wrong}: {error}");
        }
    }
}
