//! What people read of an event, in Russian and English: a headline and what is below it.
//!
//! A headline about a ticket begins with `#` and its number. That is not only for people: the bot knows by it which ticket
//! a reply to its message is for.

use super::event::{EventKind, Happening, IncidentBrief, TicketBrief};
use super::terms::{phase, reason, rung, target};
use crate::time::Timestamp;

/// What people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub headline: String,
    /// What is below it; may be empty.
    pub text: String,
}

/// Whether a language tag is Russian; every other language reads English.
#[must_use]
pub fn is_russian(locale: &str) -> bool {
    locale.split('-').next() == Some("ru")
}

/// An instant for people who may sit anywhere: `21.11 14:30 UTC`.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}.{} {} UTC", part(8, 10), part(5, 7), part(11, 16))
}

/// The words for an event.
#[must_use]
pub fn words(happening: &Happening, locale: &str) -> Words {
    let russian = is_russian(locale);
    let data = &happening.data;
    let said = sentence(happening, russian);
    let text = data.text.clone().or_else(|| body(happening, russian)).unwrap_or_default();
    let headline = match (&data.ticket, &data.incident, &data.page) {
        (Some(ticket), ..) => format!("#{} {} — {said}", ticket.number, ticket.subject),
        (_, Some(incident), _) => format!("{said}: {} — {}", incident.title, phase(&incident.status, russian)),
        (.., Some(page)) => format!("{said}: {}", page.summary),
        _ => said,
    };
    Words { headline, text }
}

fn sentence(happening: &Happening, russian: bool) -> String {
    let data = &happening.data;
    let pick = |en: &str, ru: &str| if russian { ru.to_owned() } else { en.to_owned() };
    let due = data.due_at.map(instant).unwrap_or_default();
    let target = target(data.target.as_deref().unwrap_or_default(), russian);
    let to = data.to.as_deref();
    match happening.kind {
        EventKind::TicketCreated => pick("new ticket", "новое обращение"),
        EventKind::MessageCreated => {
            let name = data.message.as_ref().and_then(|message| message.author.clone());
            let name = name.unwrap_or_else(|| pick("the customer", "клиент"));
            pick(&format!("{name} wrote"), &format!("пишет {name}"))
        }
        EventKind::TicketReassigned => match to {
            Some(to) => pick(&format!("given to {to}"), &format!("передано: {to}")),
            None => pick("nobody is free to take it", "некому передать"),
        },
        EventKind::TicketEscalated => {
            let to = rung(to.unwrap_or_default(), russian);
            let why = reason(data.reason.as_deref().unwrap_or_default(), russian);
            pick(&format!("escalated to {to}: {why}"), &format!("эскалация, {to}: {why}"))
        }
        EventKind::TicketRatedLow => {
            let (score, minutes) = (data.score.unwrap_or(0), data.within_minutes.unwrap_or(0));
            pick(
                &format!("rated {score} of 10, look within {minutes} min"),
                &format!("оценка {score} из 10, посмотреть в течение {minutes} мин"),
            )
        }
        EventKind::AutoAnswerFailed => pick("the automatic answer did not help", "автоответ не помог"),
        EventKind::SlaWarning => pick(&format!("{target} is due {due}"), &format!("{target}: срок {due}")),
        EventKind::SlaBreached => {
            pick(&format!("{target} was due {due}: missed"), &format!("{target}: срок {due} пропущен"))
        }
        EventKind::IncidentUpdated => pick("Incident", "Инцидент"),
        EventKind::IncidentUpdateDue => pick("Time for an update", "Пора обновить"),
        EventKind::PostmortemDue => pick("The post-mortem is late", "Постмортем опаздывает"),
        EventKind::IncidentDrafted => pick("Is this an incident?", "Это инцидент?"),
        EventKind::AlertOver => pick("The alert is over", "Алерт закрыт"),
        EventKind::MaintenanceUpdated => pick("Planned work", "Плановые работы"),
        EventKind::PageTriggered => pick("On call, please take", "Дежурный, примите"),
        EventKind::PageAcknowledged => pick("Taken", "Принято"),
        EventKind::OnCallHandoff => pick("On-call handoff", "Передача дежурства"),
        EventKind::DigestCreated => pick("Digest", "Сводка"),
        EventKind::Ping => pick("This destination works", "Доставка сюда работает"),
    }
}

