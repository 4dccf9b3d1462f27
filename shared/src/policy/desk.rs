//! What a desk knows tickets by: categories, priorities, tiers, queues.

use super::{FormField, Hundredths, Localized};
use serde::{Deserialize, Serialize};

/// What has a key for programs and a label for people.
pub trait Named {
    /// The key, stable.
    fn key(&self) -> &str;
    /// The label, by language.
    fn label(&self) -> &Localized;
}

/// Something with a key for programs and a label for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyed {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
}

/// What a ticket may be about (P).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
    /// Key of the queue its tickets go to unless their text says otherwise (R1).
    #[serde(default)]
    pub queue: Option<String>,
    /// What its form asks besides subject and text (W4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FormField>,
}

/// How urgent a ticket may be (P).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
    /// What the team does besides answering.
    #[serde(default)]
    pub duties: Vec<Duty>,
}

/// What a priority asks of the team besides an answer (P, preset saas).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Page the engineer on duty at once.
    PageOnDuty,
    /// Update the status page at once.
    UpdateStatusPage,
    /// Write a post-mortem: cause, root-cause analysis, steps of prevention.
    PostMortem,
    /// Offer a task in the issue tracker.
    OfferTask,
    /// Offer to put the answer into the knowledge base.
    OfferArticle,
}

/// A kind of customer, and what it was promised beyond the table of promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The key, stable.
    pub key: String,
    /// The label, by language.
    pub label: Localized,
    /// Percent of first responses that are to be in time (P).
    #[serde(default)]
    pub attainment: Option<u8>,
    /// Percent of a month that the product is to be available, such as `"99.95"` (P5).
    #[serde(default)]
    pub availability: Option<Hundredths>,
    /// What whoever answers this tier must be able to do (R5).
    #[serde(default)]
    pub skills: Vec<String>,
}

macro_rules! named {
    ($($kind:ty),*) => {$(
        impl Named for $kind {
            fn key(&self) -> &str {
                &self.key
            }
            fn label(&self) -> &Localized {
                &self.label
            }
        }
    )*};
}
named!(Keyed, Category, Priority, Tier);
