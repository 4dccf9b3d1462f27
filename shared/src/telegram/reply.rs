//! What the bot answers, in Russian and English (W6). Plain text: nothing in it has a meaning as markup.
//!
//! Whatever is about one ticket begins with `#` and its number: by that the bot knows what a reply to it is for.

mod said;

pub use said::{Said, say};

use crate::api::Stats;
use crate::delivery::terms::{phase, ticket_status};
use crate::delivery::words::instant;
use crate::incident::Incident;
use crate::ticket::{AgentTicket, AgentTicketSummary, AuthorKind, Message, Ticket, TicketSummary};
use crate::time::Timestamp;

/// Tickets of one list.
pub const LIST_MAX: usize = 10;

/// The team's list, under a title.
#[must_use]
pub fn list(title: Said, tickets: &[AgentTicketSummary], now: Timestamp, russian: bool) -> String {
    if tickets.is_empty() {
        return format!("{}: 0", say(title, russian));
    }
    let lines = tickets.iter().take(LIST_MAX).map(|ticket| {
        let due = due(ticket.desk.due_at, ticket.desk.breached, now, russian);
        format!(
            "#{0} {1}\n{2} · {3}{due} · /view_{0}",
            ticket.number,
            ticket.subject,
            ticket.priority,
            ticket_status(ticket.status.as_str(), false, russian)
        )
    });
    format!("{}: {}\n\n{}", say(title, russian), tickets.len(), lines.collect::<Vec<_>>().join("\n\n"))
}

fn due(due_at: Option<Timestamp>, breached: bool, now: Timestamp, russian: bool) -> String {
    let late = breached || due_at.is_some_and(|due| due <= now);
    let mark = if late { "‼ " } else { "" };
    let word = if russian { "срок" } else { "due" };
    due_at.map(|due| format!(" · {mark}{word} {}", instant(due))).unwrap_or_default()
}

/// One ticket with its thread, for the team.
#[must_use]
pub fn ticket(ticket: &AgentTicket, now: Timestamp, russian: bool) -> String {
    let of = &ticket.ticket;
    let who = ticket.requester.name.as_deref().unwrap_or(say(Said::Customer, russian));
    let due = due(ticket.desk.due_at, ticket.desk.breached, now, russian);
    let head = format!(
        "#{} {}\n{} · {} · {} · {} · {}{due}",
        of.number,
        of.subject,
        who,
        of.priority,
        of.category,
        of.tier,
        ticket_status(of.status.as_str(), false, russian)
    );
    format!("{head}{}", thread(&of.messages, russian))
}

fn thread(messages: &[Message], russian: bool) -> String {
    let mut text = String::new();
    for message in messages {
        let name = message.author.name.as_deref().unwrap_or(match message.author.kind {
            AuthorKind::Requester => say(Said::Customer, russian),
            AuthorKind::Agent => say(Said::Team, russian),
            AuthorKind::Automation => say(Said::Automation, russian),
        });
        let note = if message.internal { format!(" [{}]", say(Said::InternalNote, russian)) } else { String::new() };
        text.push_str(&format!("\n\n{name}{note}, {}:\n{}", instant(message.created_at), message.body));
    }
    text
}

/// What people call a macro's gap. Names of gaps are the policy's; of those that a ticket may fill we know the words.
#[must_use]
pub fn gap(name: &str, russian: bool) -> &str {
    match name {
        "customer_name" => say(Said::CustomersName, russian),
        "customer_email" => say(Said::CustomersEmail, russian),
        "due" => say(Said::DueTime, russian),
        other => other,
    }
}

/// A customer's own tickets.
#[must_use]
pub fn own_list(tickets: &[TicketSummary], russian: bool) -> String {
    if tickets.is_empty() {
        return say(Said::NoneOfYours, russian).to_owned();
    }
    let lines = tickets.iter().take(LIST_MAX).map(|ticket| {
        let status = ticket_status(ticket.status.as_str(), true, russian);
        format!("#{0} {1}\n{status} · /view_{0}", ticket.number, ticket.subject)
    });
    format!("{}\n\n{}", say(Said::Yours, russian), lines.collect::<Vec<_>>().join("\n\n"))
}

