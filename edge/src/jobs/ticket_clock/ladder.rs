//! What a ticket's facts say to the ladder (E1): which reasons to go up hold and were not told yet.

use crate::handlers::intake::ENGINEERING_QUEUE;
use crate::store::clock::{ClockFact, Timed};
use buoy_shared::escalation::{self, Case, Reason};
use buoy_shared::policy::Policy;
use buoy_shared::ticket::TicketStatus;
use buoy_shared::time::Timestamp;
use buoy_shared::triage::Signals;

/// The key under which a reason is told once.
pub(super) fn key(reason: Reason) -> String {
    format!("escalated:{}", reason.as_str())
}

/// The reasons that hold and that nobody was told, in E1's order.
pub(super) fn untold(policy: &Policy, timed: &Timed, done: &[String], now: Timestamp) -> Vec<Reason> {
    let reasons = escalation::reasons(policy, &case(timed), now);
    reasons.into_iter().filter(|reason| !done.contains(&key(*reason))).collect()
}

/// When time alone gives the next reason.
pub(super) fn next_at(policy: &Policy, timed: &Timed, now: Timestamp) -> Option<Timestamp> {
    escalation::next_reason_at(policy, &case(timed), now)
}

fn case(timed: &Timed) -> Case<'_> {
    let mut case = Case {
        priority: &timed.priority,
        tier: &timed.tier,
        is_broken: timed.queue == ENGINEERING_QUEUE,
        ..Case::default()
    };
    for fact in &timed.facts {
        case.signals = case.signals.and(signals(fact));
        if fact.kind != "status.changed" {
            continue;
        }
        let at = Timestamp::from(fact.at);
        if let Some(since) = case.working_since.take() {
            case.worked.push((since, at));
        }
        // Investigated is what somebody has taken up: neither what waits in the queue nor what waits for the customer.
        case.working_since = (text(fact, "to") == Some(TicketStatus::InProgress.as_str())).then_some(at);
    }
    case
}

fn signals(fact: &ClockFact) -> Signals {
    fact.data.get("signals").and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default()
}

fn text<'a>(fact: &'a ClockFact, name: &str) -> Option<&'a str> {
    fact.data.get(name)?.as_str()
}
