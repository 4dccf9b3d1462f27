//! How good we mean to be: surveys and the red flags of reports.

use super::{Hundredths, Span};
use serde::{Deserialize, Serialize};

/// What customers are asked, and which answers call for somebody (U).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surveys {
    /// Whether a solved ticket asks for a rating from 1 to 10.
    pub csat_after_solved: bool,
    /// Ratings from here on are promoters.
    pub csat_promoter_from: u8,
    /// Ratings from here on, below promoters, are passive; lower ones are detractors.
    pub csat_passive_from: u8,
    /// Ratings below this go to customer success.
    pub csat_alert_below: u8,
    /// Until customer success has turned to such a customer.
    pub csat_alert_within: Span,
    /// An average below this opens an action.
    pub csat_average_below: Hundredths,
    /// The average rating we aim at.
    pub csat_target: Hundredths,
    /// Months between two questions for the net promoter score.
    pub nps_every_months: u8,
    /// The net promoter score we aim at.
    pub nps_target: i8,
    /// The ease, from 1 to 5, that we aim at.
    pub effort_target: Hundredths,
    /// Percent of surveys answered that we aim at.
    pub response_rate_target: u8,
}

/// What reports flag, and how work is audited (D).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Percent of tickets that are to be answered with no human (R3).
    pub automation_percent_target: u8,
    /// An average rating below this is a red flag …
    pub red_csat_below: Hundredths,
    /// … when it lasts this many months.
    pub red_csat_months: u8,
    /// More than this many percent of promises missed are a red flag.
    pub red_sla_misses_percent_over: u8,
    /// Percent of a month's solved tickets that are drawn for an audit.
    pub audit_percent: u8,
    /// Keys of the criteria of an audit.
    pub audit_criteria: Vec<String>,
    /// The best score of an audit.
    pub audit_score_max: u8,
}
