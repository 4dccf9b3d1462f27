//! What a ticket was promised: targets and the calendars that count them, as they stood when the promise was given.
//!
//! A policy may change; a promise does not. So the facts of a ticket carry this, and the clocks are computed from it.
//! Of a calendar only the name is kept: its holidays are corrected all year, and a correction is meant for everybody.

use super::{Metric, SlaFacts};
use crate::policy::{BillingDisputes, Policy, SlaRow, Span};
use serde::{Deserialize, Serialize};

/// Targets and the name of the calendar that counts them; none where nothing is promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Until a person answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response: Option<Span>,
    /// Until a person answers whatever the customer wrote after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_response: Option<Span>,
    /// Until it is solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Span>,
    /// Name of the calendar.
    pub calendar: String,
}

impl Targets {
    /// What is promised of a metric.
    pub(super) const fn of(&self, metric: Metric) -> Option<Span> {
        match metric {
            Metric::FirstResponse => self.first_response,
            Metric::NextResponse => self.next_response,
            Metric::Resolution => self.resolution,
        }
    }
}

impl From<&SlaRow> for Targets {
    fn from(row: &SlaRow) -> Self {
        Self {
            first_response: Some(row.first_response),
            next_response: row.next_response,
            resolution: row.resolution,
            calendar: row.calendar.clone(),
        }
    }
}

impl From<&BillingDisputes> for Targets {
    fn from(rule: &BillingDisputes) -> Self {
        Self {
            first_response: Some(rule.acknowledge_within),
            next_response: None,
            resolution: Some(rule.resolve_within),
            calendar: rule.calendar.clone(),
        }
    }
}

/// Everything that a ticket was promised. Where two promises speak of one thing, the earlier end holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// By the table of priorities and tiers (P).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<Targets>,
    /// As a disputed invoice (D).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<Targets>,
}

impl Promised {
    /// What a policy promises to such a ticket.
    #[must_use]
    pub fn by(policy: &Policy, facts: &SlaFacts<'_>, priority: &str, category: &str) -> Self {
        let disputes = policy.billing_disputes.as_ref().filter(|rule| rule.category == category);
        Self {
            usual: policy.promise(priority, facts.tier, facts.channel).map(Targets::from),
            dispute: disputes.map(Targets::from),
        }
    }

    /// Target and calendar of each promise that speaks of a metric.
    pub(super) fn of(&self, metric: Metric) -> impl Iterator<Item = (Span, &str)> {
        let all = self.usual.iter().chain(&self.dispute);
        all.filter_map(move |targets| Some((targets.of(metric)?, targets.calendar.as_str())))
    }
}
