//! Every change of a ticket but a message: its fields, its facts and what follows, as one batch that happens only if the
//! ticket still has the version that the change was decided on.

use super::facts::{self, Fact, FactRow, When, fact_json};
use super::outbox::{self, Entry, Task};
use super::tickets::{TicketRow, ticket_json};
use super::{Db, Millis, Query, Rows, instant};
use crate::error::ApiError;
use buoy_shared::id::{CustomerId, SiteId, TicketId};
use buoy_shared::ticket::{AutoAnswerOutcome, Desk, Origin, RootCause, TicketStatus};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What becomes of a ticket's fields; what is none stays.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<TicketStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assignee_id: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) root_cause: Option<RootCause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resolution_summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auto_answer_outcome: Option<AutoAnswerOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rating_comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) escalated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) merged_into: Option<TicketId>,
}

/// A change, decided on one version of a ticket.
pub(crate) struct Change<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) ticket: &'a TicketId,
    pub(crate) version: u32,
    pub(crate) fields: Fields,
    pub(crate) facts: Vec<Fact>,
    /// What must be told, with the name that makes it one thing even when a job runs twice.
    pub(crate) tell: Vec<(String, Task)>,
    /// The clock's own doings do not move a ticket to the top of a list.
    pub(crate) quiet: bool,
    pub(crate) wakes: Wakes,
    pub(crate) now: Timestamp,
}

/// Whether the clock looks at the changed ticket at once.
#[derive(Clone, Copy)]
pub(crate) enum Wakes {
    Now,
    /// The clock's own doing: it has looked, when the ticket was due then. Another time since means that it was woken
    /// meanwhile, and that time stays.
    Seen(Option<Timestamp>),
}

impl Change<'_> {
    /// The statements; the last gives the new version, or no row when the ticket had another version meanwhile. They
    /// may stand in a batch with the changes of other tickets.
    pub(crate) fn statements(&self) -> Result<(Vec<Query>, Vec<Entry>), ApiError> {
        let mut queries = Vec::with_capacity(2 + self.tell.len());
        let mut entries = Vec::with_capacity(self.tell.len());
        if !self.facts.is_empty() {
            queries.push(facts::insert(self.site, self.ticket, &self.facts, When::Still(self.version))?);
        }
        for (name, task) in &self.tell {
            let key = format!("{}|{}|{name}", self.site, self.ticket);
            let (entry, query) =
                outbox::put_once(self.site, &key, task.clone(), Some((self.ticket, self.version)), self.now)?;
            entries.push(entry);
            queries.push(query);
        }
        let is_told = self.tell.iter().any(|(_, task)| matches!(task, Task::NotifyThread { .. }));
        if !is_told && self.facts.iter().any(Fact::is_told) {
            let key = format!("{}|{}|told:{}", self.site, self.ticket, self.version);
            let task = Task::NotifyThread { ticket_id: self.ticket.to_string() };
            let (entry, query) = outbox::put_once(self.site, &key, task, Some((self.ticket, self.version)), self.now)?;
            entries.push(entry);
            queries.push(query);
        }
        queries.push(self.update()?);
        Ok((queries, entries))
    }

    fn update(&self) -> Result<Query, ApiError> {
        Ok(Query::new(
            "UPDATE tickets SET version = version + 1, updated_at = CASE WHEN ?6 = 1 THEN updated_at ELSE max(updated_at, ?5) END, \
             next_due_at = CASE WHEN ?7 = 1 AND next_due_at IS NOT ?8 THEN next_due_at ELSE ?5 END, \
             solved_at = CASE coalesce(?4 ->> 'status', status) WHEN 'solved' THEN coalesce(solved_at, ?5) WHEN 'closed' THEN solved_at END, \
             reopened = reopened + (status = 'solved' AND coalesce(?4 ->> 'status', 'solved') NOT IN ('solved', 'closed')), \
             status = coalesce(?4 ->> 'status', status), priority = coalesce(?4 ->> 'priority', priority), \
             category = coalesce(?4 ->> 'category', category), queue = coalesce(?4 ->> 'queue', queue), tags = coalesce(?4 -> 'tags', tags), \
             assignee_id = CASE WHEN json_type(?4, '$.assignee_id') IS NULL THEN assignee_id ELSE ?4 ->> 'assignee_id' END, \
             root_cause = coalesce(?4 ->> 'root_cause', root_cause), resolution_summary = coalesce(?4 ->> 'resolution_summary', resolution_summary), \
             auto_answer_outcome = coalesce(?4 ->> 'auto_answer_outcome', auto_answer_outcome), \
             rated_at = CASE WHEN ?4 ->> 'rating' IS NULL THEN rated_at ELSE ?5 END, rating = coalesce(?4 ->> 'rating', rating), \
             rating_comment = coalesce(?4 ->> 'rating_comment', rating_comment), escalated_at = coalesce(escalated_at, ?4 ->> 'escalated_at'), \
             merged_into = coalesce(?4 ->> 'merged_into', merged_into) \
             WHERE site_id = ?1 AND ticket_id = ?2 AND version = ?3 RETURNING json_quote(version) AS j",
        )
        .site(self.site)
        .text(self.ticket.as_str())
        .number(self.version)
        .text(&serde_json::to_string(&self.fields)?)
        .time(self.now)
        .flag(self.quiet)
        .flag(matches!(self.wakes, Wakes::Seen(_)))
        .maybe_time(match self.wakes {
            Wakes::Seen(seen) => seen,
            Wakes::Now => None,
        }))
    }

    /// Makes the change; gives what must be told now, or none when the ticket was changed meanwhile.
    pub(crate) async fn store(&self, db: &Db) -> Result<Option<Vec<Entry>>, ApiError> {
        let (queries, entries) = self.statements()?;
        let results = db.batch(queries).await?;
        let version: Option<u32> = results.last().map(Rows::first).transpose()?.flatten();
        Ok(version.map(|_| entries))
    }
}

