//! Merging one ticket into another: its messages are copied behind the other's, it is closed, and both remember it. What
//! was still owed there is owed here: the other opens again, and its clocks run for what the requester asked.

use super::changes::{Change, Fields, State, Wakes};
use super::facts::{self, Fact, When};
use super::outbox::{self, Entry, Task};
use super::{Db, Query};
use crate::error::ApiError;
use crate::platform;
use crate::store::agents::Agent;
use buoy_shared::id::{MessageId, SiteId};
use buoy_shared::ticket::{AuthorKind, TicketStatus};
use buoy_shared::time::Timestamp;
use serde_json::json;

/// Two tickets of one requester.
pub(crate) struct Merge<'a> {
    pub(crate) site: &'a SiteId,
    pub(crate) from: &'a State,
    pub(crate) into: &'a State,
    pub(crate) agent: &'a Agent,
    pub(crate) now: Timestamp,
}

impl Merge<'_> {
    /// Merges, if both tickets are still what they were.
    pub(crate) async fn store(&self, db: &Db, task: Task) -> Result<Vec<Entry>, ApiError> {
        let name = Some(self.agent.name.as_str());
        let (entry, notify) = outbox::put(self.site, task, self.now)?;
        let merged = json!({ "number": self.from.ticket.number, "ticket": self.from.ticket.id });
        let mut facts_of_into = vec![Fact::new("merged", AuthorKind::Agent, name, merged, self.now)];
        if self.is_owed() {
            let asked = json!({ "merged_from": self.from.ticket.id });
            facts_of_into.push(Fact::new("message.added", AuthorKind::Requester, None, asked, self.now));
        }
        if let Some(status) = self.reopened() {
            let opened = json!({ "from": self.into.ticket.status, "to": status });
            facts_of_into.push(Fact::new("status.changed", AuthorKind::Agent, name, opened, self.now));
        }
        let gone = json!({ "into": self.into.ticket.id, "to": self.into.ticket.number });
        let closed = json!({ "from": self.from.ticket.status, "to": TicketStatus::Closed });
        let facts = vec![
            Fact::new("merged", AuthorKind::Agent, name, gone, self.now),
            Fact::new("status.changed", AuthorKind::Agent, name, closed, self.now),
        ];
        let fields = Fields {
            status: Some(TicketStatus::Closed),
            merged_into: Some(self.into.ticket.id.clone()),
            ..Fields::default()
        };
        let version = self.from.desk.version;
        let close = Change {
            site: self.site,
            ticket: &self.from.ticket.id,
            version,
            fields,
            facts,
            tell: vec![("merged".to_owned(), Task::NotifyThread { ticket_id: self.from.ticket.id.to_string() })],
            quiet: false,
            wakes: Wakes::Now,
            now: self.now,
        };
        let (closing, mut entries) = close.statements()?;
        let mut queries = vec![
            self.note(),
            self.copy(),
            facts::insert(self.site, &self.into.ticket.id, &facts_of_into, When::Changing)?,
            self.count(),
        ];
        queries.extend(closing);
        queries.push(notify);
        db.batch(queries).await.map_err(|error| {
            if super::threads::came_too_late(&error) {
                ApiError::conflict("one of the tickets was changed at the same moment; try again")
            } else {
                error
            }
        })?;
        entries.push(entry);
        Ok(entries)
    }

    /// Whether somebody still owes the requester a word there.
    fn is_owed(&self) -> bool {
        matches!(self.from.ticket.status, TicketStatus::Open | TicketStatus::InProgress)
    }

    /// The status the other ticket gets, if it changes.
    fn reopened(&self) -> Option<TicketStatus> {
        let status = self.into.ticket.status;
        let after = status.after_requester_wrote();
        (self.is_owed() && after != status).then_some(after)
    }

    /// A note before the copies says where they come from. When one of the tickets has another version by now, its place
    /// is NULL, which the column refuses, and the whole batch with it.
    fn note(&self) -> Query {
        let body = format!("#{}: {}", self.from.ticket.number, self.from.ticket.subject);
        Query::new(
            "INSERT INTO messages (site_id, ticket_id, seq, message_id, author_kind, author_id, author_name, body, internal, created_at) \
             VALUES (?1, ?2, (SELECT i.last_seq + 1 FROM tickets i JOIN tickets f ON f.site_id = i.site_id AND f.ticket_id = ?3 AND f.version = ?5 \
             WHERE i.site_id = ?1 AND i.ticket_id = ?2 AND i.version = ?4), ?6, 'agent', ?7, ?8, ?9, 1, ?10)",
        )
        .site(self.site)
        .text(self.into.ticket.id.as_str())
        .text(self.from.ticket.id.as_str())
        .number(self.into.desk.version)
        .number(self.from.desk.version)
        .text(MessageId::from_random(platform::random_16()).as_str())
        .text(self.agent.agent_id.as_str())
        .text(&self.agent.name)
        .text(&body)
        .time(self.now)
    }

    /// A copy keeps its message's id: it is the same message, read in another thread.
    fn copy(&self) -> Query {
        Query::new(
            "INSERT INTO messages (site_id, ticket_id, seq, message_id, author_kind, author_id, author_name, body, internal, created_at, attachments) \
             SELECT m.site_id, ?2, (SELECT last_seq + 1 FROM tickets WHERE site_id = ?1 AND ticket_id = ?2) + row_number() OVER (ORDER BY m.seq), \
             m.message_id, m.author_kind, m.author_id, m.author_name, m.body, m.internal, m.created_at, m.attachments \
             FROM messages m WHERE m.site_id = ?1 AND m.ticket_id = ?3",
        )
        .site(self.site)
        .text(self.into.ticket.id.as_str())
        .text(self.from.ticket.id.as_str())
    }

    /// Who had read everything in both has read the copies; an answer that was unread in either stays unread.
    fn count(&self) -> Query {
        Query::new(
            "UPDATE tickets SET version = version + 1, updated_at = max(updated_at, ?4), next_due_at = ?4, \
             status = coalesce(?5, status), solved_at = CASE WHEN ?5 IS NULL THEN solved_at END, reopened = reopened + (?5 IS NOT NULL AND status = 'solved'), \
             seen_seq = CASE WHEN EXISTS (SELECT 1 FROM messages m JOIN tickets t ON t.site_id = m.site_id AND t.ticket_id = m.ticket_id \
             WHERE m.site_id = ?1 AND m.ticket_id IN (?2, ?3) AND m.internal = 0 AND m.author_kind <> 'requester' AND m.seq > t.seen_seq \
             AND m.seq <= t.last_seq) THEN seen_seq ELSE (SELECT max(seq) FROM messages WHERE site_id = ?1 AND ticket_id = ?2) END, \
             last_seq = (SELECT max(seq) FROM messages WHERE site_id = ?1 AND ticket_id = ?2) \
             WHERE site_id = ?1 AND ticket_id = ?2 AND ticket_id <> ?3",
        )
        .site(self.site)
        .text(self.into.ticket.id.as_str())
        .text(self.from.ticket.id.as_str())
        .time(self.now)
        .maybe_text(self.reopened().map(TicketStatus::as_str))
    }
}
