//! Surveys (U): what a customer is asked, and when.
//!
//! A rating belongs to its ticket and is given there ([`crate::ticket::RatingDraft`]). The rest is given here: how easy it
//! was, how likely they are to recommend the product, and why they leave. Nobody is asked twice, nobody who does not want to
//! be, and what was shown counts as asked, answered or not.

mod due;
mod report;

pub use due::{History, SurveyDue, due, nps_may_be_asked};
pub use report::{GroupBy, SurveyAction, SurveyFigures, SurveyReport, Tally, report};

use crate::text::{FieldCode, FieldError, Refusals};
use crate::ticket::RATING_COMMENT_CHARS_MAX;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SurveyKind {
    /// How content they are with a ticket's solution, from 1 to 10: its rating, which is given at the ticket.
    Csat,
    /// How easy it was to get a ticket solved, from 1 to 5.
    Effort,
    /// How likely they are to recommend the product, from 0 to 10.
    Nps,
    /// Why they leave.
    Exit,
}

impl SurveyKind {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csat => "csat",
            Self::Effort => "effort",
            Self::Nps => "nps",
            Self::Exit => "exit",
        }
    }

    /// Whether it is about one solved ticket.
    const fn is_of_ticket(self) -> bool {
        matches!(self, Self::Csat | Self::Effort)
    }

    /// The scores that may be given here; none for a question without one.
    const fn scores(self) -> Option<(u8, u8)> {
        match self {
            Self::Effort => Some((1, 5)),
            Self::Nps => Some((0, 10)),
            Self::Csat | Self::Exit => None,
        }
    }
}

/// Why somebody leaves (U).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// It costs too much.
    TooExpensive,
    /// They found something better.
    FoundBetter,
    /// It does not work as it should.
    Technical,
    /// Nobody helped.
    LackOfSupport,
    /// They have no use for it any more.
    NoLongerNeeded,
    /// Something else.
    Other,
}

impl ExitReason {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooExpensive => "too_expensive",
            Self::FoundBetter => "found_better",
            Self::Technical => "technical",
            Self::LackOfSupport => "lack_of_support",
            Self::NoLongerNeeded => "no_longer_needed",
            Self::Other => "other",
        }
    }
}

/// What a survey's answer holds as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SurveyDraft {
    /// Which question.
    pub kind: SurveyKind,
    /// The solved ticket that it is about; for `effort`, and for `csat` that is waved away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// From 1 to 5 for `effort`, from 0 to 10 for `nps`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// For `exit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ExitReason>,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// It was shown and waved away; counts as asked.
    #[serde(default)]
    pub declined: bool,
    /// It is before their eyes and not answered yet; counts as asked, and may still be answered.
    #[serde(default)]
    pub shown: bool,
    /// The answer is kept without the customer.
    #[serde(default)]
    pub anonymous: bool,
}

/// An answer that can be kept; `score` and `reason` are missing when it was declined, or only shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSurvey {
    /// Which question.
    pub kind: SurveyKind,
    /// The ticket that it is about.
    pub ticket: Option<String>,
    /// The score.
    pub score: Option<u8>,
    /// The reason.
    pub reason: Option<ExitReason>,
    /// In the customer's words.
    pub comment: Option<String>,
    /// Whether the answer is kept without the customer.
    pub anonymous: bool,
}

