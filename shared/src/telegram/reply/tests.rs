//! Exact replies.

use super::*;
use crate::id::{CustomerId, IncidentId, MessageId, TicketId, UpdateId};
use crate::ticket::{Author, Desk, Requester, TicketStatus};

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an instant")
}

fn summary(number: u32, subject: &str, due_at: Option<Timestamp>) -> AgentTicketSummary {
    AgentTicketSummary {
        id: TicketId::from_random([1; 16]),
        number,
        status: TicketStatus::Open,
        priority: "p1".into(),
        category: "payment".into(),
        tier: "standard".into(),
        subject: subject.into(),
        desk: Desk {
            version: 1,
            assignee: None,
            queue: "support".into(),
            tags: Vec::new(),
            root_cause: None,
            resolution_summary: None,
            solved_at: None,
            escalated_at: None,
            merged_into: None,
            due_at,
            breached: false,
        },
        requester: Requester {
            id: CustomerId::from_random([1; 16]),
            external_id: None,
            name: None,
            email: None,
            verified: false,
        },
        created_at: at("2026-11-21T09:00:00Z"),
        updated_at: at("2026-11-21T09:00:00Z"),
        first_response_due_at: None,
        first_responded_at: None,
    }
}

#[test]
fn b_a_list_names_each_ticket_its_due_time_and_how_to_open_it() {
    let now = at("2026-11-21T12:00:00Z");
    let tickets = [
        summary(12, "Cannot pay", Some(at("2026-11-21T11:00:00Z"))),
        summary(7, "Where is my <b>course</b>?", Some(at("2026-11-21T14:30:00Z"))),
        summary(3, "A wish", None),
    ];
    assert_eq!(
        list(Said::OpenTickets, &tickets, now, false),
        "Open tickets: 3\n\n#12 Cannot pay\np1 · open · ‼ due 21.11 11:00 UTC · /view_12\n\n\
         #7 Where is my <b>course</b>?\np1 · open · due 21.11 14:30 UTC · /view_7\n\n#3 A wish\np1 · open · /view_3"
    );
    assert_eq!(list(Said::MyTickets, &[], now, true), "Мои обращения: 0");
    let many: Vec<_> = (1..=12).map(|number| summary(number, "x", None)).collect();
    assert_eq!(list(Said::SlaTickets, &many, now, false).matches("/view_").count(), LIST_MAX);
}

#[test]
fn w6_a_customer_reads_how_far_a_ticket_is_in_words() {
    let own = |number, status| TicketSummary {
        id: TicketId::from_random([1; 16]),
        number,
        status,
        priority: "p1".into(),
        category: "payment".into(),
        subject: "Оплата".into(),
        created_at: at("2026-11-21T09:00:00Z"),
        updated_at: at("2026-11-21T09:00:00Z"),
        first_response_due_at: None,
        first_responded_at: None,
        unread: 0,
    };
    let tickets = [own(12, TicketStatus::InProgress), own(7, TicketStatus::Pending)];
    assert_eq!(
        own_list(&tickets, true),
        "Ваши обращения\n\n#12 Оплата\nв работе · /view_12\n\n#7 Оплата\nждём вас · /view_7"
    );
    assert!(
        own_list(&tickets, false).contains("\nin progress · /view_12")
            && own_list(&tickets, false).contains("\nwaiting for you")
    );
    let mine = AgentTicketSummary { status: TicketStatus::Pending, ..summary(7, "Оплата", None) };
    assert!(list(Said::MyTickets, &[mine], at("2026-11-21T09:00:00Z"), true).contains("p1 · ждёт клиента · /view_7"));
}

#[test]
fn b_the_state_of_the_system_names_each_open_incident_and_how_to_update_and_resolve_it() {
    let started = at("2026-11-21T09:00:00Z");
    let incident: Incident = serde_json::from_value(serde_json::json!({
        "id": IncidentId::from_random([9; 16]), "title": "Payments fail", "status": "investigating", "severity": "p1",
        "impact": "critical", "components": [], "started_at": started, "resolved_at": null, "updated_at": started,
        "updates": [{ "id": UpdateId::from_random([1; 16]), "status": "investigating", "body": "Cards are declined.", "created_at": started }],
    }))
    .expect("an incident");
    let end = handle(incident.id.as_str()).to_owned();
    assert_eq!(
        status(std::slice::from_ref(&incident), true),
        format!("Payments fail — разбираемся, 21.11 09:00 UTC\nCards are declined.\n/update_{end} · /resolve_{end}")
    );
    let over = Incident { resolved_at: Some(started), ..incident };
    assert_eq!(status(&[over], false), "All systems operational.");
}

#[test]
fn a_thread_says_who_wrote_what_and_marks_notes() {
    let message = |kind, name: Option<&str>, body: &str, internal| Message {
        id: MessageId::from_random([1; 16]),
        seq: 1,
        author: Author { kind, name: name.map(str::to_owned) },
        body: body.into(),
        attachments: Vec::new(),
        internal,
        created_at: at("2026-11-21T09:00:00Z"),
    };
    let messages = [
        message(AuthorKind::Requester, None, "Help", false),
        message(AuthorKind::Agent, Some("Ann"), "angry", true),
        message(AuthorKind::Automation, None, "Try this", false),
    ];
    assert_eq!(
        thread(&messages, false),
        "\n\nCustomer, 21.11 09:00 UTC:\nHelp\n\nAnn [note], 21.11 09:00 UTC:\nangry\n\nAutomatic answer, 21.11 09:00 UTC:\nTry this"
    );
}
