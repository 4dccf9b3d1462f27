//! How the knowledge base is searched (K3).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a team knows of its visitors' words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    /// Bytes of an index, before compression, up to which a page downloads all of it. Of a larger one it downloads the first
    /// part alone, and asks the edge for what that part lacks as soon as somebody pauses in typing.
    pub download_bytes_max: u32,
    /// Groups of words that mean the same to this site's visitors, by language: whoever searches for one finds articles with
    /// the others, below those that have the word itself. What is common to all products the engine knows by itself.
    pub synonyms: BTreeMap<String, Vec<Vec<String>>>,
}

impl Default for Search {
    fn default() -> Self {
        Self { download_bytes_max: DOWNLOAD_BYTES_MAX, synonyms: BTreeMap::new() }
    }
}

/// What a policy says that names no size: about 4,000 articles of 200 words, 0.85 MB over the line.
const DOWNLOAD_BYTES_MAX: u32 = 2_000_000;

/// Most groups of a language: each travels with the index of that language to every visitor.
pub const SYNONYM_GROUPS_MAX: usize = 200;

/// Most words of a group: more are a topic and no synonyms, and all of them would find everything.
pub const SYNONYM_WORDS_MAX: usize = 12;

/// Longest word in characters; a name of a product's part in a language that glues words together.
pub const SYNONYM_CHARS_MAX: usize = 40;
