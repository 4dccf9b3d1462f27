//! Surveys (U): what a customer is asked besides the rating of a solved ticket, and when.
//!
//! A rating belongs to its ticket ([`crate::ticket::RatingDraft`]). Here is the rest: how easy it was, how likely they are
//! to recommend the product, and why they leave. Nobody is asked twice, nobody who does not want to be, and what was shown
//! counts as asked, answered or not.

mod report;

pub use report::{GroupBy, SurveyAction, SurveyFigures, SurveyReport, Tally, report};

use crate::text::{FieldCode, FieldError, Refusals};
use crate::ticket::RATING_COMMENT_CHARS_MAX;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Days after a solution in which it is asked how easy it was: later nobody remembers.
const EFFORT_DAYS: i64 = 14;
/// Days that somebody has been here before they are asked whether they would recommend the product.
const KNOWN_DAYS: i64 = 30;
/// Days between any two questions of one person, so that surveys never come in a row.
const REST_DAYS: i64 = 14;
/// Days of a month, on average, in hundredths.
const MONTH_DAYS_HUNDREDTHS: i64 = 3_044;
const DAY_SECONDS: i64 = 86_400;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SurveyKind {
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
            Self::Effort => "effort",
            Self::Nps => "nps",
            Self::Exit => "exit",
        }
    }

    /// The scores that may be given; none for a question without one.
    const fn scores(self) -> Option<(u8, u8)> {
        match self {
            Self::Effort => Some((1, 5)),
            Self::Nps => Some((0, 10)),
            Self::Exit => None,
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
    /// The solved ticket that it is about; for `effort` alone.
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
    /// The answer is kept without the customer.
    #[serde(default)]
    pub anonymous: bool,
}

/// An answer that can be kept; `score` and `reason` are missing when it was declined.
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
        let asks = |wanted: bool| wanted && !draft.declined;
        match (draft.kind.scores(), draft.score) {
            (Some((least, most)), Some(score)) if asks(true) && !(least..=most).contains(&score) => {
                refusals.push("score", FieldCode::InvalidFormat, "expected 1 to 5 for effort, 0 to 10 for nps");
            }
            (Some(_), None) if asks(true) => refusals.push("score", FieldCode::Required, "a score is needed"),
            (_, Some(_)) if draft.declined || draft.kind.scores().is_none() => {
                refusals.push("score", FieldCode::InvalidFormat, "leave it out: there is nothing to score here");
            }
            _ => {}
        }
        let leaves = draft.kind == SurveyKind::Exit;
        match draft.reason {
            None if asks(leaves) => refusals.push("reason", FieldCode::Required, "a reason is needed"),
            Some(_) if !leaves || draft.declined => {
                refusals.push("reason", FieldCode::InvalidFormat, "leave it out: it belongs to an exit survey");
            }
            _ => {}
        }
        match (draft.kind == SurveyKind::Effort, &draft.ticket) {
            (true, None) => refusals.push("ticket", FieldCode::Required, "the solved ticket is needed"),
            (false, Some(_)) => {
                refusals.push("ticket", FieldCode::InvalidFormat, "leave it out: it belongs to an effort survey");
            }
            _ => {}
        }
        let comment = refusals.optional_text("comment", draft.comment.as_deref(), RATING_COMMENT_CHARS_MAX);
        refusals.into_result(Self {
            kind: draft.kind,
            ticket: draft.ticket.clone(),
            score: draft.score,
            reason: draft.reason,
            comment: comment.filter(|_| !draft.declined),
            anonymous: draft.anonymous,
        })
    }

    /// Whether something was said.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.score.is_some() || self.reason.is_some()
    }
}

/// What is known of somebody when it is decided whether to ask them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History<'a> {
    /// Since when they are here.
    pub known_since: Timestamp,
    /// They do not want to be asked.
    pub opted_out: bool,
    /// When they were last asked anything.
    pub last_asked_at: Option<Timestamp>,
    /// When they were last asked whether they would recommend the product.
    pub last_nps_at: Option<Timestamp>,
    /// Their ticket that was solved last and not asked about, and when.
    pub solved: Option<(&'a str, Timestamp)>,
}

/// A question that may be put now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyDue {
    /// Which one.
    pub kind: SurveyKind,
    /// The ticket that it is about, for `effort`.
    pub ticket: Option<String>,
}