impl NewSurvey {
    /// Checks an answer.
    ///
    /// # Errors
    /// A [`FieldError`] for each field that is missing, out of place or out of range.
    pub fn check(draft: &SurveyDraft) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let is_unanswered = draft.declined || draft.shown;
        let asks = |wanted: bool| wanted && !is_unanswered;
        if draft.kind == SurveyKind::Csat && !draft.declined {
            refusals.push("kind", FieldCode::InvalidFormat, "a rating is given at its ticket");
        }
        match (draft.kind.scores(), draft.score) {
            (Some((least, most)), Some(score)) if asks(true) && !(least..=most).contains(&score) => {
                refusals.push("score", FieldCode::InvalidFormat, "expected 1 to 5 for effort, 0 to 10 for nps");
            }
            (Some(_), None) if asks(true) => refusals.push("score", FieldCode::Required, "a score is needed"),
            (_, Some(_)) if is_unanswered || draft.kind.scores().is_none() => {
                refusals.push("score", FieldCode::InvalidFormat, "leave it out: there is nothing to score here");
            }
            _ => {}
        }
        let leaves = draft.kind == SurveyKind::Exit;
        match draft.reason {
            None if asks(leaves) => refusals.push("reason", FieldCode::Required, "a reason is needed"),
            Some(_) if !leaves || is_unanswered => {
                refusals.push("reason", FieldCode::InvalidFormat, "leave it out: it belongs to an exit survey");
            }
            _ => {}
        }
        match (draft.kind.is_of_ticket(), &draft.ticket) {
            (true, None) => refusals.push("ticket", FieldCode::Required, "the solved ticket is needed"),
            (false, Some(_)) => {
                refusals.push("ticket", FieldCode::InvalidFormat, "leave it out: this question is about no ticket");
            }
            _ => {}
        }
        let comment = refusals.optional_text("comment", draft.comment.as_deref(), RATING_COMMENT_CHARS_MAX);
        refusals.into_result(Self {
            kind: draft.kind,
            ticket: draft.ticket.clone(),
            score: draft.score,
            reason: draft.reason,
            comment: comment.filter(|_| !is_unanswered),
            anonymous: draft.anonymous,
        })
    }

    /// Whether something was said.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.score.is_some() || self.reason.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u_an_answer_that_cannot_be_kept_names_its_field() {
        let base = SurveyDraft {
            kind: SurveyKind::Nps,
            ticket: None,
            score: Some(9),
            reason: None,
            comment: None,
            declined: false,
            shown: false,
            anonymous: false,
        };
        let of = |kind, score, reason, ticket: Option<&str>, declined| SurveyDraft {
            kind,
            score,
            reason,
            ticket: ticket.map(str::to_owned),
            declined,
            ..base.clone()
        };
        let (csat, effort, nps, exit) = (SurveyKind::Csat, SurveyKind::Effort, SurveyKind::Nps, SurveyKind::Exit);
        let other = Some(ExitReason::Other);
        let rows = [
            (of(nps, Some(0), None, None, false), None),
            (of(nps, Some(10), None, None, false), None),
            (of(nps, Some(11), None, None, false), Some("score")),
            (of(nps, None, None, None, false), Some("score")),
            (of(nps, None, None, None, true), None),
            (of(nps, Some(3), None, None, true), Some("score")),
            (of(nps, Some(3), other, None, false), Some("reason")),
            (of(nps, Some(3), None, Some("tkt_1"), false), Some("ticket")),
            (of(effort, Some(1), None, Some("tkt_1"), false), None),
            (of(effort, Some(0), None, Some("tkt_1"), false), Some("score")),
            (of(effort, Some(6), None, Some("tkt_1"), false), Some("score")),
            (of(effort, Some(5), None, None, false), Some("ticket")),
            (of(csat, None, None, Some("tkt_1"), true), None),
            (of(csat, None, None, None, true), Some("ticket")),
            (of(csat, None, None, Some("tkt_1"), false), Some("kind")),
            (of(exit, None, other, None, false), None),
            (of(exit, None, None, None, false), Some("reason")),
            (of(exit, None, None, None, true), None),
            (of(exit, Some(1), other, None, false), Some("score")),
        ];
        for (draft, expected) in rows {
            let refused = NewSurvey::check(&draft).err().map(|errors| errors[0].field.clone());
            assert_eq!(refused.as_deref(), expected, "{draft:?}");
        }
        let shown = SurveyDraft { score: None, shown: true, ..base.clone() };
        assert!(!NewSurvey::check(&shown).expect("it may be shown").is_answered());
        let both = SurveyDraft { shown: true, ..base.clone() };
        assert_eq!(NewSurvey::check(&both).unwrap_err()[0].field, "score");
        let long = SurveyDraft { comment: Some("x".repeat(RATING_COMMENT_CHARS_MAX + 1)), ..base };
        assert_eq!(NewSurvey::check(&long).unwrap_err()[0].field, "comment");
    }
}
