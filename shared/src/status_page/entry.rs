//! An incident or planned work as one entry of a page or a feed: what both have in common.

use super::words::Words;
use super::{STATUS_PATH, StatusBook};
use crate::incident::{Incident, Maintenance};
use crate::public_page::PublicSite;
use crate::time::Timestamp;

/// What was said once.
pub(super) struct Line<'a> {
    pub(super) status: &'static str,
    pub(super) body: &'a str,
    pub(super) at: Timestamp,
}

/// One entry.
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) status: &'static str,
    /// How it looks.
    pub(super) class: &'static str,
    pub(super) components: &'a [String],
    pub(super) began_at: Timestamp,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// Newest first.
    pub(super) lines: Vec<Line<'a>>,
}

impl Entry<'_> {
    /// Where it is told in full.
    pub(super) fn path(&self) -> String {
        path_of(self.id)
    }
}

/// Where an incident or planned work is told in full.
pub(super) fn path_of(id: &str) -> String {
    format!("{STATUS_PATH}/incidents/{id}")
}

/// The address of that page.
pub(super) fn address_of(site: &PublicSite<'_>, id: &str) -> String {
    site.absolute(&site.path(&path_of(id), site.locale, &[]))
}

pub(super) fn of_incident<'a>(words: &Words, incident: &'a Incident) -> Entry<'a> {
    let mut lines: Vec<Line<'a>> = Vec::with_capacity(incident.updates.len() + 1);
    if let Some(written) = &incident.postmortem {
        lines.push(Line { status: words.postmortem, body: "", at: written.published_at });
    }
    lines.extend(incident.updates.iter().map(|update| Line {
        status: words.phase(update.status),
        body: &update.body,
        at: update.created_at,
    }));
    Entry {
        id: incident.id.as_str(),
        title: &incident.title,
        status: words.phase(incident.status),
        class: incident.impact.as_str(),
        components: &incident.components,
        began_at: incident.started_at,
        created_at: incident.updates.last().map_or(incident.started_at, |update| update.created_at),
        updated_at: incident.updated_at,
        lines,
    }
}

pub(super) fn of_work<'a>(words: &Words, work: &'a Maintenance) -> Entry<'a> {
    let line = |update: &'a crate::incident::MaintenanceUpdate| Line {
        status: words.work(update.status),
        body: update.body.as_str(),
        at: update.created_at,
    };
    Entry {
        id: work.id.as_str(),
        title: &work.title,
        status: words.work(work.status),
        class: "maintenance",
        components: &work.components,
        began_at: work.scheduled_for,
        created_at: work.created_at,
        updated_at: work.updated_at,
        lines: work.updates.iter().map(line).collect(),
    }
}

/// Everything there is, the last changed first.
pub(super) fn all<'a>(words: &Words, book: &'a StatusBook) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = book.incidents.iter().map(|incident| of_incident(words, incident)).collect();
    entries.extend(book.maintenances.iter().map(|work| of_work(words, work)));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated_at));
    entries
}
