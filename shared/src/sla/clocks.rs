//! The clocks of a ticket, computed from its facts alone: whoever has the events can compute them again.

use super::run::Run;
use crate::business_hours::Calendar;
use crate::policy::{Policy, SlaRow, Span};
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
    },
    /// Somebody gave it another priority.
    PriorityChanged {
        /// Key of the priority.
        priority: String,
    },
    /// A person of the team answered where the customer can read it. What a rule answers is not such an answer.
    AgentReplied,
    /// The customer wrote again.
    RequesterWrote,
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

    /// What a row promises of it.
    fn target(self, row: &SlaRow) -> Option<Span> {
        match self {
            Self::FirstResponse => Some(row.first_response),
            Self::NextResponse => row.next_response,
            Self::Resolution => row.resolution,
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
    let mut desk = Desk {
        policy,
        facts,
        row: None,
        first: None,
        next: None,
        resolution: None,
        status: TicketStatus::Open,
        reassigned_at: None,
    };
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

/// A ticket while its events pass by.
struct Desk<'a> {
    policy: &'a Policy,
    facts: &'a SlaFacts<'a>,
    /// The promise that holds.
    row: Option<&'a SlaRow>,
    first: Option<Run>,
    next: Option<Run>,
    resolution: Option<Run>,
    status: TicketStatus,
    reassigned_at: Option<Timestamp>,
}

impl Desk<'_> {
    fn take(&mut self, event: &SlaEvent) {
        let at = event.at;
        match &event.kind {
            SlaEventKind::Created { priority, .. } => {
                self.promise(priority);
                self.first = self.start(Metric::FirstResponse, self.facts.created_at);
                self.resolution = self.start(Metric::Resolution, self.facts.created_at);
            }
            SlaEventKind::PriorityChanged { priority } => self.change_priority(priority, at),
            SlaEventKind::AgentReplied => self.answered(at),
            SlaEventKind::RequesterWrote => {
                self.move_to(self.status.after_requester_wrote(), at);
                let first_is_done = self.first.as_ref().is_none_or(Run::is_fulfilled);
                if first_is_done && self.next.as_ref().is_none_or(Run::is_fulfilled) && self.status.is_active() {
                    self.next = self.start(Metric::NextResponse, at);
                }
            }
            SlaEventKind::StatusChanged(status) => self.move_to(*status, at),
            SlaEventKind::Reassigned => self.reassigned_at = Some(at),
        }
    }

    /// The promise and its calendar for a priority of this ticket.
    fn promise(&mut self, priority: &str) {
        self.row = self.policy.promise(priority, self.facts.tier, self.facts.channel);
    }

    fn calendar(&self) -> Option<Calendar> {
        Calendar::new(self.policy.calendars.get(&self.row?.calendar)?).ok()
    }

    fn start(&self, metric: Metric, at: Timestamp) -> Option<Run> {
        Some(Run::start(at, metric.target(self.row?)?, self.calendar()?))
    }

    fn change_priority(&mut self, priority: &str, at: Timestamp) {
        self.promise(priority);
        let calendar = self.calendar();
        let target = |metric: Metric| Some((metric.target(self.row?)?, calendar.clone()?));
        let targets = Metric::ALL.map(target);
        for (run, target) in [&mut self.first, &mut self.next, &mut self.resolution].into_iter().zip(targets) {
            match (run.as_mut(), target) {
                (Some(run), Some((span, calendar))) => run.retarget(at, span, calendar),
                // What is no longer promised is no longer owed; what was kept or broken remains a fact.
                (Some(open), None) if !open.is_settled(at) => *run = None,
                _ => {}
            }
        }
        if self.resolution.is_none() && self.status.is_active() {
            self.resolution = self.start(Metric::Resolution, at);
            if self.status == TicketStatus::Pending
                && let Some(run) = &mut self.resolution
            {
                run.hold(at);
            }
        }
    }

    fn answered(&mut self, at: Timestamp) {
        for run in [&mut self.first, &mut self.next].into_iter().flatten() {
            run.fulfil(at);
        }
    }

    fn move_to(&mut self, status: TicketStatus, at: Timestamp) {
        if self.status == status {
            return;
        }
        self.status = status;
        if !status.is_active() {
            self.answered(at);
        }
        let Some(run) = &mut self.resolution else { return };
        match status {
            TicketStatus::Pending => {
                run.go_on(at);
                run.hold(at);
            }
            TicketStatus::Solved | TicketStatus::Closed => {
                run.fulfil(at);
                run.hold(at);
            }
            TicketStatus::Open | TicketStatus::InProgress => run.go_on(at),
        }
    }
}
