//! Checks `[triage]`: every key exists, every pattern can be read, every answer speaks every language of the site.
//!
//! An answer whose `{field}` could stay empty, or a rule that can never fire, is refused here and not found out by a customer.

use super::{Finding, has_key, require};
use crate::macro_text::{gaps, is_well_formed};
use crate::policy::{AnswerRule, Named, Policy};
use crate::triage::{LIST_MARK, pattern_fault};

pub(super) fn check_triage(policy: &Policy) -> Result<(), Finding> {
    let triage = &policy.triage;
    require(has_key(&policy.categories, &triage.default_category), "default_category", || {
        format!("default_category {:?} must be the key of a [[categories]] entry", triage.default_category)
    })?;
    let queued = || triage.queues.iter();
    let priorities = std::iter::once(&triage.default_priority)
        .chain(triage.raise.iter().map(|rule| &rule.priority))
        .chain(queued().flat_map(|rule| &rule.priorities));
    check_keys("priority", "priorities", priorities, &policy.priorities)?;
    let categories = triage.categories.iter().map(|rule| &rule.category);
    let categories = categories
        .chain(queued().flat_map(|rule| &rule.categories))
        .chain(triage.answers.iter().flat_map(|rule| &rule.categories));
    check_keys("category", "categories", categories, &policy.categories)?;
    check_keys("tier", "tiers", triage.raise.iter().flat_map(|rule| &rule.tiers), &policy.tiers)?;
    for (at, rule) in triage.answers.iter().enumerate() {
        let repeated = triage.answers.iter().take(at).any(|earlier| earlier.key == rule.key);
        require(!repeated, &rule.key, || format!("triage: answer {:?} stands twice; give each its own key", rule.key))?;
        check_answer(rule, policy)?;
    }
    check_patterns(policy)
}

fn check_keys<'a>(
    what: &str,
    table: &str,
    keys: impl Iterator<Item = &'a String>,
    list: &[impl Named],
) -> Result<(), Finding> {
    for key in keys {
        require(has_key(list, key), key, || format!("triage: no {what} {key:?}; add it to [[{table}]]"))?;
    }
    Ok(())
}

fn check_answer(rule: &AnswerRule, policy: &Policy) -> Result<(), Finding> {
    let key = &rule.key;
    require((1..=100).contains(&rule.confidence), key, || {
        format!("triage: the confidence of answer {key:?} is a percentage from 1 to 100")
    })?;
    require(!rule.any.is_empty(), key, || {
        format!("triage: answer {key:?} has no pattern in `any`; it would never be given")
    })?;
    for tag in &policy.site.locales {
        let text = rule.text.get(tag).map_or("", |text| text.trim());
        require(!text.is_empty(), key, || format!("triage: answer {key:?} has no text for {tag:?}; add one"))?;
        // R3: the answer itself asks.
        require(text.ends_with('?'), key, || {
            format!("triage: the {tag:?} text of answer {key:?} must end by asking whether it solved the problem")
        })?;
        require(is_well_formed(text), key, || {
            format!("triage: answer {key:?}: a gap looks like {{{{docs_url}}}}, with a-z, 0-9 and _ only")
        })?;
        let unknown = gaps(text).into_iter().find(|name| !policy.links.contains_key(*name));
        require(unknown.is_none(), &format!("{{{{{}}}}}", unknown.unwrap_or_default()), || {
            format!("triage: answer {key:?} names {{{{{}}}}}; add it to [links]", unknown.unwrap_or_default())
        })?;
        let names_field = text.contains("{field}");
        let finds_field = rule.any.iter().all(|pattern| pattern.contains("<field>"));
        require(!names_field || finds_field, key, || {
            format!("triage: answer {key:?} says {{field}}, so each pattern in `any` needs <field>")
        })?;
    }
    Ok(())
}

fn check_patterns(policy: &Policy) -> Result<(), Finding> {
    let triage = &policy.triage;
    let patterns = triage
        .raise
        .iter()
        .flat_map(|rule| rule.phrases.iter().chain(&rule.unless))
        .chain(triage.categories.iter().flat_map(|rule| &rule.words))
        .chain(triage.queues.iter().flat_map(|rule| rule.words.iter().chain(&rule.unless)))
        .chain(triage.tags.iter().flat_map(|rule| &rule.words))
        .chain(&triage.no_answer)
        .chain(triage.answers.iter().flat_map(|rule| rule.any.iter().chain(&rule.with).chain(&rule.unless)));
    for pattern in patterns {
        match pattern.strip_prefix(LIST_MARK) {
            Some(name) => require(triage.words.contains_key(name), &quoted(pattern), || {
                format!("triage: no list {name:?}; add it to [triage.words]")
            })?,
            None => check_pattern(pattern)?,
        }
    }
    triage.words.values().flatten().try_for_each(|pattern| {
        require(!pattern.starts_with(LIST_MARK), &quoted(pattern), || {
            format!("triage: {pattern:?} stands in a list of [triage.words]; a list holds patterns, not other lists")
        })?;
        check_pattern(pattern)
    })
}

/// As it stands in the file; a bare mark would be taken for a place.
fn quoted(pattern: &str) -> String {
    format!("\"{pattern}\"")
}

fn check_pattern(pattern: &str) -> Result<(), Finding> {
    pattern_fault(pattern)
        .map_or(Ok(()), |fault| Err((pattern.to_owned(), format!("triage: the pattern {pattern:?} {fault}"))))
}

#[cfg(test)]
mod tests {
    use crate::policy_file::parse;

    const API: &str = include_str!("../../../presets/api-platform/policy.toml");

    #[test]
    fn a_triage_rule_that_could_never_fire_or_speak_is_refused_with_its_line() {
        let cases = [
            ("confidence = 98", "confidence = 0", "percentage"),
            ("default_category = \"other\"", "default_category = \"misc\"", "default_category"),
            ("queue = \"finance\"", "queue = \"money\"", "money"),
            ("key = \"quota-exceeded\"", "key = \"api-key-invalid\"", "stands twice"),
            ("no_answer = [", "no_answer = [\"<nothing>\", ", "sign"),
            ("no_answer = [", "no_answer = [\"a + \", ", "empty"),
            ("no_answer = [", "no_answer = [\"@nowhere\", ", "no list \"nowhere\""),
            ("{{docs_url}}/authentication", "{{help_url}}/authentication", "add it to [links]"),
            ("{{docs_url}}/authentication", "{{docs_url}/authentication", "a gap looks like"),
            ("console_url = \"https://", "console_url = \"", "begins with https://"),
            ("faults = [", "faults = [\"@faults\", ", "not other lists"),
        ];
        for (right, wrong, hint) in cases {
            assert!(API.contains(right), "{right}");
            let error = parse(&API.replacen(right, wrong, 1)).unwrap_err();
            assert!(error.message.contains(hint), "{wrong}: {error}");
            assert!(error.line.is_some(), "{wrong}: {error}");
        }
    }
}
