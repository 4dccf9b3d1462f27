//! Triage: category, priority, queue, tags and perhaps an automatic answer, from a message and the policy's rules (R1, R2, T4).
//!
//! One engine, one result (R4): pure, without a dependency, for the edge that gets a ticket and for the page in which it is
//! being written, which has the part of the rules that decides an answer (`page`).
//! [`Rules::compile`] once for each policy, then [`Rules::triage`] for each message:
//!
//! 1. `scan` cuts subject and body into words and notes what surrounds each;
//! 2. `matcher` finds every pattern in one walk, by stems (`pattern`), with denials (`words`) and status codes (`number`);
//! 3. this file asks the policy's questions about what was found.
//!
//! The time is linear in the message whatever it says: there is no regular expression and nothing is tried twice. The bound
//! is in `matcher`, and a test counts. An automatic answer is given only when exactly one rule speaks, nothing forbids it and
//! the matter is not the most urgent there is: a wrong answer costs more trust than a late one.
//!
//! What rules say is data, see [`crate::policy::TriageRules`]; this module must not know a product.

mod matcher;
mod money;
mod number;
mod page;
mod pattern;
mod scan;
mod signals;
mod words;

use crate::macro_text::fill_known;
use crate::policy::{Category, Localized, Policy, Queue, WordsByLocale, localized};
use crate::ticket::PageContext;
use matcher::Found;
use pattern::{Numbers, Patterns, Reading};
use serde::{Deserialize, Serialize};

pub use page::{PageAnswer, PageRaise, PageRules};
#[cfg(feature = "server")]
pub(crate) use pattern::LIST_MARK;
pub use pattern::pattern_fault;
pub use signals::Signals;

/// A message to be sorted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The customer's own choice, which is kept.
    pub category: Option<&'a str>,
    /// One line.
    pub subject: &'a str,
    /// Everything else.
    pub body: &'a str,
    /// Key of the customer's tier (T4).
    pub tier: &'a str,
    /// The language an automatic answer should have.
    pub locale: &'a str,
    /// The page it came from.
    pub context: Option<&'a PageContext>,
}

/// What triage found (R1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triage {
    /// Key of the category.
    pub category: String,
    /// Key of the priority (T4).
    pub priority: String,
    /// Who looks first (R1).
    pub queue: Queue,
    /// Tags of the policy's rules.
    pub tags: Vec<String>,
    /// Which rules fired, such as `raise:p1` or `answer:rate-limited`: the reason, for the ticket's history.
    pub matched: Vec<String>,
    /// The answer that needs no person (R2).
    pub answer: Option<AutoAnswer>,
}

/// An automatic answer (R2, R3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoAnswer {
    /// The rule that gave it.
    pub key: String,
    /// How sure that rule is, in percent.
    pub confidence: u8,
    /// What it says; ends by asking whether that solved it (R3).
    pub text: String,
    /// Names of fields that the message named.
    pub fields: Vec<String>,
}

/// A policy's rules, ready for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    patterns: Patterns,
    default_locale: String,
    default_category: String,
    default_priority: String,
    top_priority: Option<String>,
    raise: Vec<Raise>,
    categories: Vec<(String, Numbers, Vec<String>)>,
    queues: Vec<Question>,
    tags: Vec<(String, Numbers)>,
    no_answer: Numbers,
    answers: Vec<Answer>,
    /// Where tickets of a category go that nothing else decides.
    category_queues: Vec<(String, Queue)>,
    /// Words of leaving (E3).
    churn: Numbers,
    /// Words of law and security (E1).
    legal: Numbers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Raise {
    priority: String,
    /// Place among the policy's priorities; 0 is the most urgent.
    urgency: usize,
    phrases: Numbers,
    unless: Numbers,
    tiers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    queue: Queue,
    words: Numbers,
    unless: Numbers,
    categories: Vec<String>,
    priorities: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    key: String,
    confidence: u8,
    any: Numbers,
    with: Numbers,
    unless: Numbers,
    categories: Vec<String>,
    text: Localized,
}

/// Sorts one message by a policy, for callers with a single message; others keep the [`Rules`].
#[must_use]
pub fn triage(policy: &Policy, category: Option<&str>, subject: &str, body: &str) -> Triage {
    let tier = &policy.site.default_tier;
    let locale = &policy.site.default_locale;
    Rules::compile(policy).triage(&Input { category, subject, body, tier, locale, context: None })
}

