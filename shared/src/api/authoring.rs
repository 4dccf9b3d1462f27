//! Articles on the wire for those who write them: drafts, versions, export, preview (K1, K3).

use crate::article::{Block, Difficulty};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Versions of one article that are kept; the oldest goes first.
pub const VERSIONS_KEPT: u32 = 50;

/// Days without a change after which an article should be looked at (K4: six months).
pub const STALE_DAYS: i64 = 183;

/// A new text for an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArticleEdit {
    /// The language it is written in.
    pub locale: String,
    /// Markdown with front matter.
    pub markdown: String,
    /// Whether readers see it at once; else it is a draft beside what they see.
    #[serde(default)]
    pub publish: bool,
    /// The version that was edited; another newest version is a conflict. Without it the last writer wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// An article as its authors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleDetail {
    /// Its name in addresses.
    pub slug: String,
    /// The language it is written in.
    pub locale: String,
    /// The title of this version.
    pub title: String,
    /// Whether readers see the article.
    pub published: bool,
    /// The version whose text readers see, or would.
    pub published_version: u32,
    /// The newest version; larger than the published one when there is a draft.
    pub newest_version: u32,
    /// Which version this is.
    pub version: u32,
    /// Its text, Markdown with front matter.
    pub markdown: String,
    /// When the published text last changed.
    pub updated_at: Timestamp,
    /// Whether nobody has changed it for [`STALE_DAYS`].
    pub stale: bool,
}

/// One version of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArticleVersion {
    /// Its number, from 1.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Who saved it; empty for what came before versions were kept.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}

/// Makes an old version the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// The language.
    pub locale: String,
    /// The version to take the text from.
    pub version: u32,
    /// Whether readers see it at once.
    #[serde(default)]
    pub publish: bool,
}

/// A source to look at before it is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// Markdown with front matter.
    pub markdown: String,
}

/// What a source would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preview {
    /// Its title.
    pub title: String,
    /// What it answers.
    pub summary: String,
    /// Minutes to read.
    pub minutes: u32,
    /// How much a reader must know already.
    pub difficulty: Option<Difficulty>,
    /// The text.
    pub blocks: Vec<Block>,
}

/// An article as an export gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportedArticle {
    /// The language it is written in.
    pub locale: String,
    /// Its name in addresses.
    pub slug: String,
    /// Whether readers see it.
    pub published: bool,
    /// The text that readers see, of what is not published the newest one: Markdown with front matter.
    pub markdown: String,
    /// Of a published article the newest text, if nobody has published that yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft_markdown: Option<String>,
}

/// A picture that articles can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Picture {
    /// What to write in the article: `![what it shows](address)`. It follows from the bytes and never changes.
    pub address: String,
    /// Its type.
    pub content_type: String,
    /// Its bytes.
    pub size: u32,
}
