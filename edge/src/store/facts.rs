//! A ticket's history (T5): who did what, when. A fact is written in the batch of the change that it is about, and bears
//! the version of the ticket that the change led to.

use super::{Millis, Query};
use crate::error::ApiError;
use crate::platform;
use buoy_shared::id::{EventId, SiteId, TicketId};
use buoy_shared::ticket::{AuthorKind, TicketEvent};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Facts of one ticket that are given at once: years of an ordinary one.
pub(crate) const FACTS_MAX: u32 = 1_000;

/// One fact before it is stored.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    id: EventId,
    kind: &'static str,
    actor: &'static str,
    actor_name: Option<String>,
    data: Value,
    at: i64,
    /// Whether its id follows from what it is about.
    once: bool,
}

impl Fact {
    /// A fact with a fresh id.
    pub(crate) fn new(kind: &'static str, actor: AuthorKind, name: Option<&str>, data: Value, at: Timestamp) -> Self {
        let id = EventId::from_random(platform::random_16());
        Self {
            id,
            kind,
            actor: actor_word(actor),
            actor_name: name.map(str::to_owned),
            data,
            at: at.as_millis(),
            once: false,
        }
    }

    /// What a rule of the policy did.
    pub(crate) fn automatic(kind: &'static str, data: Value, at: Timestamp) -> Self {
        Self::new(kind, AuthorKind::Automation, None, data, at)
    }

    /// Whether its ticket's requester hears of it, if they follow the thread.
    pub(crate) fn is_told(&self) -> bool {
        matches!(self.kind, "assigned" | "sla.reassigned")
    }

    /// The same under an id that follows from what it is about, for what two runs of a job must write once.
    pub(crate) fn under(self, id: EventId) -> Self {
        Self { id, once: true, ..self }
    }
}

/// The word in storage.
pub(crate) const fn actor_word(actor: AuthorKind) -> &'static str {
    match actor {
        AuthorKind::Requester => "requester",
        AuthorKind::Agent => "agent",
        AuthorKind::Automation => "automation",
    }
}

/// Which facts are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// The ticket was made in this batch.
    Created,
    /// The ticket is changed later in this batch, whatever its version.
    Changing,
    /// The ticket is changed later in this batch if it still has this version; else nothing is written.
    Still(u32),
}

/// Writes facts, in one statement. History is ordered by time: facts of one moment are set a millisecond apart. The key
/// of a fact holds its time, so one that is to be there once is looked for in the ticket's history first.
pub(crate) fn insert(site: &SiteId, ticket: &TicketId, facts: &[Fact], when: When) -> Result<Query, ApiError> {
    let spread: Vec<Fact> =
        facts.iter().zip(0..).map(|(fact, place)| Fact { at: fact.at.saturating_add(place), ..fact.clone() }).collect();
    let (step, version) = match when {
        When::Created => (0, None),
        When::Changing => (1, None),
        When::Still(version) => (1, Some(version)),
    };
    let query = Query::new(
        "INSERT OR IGNORE INTO ticket_events (site_id, ticket_id, event_id, kind, actor_kind, actor_name, data, created_at, version) \
         SELECT t.site_id, t.ticket_id, f.value ->> 'id', f.value ->> 'kind', f.value ->> 'actor', f.value ->> 'actor_name', \
         f.value -> 'data', f.value ->> 'at', t.version + ?4 FROM tickets t, json_each(?3) f \
         WHERE t.site_id = ?1 AND t.ticket_id = ?2 AND (?5 IS NULL OR t.version = ?5) AND (NOT f.value ->> 'once' OR NOT EXISTS \
         (SELECT 1 FROM ticket_events e WHERE e.site_id = t.site_id AND e.ticket_id = t.ticket_id AND e.event_id = f.value ->> 'id'))",
    )
    .site(site)
    .text(ticket.as_str())
    .text(&serde_json::to_string(&spread)?)
    .number(step);
    Ok(query.maybe_number(version))
}

/// A fact's columns as JSON, for [`FactRow`].
macro_rules! fact_json {
    () => {
        "json_object('id', e.event_id, 'kind', e.kind, 'actor', e.actor_kind, 'actor_name', e.actor_name, 'data', json(e.data), \
         'created_at', e.created_at, 'version', e.version)"
    };
}
pub(crate) use fact_json;

/// A fact as stored.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FactRow {
    pub(crate) id: EventId,
    pub(crate) kind: String,
    pub(crate) actor: AuthorKind,
    pub(crate) actor_name: Option<String>,
    pub(crate) data: Value,
    pub(crate) created_at: Millis,
    pub(crate) version: u32,
}

impl From<FactRow> for TicketEvent {
    fn from(row: FactRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            actor: row.actor,
            actor_name: row.actor_name,
            data: row.data,
            created_at: row.created_at.into(),
            version: row.version,
        }
    }
}
