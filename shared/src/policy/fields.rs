//! What a form asks besides subject and text, by category (W4): an order's number, the device, the day it happened.

use super::{Keyed, Localized, Named};
use serde::{Deserialize, Serialize};

/// Fields of one category: a form that asks more is not filled in.
pub const FIELDS_MAX: usize = 10;
/// Choices of one field: more are a search, not a list.
pub const CHOICES_MAX: usize = 50;
/// Characters of a text, unless the policy says fewer: a line or two. What is longer belongs into the description.
pub const FIELD_CHARS_MAX: usize = 500;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// One of some choices.
    Choice,
    /// A number, whole or with a decimal point.
    Number,
    /// A day, such as `2026-11-21`.
    Date,
    /// Yes or no.
    Checkbox,
}

/// A field of a category's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// The key, stable, unique in its category.
    pub key: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The label, by language.
    pub label: Localized,
    /// Whether a ticket of the category needs it; of a checkbox, that it is ticked.
    #[serde(default)]
    pub required: bool,
    /// The least number.
    #[serde(default)]
    pub min: Option<i32>,
    /// The greatest number, or the most characters of a text.
    #[serde(default)]
    pub max: Option<i32>,
    /// What may be chosen.
    #[serde(default)]
    pub choices: Vec<Keyed>,
}

impl FormField {
    /// The most characters that the value may have.
    #[must_use]
    pub fn chars_max(&self) -> usize {
        let most = self.max.filter(|_| self.kind == FieldKind::Text).and_then(|max| usize::try_from(max).ok());
        most.map_or(FIELD_CHARS_MAX, |max| max.min(FIELD_CHARS_MAX))
    }
}

impl Named for FormField {
    fn key(&self) -> &str {
        &self.key
    }
    fn label(&self) -> &Localized {
        &self.label
    }
}