impl Rules {
    /// Reads a policy's rules once, for any number of messages.
    #[must_use]
    pub fn compile(policy: &Policy) -> Self {
        let rules = &policy.triage;
        let (mut patterns, lists) = (Patterns::default(), &rules.words);
        let urgency = |key: &str| policy.priorities.iter().position(|priority| priority.key == key);
        let raise = rules.raise.iter().map(|rule| Raise {
            priority: rule.priority.clone(),
            urgency: urgency(&rule.priority).unwrap_or(usize::MAX),
            phrases: patterns.add(&rule.phrases, lists, Reading::Said),
            unless: patterns.add(&rule.unless, lists, Reading::Said),
            tiers: rule.tiers.clone(),
        });
        let raise = raise.collect();
        let categories = rules.categories.iter();
        let categories = categories
            .map(|rule| (rule.category.clone(), patterns.add(&rule.words, lists, Reading::Topic), rule.pages.clone()))
            .collect();
        let queues = rules.queues.iter().map(|rule| Question {
            queue: rule.queue,
            words: {
                let is_fault = rule.queue == Queue::Engineering;
                patterns.add(&rule.words, lists, if is_fault { Reading::Shown } else { Reading::Said })
            },
            unless: patterns.add(&rule.unless, lists, Reading::Said),
            categories: rule.categories.clone(),
            priorities: rule.priorities.clone(),
        });
        let mut queues: Vec<Question> = queues.collect();
        queues.sort_by_key(|question| question.queue); // R1's order
        let tags =
            rules.tags.iter().map(|rule| (rule.tag.clone(), patterns.add(&rule.words, lists, Reading::Said))).collect();
        let no_answer = patterns.add(&rules.no_answer, lists, Reading::Said);
        let answers = rules.answers.iter().map(|rule| Answer {
            key: rule.key.clone(),
            confidence: rule.confidence,
            any: patterns.add(&rule.any, lists, Reading::Shown),
            with: patterns.add(&rule.with, lists, Reading::Shown),
            unless: patterns.add(&rule.unless, lists, Reading::Said),
            categories: rule.categories.clone(),
            text: rule.text.iter().map(|(tag, text)| (tag.clone(), fill_known(text, &policy.links))).collect(),
        });
        let answers = answers.collect();
        let words = |words: &WordsByLocale| -> Vec<String> { words.values().flatten().cloned().collect() };
        let churn = policy.churn.as_ref().map(|churn| words(&churn.words)).unwrap_or_default();
        let legal = policy.escalation.as_ref().map(|ladder| words(&ladder.legal_words)).unwrap_or_default();
        Self {
            churn: patterns.add(&churn, lists, Reading::Said),
            legal: patterns.add(&legal, lists, Reading::Said),
            patterns,
            default_locale: policy.site.default_locale.clone(),
            default_category: rules.default_category.clone(),
            default_priority: rules.default_priority.clone(),
            top_priority: policy.priorities.first().map(|priority| priority.key.clone()),
            raise,
            categories,
            queues,
            tags,
            no_answer,
            answers,
            category_queues: category_queues(policy),
        }
    }

    /// Sorts a message. Never fails, whatever it says.
    #[must_use]
    pub fn triage(&self, input: &Input<'_>) -> Triage {
        let found = self.find(input);
        let mut matched = Vec::new();
        let mut note = |kind: &str, key: &str| matched.push([kind, ":", key].concat());
        let raised = self.raised(&found, input.tier);
        let priority = raised.map_or(&self.default_priority, |rule| &rule.priority);
        if raised.is_some() {
            note("raise", priority);
        }
        let category = match input.category {
            Some(chosen) => chosen,
            None => self.category(&found, input).inspect(|key| note("category", key)).unwrap_or(&self.default_category),
        };
        // Whoever calls a catastrophe a wish chose the wrong category.
        let is_top = self.top_priority.as_ref() == Some(priority);
        let may_be_asked = |question: &&Question| !(is_top && question.queue == Queue::FeatureLog);
        let asked =
            self.queues.iter().filter(may_be_asked).find(|question| question.says_yes(&found, category, priority));
        // Only what the customer chose: a category that was guessed from words decides nothing that the words did not.
        let chosen = self.category_queues.iter().find(|(key, _)| Some(key.as_str()) == input.category);
        let queue = asked.map(|question| question.queue).or(chosen.map(|(_, queue)| *queue)).unwrap_or(Queue::Support);
        if asked.is_some() {
            note("queue", queue.key());
        }
        let tags: Vec<String> =
            self.tags.iter().filter(|(_, words)| any(&found, words)).map(|(tag, _)| tag.clone()).collect();
        tags.iter().for_each(|tag| note("tag", tag));
        let answer = self.answer(&found, input, priority);
        if let Some(answer) = &answer {
            note("answer", &answer.key);
        }
        Triage { category: category.to_owned(), priority: priority.clone(), queue, tags, matched, answer }
    }