/// What is below the headline.
fn body(happening: &Happening, russian: bool) -> Option<String> {
    let data = &happening.data;
    let who = data.page.as_ref().map(|page| {
        let person = page.person.as_deref().unwrap_or(if russian { "никто" } else { "nobody" });
        format!("{}: {person}", page.level)
    });
    let said = data.message.as_ref().map(|message| message.body.clone());
    let update = data.incident.as_ref().map(|incident| update_of(incident, russian));
    said.or(update).or(who).or_else(|| data.ticket.as_ref().map(|ticket| facts(ticket, russian)))
}

/// What is said of an incident, below who is reminded of it, or when planned work is.
fn update_of(incident: &IncidentBrief, russian: bool) -> String {
    let owner = incident
        .owner
        .as_ref()
        .map(|owner| if russian { format!("Отвечает: {owner}") } else { format!("Owner: {owner}") });
    let said = Some(incident.body.clone()).filter(|said| !said.is_empty());
    [owner, window(incident, russian), said].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// When planned work is, until it is over.
fn window(incident: &IncidentBrief, russian: bool) -> Option<String> {
    let (from, until) = (instant(incident.scheduled_for?), instant(incident.scheduled_until?));
    let words = if russian { format!("С {from} до {until}") } else { format!("From {from} to {until}") };
    (incident.status != "completed").then_some(words)
}

/// A ticket's fields on one line.
#[must_use]
pub fn facts(ticket: &TicketBrief, russian: bool) -> String {
    let nobody = if russian { "никто" } else { "nobody" };
    let assignee = ticket.assignee.as_deref().unwrap_or(nobody);
    format!("{} · {} · {} · {assignee}", ticket.priority, ticket.category, ticket.tier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::event::{EventData, IncidentBrief, MessageBrief, PageBrief};

    fn happening(kind: EventKind) -> Happening {
        let of = |words: &[EventKind]| words.contains(&kind);
        let ticket = TicketBrief {
            number: 12,
            subject: "Cannot pay".into(),
            priority: "p1".into(),
            category: "payment".into(),
            tier: "gold".into(),
            ..TicketBrief::default()
        };
        let message = MessageBrief { body: "Still broken.".into(), ..MessageBrief::default() };
        let incident = IncidentBrief {
            title: "Payments fail".into(),
            status: "resolved".into(),
            body: "Fixed.".into(),
            ..IncidentBrief::default()
        };
        let page = PageBrief { level: "engineering".into(), summary: "Payments fail".into(), ..PageBrief::default() };
        let of_incident = of(&[
            EventKind::IncidentUpdated,
            EventKind::IncidentUpdateDue,
            EventKind::PostmortemDue,
            EventKind::IncidentDrafted,
            EventKind::AlertOver,
            EventKind::MaintenanceUpdated,
        ]);
        let of_page = of(&[EventKind::PageTriggered, EventKind::PageAcknowledged]);
        let bare = of(&[EventKind::Ping, EventKind::OnCallHandoff, EventKind::DigestCreated]);
        let data = EventData {
            ticket: (!of_incident && !of_page && !bare).then_some(ticket),
            message: of(&[EventKind::MessageCreated]).then_some(message),
            incident: of_incident.then_some(incident),
            page: of_page.then_some(page),
            target: Some("resolution".into()),
            due_at: Timestamp::parse_rfc3339("2026-11-21T14:30:00Z"),
            reason: Some("money".into()),
            to: Some("product_lead".into()),
            score: Some(3),
            within_minutes: Some(60),
            text: of(&[EventKind::DigestCreated]).then(|| "3 new".into()),
            ..EventData::default()
        };
        Happening { id: "evt".into(), kind, at: Timestamp::MIN, data }
    }

    #[test]
    fn w6_every_event_is_told_in_english_and_russian() {
        let facts = "p1 · payment · gold · nobody";
        for (kind, en, text, ru) in [
            (EventKind::TicketCreated, "#12 Cannot pay — new ticket", facts, "#12 Cannot pay — новое обращение"),
            (
                EventKind::MessageCreated,
                "#12 Cannot pay — the customer wrote",
                "Still broken.",
                "#12 Cannot pay — пишет клиент",
            ),
            (
                EventKind::TicketReassigned,
                "#12 Cannot pay — given to product_lead",
                facts,
                "#12 Cannot pay — передано: product_lead",
            ),
            (
                EventKind::TicketEscalated,
                "#12 Cannot pay — escalated to the product lead: a large sum",
                facts,
                "#12 Cannot pay — эскалация, руководитель продукта: большая сумма",
            ),
            (
                EventKind::TicketRatedLow,
                "#12 Cannot pay — rated 3 of 10, look within 60 min",
                facts,
                "#12 Cannot pay — оценка 3 из 10, посмотреть в течение 60 мин",
            ),
            (
                EventKind::AutoAnswerFailed,
                "#12 Cannot pay — the automatic answer did not help",
                facts,
                "#12 Cannot pay — автоответ не помог",
            ),
            (
                EventKind::SlaWarning,
                "#12 Cannot pay — resolution is due 21.11 14:30 UTC",
                facts,
                "#12 Cannot pay — решение: срок 21.11 14:30 UTC",
            ),
            (
                EventKind::SlaBreached,
                "#12 Cannot pay — resolution was due 21.11 14:30 UTC: missed",
                facts,
                "#12 Cannot pay — решение: срок 21.11 14:30 UTC пропущен",
            ),
            (
                EventKind::IncidentUpdated,
                "Incident: Payments fail — resolved",
                "Fixed.",
                "Инцидент: Payments fail — решено",
            ),
            (
                EventKind::IncidentUpdateDue,
                "Time for an update: Payments fail — resolved",
                "Fixed.",
                "Пора обновить: Payments fail — решено",
            ),
            (
                EventKind::PostmortemDue,
                "The post-mortem is late: Payments fail — resolved",
                "Fixed.",
                "Постмортем опаздывает: Payments fail — решено",
            ),
            (
                EventKind::IncidentDrafted,
                "Is this an incident?: Payments fail — resolved",
                "Fixed.",
                "Это инцидент?: Payments fail — решено",
            ),
            (
                EventKind::AlertOver,
                "The alert is over: Payments fail — resolved",
                "Fixed.",
                "Алерт закрыт: Payments fail — решено",
            ),
            (
                EventKind::MaintenanceUpdated,
                "Planned work: Payments fail — resolved",
                "Fixed.",
                "Плановые работы: Payments fail — решено",
            ),
            (
                EventKind::PageTriggered,
                "On call, please take: Payments fail",
                "engineering: nobody",
                "Дежурный, примите: Payments fail",
            ),
            (EventKind::PageAcknowledged, "Taken: Payments fail", "engineering: nobody", "Принято: Payments fail"),
            (EventKind::OnCallHandoff, "On-call handoff", "", "Передача дежурства"),
            (EventKind::DigestCreated, "Digest", "3 new", "Сводка"),
            (EventKind::Ping, "This destination works", "", "Доставка сюда работает"),
        ] {
            let read = words(&happening(kind), "en");
            assert_eq!((read.headline.as_str(), read.text.as_str()), (en, text), "{kind:?}");
            assert_eq!(words(&happening(kind), "ru-RU").headline, ru, "{kind:?}");
        }
    }

    #[test]
    fn i8_planned_work_is_told_with_its_window_until_it_is_over() {
        let work = |status: &str| IncidentBrief {
            title: "We move".into(),
            status: status.into(),
            body: "Payments pause.".into(),
            scheduled_for: Timestamp::parse_rfc3339("2026-11-21T14:30:00Z"),
            scheduled_until: Timestamp::parse_rfc3339("2026-11-21T16:00:00Z"),
            ..IncidentBrief::default()
        };
        let en = "From 21.11 14:30 UTC to 21.11 16:00 UTC\nPayments pause.";
        for (status, locale, headline, text) in [
            ("scheduled", "en", "Planned work: We move — scheduled", en),
            ("in_progress", "en", "Planned work: We move — in progress", en),
            ("completed", "en", "Planned work: We move — completed", "Payments pause."),
            (
                "scheduled",
                "ru",
                "Плановые работы: We move — запланировано",
                "С 21.11 14:30 UTC до 21.11 16:00 UTC\nPayments pause.",
            ),
        ] {
            let mut told = happening(EventKind::MaintenanceUpdated);
            told.data.incident = Some(work(status));
            let read = words(&told, locale);
            assert_eq!((read.headline.as_str(), read.text.as_str()), (headline, text), "{status} {locale}");
        }
    }

    #[test]
    fn i4_a_reminder_says_whose_incident_it_is() {
        let mut told = happening(EventKind::IncidentUpdateDue);
        let said = |told: &Happening, locale: &str| words(told, locale).text;
        assert_eq!(said(&told, "en"), "Fixed.");
        if let Some(incident) = &mut told.data.incident {
            incident.owner = Some("Ann".into());
        }
        assert_eq!(
            (said(&told, "en"), said(&told, "ru")),
            ("Owner: Ann\nFixed.".into(), "Отвечает: Ann\nFixed.".into())
        );
    }
}
