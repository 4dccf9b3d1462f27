//! What became of a ticket, as its requester may know it (W5): quiet lines between the messages of a thread.
//!
//! They are made from the facts of its history (T5). Most facts are the team's own: clocks, queues, tags, notes, who was
//! passed over. [`ThreadEvent::of`] is the only way from one to the other, so what is not named there stays inside.

use super::{AuthorKind, TicketEvent, TicketStatus};
use crate::id::EventId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThreadEventKind {
    /// Somebody of the team has it now.
    Assigned,
    /// Somebody else of the team has it now.
    Reassigned,
    /// It is solved.
    Solved,
    /// It is open again.
    Reopened,
    /// It is closed.
    Closed,
    /// It goes on in another ticket of the same requester.
    Merged,
    /// Another ticket of the same requester goes on here.
    Joined,
}

/// A quiet line of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThreadEvent {
    /// Its id; the same event may come by several ways.
    pub id: EventId,
    /// What happened.
    pub kind: ThreadEventKind,
    /// On which side of the desk it was done.
    pub actor: AuthorKind,
    /// Who has the ticket now, for `assigned` and `reassigned`.
    pub name: Option<String>,
    /// The other ticket's number, for `merged` and `joined`.
    pub number: Option<u32>,
    /// The ticket's version that it led to: the cursor of what was told.
    pub version: u32,
    /// When.
    pub created_at: Timestamp,
}

impl ThreadEvent {
    /// What a requester may know of a fact; none for what is the team's own.
    #[must_use]
    pub fn of(fact: TicketEvent) -> Option<Self> {
        let text = |name: &str| fact.data.get(name).and_then(serde_json::Value::as_str);
        let number = |name: &str| fact.data.get(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        let (kind, name, number) = match fact.kind.as_str() {
            "assigned" | "sla.reassigned" => {
                let name = text("to_name")?.to_owned();
                let is_first = text("from").is_none();
                let kind = if is_first { ThreadEventKind::Assigned } else { ThreadEventKind::Reassigned };
                (kind, Some(name), None)
            }
            "status.changed" => {
                let (from, to) = (TicketStatus::parse(text("from")?)?, TicketStatus::parse(text("to")?)?);
                (turn(from, to)?, None, None)
            }
            "merged" if text("into").is_some() => (ThreadEventKind::Merged, None, number("to")),
            "merged" => (ThreadEventKind::Joined, None, number("number")),
            _ => return None,
        };
        let TicketEvent { id, actor, version, created_at, .. } = fact;
        Some(Self { id, kind, actor, name, number, version, created_at })
    }
}

/// A change of status that is worth a line: whether we work on it or wait is said by the status itself.
const fn turn(from: TicketStatus, to: TicketStatus) -> Option<ThreadEventKind> {
    match (from, to) {
        (_, TicketStatus::Solved) => Some(ThreadEventKind::Solved),
        (_, TicketStatus::Closed) => Some(ThreadEventKind::Closed),
        (TicketStatus::Solved, _) => Some(ThreadEventKind::Reopened),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fact(kind: &str, data: Value) -> TicketEvent {
        TicketEvent {
            id: EventId::from_random([1; 16]),
            kind: kind.to_owned(),
            actor: AuthorKind::Agent,
            actor_name: Some("Mara".to_owned()),
            data,
            version: 3,
            created_at: Timestamp::from_millis(7),
        }
    }

    fn line(kind: &str, data: Value) -> Option<(Value, Option<String>, Option<u32>)> {
        ThreadEvent::of(fact(kind, data)).map(|event| (json!(event.kind), event.name, event.number))
    }

    #[test]
    fn w5_a_requester_hears_who_has_it_how_it_turned_and_where_it_went() {
        let name = || Some("Ada".to_owned());
        for (kind, data, told) in [
            ("assigned", json!({ "from": null, "to": "agt_1", "to_name": "Ada" }), ("assigned", name(), None)),
            ("assigned", json!({ "from": "agt_2", "to": "agt_1", "to_name": "Ada" }), ("reassigned", name(), None)),
            (
                "sla.reassigned",
                json!({ "key": "k", "from": "agt_2", "to": "agt_1", "to_name": "Ada" }),
                ("reassigned", name(), None),
            ),
            ("status.changed", json!({ "from": "open", "to": "solved" }), ("solved", None, None)),
            ("status.changed", json!({ "from": "solved", "to": "open" }), ("reopened", None, None)),
            ("status.changed", json!({ "from": "solved", "to": "in_progress" }), ("reopened", None, None)),
            ("status.changed", json!({ "from": "solved", "to": "closed" }), ("closed", None, None)),
            ("merged", json!({ "into": "tkt_1", "to": 12 }), ("merged", None, Some(12))),
            ("merged", json!({ "ticket": "tkt_1", "number": 11 }), ("joined", None, Some(11))),
        ] {
            let (word, name, number) = told;
            assert_eq!(line(kind, data), Some((json!(word), name, number)), "{kind}");
        }
    }

    #[test]
    fn w5_what_is_the_teams_own_stays_inside() {
        for (kind, data) in [
            ("assigned", json!({ "from": "agt_1", "to": null, "to_name": null })),
            ("status.changed", json!({ "from": "open", "to": "in_progress" })),
            ("status.changed", json!({ "from": "in_progress", "to": "pending" })),
            ("status.changed", json!({ "from": "open" })),
            ("status.changed", json!({ "from": "open", "to": "lost" })),
            ("sla.breached", json!({ "key": "k" })),
            ("sla.nobody_free", json!({ "from": "agt_1" })),
            ("escalated", json!({ "to": "product_lead" })),
            ("tagged", json!({ "to": ["churn"] })),
            ("note.added", json!({ "message": "msg_1" })),
            ("rated", json!({ "score": 3 })),
        ] {
            assert_eq!(line(kind, data.clone()), None, "{kind} {data}");
        }
    }

    #[test]
    fn w5_an_event_names_nobody_but_who_has_the_ticket() {
        let event = ThreadEvent::of(fact("status.changed", json!({ "from": "open", "to": "solved" }))).unwrap();
        assert!(!serde_json::to_string(&event).unwrap().contains("Mara"));
        assert_eq!((event.version, event.created_at.as_millis()), (3, 7));
    }
}
