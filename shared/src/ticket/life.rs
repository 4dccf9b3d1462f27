//! How a ticket ends and what is said about it: root causes and summaries (T1, T3), "did this solve it?" (R3), ratings
//! (U), and what an agent may change at once.

use super::TicketStatus;
use crate::text::{FieldCode, FieldError, Refusals};
use serde::{Deserialize, Deserializer, Serialize};

/// Characters of a resolution summary: three sentences of a careful writer.
pub const SUMMARY_CHARS_MAX: usize = 600;
/// Sentences of a resolution summary (T1).
pub const SUMMARY_SENTENCES_MAX: usize = 3;
/// Characters of what a customer writes beside a rating.
pub const RATING_COMMENT_CHARS_MAX: usize = 2_000;
/// Tags of one ticket.
pub const TAGS_MAX: usize = 20;
/// Characters of a tag.
pub const TAG_CHARS_MAX: usize = 40;
/// The best rating; the worst is 1.
pub const RATING_MAX: u8 = 10;

/// Why it happened (T3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RootCause {
    /// The customer's settings.
    UserMisconfiguration,
    /// A bug of ours.
    ProductBug,
    /// What we run on.
    Infrastructure,
    /// Somebody else's service.
    ThirdParty,
    /// None of these.
    Other,
}

/// What became of an automatic answer (R3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AutoAnswerOutcome {
    /// The customer was asked whether it helped and has not said.
    Waiting,
    /// It solved the matter.
    Accepted,
    /// It did not: a person has the ticket.
    Rejected,
    /// Nothing was heard: a person has the ticket.
    Silent,
}

/// The customer's word on an automatic answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AutoAnswerVerdict {
    /// Whether it solved the matter.
    pub solved: bool,
}

/// A rating as it arrives (U).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatingDraft {
    /// From 1 to 10.
    pub score: u8,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The rating is kept without the customer and the ticket, which says only that it was rated.
    #[serde(default)]
    pub anonymous: bool,
}

impl RatingDraft {
    /// The cleaned comment, when score and comment can be kept.
    ///
    /// # Errors
    /// A [`FieldError`] for each that cannot.
    pub fn check(&self) -> Result<Option<String>, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        if !(1..=RATING_MAX).contains(&self.score) {
            refusals.push("score", FieldCode::InvalidFormat, "expected a number from 1 to 10");
        }
        let comment = refusals.optional_text("comment", self.comment.as_deref(), RATING_COMMENT_CHARS_MAX);
        refusals.into_result(comment)
    }
}

/// What an agent changes of a ticket. What is left out stays; null takes an assignee away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketPatch {
    /// The version that the agent saw; a ticket that was changed since is refused with what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The status to go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TicketStatus>,
    /// Key of a priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Key of a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Who has it: an agent's id, `me`, or null for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub assignee: Option<Option<String>>,
    /// Key of a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// All its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Why it happened; asked for when solving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<RootCause>,
    /// What was done, in one to three sentences; asked for when solving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_summary: Option<String>,
}

/// Tells null from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Checks a resolution summary: some words, at most [`SUMMARY_SENTENCES_MAX`] sentences.
pub fn check_summary(refusals: &mut Refusals, text: Option<&str>) -> Option<String> {
    let summary = refusals.optional_text("resolution_summary", text, SUMMARY_CHARS_MAX)?;
    if sentences(&summary) > SUMMARY_SENTENCES_MAX {
        refusals.push("resolution_summary", FieldCode::TooLong, "at most 3 sentences");
    }
    Some(summary)
}

/// Asks for what a solved ticket must say (T1): `cause` and `summary` are what is known after the change.
pub fn require_solution(refusals: &mut Refusals, has_cause: bool, has_summary: bool) {
    if !has_cause {
        refusals.push("root_cause", FieldCode::Required, "say why it happened when solving a ticket");
    }
    if !has_summary {
        refusals.push("resolution_summary", FieldCode::Required, "say what was done, in one to three sentences");
    }
}

/// Sentences of a text: a stop followed by white space or the end closes one; what is left over is one more.
#[must_use]
pub fn sentences(text: &str) -> usize {
    let mut count = 0;
    let mut open = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let stops = matches!(letter, '.' | '!' | '?' | '…' | '。');
        if stops && open && letters.peek().is_none_or(|next| next.is_whitespace() || letter == '。') {
            count += 1;
            open = false;
        } else if letter.is_alphanumeric() {
            open = true;
        }
    }
    count + usize::from(open)
}

/// Checks tags: at most [`TAGS_MAX`], one line each, no two alike.
pub fn check_tags(refusals: &mut Refusals, tags: Option<&[String]>) -> Option<Vec<String>> {
    let tags = tags?;
    if tags.len() > TAGS_MAX {
        refusals.push("tags", FieldCode::TooLong, "at most 20 tags");
        return None;
    }
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = refusals.required_line("tags", tag, TAG_CHARS_MAX).to_lowercase();
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t1_a_summary_has_one_to_three_sentences() {
        for (text, count) in [
            ("", 0),
            ("Reset the key", 1),
            ("Reset the key.", 1),
            ("Version 2.0.1 fixes api.example.com.", 1),
            ("One. Two! Three?", 3),
            ("Один. Два. Три. Четыре.", 4),
            ("Really?! Yes...", 2),
            ("。", 0),
        ] {
            assert_eq!(sentences(text), count, "{text}");
        }
        let mut refusals = Refusals::default();
        check_summary(&mut refusals, Some("One. Two. Three. Four."));
        let errors = refusals.into_result(()).unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("resolution_summary", FieldCode::TooLong));
    }

    #[test]
    fn u_a_score_is_from_one_to_ten() {
        for (score, fits) in [(0, false), (1, true), (10, true), (11, false)] {
            assert_eq!(RatingDraft { score, comment: None, anonymous: false }.check().is_ok(), fits, "{score}");
        }
    }

    #[test]
    fn an_assignee_that_is_null_is_told_from_one_left_out() {
        let patch = |text: &str| serde_json::from_str::<TicketPatch>(text).unwrap().assignee;
        assert_eq!(patch("{}"), None);
        assert_eq!(patch(r#"{"assignee":null}"#), Some(None));
        assert_eq!(patch(r#"{"assignee":"me"}"#), Some(Some("me".to_owned())));
    }

    #[test]
    fn tags_are_kept_once_and_in_small_letters() {
        let mut refusals = Refusals::default();
        let tags = ["VIP".to_owned(), "vip".to_owned(), " churn ".to_owned()];
        assert_eq!(check_tags(&mut refusals, Some(&tags)), Some(vec!["vip".to_owned(), "churn".to_owned()]));
        check_tags(&mut refusals, Some(&vec!["x".to_owned(); TAGS_MAX + 1]));
        assert!(refusals.into_result(()).is_err());
    }
}
