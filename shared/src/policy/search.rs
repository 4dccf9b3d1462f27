//! How the knowledge base is searched (K3).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a team knows of its visitors' words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// Groups of words that mean the same to this site's visitors, by language: whoever searches for one finds articles with
    /// the others, below those that have the word itself. What is common to all products the engine knows by itself.
    pub synonyms: BTreeMap<String, Vec<Vec<String>>>,
}

/// Most groups of a language: each travels with the index of that language to every visitor.
pub const SYNONYM_GROUPS_MAX: usize = 200;

/// Most words of a group: more are a topic and no synonyms, and all of them would find everything.
pub const SYNONYM_WORDS_MAX: usize = 12;

/// Longest word in characters; a name of a product's part in a language that glues words together.
pub const SYNONYM_CHARS_MAX: usize = 40;
