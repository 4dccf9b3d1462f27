//! The rules as a page downloads them (R4): what decides an automatic answer in one language, and nothing else.
//!
//! A page asks the same engine before a ticket is sent. Categories, queues and tags are the team's own business and stay
//! with the edge; they never decide an answer.

use super::pattern::{LIST_MARK, Numbers, Patterns, Reading};
use super::{Answer, Raise, Rules};
use crate::macro_text::fill_known;
use crate::policy::{Localized, Policy, localized};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What decides an automatic answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageRules {
    /// The language of the texts.
    pub default_locale: String,
    /// The priority unless the text says otherwise.
    pub default_priority: String,
    /// The priority that no machine answers; null when there is none.
    pub top_priority: Option<String>,
    /// Patterns that forbid every answer.
    pub no_answer: Vec<String>,
    /// What raises the priority.
    pub raise: Vec<PageRaise>,
    /// The answers.
    pub answers: Vec<PageAnswer>,
}

/// Phrases that raise the priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageRaise {
    /// The priority it becomes.
    pub priority: String,
    /// Any of these patterns.
    pub phrases: Vec<String>,
    /// Patterns that take it back.
    pub unless: Vec<String>,
    /// Only for customers of these tiers; empty for all.
    pub tiers: Vec<String>,
}

/// One automatic answer, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageAnswer {
    /// The rule's name.
    pub key: String,
    /// How sure it is, in percent.
    pub confidence: u8,
    /// Any of these patterns speaks for it,
    pub any: Vec<String>,
    /// and, where there are such, also one of these.
    pub with: Vec<String>,
    /// Any of these patterns forbids it.
    pub unless: Vec<String>,
    /// Only when the customer chose one of these categories or none; empty for all.
    pub categories: Vec<String>,
    /// What it says.
    pub text: String,
}

impl PageRules {
    /// A policy's rules for pages in one of its languages. Lists that rules share are written out.
    #[must_use]
    pub fn of(policy: &Policy, locale: &str) -> Self {
        let rules = &policy.triage;
        let spelled = |patterns: &[String]| -> Vec<String> {
            let named = |pattern: &String| match pattern.strip_prefix(LIST_MARK) {
                Some(name) => rules.words.get(name).cloned().unwrap_or_default(),
                None => vec![pattern.clone()],
            };
            patterns.iter().flat_map(named).collect()
        };
        let raise = rules.raise.iter().map(|rule| PageRaise {
            priority: rule.priority.clone(),
            phrases: spelled(&rule.phrases),
            unless: spelled(&rule.unless),
            tiers: rule.tiers.clone(),
        });
        let answers = rules.answers.iter().map(|rule| PageAnswer {
            key: rule.key.clone(),
            confidence: rule.confidence,
            any: spelled(&rule.any),
            with: spelled(&rule.with),
            unless: spelled(&rule.unless),
            categories: rule.categories.clone(),
            text: fill_known(localized(&rule.text, locale, &policy.site.default_locale), &policy.links),
        });
        Self {
            default_locale: locale.to_owned(),
            default_priority: rules.default_priority.clone(),
            top_priority: policy.priorities.first().map(|priority| priority.key.clone()),
            no_answer: spelled(&rules.no_answer),
            raise: by_urgency(policy, raise.collect()),
            answers: answers.collect(),
        }
    }
}

/// The most urgent first, as the engine of the edge prefers them: a page does not know the order of priorities.
fn by_urgency(policy: &Policy, mut raise: Vec<PageRaise>) -> Vec<PageRaise> {
    let place = |key: &str| policy.priorities.iter().position(|priority| priority.key == key);
    raise.sort_by_key(|rule| place(&rule.priority).unwrap_or(usize::MAX));
    raise
}

impl Rules {
    /// Reads a page's rules once, for any number of messages. What it finds beside the answer says nothing.
    #[must_use]
    pub fn for_page(rules: &PageRules) -> Self {
        let (mut patterns, lists) = (Patterns::default(), BTreeMap::new());
        let mut add = |list: &[String], reading: Reading| -> Numbers { patterns.add(list, &lists, reading) };
        let mut raise = Vec::with_capacity(rules.raise.len());
        for (urgency, rule) in rules.raise.iter().enumerate() {
            raise.push(Raise {
                priority: rule.priority.clone(),
                urgency,
                phrases: add(&rule.phrases, Reading::Said),
                unless: add(&rule.unless, Reading::Said),
                tiers: rule.tiers.clone(),
            });
        }
        let no_answer = add(&rules.no_answer, Reading::Said);
        let mut answers = Vec::with_capacity(rules.answers.len());
        for rule in &rules.answers {
            answers.push(Answer {
                key: rule.key.clone(),
                confidence: rule.confidence,
                any: add(&rule.any, Reading::Shown),
                with: add(&rule.with, Reading::Shown),
                unless: add(&rule.unless, Reading::Said),
                categories: rule.categories.clone(),
                text: Localized::from([(rules.default_locale.clone(), rule.text.clone())]),
            });
        }
        Self {
            patterns,
            default_locale: rules.default_locale.clone(),
            default_category: String::new(),
            default_priority: rules.default_priority.clone(),
            top_priority: rules.top_priority.clone(),
            raise,
            categories: Vec::new(),
            queues: Vec::new(),
            tags: Vec::new(),
            no_answer,
            answers,
            category_queues: Vec::new(),
            churn: Numbers::new(),
            legal: Numbers::new(),
        }
    }
}
