//! A ticket while its events pass by: which of its promises starts, is held, goes on or ends with each of them.

use super::run::Run;
use super::{Metric, Promised, SlaEvent, SlaEventKind, SlaFacts};
use crate::business_hours::Calendar;
use crate::policy::{Policy, Span};
use crate::ticket::TicketStatus;
use crate::time::Timestamp;

/// A ticket at some moment of its history.
pub(super) struct Desk<'a> {
    policy: &'a Policy,
    facts: &'a SlaFacts<'a>,
    priority: String,
    category: String,
    promised: Promised,
    pub(super) first: Option<Run>,
    pub(super) next: Option<Run>,
    pub(super) resolution: Option<Run>,
    status: TicketStatus,
    pub(super) reassigned_at: Option<Timestamp>,
    /// The customer has just said yes to a rule's answer; the ticket will be solved by that.
    accepted: bool,
    /// That yes, and no person, ended the first response.
    first_by_machine: bool,
}

impl<'a> Desk<'a> {
    pub(super) fn new(policy: &'a Policy, facts: &'a SlaFacts<'a>) -> Self {
        Self {
            policy,
            facts,
            priority: String::new(),
            category: String::new(),
            promised: Promised::default(),
            first: None,
            next: None,
            resolution: None,
            status: TicketStatus::Open,
            reassigned_at: None,
            accepted: false,
            first_by_machine: false,
        }
    }

    pub(super) fn take(&mut self, event: &SlaEvent) {
        let at = event.at;
        match &event.kind {
            SlaEventKind::Created { priority, category, promised } => {
                self.priority.clone_from(priority);
                self.category.clone_from(category);
                self.promised = self.said_or_of_today(promised.as_ref());
                self.first = self.start(Metric::FirstResponse, self.facts.created_at);
                self.resolution = self.start(Metric::Resolution, self.facts.created_at);
            }
            SlaEventKind::PriorityChanged { priority, promised } => {
                self.priority.clone_from(priority);
                self.promised = self.said_or_of_today(promised.as_ref());
                self.retarget(at);
            }
            SlaEventKind::CategoryChanged { category, promised } => {
                self.category.clone_from(category);
                let dispute = self.said_or_of_today(promised.as_ref()).dispute;
                // Between other categories nothing is promised anew, whatever the policy says by now.
                if dispute.is_some() != self.promised.dispute.is_some() {
                    self.promised.dispute = dispute;
                    self.retarget(at);
                }
            }
            SlaEventKind::AgentReplied => self.answered(at),
            SlaEventKind::RequesterWrote => {
                self.move_to(self.status.after_requester_wrote(), at);
                let first_is_done = self.first.as_ref().is_none_or(Run::is_fulfilled);
                if first_is_done && self.next.as_ref().is_none_or(Run::is_fulfilled) && self.status.is_active() {
                    self.next = self.start(Metric::NextResponse, at);
                }
            }
            SlaEventKind::AutoAnswerAccepted => self.accepted = true,
            SlaEventKind::StatusChanged(status) => self.move_to(*status, at),
            SlaEventKind::Reassigned => self.reassigned_at = Some(at),
        }
    }

    fn said_or_of_today(&self, said: Option<&Promised>) -> Promised {
        said.cloned().unwrap_or_else(|| Promised::by(self.policy, self.facts, &self.priority, &self.category))
    }

    /// A calendar by its name; one that the policy has dropped since is replaced by what counts for such tickets today.
    fn calendar(&self, name: &str) -> Option<Calendar> {
        let calendars = &self.policy.calendars;
        let of_today = || self.policy.promise(&self.priority, self.facts.tier, self.facts.channel);
        let spec = calendars.get(name).or_else(|| calendars.get(&of_today()?.calendar));
        Calendar::new(spec?).ok()
    }

    /// What is promised of a metric, each with its calendar.
    fn targets(&self, metric: Metric) -> impl Iterator<Item = (Span, Calendar)> {
        self.promised.of(metric).filter_map(|(span, calendar)| Some((span, self.calendar(calendar)?)))
    }

    /// The promise of a metric that ends first when counted from `at`.
    fn start(&self, metric: Metric, at: Timestamp) -> Option<Run> {
        earliest(self.targets(metric).map(|(span, calendar)| Run::start(at, span, calendar)), at)
    }

    /// Other promises hold from here on.
    fn retarget(&mut self, at: Timestamp) {
        for metric in Metric::ALL {
            let before = match metric {
                Metric::FirstResponse => &self.first,
                Metric::NextResponse => &self.next,
                Metric::Resolution => &self.resolution,
            };
            // What was kept or broken remains a fact.
            let Some(before) = before.clone().filter(|run| !run.is_settled(at)) else { continue };
            let retargeted = self.targets(metric).map(|(span, calendar)| before.clone().retarget(at, span, calendar));
            // What is no longer promised is no longer owed.
            let after = earliest(retargeted, at);
            match metric {
                Metric::FirstResponse => self.first = after,
                Metric::NextResponse => self.next = after,
                Metric::Resolution => self.resolution = after,
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
        let reopens = status.is_active() && !self.status.is_active();
        self.status = status;
        let accepted = std::mem::take(&mut self.accepted);
        if !status.is_active() {
            if let Some(run) = self.first.as_mut().filter(|run| accepted && !run.is_fulfilled()) {
                run.fulfil(at);
                run.hold(at);
                self.first_by_machine = true;
            }
            self.answered(at);
        } else if std::mem::take(&mut self.first_by_machine)
            && let Some(run) = &mut self.first
        {
            run.go_on(at);
        }
        if reopens && self.resolution.is_none() {
            // It was promised while nothing was owed.
            self.resolution = self.start(Metric::Resolution, at);
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

/// The run that ends first if time passes from `at` on; one that never ends comes last.
fn earliest(runs: impl Iterator<Item = Run>, at: Timestamp) -> Option<Run> {
    runs.min_by_key(|run| run.due_from(at).unwrap_or(Timestamp::MAX))
}
