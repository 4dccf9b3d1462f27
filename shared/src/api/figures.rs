//! Figures of the desk (D): what stands now, and what happened in a period.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Missed tickets that are named; more are only counted.
pub const MISSED_NUMBERS_MAX: usize = 100;

/// Support statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stats {
    /// Tickets by status, now.
    pub by_status: BTreeMap<String, u32>,
    /// Tickets that wait for a first answer past its due time, now.
    pub first_response_overdue: u32,
    /// Incidents that are open, now.
    pub open_incidents: u32,
    /// Where the period begins.
    pub from: Timestamp,
    /// Where it ends, exclusive.
    pub to: Timestamp,
    /// Tickets created in the period.
    pub new: u32,
    /// Tickets solved in it.
    pub solved: u32,
    /// Tickets that are open or in progress now.
    pub open: u32,
    /// Tickets that wait for their customer now.
    pub pending: u32,
    /// Tickets of the period that were reopened.
    pub reopened: u32,
    /// Tickets of the period that were escalated.
    pub escalated: u32,
    /// From creation to a person's first answer, tickets created in the period.
    pub first_response: Durations,
    /// From creation to the solution, tickets solved in the period.
    pub resolution: Durations,
    /// Promises of the tickets that were created in the period.
    pub sla: SlaFigures,
    /// Tickets of the period that an automatic answer solved, in percent of those created.
    pub automation_percent: u32,
    /// Ratings given in the period.
    pub csat: CsatFigures,
}

/// How long something took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Durations {
    /// How many were measured.
    pub count: u32,
    /// The middle one, in minutes by the wall clock; null when there is none.
    pub median_minutes: Option<u32>,
    /// The mean, in minutes by the wall clock; null when there is none.
    pub average_minutes: Option<u32>,
}

/// Promises that were kept and missed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlaFigures {
    /// Tickets without a missed promise whose first answer was given.
    pub met: u32,
    /// Tickets with a missed promise.
    pub missed: u32,
    /// The numbers of those, at most 100.
    pub missed_tickets: Vec<u32>,
}

/// Ratings of a period (U).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CsatFigures {
    /// How many were given.
    pub count: u32,
    /// Their mean in hundredths, 800 is 8.00; null when there is none.
    pub average_hundredths: Option<u32>,
    /// Nine and ten.
    pub promoters: u32,
    /// One to six.
    pub detractors: u32,
}
