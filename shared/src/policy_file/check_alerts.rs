//! Checks what alerts of other systems become (C1).

use super::{Finding, require};
use crate::alerts::Source;
use crate::policy::Policy;
use crate::text::SUBJECT_CHARS_MAX;

/// Rules of one policy: each is looked at for every alert, and a list that nobody can read helps nobody.
const RULES_MAX: usize = 100;

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    let rules = &policy.alert_rules.0;
    require(rules.len() <= RULES_MAX, "@alert_rules", || format!("at most {RULES_MAX} [[alert_rules]]"))?;
    for (place, rule) in rules.iter().enumerate() {
        let here = |field: &str| format!("@alert_rules.{place}.{field}");
        if let Some(source) = &rule.source {
            require(Source::parse(source).is_some(), &here("source"), || {
                let known: Vec<&str> = Source::ALL.iter().map(|source| source.as_str()).collect();
                format!("no alerts come from {source:?}; use one of {}", known.join(", "))
            })?;
        }
        if let Some(title) = &rule.title {
            let fits = !title.trim().is_empty() && title.chars().count() <= SUBJECT_CHARS_MAX;
            require(fits, &here("title"), || {
                format!("a part of a title has from 1 to {SUBJECT_CHARS_MAX} characters; leave it out for any title")
            })?;
        }
        let asks_nothing = rule.source.is_none() && rule.title.is_none() && rule.severity.is_none();
        require(!asks_nothing || place + 1 == rules.len(), &format!("@alert_rules.{place}"), || {
            "this rule fits every alert, so those below it never do; make it the last".to_owned()
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::policy_file::parse;

    const SCHOOL: &str = include_str!("../../../presets/school/policy.toml");

    #[test]
    fn c1_a_rule_for_alerts_that_cannot_be_kept_is_refused_on_its_line() {
        let good = "[[alert_rules]]\nsource = \"datadog\"\nbecomes = \"ticket\"\n";
        let before = 1 + SCHOOL.matches('\n').count() + good.matches('\n').count();
        for (rule, line, hint) in [
            ("source = \"pigeon\"\nbecomes = \"ticket\"", 2, "use one of alertmanager, datadog"),
            ("severity = \"critical\"\ntitle = \" \"\nbecomes = \"ticket\"", 3, "leave it out"),
            (
                "becomes = \"nothing\"\n[[alert_rules]]\nsource = \"posthog\"\nbecomes = \"ticket\"",
                1,
                "make it the last",
            ),
            ("severity = \"awful\"\nbecomes = \"ticket\"", 2, "awful"),
            ("becomes = \"coffee\"", 2, "coffee"),
            ("severity = \"info\"", 1, "becomes"),
            ("becomes = \"ticket\"\ncolour = \"red\"", 3, "colour"),
        ] {
            let error = parse(&format!("{SCHOOL}\n{good}[[alert_rules]]\n{rule}\n")).expect_err(rule);
            assert!(error.message.contains(hint), "{rule}: {error}");
            assert_eq!(error.line, Some(before + line), "{rule}: {error}");
        }
        let last = format!("{SCHOOL}\n{good}[[alert_rules]]\nbecomes = \"nothing\"\n");
        assert_eq!(parse(&last).expect("a good policy").alert_rules.0.len(), 2);
    }
}
