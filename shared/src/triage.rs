//! How urgent a text is, by the policy's words (T4). Pure, so the panel and the edge reach one result.
//!
//! For now: the priority, from phrases. Queues, automatic answers and tiers come with the rules of R1 and R2.

use crate::policy::Policy;

/// What triage found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triage<'a> {
    /// Key of the priority.
    pub priority: &'a str,
    /// Key of the category: the customer's choice, else the policy's default.
    pub category: &'a str,
    /// The phrase that raised the priority, when one did.
    pub phrase: Option<&'a str>,
}

/// Reads a new ticket. The lowest priority unless the text says otherwise (T4); of several phrases the most urgent wins.
#[must_use]
pub fn triage<'a>(policy: &'a Policy, category: Option<&'a str>, subject: &str, body: &str) -> Triage<'a> {
    let mut text = String::with_capacity(subject.len() + body.len() + 1);
    text.push_str(subject);
    text.push('\n');
    text.push_str(body);
    let text = text.to_lowercase();
    let urgency = |key: &str| policy.priorities.iter().position(|priority| priority.key == key).unwrap_or(usize::MAX);
    let raised = policy
        .triage
        .raise
        .iter()
        .filter_map(|rule| Some((rule, rule.phrases.iter().find(|phrase| text.contains(phrase.as_str()))?)))
        .min_by_key(|(rule, _)| urgency(&rule.priority));
    Triage {
        priority: raised.map_or(&policy.triage.default_priority, |(rule, _)| &rule.priority),
        category: category.unwrap_or(&policy.triage.default_category),
        phrase: raised.map(|(_, phrase)| phrase.as_str()),
    }
}
