//! What a ticket's facts say to the clock: what moved its promises, what was done before, who took it away, when the last
//! word was said.

use crate::rules;
use crate::store::clock::{ClockFact, Timed};
use buoy_shared::policy::Policy;
use buoy_shared::sla::{Promised, SlaEvent, SlaEventKind};
use buoy_shared::ticket::{AuthorKind, AutoAnswerOutcome, TicketStatus};
use buoy_shared::time::Timestamp;

/// Why a person takes over from a machine (R3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandOver {
    /// The customer wrote instead of saying yes.
    Wrote,
    /// Nothing was heard.
    Silent,
    /// Somebody of the team has taken it up.
    Taken,
    /// The customer said yes, and the ticket goes on all the same.
    Reopened,
}

/// Whether a person takes over now.
pub(super) fn hand_over(policy: &Policy, timed: &Timed, now: Timestamp) -> Option<HandOver> {
    if !timed.status.is_active() {
        return None;
    }
    let wrote = |actor: AuthorKind| timed.facts.iter().any(|fact| fact.kind == "message.added" && fact.actor == actor);
    match timed.outcome? {
        AutoAnswerOutcome::Accepted => Some(HandOver::Reopened),
        AutoAnswerOutcome::Rejected | AutoAnswerOutcome::Silent => None,
        AutoAnswerOutcome::Waiting if wrote(AuthorKind::Agent) => Some(HandOver::Taken),
        AutoAnswerOutcome::Waiting if wrote(AuthorKind::Requester) => Some(HandOver::Wrote),
        AutoAnswerOutcome::Waiting => {
            (rules::auto_answer_ends_at(policy, timed.created_at.into()) <= now).then_some(HandOver::Silent)
        }
    }
}

/// What moved its clocks.
pub(super) fn events(timed: &Timed, now: Timestamp) -> Vec<SlaEvent> {
    timed.facts.iter().filter_map(|fact| event(timed, fact, now)).collect()
}

/// A fact as the clocks know it. Facts of one change are a few milliseconds apart, so the last may lie a moment ahead.
fn event(timed: &Timed, fact: &ClockFact, now: Timestamp) -> Option<SlaEvent> {
    let kind = match (fact.kind.as_str(), fact.actor) {
        ("ticket.created", _) => SlaEventKind::Created {
            // The first tickets did not say it.
            priority: text(fact, "priority").unwrap_or(&timed.priority).to_owned(),
            category: text(fact, "category").unwrap_or(&timed.category).to_owned(),
            promised: promised(fact),
        },
        ("message.added", AuthorKind::Agent) => SlaEventKind::AgentReplied,
        ("message.added", AuthorKind::Requester) => SlaEventKind::RequesterWrote,
        ("auto_answer.accepted", _) => SlaEventKind::AutoAnswerAccepted,
        ("status.changed", _) => SlaEventKind::StatusChanged(TicketStatus::parse(text(fact, "to")?)?),
        ("priority.changed", _) => {
            SlaEventKind::PriorityChanged { priority: text(fact, "to")?.to_owned(), promised: promised(fact) }
        }
        ("category.changed", _) => {
            SlaEventKind::CategoryChanged { category: text(fact, "to")?.to_owned(), promised: promised(fact) }
        }
        // Whoever has just taken it over keeps it, whether a rule or a person put it into their hands.
        ("sla.reassigned" | "assigned", _) if text(fact, "to").is_some() => SlaEventKind::Reassigned,
        _ => return None,
    };
    Some(SlaEvent { at: Timestamp::from(fact.at).min(now), kind })
}

fn text<'a>(fact: &'a ClockFact, name: &str) -> Option<&'a str> {
    fact.data.get(name)?.as_str()
}

/// What a fact says was promised; older facts say nothing.
fn promised(fact: &ClockFact) -> Option<Promised> {
    serde_json::from_value(fact.data.get("promised")?.clone()).ok()
}

/// Some tickets bear a change of hands to nobody, which changed nothing.
fn found_nobody(fact: &ClockFact) -> bool {
    fact.kind == "sla.reassigned" && text(fact, "to").is_none()
}

/// Keys of what was done before.
pub(super) fn done(timed: &Timed) -> Vec<String> {
    let facts = timed.facts.iter().filter(|fact| !found_nobody(fact));
    facts.filter_map(|fact| text(fact, "key").map(str::to_owned)).collect()
}

/// Whether somebody of the team took the ticket from whoever had it and gave it to nobody: then it waits where they put it.
pub(super) fn was_put_back(timed: &Timed) -> bool {
    let hands = |fact: &&ClockFact| matches!(fact.kind.as_str(), "assigned" | "sla.reassigned") && !found_nobody(fact);
    let last = timed.facts.iter().rev().find(hands);
    last.is_some_and(|fact| fact.actor == AuthorKind::Agent && text(fact, "to").is_none())
}

/// When something last happened to it.
pub(super) fn last_change(timed: &Timed) -> Timestamp {
    timed.facts.last().map_or(timed.created_at, |fact| fact.at).into()
}

/// Since when a solved ticket has been quiet: since it was solved, or since the last word that both sides can read.
pub(super) fn quiet_since(timed: &Timed) -> Option<Timestamp> {
    let solved_at = timed.solved_at.filter(|_| timed.status == TicketStatus::Solved)?;
    let last_word = timed.facts.iter().rev().find(|fact| fact.kind == "message.added");
    Some(Timestamp::from(solved_at).max(last_word.map_or(solved_at, |fact| fact.at).into()))
}
