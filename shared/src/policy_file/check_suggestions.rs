//! Checks which articles the policy suggests on which pages.

use super::{Finding, require};
use crate::article::is_slug;
use crate::incident::{TARGETS_MAX, is_path_pattern};
use crate::policy::{Policy, SUGGESTED_MAX, SUGGESTIONS_MAX};

pub(super) fn check(policy: &Policy) -> Result<(), Finding> {
    let rules = &policy.suggestions;
    require(rules.len() <= SUGGESTIONS_MAX, &format!("@suggestions.{SUGGESTIONS_MAX}"), || {
        format!("suggestions: at most {SUGGESTIONS_MAX} rules; a rule may name several pages")
    })?;
    for (place, rule) in rules.iter().enumerate() {
        let here = |field: &str| format!("@suggestions.{place}.{field}");
        require((1..=TARGETS_MAX).contains(&rule.pages.len()), &here("pages"), || {
            format!("suggestions.{place}.pages: name 1 to {TARGETS_MAX} paths")
        })?;
        for (at, pattern) in rule.pages.iter().enumerate() {
            require(is_path_pattern(pattern), &here(&format!("pages.{at}")), || {
                format!(
                    "suggestions.{place}.pages: {pattern:?} is no path such as /checkout or /courses/*, with at most 3 *"
                )
            })?;
        }
        require((1..=SUGGESTED_MAX).contains(&rule.articles.len()), &here("articles"), || {
            format!("suggestions.{place}.articles: name 1 to {SUGGESTED_MAX} articles; more do not fit")
        })?;
        for (at, slug) in rule.articles.iter().enumerate() {
            require(is_slug(slug), &here(&format!("articles.{at}")), || {
                format!("suggestions.{place}.articles: {slug:?} is no article's slug, such as pay-by-card")
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::policy_file::parse;
    use std::path::Path;

    #[test]
    fn every_article_that_a_preset_suggests_comes_with_it_in_each_language() {
        let presets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../presets");
        for preset in ["school", "saas", "api-platform"] {
            let folder = presets.join(preset);
            let policy = parse(&std::fs::read_to_string(folder.join("policy.toml")).unwrap()).unwrap();
            for slug in policy.suggestions.iter().flat_map(|rule| &rule.articles) {
                for locale in &policy.site.locales {
                    assert!(
                        folder.join("articles").join(locale).join(format!("{slug}.md")).exists(),
                        "{locale}/{slug}"
                    );
                }
            }
        }
    }
}
