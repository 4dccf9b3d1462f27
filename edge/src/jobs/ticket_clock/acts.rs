//! What is to be done with one ticket now, decided from its facts: pure, so that a wrong act can be replayed.

use crate::handlers::intake::{Around, earliest, person_for};
use crate::rules;
use crate::store::changes::Fields;
use crate::store::clock::{ClockFact, Standing, Timed};
use crate::store::facts::Fact;
use crate::store::outbox::{Alarm, Task, named_event};
use buoy_shared::assignment::Work;
use buoy_shared::policy::Policy;
use buoy_shared::sla::{
    Action, Clock, Clocks, Metric, SlaEvent, SlaEventKind, SlaFacts, actions_due, clocks, next_due,
};
use buoy_shared::ticket::{AuthorKind, AutoAnswerOutcome, TicketStatus};
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
    closes: bool,
    now: Timestamp,
}

/// Why a person takes over from a machine (R3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HandOver {
    /// The customer wrote instead of saying yes.
    Wrote,
    /// Nothing was heard.
    Silent,
    /// Somebody of the team has taken it up.
    Taken,
}

/// What is done.
#[derive(Default)]
pub(super) struct Acts {
    pub(super) fields: Fields,
    pub(super) facts: Vec<Fact>,
    pub(super) tell: Vec<(String, Task)>,
    keys: Vec<String>,
}

impl Acts {
    pub(super) fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}

impl<'a> Look<'a> {
    pub(super) fn at(policy: &'a Policy, timed: &'a Timed, now: Timestamp) -> Self {
        let facts = SlaFacts { created_at: timed.created_at.into(), tier: &timed.tier, channel: timed.origin };
        let events: Vec<SlaEvent> = timed.facts.iter().filter_map(|fact| event(timed, fact, now)).collect();
        let mut clocks = clocks(policy, &facts, &events, now);
        rules::tighten_disputes(policy, &timed.category, facts.created_at, now, &mut clocks);
        let done: Vec<String> =
            timed.facts.iter().filter_map(|fact| Some(fact.data.get("key")?.as_str()?.to_owned())).collect();
        let due = if timed.status.is_active() { actions_due(&clocks, &done, now) } else { Vec::new() };
        let closes = timed.status == TicketStatus::Solved && closes_at(policy, timed).is_some_and(|at| at <= now);
        Self { policy, timed, clocks, done, due, hand_over: hand_over(policy, timed, now), closes, now }
    }

    /// Whether somebody must be found.
    pub(super) fn needs_person(&self) -> bool {
        self.hand_over.is_some() || self.due.iter().any(|action| matches!(action, Action::Reassign { .. }))
    }

    /// Decides.
    pub(super) fn acts(&self, around: &Around) -> Acts {
        let mut acts = Acts::default();
        if let Some(why) = self.hand_over {
            self.hand_over(why, around, &mut acts);
        }
        for action in &self.due {
            self.act(action, around, &mut acts);
        }
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

    fn hand_over(&self, why: HandOver, around: &Around, acts: &mut Acts) {
        let (kind, outcome) = match why {
            HandOver::Wrote => ("auto_answer.rejected", AutoAnswerOutcome::Rejected),
            HandOver::Silent | HandOver::Taken => ("auto_answer.unanswered", AutoAnswerOutcome::Silent),
        };
        acts.fields.auto_answer_outcome = Some(outcome);
        acts.facts.push(self.fact(kind, "auto_answer", json!({})));
        if why == HandOver::Taken {
            return;
        }
        if self.timed.assignee.is_none()
            && let Some(person) = person_for(self.work(), around, None, self.now)
        {
            let data = json!({ "to": person.id, "to_name": person.name });
            acts.facts.push(self.fact("assigned", "auto_answer_assigned", data));
            acts.fields.assignee_id = Some(Some(person.id));
        }
        let failed = Task::AutoAnswerFailed { ticket_id: self.timed.id.clone(), said: why == HandOver::Wrote };
        acts.tell.push(("auto_answer_failed".to_owned(), failed));
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
            Action::Reassign { .. } => {
                let from = self.timed.assignee.clone();
                let person = person_for(self.work(), around, from.as_deref(), self.now);
                let to = person.as_ref().map(|person| person.id.clone());
                let to_name = person.map(|person| person.name);
                if to.is_some() {
                    acts.fields.assignee_id = Some(to.clone());
                }
                let data = json!({ "key": key, "from": from, "to": to, "to_name": to_name });
                let task = Task::SlaReassigned { ticket_id: self.timed.id.clone(), from, to };
                (self.fact("sla.reassigned", &key, data), task)
            }
        };
        acts.facts.push(fact);
        acts.tell.push((key.clone(), task));
        acts.keys.push(key);
    }

    fn close(&self, acts: &mut Acts) {
        let since = Timestamp::from_millis(self.timed.solved_at.map_or(0, |at| Timestamp::from(at).as_millis()));
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
        let late = [first_response, next_response, resolution].into_iter().flatten().any(|clock| clock.late);
        Standing {
            first_response_due_at: first_response.as_ref().and_then(|clock| clock.due_at),
            resolution_due_at: resolution.as_ref().and_then(|clock| clock.due_at),
            due_at: earliest([running(first_response), running(next_response), running(resolution)]),
            breached: late || self.timed.breached != 0,
            next_due_at: earliest([promises, waits, closes]),
        }
    }
}

fn closes_at(policy: &Policy, timed: &Timed) -> Option<Timestamp> {
    let solved_at = timed.solved_at.filter(|_| timed.status == TicketStatus::Solved)?;
    Some(rules::closes_at(policy, solved_at.into()))
}

fn hand_over(policy: &Policy, timed: &Timed, now: Timestamp) -> Option<HandOver> {
    if timed.outcome != Some(AutoAnswerOutcome::Waiting) || !timed.status.is_active() {
        return None;
    }
    let wrote = |actor: AuthorKind| timed.facts.iter().any(|fact| fact.kind == "message.added" && fact.actor == actor);
    if wrote(AuthorKind::Agent) {
        Some(HandOver::Taken)
    } else if wrote(AuthorKind::Requester) {
        Some(HandOver::Wrote)
    } else {
        (rules::auto_answer_ends_at(policy, timed.created_at.into()) <= now).then_some(HandOver::Silent)
    }
}

/// A fact as the clocks know it. Facts of one change are a few milliseconds apart, so the last may lie a moment ahead.
fn event(timed: &Timed, fact: &ClockFact, now: Timestamp) -> Option<SlaEvent> {
    let text = |name: &str| fact.data.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let kind = match (fact.kind.as_str(), fact.actor) {
        ("ticket.created", _) => {
            // The first tickets did not say it.
            let priority = text("priority").unwrap_or_else(|| timed.priority.clone());
            SlaEventKind::Created { priority, category: text("category").unwrap_or_default() }
        }
        ("message.added", AuthorKind::Agent) => SlaEventKind::AgentReplied,
        ("message.added", AuthorKind::Requester) => SlaEventKind::RequesterWrote,
        ("status.changed", _) => SlaEventKind::StatusChanged(TicketStatus::parse(&text("to")?)?),
        ("priority.changed", _) => SlaEventKind::PriorityChanged { priority: text("to")? },
        ("sla.reassigned", _) => SlaEventKind::Reassigned,
        _ => return None,
    };
    Some(SlaEvent { at: Timestamp::from(fact.at).min(now), kind })
}
