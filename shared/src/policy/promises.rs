//! Promises of time and of availability: the table of answers, its alarms, and what a missed month costs.

use super::{Hundredths, Span};
use crate::ticket::Origin;
use serde::{Deserialize, Serialize};

/// One promise (P).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaRow {
    /// Key of the priority.
    pub priority: String,
    /// Key of the tier; left out, every tier that has no row of its own.
    #[serde(default)]
    pub tier: Option<String>,
    /// How the ticket came; left out, every channel that has no row of its own.
    #[serde(default)]
    pub channel: Option<Origin>,
    /// Time to the first answer by a person.
    pub first_response: Span,
    /// Time to each later answer, from the customer's first unanswered message; left out, none is promised.
    #[serde(default)]
    pub next_response: Option<Span>,
    /// Time to the solution; left out, none is promised.
    #[serde(default)]
    pub resolution: Option<Span>,
    /// Name of the calendar that counts.
    pub calendar: String,
}

impl SlaRow {
    /// Whether it speaks of such a ticket, and how closely: a tier of its own weighs more than a channel of its own.
    pub(super) fn closeness(&self, priority: &str, tier: &str, channel: Origin) -> Option<u8> {
        let concerns = self.priority == priority
            && self.tier.as_deref().is_none_or(|own| own == tier)
            && self.channel.is_none_or(|own| own == channel);
        concerns.then(|| 2 * u8::from(self.tier.is_some()) + u8::from(self.channel.is_some()))
    }
}

/// When a promise calls for attention. All of it by the wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// How long before a due time to warn (P1).
    pub warn_before: Span,
    /// Targets shorter than this are warned of when half of their time is left instead (P1).
    pub halfway_under: Span,
    /// How long after its due time an unanswered ticket changes hands (P2).
    pub reassign_after: Span,
}

impl Default for Alerts {
    /// The numbers of P1 and P2, which every preset shares.
    fn default() -> Self {
        Self { warn_before: Span::minutes(30), halfway_under: Span::minutes(60), reassign_after: Span::minutes(120) }
    }
}

/// One row of the table of service credits (P5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceCredit {
    /// It holds for a month that missed its target and reached less than this percentage.
    pub below: Hundredths,
    /// Percent of the next invoice.
    pub percent: u8,
}

/// The clocks of a disputed invoice (D).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingDisputes {
    /// Key of the category that such tickets have.
    pub category: String,
    /// Until a person has acknowledged it.
    pub acknowledge_within: Span,
    /// Until it is settled.
    pub resolve_within: Span,
    /// Name of the calendar that counts both.
    pub calendar: String,
    /// Percent of invoices; as many disputes or more are a red flag.
    pub invoices_percent_below: Hundredths,
}