/// By when they hear from us (P4), as a line of its own below others; nothing where no promise runs.
#[must_use]
pub fn answer_by(due: Option<&str>, russian: bool) -> String {
    due.map(|due| format!("\n{} {due}.", say(Said::AnswerBy, russian))).unwrap_or_default()
}

/// What a customer reads when a ticket of theirs was opened; what a rule answered is worth reading at once.
#[must_use]
pub fn opened(ticket: &Ticket, due: Option<&str>, russian: bool) -> String {
    let by = answer_by(due, russian);
    let answered = ticket.messages.get(1).map(|message| format!("\n\n{}", message.body)).unwrap_or_default();
    format!("#{} {}\n{}{by}{answered}", ticket.number, ticket.subject, say(Said::Created, russian))
}

/// One of a customer's tickets with its thread, and by when they hear from us.
#[must_use]
pub fn own_ticket(ticket: &Ticket, due: Option<&str>, russian: bool) -> String {
    let status = ticket_status(ticket.status.as_str(), true, russian);
    let head = format!("#{} {}\n{status}{}", ticket.number, ticket.subject, answer_by(due, russian));
    format!("{head}{}\n\n{}", thread(&ticket.messages, russian), say(Said::ReplyHere, russian))
}

/// Figures of the last day.
#[must_use]
pub fn stats(stats: &Stats, russian: bool) -> String {
    let minutes = |value: Option<u32>| value.map_or_else(|| "–".to_owned(), |minutes| minutes.to_string());
    let csat = stats.csat.average_hundredths.map_or_else(|| "–".to_owned(), |h| format!("{}.{:02}", h / 100, h % 100));
    let (first, done) = (minutes(stats.first_response.median_minutes), minutes(stats.resolution.median_minutes));
    let Stats { new, solved, open, pending, first_response_overdue: late, automation_percent: auto, .. } = stats;
    let (met, missed, incidents) = (stats.sla.met, stats.sla.missed, stats.open_incidents);
    if russian {
        format!(
            "За сутки: новых {new}, решено {solved}\nСейчас: открыто {open}, ждут клиента {pending}, просрочен первый ответ {late}, инцидентов {incidents}\n\
             SLA: выполнено {met}, нарушено {missed}\nПервый ответ {first} мин, решение {done} мин (медианы)\nCSAT {csat}, автоответы {auto} %"
        )
    } else {
        format!(
            "Last day: new {new}, solved {solved}\nNow: open {open}, waiting {pending}, first answer overdue {late}, incidents {incidents}\n\
             SLA: met {met}, missed {missed}\nFirst answer {first} min, resolution {done} min (medians)\nCSAT {csat}, automatic answers {auto} %"
        )
    }
}

/// The state of the system.
#[must_use]
pub fn status(incidents: &[Incident], russian: bool) -> String {
    let open: Vec<&Incident> = incidents.iter().filter(|incident| incident.resolved_at.is_none()).collect();
    if open.is_empty() {
        return say(Said::Operational, russian).to_owned();
    }
    let lines = open.iter().map(|incident| {
        let update = incident.updates.first().map_or("", |update| update.body.as_str());
        let (word, since) = (phase(incident.status.as_str(), russian), instant(incident.started_at));
        let end = handle(incident.id.as_str());
        format!("{} — {word}, {since}\n{update}\n/update_{end} · /resolve_{end}", incident.title)
    });
    lines.collect::<Vec<_>>().join("\n\n")
}

/// Whether a message of the bot asks what was done about a ticket.
#[must_use]
pub fn asks_what_was_done(text: &str) -> bool {
    [false, true].iter().any(|russian| text.ends_with(say(Said::WhatWasDone, *russian)))
}

/// By which end of its id an incident is named in a chat.
#[must_use]
pub fn handle(id: &str) -> &str {
    id.len().checked_sub(6).and_then(|from| id.get(from..)).unwrap_or(id)
}

#[cfg(test)]
mod tests;
