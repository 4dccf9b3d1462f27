//! The clocks of a ticket, computed from its facts alone: whoever has the events can compute them again.

use super::Promised;
use super::desk::Desk;
use super::run::Run;
use crate::policy::{Policy, Span};
use crate::ticket::{Origin, TicketStatus};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a ticket is, for as long as it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlaFacts<'a> {
    /// When it was stored; the first response is counted from here whatever a machine answered (R3).
    pub created_at: Timestamp,
    /// Key of the customer's tier.
    pub tier: &'a str,
    /// How it came.
    pub channel: Origin,
}

/// Something that moves a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlaEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: SlaEventKind,
}

/// What moves a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlaEventKind {
    /// The ticket was stored.
    Created {
        /// Key of its priority.
        priority: String,
        /// Key of its category.
        category: String,
        /// What was promised then; none in old facts, for which the policy of today stands in.
        promised: Option<Promised>,
    },
    /// Somebody gave it another priority.
    PriorityChanged {
        /// Key of the priority.
        priority: String,
        /// What is promised from here on; none as above.
        promised: Option<Promised>,
    },
    /// Somebody gave it another category. It moves a clock where a dispute begins or ends (D).
    CategoryChanged {
        /// Key of the category.
        category: String,
        /// What is promised from here on; none as above.
        promised: Option<Promised>,
    },
    /// A person of the team answered where the customer can read it. What a rule answers is not such an answer.
    AgentReplied,
    /// The customer wrote again.
    RequesterWrote,
    /// The customer said that a rule's answer was enough; the step to solved that follows is no person's answer (R3).
    AutoAnswerAccepted,
    /// It went on.
    StatusChanged(TicketStatus),
    /// It changed hands.
    Reassigned,
}

/// Which promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The first answer by a person.
    FirstResponse,
    /// The answer to whatever the customer wrote after that.
    NextResponse,
    /// The solution.
    Resolution,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 3] = [Self::FirstResponse, Self::NextResponse, Self::Resolution];

    /// The word in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
        }
    }
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Time passes.
    Running,
    /// Time stands still, since we wait for the customer (P3).
    Paused,
    /// Kept in time.
    Fulfilled,
    /// Not kept in time, whether or not it was done later.
    Breached,
}

/// One promise to one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// How it stands.
    pub state: ClockState,
    /// Whether it was not kept in time; stays true when it is done at last.
    pub late: bool,
    /// What was promised, in counted time.
    pub target: Span,
    /// Since when.
    pub started_at: Timestamp,
    /// By when; none while it is paused, and when the calendar never opens long enough.
    pub due_at: Option<Timestamp>,
    /// When it was done.
    pub fulfilled_at: Option<Timestamp>,
    /// Since when it is paused.
    pub paused_since: Option<Timestamp>,
    /// When to warn of it (P1); none unless time passes.
    pub warn_at: Option<Timestamp>,
    /// When the ticket changes hands if nothing happens (P2); none for a solution, and when it changed hands since.
    pub reassign_at: Option<Timestamp>,
}

/// Every promise of a ticket; none where nothing is promised or nothing is owed yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Until a person answers.
    pub first_response: Option<Clock>,
    /// Until a person answers what the customer wrote since.
    pub next_response: Option<Clock>,
    /// Until it is solved.
    pub resolution: Option<Clock>,
}

impl Clocks {
    /// The clock of a metric.
    #[must_use]
    pub const fn get(&self, metric: Metric) -> Option<&Clock> {
        match metric {
            Metric::FirstResponse => self.first_response.as_ref(),
            Metric::NextResponse => self.next_response.as_ref(),
            Metric::Resolution => self.resolution.as_ref(),
        }
    }
}

/// The clocks of a ticket at `now`. Events are in the order of time; what is later than `now` has not happened.
///
/// The first response counts from the creation. The next response counts from the first message that a person has not
/// answered. The solution counts while the ticket is neither pending nor solved; reopened, it goes on with the time
/// that was left. A solved ticket owes no answer.
#[must_use]
pub fn clocks(policy: &Policy, facts: &SlaFacts<'_>, events: &[SlaEvent], now: Timestamp) -> Clocks {
    let mut desk = Desk::new(policy, facts);
    for event in events.iter().filter(|event| event.at <= now) {
        desk.take(event);
    }
    let clock = |run: &Option<Run>| run.as_ref().map(|run| run.clock(&policy.alerts, now, desk.reassigned_at));
    Clocks {
        first_response: clock(&desk.first),
        next_response: clock(&desk.next),
        resolution: clock(&desk.resolution).map(|clock| Clock { reassign_at: None, ..clock }),
    }
}
