//! Texts that the team sends: macros, and what it never says (M).

use super::{Localized, WordsByLocale};
use serde::{Deserialize, Serialize};

/// A prepared text with gaps such as `{{customer_name}}` (M); `macro_text` fills them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    /// The key, stable.
    pub key: String,
    /// Its name in the list, by language.
    pub label: Localized,
    /// The text, by language.
    pub body: Localized,
    /// Whether only the team may see what comes of it.
    #[serde(default)]
    pub internal: bool,
}

/// How the team speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replies {
    /// Phrases that are flagged before sending, by language, in lower case (M).
    pub forbidden_phrases: WordsByLocale,
}
