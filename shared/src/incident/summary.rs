//! What an incident was, in the end (I4): nobody resolves one without saying it.

use super::Incident;
use crate::text::{FieldCode, FieldError, MESSAGE_CHARS_MAX, Refusals};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of the part that says which credit is due.
const CREDIT_CHARS_MAX: usize = 1_000;

/// What an incident was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// What happened when.
    pub timeline: String,
    /// What it meant for customers.
    pub impact: String,
    /// What keeps it from happening again.
    pub prevention: String,
    /// How many customers it concerned, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customers: Option<u32>,
    /// How many requests failed, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_requests: Option<u32>,
    /// Which credit is due, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// How long it lasted, in minutes, the begun one counted.
    pub duration_minutes: u32,
}

/// A summary as it arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SummaryDraft {
    /// What happened when; left out, the updates say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<String>,
    /// What it meant for customers.
    #[serde(default)]
    pub impact: String,
    /// What keeps it from happening again.
    #[serde(default)]
    pub prevention: String,
    /// How many customers it concerned, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customers: Option<u32>,
    /// How many requests failed, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_requests: Option<u32>,
    /// Which credit is due, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

impl SummaryDraft {
    /// The summary of somebody who resolves by one message, as chats do: the message stands for impact and prevention,
    /// the updates for the timeline. Whoever has more to say says it in the post-mortem.
    #[must_use]
    pub fn of_message(message: &str) -> Self {
        Self { impact: message.to_owned(), prevention: message.to_owned(), ..Self::default() }
    }

    /// The summary of an incident that ends at `end`.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept, named below `summary`.
    pub fn check(&self, incident: &Incident, end: Timestamp) -> Result<Summary, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let timeline = refusals.optional_text("summary.timeline", self.timeline.as_deref(), MESSAGE_CHARS_MAX);
        let impact = refusals.required_text("summary.impact", &self.impact, MESSAGE_CHARS_MAX);
        let prevention = refusals.required_text("summary.prevention", &self.prevention, MESSAGE_CHARS_MAX);
        let credit = refusals.optional_text("summary.credit", self.credit.as_deref(), CREDIT_CHARS_MAX);
        refusals.into_result(Summary {
            timeline: timeline.unwrap_or_else(|| timeline_of(incident)),
            impact,
            prevention,
            customers: self.customers,
            failed_requests: self.failed_requests,
            credit,
            duration_minutes: duration_minutes(incident.started_at, end),
        })
    }
}

/// What is refused when an incident is resolved without a word about it.
#[must_use]
pub fn summary_missing() -> FieldError {
    let detail = "an incident is resolved with a summary: {timeline?, impact, prevention}";
    FieldError::new("summary", FieldCode::Required, detail)
}

/// Minutes from one instant to a later one, the begun one counted.
#[must_use]
pub fn duration_minutes(begin: Timestamp, end: Timestamp) -> u32 {
    let millis = (end.as_millis() - begin.as_millis()).max(0);
    u32::try_from((millis + 59_999) / 60_000).unwrap_or(u32::MAX)
}

/// The updates as lines, the oldest first.
#[must_use]
pub fn timeline_of(incident: &Incident) -> String {
    let lines = incident.updates.iter().rev().map(|update| [&minute(update.created_at), " ", &update.body].concat());
    lines.collect::<Vec<_>>().join("\n")
}

/// `2026-11-21 10:20 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    let (day, time) = (text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
    [day, " ", time, " UTC"].concat()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, incident};
    use super::*;
    use crate::incident::Impact;

    #[test]
    fn i4_a_summary_says_impact_and_prevention_and_the_updates_tell_the_rest() {
        let over = incident(1, Impact::Major, None);
        let end = NOW.plus_seconds(61);
        let full = SummaryDraft {
            impact: "Nobody could pay.".into(),
            prevention: "A second bank.".into(),
            ..SummaryDraft::default()
        };
        let summary = full.check(&over, end).unwrap();
        assert_eq!(summary.timeline, "2027-01-15 08:00 UTC text");
        assert_eq!(summary.duration_minutes, 2);
        for (field, draft) in [
            ("summary.impact", SummaryDraft { impact: " ".into(), ..full.clone() }),
            ("summary.prevention", SummaryDraft { prevention: String::new(), ..full.clone() }),
            ("summary.timeline", SummaryDraft { timeline: Some("x".repeat(MESSAGE_CHARS_MAX + 1)), ..full.clone() }),
            ("summary.credit", SummaryDraft { credit: Some("x".repeat(CREDIT_CHARS_MAX + 1)), ..full }),
        ] {
            assert_eq!(draft.check(&over, end).unwrap_err()[0].field, field);
        }
        assert!(SummaryDraft::of_message("It works again.").check(&over, end).is_ok());
    }
}
