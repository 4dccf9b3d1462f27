//! Which articles help on which page, before anybody asked.

use super::Policy;
use crate::incident::fits_path;
use serde::{Deserialize, Serialize};

/// Articles for some pages: they stand on the panel's first view there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// Paths, such as `/billing*`; `*` stands for any text. The same patterns as those of an incident's target.
    pub pages: Vec<String>,
    /// Slugs of articles, the most helpful first. What is not published in a visitor's language is left out for them.
    pub articles: Vec<String>,
}

/// Most rules: each page is tested against all of them until enough is found.
pub const SUGGESTIONS_MAX: usize = 50;

/// Articles that one page suggests, and so the most that a rule may name: what a first view has room for.
pub const SUGGESTED_MAX: usize = 5;

/// Bytes of a path that is looked at; a longer one fits no rule.
pub const PAGE_BYTES_MAX: usize = 500;

impl Policy {
    /// Slugs of articles for a page: those of the first rule that fits, then of the others, each once.
    #[must_use]
    pub fn suggested(&self, page: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        if page.len() > PAGE_BYTES_MAX {
            return found;
        }
        let fitting = self.suggestions.iter().filter(|rule| rule.pages.iter().any(|pattern| fits_path(pattern, page)));
        for slug in fitting.flat_map(|rule| &rule.articles) {
            if found.len() < SUGGESTED_MAX && !found.contains(&slug.as_str()) {
                found.push(slug);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::empty;

    #[test]
    fn a_page_suggests_the_articles_of_every_rule_that_fits_in_their_order_and_each_once() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let rule = |pages: &[&str], articles: &[&str]| Suggestion { pages: texts(pages), articles: texts(articles) };
        let suggestions = vec![
            rule(&["/billing/invoices", "/invoices"], &["invoices"]),
            rule(&["/billing*"], &["refund", "invoices", "cards"]),
            rule(&["*"], &["start", "people", "plans"]),
        ];
        let policy = Policy { suggestions, ..empty() };
        let long = format!("/{}", "x".repeat(PAGE_BYTES_MAX));
        for (page, found) in [
            ("/billing/invoices", &["invoices", "refund", "cards", "start", "people"][..]),
            ("/billing", &["refund", "invoices", "cards", "start", "people"]),
            ("/courses", &["start", "people", "plans"]),
            ("", &["start", "people", "plans"]),
            (&long, &[]),
        ] {
            assert_eq!(policy.suggested(page), found, "{page}");
        }
        assert_eq!(empty().suggested("/billing"), Vec::<&str>::new(), "a team that has said nothing suggests nothing");
    }
}
