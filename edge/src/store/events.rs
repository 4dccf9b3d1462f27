//! Events: what an outbox row tells, read once when it is told, and a delivery for each destination that wants it.

use super::outbox::{Entry, Task};
use super::{Db, Query, alert_ends, digests, pages, subscribers};
use crate::error::ApiError;
use buoy_shared::delivery::event::{
    EventData, EventKind, IncidentBrief, MessageBrief, PageBrief, TEXT_CHARS_MAX, TicketBrief, cut,
};
use buoy_shared::digest::Due;
use buoy_shared::id::{SiteId, TicketId};
use buoy_shared::time::Timestamp;
use serde::Deserialize;

/// How long events and what became of them are kept, in seconds: a month of looking back, and no attempt lasts as long.
const RETENTION_SECONDS: i64 = 30 * 86_400;

#[derive(Debug, Default, Deserialize)]
struct TicketStory {
    ticket: Option<TicketBrief>,
    message: Option<MessageBrief>,
    from: Option<String>,
    to: Option<String>,
}

/// Reads a ticket in a few fields, one of its messages (without a name the first), and what people are called.
async fn ticket_story(
    db: &Db,
    site: &SiteId,
    ticket: &TicketId,
    message: Option<&str>,
    people: (Option<&str>, Option<&str>),
) -> Result<Option<TicketStory>, ApiError> {
    let query = Query::new(
        "SELECT json_object('ticket', json_object('id', t.ticket_id, 'number', t.number, 'subject', t.subject, 'status', t.status, \
         'priority', t.priority, 'category', t.category, 'tier', t.tier, 'queue', t.queue, 'requester', c.name, \
         'assignee', (SELECT a.name FROM agents a WHERE a.site_id = ?1 AND a.agent_id = t.assignee_id)), \
         'message', (SELECT json_object('id', m.message_id, 'author_kind', m.author_kind, 'author', m.author_name, 'body', substr(m.body, 1, ?4)) \
         FROM messages m WHERE m.site_id = ?1 AND m.ticket_id = ?2 AND m.internal = 0 AND CASE WHEN ?3 IS NULL THEN m.seq = 1 ELSE m.message_id = ?3 END), \
         'from', (SELECT a.name FROM agents a WHERE a.site_id = ?1 AND a.agent_id = ?5), \
         'to', (SELECT a.name FROM agents a WHERE a.site_id = ?1 AND a.agent_id = ?6)) AS j \
         FROM tickets t JOIN customers c ON c.site_id = t.site_id AND c.customer_id = t.customer_id WHERE t.site_id = ?1 AND t.ticket_id = ?2",
    )
    .site(site)
    .text(ticket.as_str())
    .maybe_text(message)
    .number(u32::try_from(TEXT_CHARS_MAX).unwrap_or(u32::MAX).saturating_add(1))
    .maybe_text(people.0)
    .maybe_text(people.1);
    db.run(query).await?.first()
}

/// An incident with one of its updates; without a name the newest, with whoever is reminded by it.
async fn incident_story(
    db: &Db,
    site: &SiteId,
    incident: &str,
    update: Option<&str>,
) -> Result<Option<IncidentBrief>, ApiError> {
    let query = Query::new(
        "SELECT json_object('id', i.incident_id, 'title', i.title, 'status', u.status, 'impact', i.impact, 'body', substr(u.body, 1, ?4), \
         'owner', CASE WHEN ?3 IS NULL THEN nullif(i.owner_name, '') END) AS j FROM incidents i JOIN incident_updates u ON u.site_id = i.site_id AND u.incident_id = i.incident_id \
         WHERE i.site_id = ?1 AND i.incident_id = ?2 AND (?3 IS NULL OR u.update_id = ?3) ORDER BY u.created_at DESC LIMIT 1",
    )
    .site(site)
    .text(incident)
    .maybe_text(update)
    .number(told_chars());
    db.run(query).await?.first()
}

/// Characters of a text that are read: one more than are told, so that what was cut says so.
fn told_chars() -> u32 {
    u32::try_from(TEXT_CHARS_MAX).unwrap_or(u32::MAX).saturating_add(1)
}

