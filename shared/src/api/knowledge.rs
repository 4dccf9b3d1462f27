//! Articles on the wire: found, voted on, imported, published.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

const fn yes() -> bool {
    true
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchAnswer {
    /// The articles, best first.
    pub items: Vec<SearchItem>,
    /// From 0 to 1: how likely it is that the best article answers; comparable across queries and knowledge bases.
    #[serde(default)]
    pub confidence: f32,
    /// Whether it may be given as an answer; else the articles are the nearest there are.
    #[serde(default)]
    pub fits: bool,
}

/// One article that a search found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchItem {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it answers.
    pub summary: String,
    /// The engine's score; comparable within one answer only.
    pub score: f32,
}

/// Whether an article helped (W3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArticleVote {
    /// The site.
    #[serde(default)]
    pub site: String,
    /// The article.
    #[serde(default)]
    pub slug: String,
    /// The locale it was read in.
    #[serde(default)]
    pub locale: String,
    /// Whether it did.
    pub helpful: bool,
    /// Why it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<super::VoteReason>,
}

/// Articles to store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// The articles.
    #[serde(deserialize_with = "crate::object::list")]
    pub articles: Vec<ArticleSource>,
    /// Publish them at once.
    #[serde(default)]
    pub publish: bool,
    /// Rebuild the search index afterwards; a long import says yes only in its last request of a locale.
    #[serde(default = "yes")]
    pub rebuild: bool,
}

/// One article as its author keeps it (K3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArticleSource {
    /// The language it is written in.
    pub locale: String,
    /// Its name in addresses.
    pub slug: String,
    /// Markdown with front matter.
    pub markdown: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// How many were stored.
    pub stored: u32,
    /// What was refused, by slug.
    pub refused: Vec<ImportRefusal>,
}

/// An article that was not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportRefusal {
    /// Its slug.
    pub slug: String,
    /// Why not.
    pub detail: String,
}

/// Publishes or unpublishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// The locale to publish in.
    #[serde(default)]
    pub locale: String,
    /// False takes it back to a draft.
    #[serde(default = "yes")]
    pub published: bool,
}

/// An article as one line of the team's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleInfo {
    /// Its name in addresses.
    pub slug: String,
    /// The language it is written in.
    pub locale: String,
    /// Its title.
    pub title: String,
    /// Whether readers see it.
    pub published: bool,
    /// When its text last changed.
    pub updated_at: Timestamp,
    /// Whether there is a newer text that readers do not see.
    #[serde(default)]
    pub has_draft: bool,
    /// Whether nobody has changed it for [`super::STALE_DAYS`].
    #[serde(default)]
    pub stale: bool,
}
