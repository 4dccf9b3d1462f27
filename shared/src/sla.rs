//! By when we answer: the policy's promise for a ticket, counted by its calendar (P).
//!
//! [`deadlines`] says what is promised on the day a ticket is filed; [`clocks`] how every promise stands after all
//! that happened since; [`actions_due`] what that asks of us. All three are functions of their arguments.

mod actions;
#[cfg(test)]
mod clock_tests;
mod clocks;
mod desk;
#[cfg(test)]
mod promise_tests;
mod promised;
mod run;

pub use actions::*;
pub use clocks::*;
pub use promised::*;

use crate::policy::Policy;
use crate::time::Timestamp;

/// The two promises of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// By when a person answers; none when nothing is promised.
    pub first_response_due_at: Option<Timestamp>,
    /// By when it is solved; none when nothing is promised.
    pub resolution_due_at: Option<Timestamp>,
}

/// The deadlines of a ticket on the day it is filed: what its clocks say at that moment, so that both cannot differ. A
/// policy that was checked has a row and a valid calendar for every priority and tier; should one be missing all the same,
/// nothing is promised rather than something invented.
#[must_use]
pub fn deadlines(policy: &Policy, facts: &SlaFacts<'_>, priority: &str, category: &str) -> Deadlines {
    let kind = SlaEventKind::Created { priority: priority.to_owned(), category: category.to_owned(), promised: None };
    let filed = clocks(policy, facts, &[SlaEvent { at: facts.created_at, kind }], facts.created_at);
    let due = |clock: Option<Clock>| clock.and_then(|clock| clock.due_at);
    Deadlines { first_response_due_at: due(filed.first_response), resolution_due_at: due(filed.resolution) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_file;
    use crate::ticket::Origin;
    use crate::triage::triage;

    fn school() -> Policy {
        policy_file::parse(include_str!("../../presets/school/policy.toml")).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn the_school_preset_promises_what_requirement_p_says() {
        // Saturday noon in Moscow: P0 and P1 count around the clock, P2 from Monday on, P3 by the wall clock.
        let created = at("2026-11-21T09:00:00Z");
        for (row, priority, due) in [
            ("P0 mass outage 15 min", "p0", "2026-11-21T09:15:00Z"),
            ("P1 blocks one user 2 h", "p1", "2026-11-21T11:00:00Z"),
            ("P2 has a workaround 8 h, one business day", "p2", "2026-11-23T15:00:00Z"),
            ("P3 question or wish 24 h", "p3", "2026-11-22T09:00:00Z"),
        ] {
            let facts = SlaFacts { created_at: created, tier: "standard", channel: Origin::Widget };
            assert_eq!(deadlines(&school(), &facts, priority, "other").first_response_due_at, Some(at(due)), "{row}");
        }
    }

    #[test]
    fn t4_a_text_has_the_lowest_priority_unless_it_says_otherwise() {
        let policy = school();
        for (subject, priority) in [
            ("Where is my certificate?", "p3"),
            ("Can't log in before the lesson", "p1"),
            ("Не могу войти", "p1"),
            ("Сайт не открывается ни у кого", "p0"),
            ("The site is down for everyone, and I can't log in", "p0"),
        ] {
            assert_eq!(triage(&policy, None, subject, "").priority, priority, "{subject}");
        }
    }

    #[test]
    fn a_customers_category_is_kept_and_a_missing_one_filled_in() {
        let policy = school();
        assert_eq!(triage(&policy, Some("zoom"), "x", "").category, "zoom");
        assert_eq!(triage(&policy, None, "x", "").category, "other");
    }
}