/// What may become an incident, and planned work with its window and what was said of it last, in the same few fields.
async fn planned_story(db: &Db, site: &SiteId, task: &Task) -> Result<Option<IncidentBrief>, ApiError> {
    let query = match task {
        Task::IncidentDrafted { draft_id } => Query::new(
            "SELECT json_object('id', draft_id, 'title', coalesce(draft ->> 'title', ''), 'status', 'draft', 'impact', coalesce(draft ->> 'impact', 'major'), \
             'body', substr(coalesce(draft ->> 'body', ''), 1, 3000)) AS j FROM incident_drafts WHERE site_id = ?1 AND draft_id = ?2",
        )
        .site(site)
        .text(draft_id.as_str()),
        Task::MaintenanceChanged { maintenance_id, .. } => Query::new(concat!(
            "SELECT json_object('id', maintenance_id, 'title', title, 'status', status, 'impact', 'maintenance', \
             'body', substr(coalesce(updates ->> '$[0].body', ''), 1, 3001), 'scheduled_for', ",
            instant!("scheduled_for"),
            ", 'scheduled_until', ",
            instant!("scheduled_until"),
            ") AS j FROM maintenances WHERE site_id = ?1 AND maintenance_id = ?2"
        ))
        .site(site)
        .text(maintenance_id.as_str()),
        _ => return Ok(None),
    };
    db.run(query).await?.first()
}

/// What an outbox row tells; none when what it is about is gone.
pub(crate) async fn story(db: &Db, site: &SiteId, task: &Task) -> Result<Option<EventData>, ApiError> {
    let mut data = EventData { site: site.to_string(), ..EventData::default() };
    if let Some(ticket) = task.ticket() {
        let (message, with_message) = match task {
            Task::MessageCreated { message_id, .. } => (Some(message_id.as_str()), true),
            Task::TicketCreated { .. } => (None, true),
            _ => (None, false),
        };
        let people = match task {
            Task::SlaReassigned { from, to, .. } => (from.as_deref(), to.as_deref()),
            _ => (None, None),
        };
        let Some(told) = ticket_story(db, site, ticket, message, people).await? else { return Ok(None) };
        data.ticket = told.ticket;
        (data.from, data.to) = (told.from, told.to);
        data.message = told
            .message
            .filter(|_| with_message)
            .map(|message| MessageBrief { body: cut(&message.body, TEXT_CHARS_MAX), ..message });
        if with_message && data.message.is_none() {
            return Ok(None);
        }
    }
    match task {
        Task::IncidentChanged { incident_id, update_id, .. } => {
            let told = incident_story(db, site, incident_id.as_str(), Some(update_id.as_str())).await?;
            let Some(told) = told else { return Ok(None) };
            data.incident = Some(IncidentBrief { body: cut(&told.body, TEXT_CHARS_MAX), ..told });
        }
        Task::IncidentUpdateDue { incident_id, due_at } | Task::PostmortemDue { incident_id, due_at } => {
            let Some(told) = incident_story(db, site, incident_id.as_str(), None).await? else { return Ok(None) };
            data.incident = Some(IncidentBrief { body: cut(&told.body, TEXT_CHARS_MAX), ..told });
            data.due_at = Some(*due_at);
        }
        Task::AlertOver { draft_id } => {
            let Some(told) = alert_ends::story(db, site, draft_id, told_chars()).await? else { return Ok(None) };
            data.incident = Some(IncidentBrief { body: cut(&told.body, TEXT_CHARS_MAX), ..told });
        }
        Task::IncidentDrafted { .. } | Task::MaintenanceChanged { .. } => {
            let Some(told) = planned_story(db, site, task).await? else { return Ok(None) };
            data.incident = Some(IncidentBrief { body: cut(&told.body, TEXT_CHARS_MAX), ..told });
            if let Task::MaintenanceChanged { change, .. } = task {
                data.reason = Some(change.clone());
            }
        }
        Task::PageTriggered { page_id, .. } | Task::PageAcknowledged { page_id } => {
            let Some(page) = pages::get(db, site, page_id).await? else { return Ok(None) };
            let (id, level, person, summary) = (page.id.to_string(), page.level, page.name, page.summary);
            data.page = Some(PageBrief { id, level, person, summary });
        }
        Task::OnCallHandoff { level, from, to, notes } => {
            let names = pages::names(db, site).await?;
            let name = |person: &str| names.iter().find(|(id, _)| id == person).map(|(_, name)| name.clone());
            (data.from, data.to) = (from.as_deref().and_then(name), name(to));
            let (tickets, incidents) = pages::standing(db, site).await?;
            let people = [data.from.as_deref(), data.to.as_deref()].map(|name| name.unwrap_or("–"));
            let [from, to] = people;
            let standing = format!("{level}: {from} → {to}\ntickets: {tickets}\nincidents: {}", incidents.join(", "));
            data.text = Some(std::iter::once(&standing).chain(notes).cloned().collect::<Vec<_>>().join("\n"));
        }
        Task::DigestDue { which, from, to } => {
            let Some(text) = digests::text(db, site, Due { which: *which, from: *from, to: *to }).await? else {
                return Ok(None);
            };
            data.text = Some(text);
        }
        Task::SlaWarning(alarm) | Task::SlaBreach(alarm) => {
            (data.target, data.due_at) = (Some(alarm.target.clone()), Some(alarm.due_at));
        }
        Task::LowRating { score, within_minutes, .. } => {
            (data.score, data.within_minutes) = (Some(*score), Some(*within_minutes));
        }
        Task::Escalation { reason, to, .. } => (data.reason, data.to) = (Some(reason.clone()), to.clone()),
        Task::AutoAnswerFailed { said, .. } => {
            data.reason = Some(if *said { "customer_said_so" } else { "silence" }.to_owned());
        }
        _ => {}
    }
    Ok(Some(data))
}

