//! What is to be done with one ticket now, decided from its facts: pure, so that a wrong act can be replayed.

use super::history::{self, HandOver};
use super::ladder;
use crate::handlers::intake::earliest;
use crate::hands::{Around, person_for, take_up, taken_up};
use crate::rules;
use crate::store::changes::Fields;
use crate::store::clock::{Standing, Timed};
use crate::store::facts::Fact;
use crate::store::outbox::{Alarm, Task, named_event};
use buoy_shared::assignment::{Work, look_again_at};
use buoy_shared::escalation::Reason;
use buoy_shared::policy::Policy;
use buoy_shared::sla::{Action, Clock, Clocks, Metric, SlaFacts, actions_due, clocks, next_due};
use buoy_shared::ticket::{AutoAnswerOutcome, TicketStatus};
use buoy_shared::time::Timestamp;
use serde_json::json;

/// A ticket that is being looked at.
pub(super) struct Look<'a> {
    policy: &'a Policy,
    timed: &'a Timed,
    clocks: Clocks,
    /// Keys of what was done before.
    done: Vec<String>,
    due: Vec<Action>,
    hand_over: Option<HandOver>,
    /// Nobody has it, and nobody meant that.
    is_left: bool,
    /// Why somebody above hears of it now (E1).
    goes_up: Vec<Reason>,
    closes: bool,
    now: Timestamp,
}

/// What is done.
#[derive(Default)]
pub(super) struct Acts {
    pub(super) fields: Fields,
    pub(super) facts: Vec<Fact>,
    pub(super) tell: Vec<(String, Task)>,
    keys: Vec<String>,
    /// Somebody is wanted and nobody was free: look again later.
    wants_person: bool,
}

impl Acts {
    pub(super) fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}

impl<'a> Look<'a> {
    pub(super) fn at(policy: &'a Policy, timed: &'a Timed, now: Timestamp) -> Self {
        let facts = SlaFacts { created_at: timed.created_at.into(), tier: &timed.tier, channel: timed.origin };
        let clocks = clocks(policy, &facts, &history::events(timed, now), now);
        let done = history::done(timed);
        let active = timed.status.is_active();
        let due = if active { actions_due(&clocks, &done, now) } else { Vec::new() };
        let closes = closes_at(policy, timed).is_some_and(|at| at <= now);
        let hand_over = history::hand_over(policy, timed, now);
        let asks = timed.outcome == Some(AutoAnswerOutcome::Waiting) && hand_over.is_none();
        let is_left = active && !asks && timed.assignee.is_none() && !history::was_put_back(timed);
        let goes_up = if active { ladder::untold(policy, timed, &done, now) } else { Vec::new() };
        Self { policy, timed, clocks, done, due, hand_over, is_left, goes_up, closes, now }
    }

    /// Whether somebody must be found.
    pub(super) fn needs_person(&self) -> bool {
        self.hand_over.is_some()
            || self.is_left
            || self.due.iter().any(|action| matches!(action, Action::Reassign { .. }))
    }

    /// Decides.
    pub(super) fn acts(&self, around: &Around) -> Acts {
        let mut acts = Acts::default();
        for action in &self.due {
            self.act(action, around, &mut acts);
        }
        if let Some(why) = self.hand_over {
            self.hand_over(why, &mut acts);
        }
        let has_holder = self.timed.assignee.is_some() || acts.fields.assignee_id.is_some();
        if (self.is_left || self.hands_over()) && !has_holder {
            self.give(around, &mut acts);
        }
        self.goes_up.iter().for_each(|reason| self.escalate(*reason, &mut acts));
        if self.closes {
            self.close(&mut acts);
        }
        acts
    }

    fn fact(&self, kind: &'static str, key: &str, data: serde_json::Value) -> Fact {
        let name = format!("{}|{}|{key}", self.timed.site, self.timed.id);
        Fact::automatic(kind, data, self.now).under(named_event(&name))
    }