/// The columns of a [`DeskRow`] as JSON.
macro_rules! desk_json {
    () => {
        "'version', t.version, 'assignee', t.assignee_id, 'queue', t.queue, 'tags', json(t.tags), 'root_cause', t.root_cause, \
         'resolution_summary', t.resolution_summary, 'solved_at', t.solved_at, 'escalated_at', t.escalated_at, \
         'merged_into', t.merged_into, 'due_at', t.due_at, 'breached', t.breached"
    };
}
pub(crate) use desk_json;

/// What only the team sees, as stored.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DeskRow {
    pub(crate) version: u32,
    pub(crate) assignee: Option<String>,
    pub(crate) queue: String,
    pub(crate) tags: Vec<String>,
    pub(crate) root_cause: Option<RootCause>,
    pub(crate) resolution_summary: Option<String>,
    solved_at: Option<Millis>,
    escalated_at: Option<Millis>,
    pub(crate) merged_into: Option<TicketId>,
    due_at: Option<Millis>,
    breached: u8,
}

impl DeskRow {
    /// When the nearest running promise ends.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        instant(self.due_at)
    }
}

impl From<DeskRow> for Desk {
    fn from(row: DeskRow) -> Self {
        Self {
            version: row.version,
            assignee: row.assignee,
            queue: row.queue,
            tags: row.tags,
            root_cause: row.root_cause,
            resolution_summary: row.resolution_summary,
            solved_at: instant(row.solved_at),
            escalated_at: instant(row.escalated_at),
            merged_into: row.merged_into,
            due_at: instant(row.due_at),
            breached: row.breached != 0,
        }
    }
}

/// A ticket as a change is decided on it.
#[derive(Debug, Deserialize)]
pub(crate) struct State {
    pub(crate) ticket: TicketRow,
    pub(crate) desk: DeskRow,
    pub(crate) customer: CustomerId,
    pub(crate) origin: Origin,
    /// What happened after the version that was asked about.
    pub(crate) since: Vec<FactRow>,
}

/// Reads a ticket, with what happened after the version `seen`. ?2 is the ticket.
pub(crate) fn state(site: &SiteId, ticket: &str, seen: Option<u32>) -> Query {
    Query::new(concat!(
        "SELECT json_object('ticket', json_object(",
        ticket_json!(),
        "), 'desk', json_object(",
        desk_json!(),
        "), 'customer', t.customer_id, 'origin', t.origin, 'since', (SELECT json_group_array(json(j)) FROM (SELECT ",
        fact_json!(),
        " AS j FROM ticket_events e WHERE e.site_id = ?1 AND e.ticket_id = ?2 AND e.version > ?3 \
         ORDER BY e.created_at, e.event_id LIMIT 50))) AS j FROM tickets t WHERE t.site_id = ?1 AND t.ticket_id = ?2"
    ))
    .site(site)
    .text(ticket)
    .number(seen.unwrap_or(u32::MAX))
}