/// Statements that make an event of an outbox row, with a delivery for each destination that wants it, and delete the row.
/// What was made before stays as it is.
pub(crate) fn tell(
    site: &SiteId,
    entry: &Entry,
    kind: EventKind,
    data: &EventData,
    now: Timestamp,
) -> Result<Vec<Query>, ApiError> {
    let event = entry.event_id();
    let row = Query::new(
        "INSERT INTO events (site_id, event_id, kind, task, data, ticket_id, created_at) SELECT ?1, ?2, ?3, ?4, ?5, \
         coalesce(?6, (SELECT p.ticket_id FROM pages p WHERE p.site_id = ?1 AND p.page_id = ?9)), ?7 WHERE EXISTS (SELECT 1 FROM outbox WHERE site_id = ?1 AND outbox_id = ?8) ON CONFLICT (site_id, event_id) DO NOTHING",
    )
    .site(site)
    .text(&event)
    .text(kind.as_str())
    .text(&entry.payload.payload()?)
    .text(&serde_json::to_string(data)?)
    .maybe_text(entry.payload.ticket().map(TicketId::as_str))
    .time(now)
    .text(&entry.outbox_id)
    .maybe_text(data.page.as_ref().map(|page| page.id.as_str()));
    let deliveries = Query::new(
        "INSERT INTO deliveries (site_id, destination_id, event_id, due_at, created_at) \
         SELECT d.site_id, d.destination_id, ?2, ?4, ?4 FROM destinations d WHERE d.site_id = ?1 AND d.enabled = 1 \
         AND EXISTS (SELECT 1 FROM json_each(d.events) e WHERE e.value IN ('*', ?3)) \
         AND EXISTS (SELECT 1 FROM outbox WHERE site_id = ?1 AND outbox_id = ?5) \
         ON CONFLICT (site_id, destination_id, event_id) DO NOTHING",
    )
    .site(site)
    .text(&event)
    .text(kind.as_str())
    .time(now)
    .text(&entry.outbox_id);
    let mut queries = vec![row, deliveries];
    queries.extend(subscribers::tell(site, entry, now));
    queries.push(forget_row(site, entry));
    Ok(queries)
}

/// Whether a row is there: where nobody wants to hear any news, none was written, and what was told is gone.
pub(crate) async fn is_untold(db: &Db, site: &SiteId, entry: &Entry) -> Result<bool, ApiError> {
    let query = Query::new("SELECT json_quote(1) AS j FROM outbox WHERE site_id = ?1 AND outbox_id = ?2");
    Ok(db.run(query.site(site).text(&entry.outbox_id)).await?.first_text().is_some())
}

/// Deletes an outbox row whose story is gone.
pub(crate) fn forget_row(site: &SiteId, entry: &Entry) -> Query {
    Query::new("DELETE FROM outbox WHERE site_id = ?1 AND outbox_id = ?2").site(site).text(&entry.outbox_id)
}

/// Forgets events that are older than [`RETENTION_SECONDS`] and what became of them, a bounded number at a time.
pub(crate) fn forget_old(now: Timestamp) -> Vec<Query> {
    let before = now.plus_seconds(-RETENTION_SECONDS);
    vec![
        // site-free: retention looks at every site's rows alike
        Query::new(
            "DELETE FROM deliveries WHERE (site_id, event_id) IN \
             (SELECT site_id, event_id FROM events WHERE created_at < ?1 ORDER BY created_at LIMIT 200)",
        )
        .time(before),
        // site-free: retention looks at every site's rows alike
        Query::new(
            "DELETE FROM events WHERE (site_id, event_id) IN \
             (SELECT site_id, event_id FROM events WHERE created_at < ?1 ORDER BY created_at LIMIT 200)",
        )
        .time(before),
    ]
}