    fn work(&self) -> Work<'_> {
        let urgent = rules::is_urgent(self.policy, &self.timed.priority);
        Work { category: &self.timed.category, tier: &self.timed.tier, queue: &self.timed.queue, urgent }
    }

    /// Whether somebody else than a machine is wanted now, whoever took the ticket before.
    fn hands_over(&self) -> bool {
        matches!(self.hand_over, Some(HandOver::Wrote | HandOver::Silent | HandOver::Reopened))
    }

    /// The machine's answer is done with. Names bear the version, since an answer may be accepted and rejected again.
    fn hand_over(&self, why: HandOver, acts: &mut Acts) {
        let (kind, outcome) = match why {
            HandOver::Wrote | HandOver::Reopened => ("auto_answer.rejected", AutoAnswerOutcome::Rejected),
            HandOver::Silent | HandOver::Taken => ("auto_answer.unanswered", AutoAnswerOutcome::Silent),
        };
        acts.fields.auto_answer_outcome = Some(outcome);
        acts.facts.push(self.fact(kind, &format!("auto_answer:{}", self.timed.version), json!({})));
        if why != HandOver::Taken {
            let failed = Task::AutoAnswerFailed { ticket_id: self.timed.id.clone(), said: why != HandOver::Silent };
            acts.tell.push((format!("auto_answer_failed:{}", self.timed.version), failed));
        }
    }

    /// Gives a ticket that nobody has to somebody, if somebody is free.
    fn give(&self, around: &Around, acts: &mut Acts) {
        let Some(person) = take_up(self.work(), self.timed.assignee.as_deref(), around, self.now) else {
            acts.wants_person = true;
            return;
        };
        acts.facts.push(self.fact("assigned", &format!("assigned:{}", self.timed.version), taken_up(&person)));
        acts.fields.assignee_id = Some(Some(person.id));
    }

    fn act(&self, action: &Action, around: &Around, acts: &mut Acts) {
        let key = action.key();
        let alarm = |metric: Metric, due_at: Timestamp| Alarm {
            ticket_id: self.timed.id.clone(),
            target: metric.as_str().to_owned(),
            due_at,
        };
        let data = |metric: Metric, due_at: Timestamp| json!({ "key": key, "target": metric, "due_at": due_at });
        let (fact, task) = match *action {
            Action::Warn { metric, due_at } => {
                (self.fact("sla.warned", &key, data(metric, due_at)), Task::SlaWarning(alarm(metric, due_at)))
            }
            Action::Breach { metric, due_at } => {
                (self.fact("sla.breached", &key, data(metric, due_at)), Task::SlaBreach(alarm(metric, due_at)))
            }
            Action::Reassign { .. } => return self.reassign(key, around, acts),
        };
        acts.facts.push(fact);
        acts.tell.push((key.clone(), task));
        acts.keys.push(key);
    }

    /// Gives it to somebody else (P2). It changes hands only where there are others; where there are none, the team is told
    /// once, and somebody is looked for again.
    fn reassign(&self, key: String, around: &Around, acts: &mut Acts) {
        let from = self.timed.assignee.clone();
        let person = person_for(self.work(), around, from.as_deref(), self.now);
        let to = person.as_ref().map(|person| person.id.clone());
        let task = Task::SlaReassigned { ticket_id: self.timed.id.clone(), from: from.clone(), to: to.clone() };
        if let Some(person) = person {
            let data = json!({ "key": key, "from": from, "to": to, "to_name": person.name });
            acts.facts.push(self.fact("sla.reassigned", &key, data));
            acts.fields.assignee_id = Some(to);
            acts.tell.push((key.clone(), task));
        } else {
            acts.wants_person = true;
            let told = format!("{key}:nobody");
            if !self.done.contains(&told) {
                acts.facts.push(self.fact("sla.nobody_free", &told, json!({ "key": told, "from": from })));
                acts.tell.push((told, task));
            }
        }
        acts.keys.push(key);
    }

    /// Tells somebody above, once for each reason (E1).
    fn escalate(&self, reason: Reason, acts: &mut Acts) {
        let key = ladder::key(reason);
        let to = reason.rung().as_str();
        let data = json!({ "key": key, "reason": reason, "to": to });
        acts.facts.push(self.fact("escalated", &key, data));
        acts.fields.escalated_at = Some(self.now.as_millis());
        let (ticket_id, reason) = (self.timed.id.clone(), reason.as_str().to_owned());
        acts.tell.push((key, Task::Escalation { ticket_id, reason, to: Some(to.to_owned()), tickets: Vec::new() }));
    }

    fn close(&self, acts: &mut Acts) {
        let Some(since) = history::quiet_since(self.timed) else { return };
        let key = format!("closed:{}", since.as_millis());
        acts.facts.push(self.fact("closed.quiet", &key, json!({ "quiet_since": since })));
        let data = json!({ "from": TicketStatus::Solved, "to": TicketStatus::Closed });
        acts.facts.push(self.fact("status.changed", &format!("{key}:status"), data));
        acts.fields.status = Some(TicketStatus::Closed);
        acts.tell.push((key, Task::NotifyThread { ticket_id: self.timed.id.to_string() }));
    }

    /// How the promises stand when this was done, and when to look again.
    pub(super) fn standing(&self, acts: &Acts) -> Standing {
        let active = self.timed.status.is_active();
        let running = |clock: &Option<Clock>| {
            clock.as_ref().filter(|clock| active && clock.fulfilled_at.is_none()).and_then(|clock| clock.due_at)
        };
        let Clocks { first_response, next_response, resolution } = &self.clocks;
        let done: Vec<&String> = self.done.iter().chain(&acts.keys).collect();
        let promises = if active { next_due(&self.clocks, &done, self.now) } else { None };
        let waits = if active && self.hand_over.is_none() && self.timed.outcome == Some(AutoAnswerOutcome::Waiting) {
            Some(rules::auto_answer_ends_at(self.policy, self.timed.created_at.into()))
        } else {
            None
        };
        let closes = if self.closes { None } else { closes_at(self.policy, self.timed) };
        let goes_up = if active { ladder::next_at(self.policy, self.timed, self.now) } else { None };
        let again = acts.wants_person.then(|| look_again_at(history::last_change(self.timed), self.now));
        let late = [first_response, next_response, resolution].into_iter().flatten().any(|clock| clock.late);
        Standing {
            first_response_due_at: first_response.as_ref().and_then(|clock| clock.due_at),
            resolution_due_at: resolution.as_ref().and_then(|clock| clock.due_at),
            due_at: earliest([running(first_response), running(next_response), running(resolution)]),
            breached: late || self.timed.breached != 0,
            next_due_at: earliest([promises, waits, closes, goes_up, again]),
        }
    }
}

fn closes_at(policy: &Policy, timed: &Timed) -> Option<Timestamp> {
    history::quiet_since(timed).map(|since| rules::closes_at(policy, since))
}