/// The one question to put now, if any: about the ticket that was just solved, else whether they would recommend us.
#[must_use]
pub fn due(history: &History<'_>, nps_every_months: u8, now: Timestamp) -> Option<SurveyDue> {
    let rests = history.last_asked_at.is_some_and(|asked| now < asked.plus_seconds(REST_DAYS * DAY_SECONDS));
    if history.opted_out || rests {
        return None;
    }
    let fresh = history.solved.filter(|(_, at)| now < at.plus_seconds(EFFORT_DAYS * DAY_SECONDS));
    if let Some((ticket, _)) = fresh {
        return Some(SurveyDue { kind: SurveyKind::Effort, ticket: Some(ticket.to_owned()) });
    }
    let known = now >= history.known_since.plus_seconds(KNOWN_DAYS * DAY_SECONDS);
    let asks = known && nps_may_be_asked(history.last_nps_at, nps_every_months, now);
    asks.then_some(SurveyDue { kind: SurveyKind::Nps, ticket: None })
}

/// Whether the policy's months have passed since the last question for a recommendation.
#[must_use]
pub fn nps_may_be_asked(last: Option<Timestamp>, every_months: u8, now: Timestamp) -> bool {
    let pause = i64::from(every_months) * MONTH_DAYS_HUNDREDTHS * DAY_SECONDS / 100;
    every_months > 0 && last.is_none_or(|asked| now >= asked.plus_seconds(pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn days_ago(days: i64) -> Timestamp {
        NOW.plus_seconds(-days * DAY_SECONDS)
    }

    fn new_history() -> History<'static> {
        History { known_since: days_ago(400), opted_out: false, last_asked_at: None, last_nps_at: None, solved: None }
    }

    #[test]
    fn u_each_person_is_asked_one_thing_at_a_time_and_never_in_a_row() {
        let solved = Some(("tkt_1", days_ago(1)));
        let asked = |history: History<'_>| due(&history, 12, NOW).map(|due| (due.kind, due.ticket));
        let effort = Some((SurveyKind::Effort, Some("tkt_1".to_owned())));
        let nps = Some((SurveyKind::Nps, None));
        let rows = [
            ("known and never asked", new_history(), nps.clone()),
            ("a ticket was just solved", History { solved, ..new_history() }, effort.clone()),
            ("a solution of long ago", History { solved: Some(("tkt_1", days_ago(14))), ..new_history() }, nps.clone()),
            ("new here", History { known_since: days_ago(29), ..new_history() }, None),
            ("new here with a solution", History { known_since: days_ago(2), solved, ..new_history() }, effort),
            ("asked last week", History { last_asked_at: Some(days_ago(7)), solved, ..new_history() }, None),
            ("asked this year", History { last_nps_at: Some(days_ago(364)), ..new_history() }, None),
            ("asked a year ago", History { last_nps_at: Some(days_ago(366)), ..new_history() }, nps),
            ("wants no questions", History { opted_out: true, solved, ..new_history() }, None),
        ];
        for (who, history, expected) in rows {
            assert_eq!(asked(history), expected, "{who}");
        }
        assert_eq!(due(&new_history(), 0, NOW), None, "a policy of no months never asks");
    }

    #[test]
    fn u_an_answer_that_cannot_be_kept_names_its_field() {
        let base = SurveyDraft {
            kind: SurveyKind::Nps,
            ticket: None,
            score: Some(9),
            reason: None,
            comment: None,
            declined: false,
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
        let (effort, nps, exit) = (SurveyKind::Effort, SurveyKind::Nps, SurveyKind::Exit);
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
            (of(exit, None, other, None, false), None),
            (of(exit, None, None, None, false), Some("reason")),
            (of(exit, None, None, None, true), None),
            (of(exit, Some(1), other, None, false), Some("score")),
        ];
        for (draft, expected) in rows {
            let refused = NewSurvey::check(&draft).err().map(|errors| errors[0].field.clone());
            assert_eq!(refused.as_deref(), expected, "{draft:?}");
        }
        let long = SurveyDraft { comment: Some("x".repeat(RATING_COMMENT_CHARS_MAX + 1)), ..base };
        assert_eq!(NewSurvey::check(&long).unwrap_err()[0].field, "comment");
    }
}
