//! Triage rules as data: which words give a ticket its category, priority, queue, tags and automatic answer (R1, R2, T4).
//!
//! A rule's words are *patterns*. A pattern is one or more words that stand in this order with at most two others between
//! them; `a|b` is either word, `end*` any word that begins so, `a b + c d` both groups in one sentence in any order.
//! Words are compared by their stems, so every inflected form counts, in English and Russian alike: people mix them. What is
//! no word has a sign: `#401` a status code, `<json>` a piece of JSON, `<field>` the name of a field, `<key>` something like
//! an API key, `<url>` an address. `@name` stands for all patterns of a list in [`TriageRules::words`]. How patterns are
//! matched stands in `triage`; this module must not know.

use super::Localized;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a text is sorted (R1, R2, T4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriageRules {
    /// Where a ticket goes whose category nobody named and no word betrays.
    pub default_category: String,
    /// The priority unless the text says otherwise: the lowest (T4).
    pub default_priority: String,
    /// Patterns that several rules share, by a name that they say as `@name`. A list names no other list.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// What raises it.
    #[serde(default)]
    pub raise: Vec<RaiseRule>,
    /// Words that betray a category.
    #[serde(default)]
    pub categories: Vec<CategoryRule>,
    /// Words that decide the queue. The order of the questions is R1's, whatever the order here.
    #[serde(default)]
    pub queues: Vec<QueueRule>,
    /// Words that put a tag on a ticket.
    #[serde(default)]
    pub tags: Vec<TagRule>,
    /// Patterns that forbid every automatic answer: the customer asks for a person, or it is not about one customer.
    #[serde(default)]
    pub no_answer: Vec<String>,
    /// Automatic answers (R2).
    #[serde(default)]
    pub answers: Vec<AnswerRule>,
}

/// Phrases that raise the priority (T4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaiseRule {
    /// The priority it becomes.
    pub priority: String,
    /// Any of these patterns.
    pub phrases: Vec<String>,
    /// Patterns that take it back: "works again".
    #[serde(default)]
    pub unless: Vec<String>,
    /// Only for customers of these tiers; empty for all. So the same words weigh more for some (T4).
    #[serde(default)]
    pub tiers: Vec<String>,
}

/// Words that betray a category, where the customer named none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRule {
    /// Key of the category.
    pub category: String,
    /// Any of these patterns; the first rule that fires wins, so the more telling ones stand first.
    pub words: Vec<String>,
    /// Parts of the address of the page the ticket came from, asked when no word says anything.
    #[serde(default)]
    pub pages: Vec<String>,
}

/// Who looks at a ticket first, in the order in which R1 asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// API error? A technical fault.
    Engineering,
    /// Billing or account?
    Finance,
    /// A wish (R6).
    FeatureLog,
    /// Churn risk or urgent?
    Urgent,
    /// Everything else.
    Support,
}

impl Queue {
    /// Every queue, in R1's order of questions.
    pub const ALL: [Self; 5] = [Self::Engineering, Self::Finance, Self::FeatureLog, Self::Urgent, Self::Support];

    /// Reads its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.key() == name)
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Engineering => "engineering",
            Self::Finance => "finance",
            Self::FeatureLog => "feature_log",
            Self::Urgent => "urgent",
            Self::Support => "support",
        }
    }
}

/// When a question of R1 is answered with yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueRule {
    /// The queue it leads to.
    pub queue: Queue,
    /// Any of these patterns,
    #[serde(default)]
    pub words: Vec<String>,
    /// or one of these categories,
    #[serde(default)]
    pub categories: Vec<String>,
    /// or one of these priorities.
    #[serde(default)]
    pub priorities: Vec<String>,
    /// Patterns that take it back.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// When a tag is put on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagRule {
    /// The tag.
    pub tag: String,
    /// Any of these patterns.
    pub words: Vec<String>,
}

/// One automatic answer (R2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    /// The rule's name, stable: it is kept with the ticket.
    pub key: String,
    /// How sure it is, in percent: of a hundred such answers at least so many fit.
    pub confidence: u8,
    /// Any of these patterns speaks for it,
    pub any: Vec<String>,
    /// and, where there are such, also one of these.
    #[serde(default)]
    pub with: Vec<String>,
    /// Any of these patterns forbids it.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Only when the customer chose one of these categories or none; empty for all.
    #[serde(default)]
    pub categories: Vec<String>,
    /// What it says, by language. `{field}` is the name of the field that the text named; an answer with it is given only then.
    pub text: Localized,
}
