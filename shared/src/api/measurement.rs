//! What readers do with articles, counted without saying who (K4), and what to write next (K5).

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Events in one request: what one visit of a busy reader makes.
pub const EVENTS_MAX: usize = 50;
/// The last place of a result that is told apart; the panel shows fewer.
pub const PLACE_MAX: u32 = 20;
/// Entries of each list of the report: what a weekly review can look at.
pub const REPORT_LIST_MAX: u32 = 20;
/// Words past which an article is too long to read: ten minutes.
pub const LONG_WORDS: u32 = 2_000;
/// Votes before a share of them means anything.
pub const VOTES_MIN: u32 = 3;

/// Things that happened on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KbEvents {
    /// The site.
    #[serde(default)]
    pub site: String,
    /// The locale of the page.
    #[serde(default)]
    pub locale: String,
    /// What happened, at most [`EVENTS_MAX`].
    #[serde(deserialize_with = "crate::object::list")]
    pub events: Vec<KbEvent>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KbEvent {
    /// What.
    pub kind: KbEventKind,
    /// The article it concerns; for a click and a view.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub slug: String,
    /// The language of the article that was read, which need not be the page's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub locale: String,
    /// The path of the page where an article was read; of it only the kind of page is kept, and that unreadable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// The place of the result that was clicked, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// What was looked for; only for a search that found nothing that fits. It is redacted before it is kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KbEventKind {
    /// A search that found something.
    Search,
    /// A search that found nothing, or nothing that surely fits and none of it was opened.
    NoResult,
    /// A result was opened, the first since the search.
    Click,
    /// An article was read.
    View,
    /// Somebody searched or read and left without sending a ticket.
    Deflected,
    /// Somebody began a ticket, opened an article that was suggested, and left without sending it.
    Abandoned,
}

impl KbEventKind {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::NoResult => "no_result",
            Self::Click => "click",
            Self::View => "view",
            Self::Deflected => "deflected",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether it happens to an article.
    #[must_use]
    pub const fn needs_article(self) -> bool {
        matches!(self, Self::Click | Self::View)
    }
}

/// Why an article did not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteReason {
    /// It answers another question.
    OtherQuestion,
    /// It is hard to follow.
    Unclear,
    /// Something is missing.
    Incomplete,
    /// It is no longer true.
    Outdated,
    /// It did not work.
    DidNotWork,
}

impl VoteReason {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherQuestion => "other_question",
            Self::Unclear => "unclear",
            Self::Incomplete => "incomplete",
            Self::Outdated => "outdated",
            Self::DidNotWork => "did_not_work",
        }
    }
}

/// The weekly review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KbReport {
    /// Where the period begins.
    pub from: Timestamp,
    /// Where it ends, exclusive.
    pub to: Timestamp,
    /// How often what happened.
    pub figures: KbFigures,
    /// Where readers click among results: how often the first, the second and so on.
    pub clicks_by_place: Vec<u32>,
    /// What readers looked for in the period or since, and did not find, the most frequent first.
    pub no_result: Vec<KbGap>,
    /// What customers keep writing about, the most frequent first.
    pub repeated_tickets: Vec<RepeatedTopic>,
    /// Published articles that nobody changed for six months, the oldest first.
    pub stale: Vec<KbArticleNote>,
    /// Published articles that help fewer than half of those who voted since they last changed.
    pub voted_down: Vec<KbArticleNote>,
    /// Published articles of more than ten minutes.
    pub too_long: Vec<KbArticleNote>,
    /// Articles by how often they were read.
    pub most_read: Vec<KbArticleNote>,
}

/// Counts of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KbFigures {
    /// Searches, with and without results.
    pub searches: u32,
    /// Searches without results.
    pub searches_without_result: u32,
    /// Results that were opened, the first after each search.
    pub clicks: u32,
    /// Searches after which a result was opened, in percent of all; the aim is over 30.
    pub click_through_percent: Option<f64>,
    /// Articles that were read.
    pub views: u32,
    /// Votes that an article helped.
    pub helpful_yes: u32,
    /// Votes that it did not.
    pub helpful_no: u32,
    /// The share of helpful votes on a scale to 5; the aim is 4.2.
    pub helpful_score: Option<f64>,
    /// Searches and readings after which no ticket was sent.
    pub deflected: u32,
    /// Tickets that were begun and left for an answer.
    pub abandoned: u32,
    /// Tickets solved in the period.
    pub solved: u32,
    /// Those of them whose answer linked to an article.
    pub solved_by_article: u32,
    /// Their share in percent; the aim is 25.
    pub solved_by_article_percent: Option<f64>,
    /// Published articles.
    pub articles: u32,
}

/// Something that was looked for and not found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KbGap {
    /// The words, redacted.
    pub query: String,
    /// The locale of the page.
    pub locale: String,
    /// How often, ever.
    pub count: u32,
    /// When last.
    pub last_at: Timestamp,
}

/// What several tickets are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RepeatedTopic {
    /// The subject of the first of them.
    pub example: String,
    /// How many.
    pub tickets: u32,
}

/// An article in a list of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KbArticleNote {
    /// Its name in addresses.
    pub slug: String,
    /// The language.
    pub locale: String,
    /// Its title.
    pub title: String,
    /// Times read in the period.
    pub views: u32,
    /// Votes that it helped, since it last changed.
    pub helpful_yes: u32,
    /// Votes that it did not, since then.
    pub helpful_no: u32,
    /// The reason that was named most since then.
    pub reason: Option<VoteReason>,
    /// Minutes to read.
    pub minutes: u32,
    /// When it last changed.
    pub updated_at: Timestamp,
}