    /// What a customer's words give away besides their matter (E1, E3).
    #[must_use]
    pub fn signals(&self, subject: &str, body: &str) -> Signals {
        let found = self.find(&Input { subject, body, ..Input::default() });
        let money = money::largest_amount(subject).max(money::largest_amount(body));
        Signals { churn: any(&found, &self.churn), legal: any(&found, &self.legal), money }
    }

    fn find<'a>(&self, input: &Input<'a>) -> Found<'a> {
        let mut tokens = Vec::new();
        scan::scan(input.subject, &mut tokens);
        scan::scan(input.body, &mut tokens);
        matcher::walk(&self.patterns, &tokens)
    }

    /// The most urgent of the rules that fired (T4).
    fn raised(&self, found: &Found<'_>, tier: &str) -> Option<&Raise> {
        let fires = |rule: &&Raise| {
            let concerns = rule.tiers.is_empty() || rule.tiers.iter().any(|key| key == tier);
            concerns && any(found, &rule.phrases) && !any(found, &rule.unless)
        };
        self.raise.iter().filter(fires).min_by_key(|rule| rule.urgency)
    }

    /// The first rule that fires, as the policy orders them; where no word says anything, the page it came from.
    fn category(&self, found: &Found<'_>, input: &Input<'_>) -> Option<&str> {
        let page = input.context.and_then(|context| context.url.as_deref()).unwrap_or_default();
        let by_words = self.categories.iter().find(|(_, words, _)| any(found, words));
        let by_page =
            || self.categories.iter().find(|(_, _, pages)| pages.iter().any(|part| page.contains(part.as_str())));
        by_words.or_else(by_page).map(|(key, ..)| key.as_str())
    }

    /// The one answer that is called for, if it is one (R2).
    fn answer(&self, found: &Found<'_>, input: &Input<'_>, priority: &str) -> Option<AutoAnswer> {
        if any(found, &self.no_answer) || self.top_priority.as_deref() == Some(priority) {
            return None;
        }
        let mut called = self.answers.iter().filter(|rule| rule.is_called_for(found, input.category));
        let rule = called.next()?;
        if called.next().is_some() {
            return None; // two answers compete: a person decides
        }
        let mut fields: Vec<String> = Vec::new();
        for (_, name) in found.fields.iter().filter(|(pattern, _)| rule.any.contains(pattern)) {
            if fields.len() < FIELDS_MAX && !fields.iter().any(|known| known == name) {
                fields.push((*name).to_owned());
            }
        }
        let text = localized(&rule.text, input.locale, &self.default_locale);
        let text = text.replace("{field}", fields.first().map_or("", String::as_str)).trim().to_owned();
        Some(AutoAnswer { key: rule.key.clone(), confidence: rule.confidence, text, fields })
    }
}

/// Most fields that an answer names; a message with more of them is a log.
const FIELDS_MAX: usize = 8;

impl Question {
    fn says_yes(&self, found: &Found<'_>, category: &str, priority: &str) -> bool {
        let named = any(found, &self.words)
            || self.categories.iter().any(|key| key == category)
            || self.priorities.iter().any(|key| key == priority);
        named && !any(found, &self.unless)
    }
}

impl Answer {
    fn is_called_for(&self, found: &Found<'_>, chosen: Option<&str>) -> bool {
        let fits = self.categories.is_empty() || chosen.is_none_or(|key| self.categories.iter().any(|own| own == key));
        let supported = self.with.is_empty() || any(found, &self.with);
        fits && any(found, &self.any) && supported && !any(found, &self.unless)
    }
}

fn category_queues(policy: &Policy) -> Vec<(String, Queue)> {
    let queue = |category: &Category| Some((category.key.clone(), Queue::parse(category.queue.as_deref()?)?));
    policy.categories.iter().filter_map(queue).collect()
}

fn any(found: &Found<'_>, numbers: &Numbers) -> bool {
    numbers.iter().any(|&number| found.hits.get(number) == Some(&true))
}

#[cfg(test)]
#[cfg(feature = "server")] // several read a preset, which is what servers do
mod tests;
