//! The JSON that other status pages speak (Statuspage v2), so that their clients read ours.

use super::entry::address_of;
use super::{ENTRIES_MAX, Overall, STATUS_PATH, StatusBook, overall};
use crate::identity::token_hash;
use crate::incident::{Component, ComponentStatus, Incident, IncidentStatus, Maintenance, MaintenanceStatus};
use crate::public_page::PublicSite;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// Which of the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Everything that matters now.
    Summary,
    /// The state of the whole.
    Status,
    /// The components.
    Components,
    /// The newest incidents.
    Incidents,
    /// Those that are open.
    Unresolved,
    /// Planned work.
    Maintenances,
    /// What is to come of it.
    Upcoming,
    /// What is going on of it.
    Active,
}

impl Listing {
    /// The document at a path below `/api/v2/`.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        Some(match path {
            "summary.json" => Self::Summary,
            "status.json" => Self::Status,
            "components.json" => Self::Components,
            "incidents.json" => Self::Incidents,
            "incidents/unresolved.json" => Self::Unresolved,
            "scheduled-maintenances.json" => Self::Maintenances,
            "scheduled-maintenances/upcoming.json" => Self::Upcoming,
            "scheduled-maintenances/active.json" => Self::Active,
            _ => return None,
        })
    }
}

/// Letters of an id of theirs.
const ID_LETTERS: usize = 12;

/// What every part of a document needs.
struct Pen<'a> {
    site: &'a PublicSite<'a>,
    book: &'a StatusBook,
    page_id: String,
    states: Vec<Component>,
}

/// The document as text.
#[must_use]
pub fn listing(site: &PublicSite<'_>, book: &StatusBook, which: Listing) -> String {
    let states = book.states(site.locale, site.default_locale);
    let pen = Pen { site, book, page_id: short_id(site.id), states };
    let mut document = Map::new();
    document.insert("page".into(), pen.page());
    let mut put = |name: &str, value: Value| drop(document.insert(name.into(), value));
    let open = || book.open().map(|incident| pen.incident(incident)).collect();
    let newest = || book.incidents.iter().take(ENTRIES_MAX).map(|incident| pen.incident(incident)).collect();
    let coming = |wanted: fn(MaintenanceStatus) -> bool| {
        book.coming().into_iter().filter(|work| wanted(work.status)).map(|work| pen.work(work)).collect()
    };
    let is_planned = |status: MaintenanceStatus| status == MaintenanceStatus::Scheduled;
    if matches!(which, Listing::Summary | Listing::Status) {
        put("status", pen.status());
    }
    if matches!(which, Listing::Summary | Listing::Components) {
        put("components", pen.components(None));
    }
    match which {
        Listing::Summary => {
            put("incidents", open());
            put("scheduled_maintenances", coming(|_| true));
        }
        Listing::Incidents => put("incidents", newest()),
        Listing::Unresolved => put("incidents", open()),
        Listing::Maintenances => {
            let all = book.maintenances.iter().take(ENTRIES_MAX).map(|work| pen.work(work)).collect();
            put("scheduled_maintenances", all);
        }
        Listing::Upcoming => put("scheduled_maintenances", coming(is_planned)),
        Listing::Active => put("scheduled_maintenances", coming(MaintenanceStatus::is_active)),
        Listing::Status | Listing::Components => {}
    }
    Value::Object(document).to_string()
}

/// Twelve letters that follow from a name of ours.
fn short_id(name: &str) -> String {
    token_hash(name).chars().take(ID_LETTERS).collect()
}

impl Pen<'_> {
    fn component_id(&self, key: &str) -> String {
        short_id(&[self.site.id, "/", key].concat())
    }

    fn page(&self) -> Value {
        json!({
            "id": self.page_id,
            "name": self.site.name,
            "url": self.site.absolute(&self.site.path(STATUS_PATH, self.site.locale, &[])),
            "time_zone": "Etc/UTC",
            "updated_at": self.book.changed_at(),
        })
    }

    fn status(&self) -> Value {
        let (indicator, description) = match overall(&self.states, &self.book.incidents) {
            Overall::Operational => ("none", "All Systems Operational"),
            Overall::Maintenance => ("maintenance", "Service Under Maintenance"),
            Overall::SomeDegraded => ("minor", "Partially Degraded Service"),
            Overall::AllDegraded => ("minor", "Degraded System Service"),
            Overall::SomePartial => ("minor", "Minor Service Outage"),
            Overall::SomeMajor => ("major", "Partial System Outage"),
            Overall::AllMajor => ("critical", "Major System Outage"),
        };
        json!({ "indicator": indicator, "description": description })
    }

    /// The components, or those of them that something names.
    fn components(&self, named: Option<&[String]>) -> Value {
        let mut all = Vec::new();
        for (at, state) in self.states.iter().enumerate() {
            if named.is_some_and(|named| !named.contains(&state.key)) {
                continue;
            }
            let incidents = self.book.incidents.iter().filter(|incident| incident.components.contains(&state.key));
            let changed = incidents.map(|incident| incident.updated_at).max().unwrap_or(self.book.since);
            all.push(json!({
                "id": self.component_id(&state.key),
                "name": state.name,
                "status": state.status,
                "created_at": self.book.since,
                "updated_at": changed,
                "position": at + 1,
                "description": null,
                "showcase": true,
                "start_date": null,
                "group_id": null,
                "page_id": self.page_id,
                "group": false,
                "only_show_if_degraded": false,
            }));
        }
        Value::Array(all)
    }

    fn thing(&self, id: &str, title: &str, components: &[String], times: [Option<Timestamp>; 5]) -> Map<String, Value> {
        let [created_at, updated_at, started_at, monitoring_at, resolved_at] = times;
        let value = json!({
            "id": id,
            "name": title,
            "created_at": created_at,
            "updated_at": updated_at,
            "started_at": started_at,
            "monitoring_at": monitoring_at,
            "resolved_at": resolved_at,
            "shortlink": address_of(self.site, id),
            "page_id": self.page_id,
            "reminder_intervals": null,
            "components": self.components(Some(components)),
        });
        if let Value::Object(fields) = value { fields } else { Map::new() }
    }

    fn update(&self, ids: [&str; 2], status: &str, body: &str, at: Timestamp, affected: &[Value]) -> Value {
        let [id, thing] = ids;
        json!({
            "id": id,
            "incident_id": thing,
            "status": status,
            "body": body,
            "created_at": at,
            "updated_at": at,
            "display_at": at,
            "affected_components": if affected.is_empty() { Value::Null } else { json!(affected) },
            "deliver_notifications": true,
            "custom_tweet": null,
            "tweet_id": null,
        })
    }

    fn affected(&self, key: &str, before: ComponentStatus, after: ComponentStatus) -> Value {
        let name = self.states.iter().find(|state| state.key == key).map_or(key, |state| state.name.as_str());
        json!({ "code": self.component_id(key), "name": name, "old_status": before, "new_status": after })
    }

    fn incident(&self, incident: &Incident) -> Value {
        let mut updates = Vec::new();
        if let Some(written) = &incident.postmortem {
            let id = incident.id.as_str().replacen("inc_", "upd_", 1);
            let ids = [id.as_str(), incident.id.as_str()];
            updates.push(self.update(ids, "postmortem", &written.body, written.published_at, &[]));
        }
        for (at, update) in incident.updates.iter().enumerate() {
            // What an update said of a component, and what the one before it did; newest first.
            let said = |at: usize, key: &str| match incident.updates.get(at) {
                Some(update) if !update.status.is_over() => {
                    let impact = update.impact.unwrap_or(incident.impact);
                    let state = crate::incident::state_of(&incident.components, &update.component_states, impact, key);
                    state.unwrap_or(ComponentStatus::Operational)
                }
                _ => ComponentStatus::Operational,
            };
            let affected: Vec<Value> =
                incident.components.iter().map(|key| self.affected(key, said(at + 1, key), said(at, key))).collect();
            let ids = [update.id.as_str(), incident.id.as_str()];
            updates.push(self.update(ids, update.status.as_str(), &update.body, update.created_at, &affected));
        }
        let watched = incident.updates.iter().rev().find(|update| update.status == IncidentStatus::Monitoring);
        let times = [
            Some(incident.updates.last().map_or(incident.started_at, |update| update.created_at)),
            Some(incident.updated_at),
            Some(incident.started_at),
            watched.map(|update| update.created_at),
            incident.resolved_at,
        ];
        let mut fields = self.thing(incident.id.as_str(), &incident.title, &incident.components, times);
        fields.insert("status".into(), json!(incident.status));
        fields.insert("impact".into(), json!(incident.impact));
        fields.insert("incident_updates".into(), Value::Array(updates));
        Value::Object(fields)
    }

    fn work(&self, work: &Maintenance) -> Value {
        let updates = work.updates.iter().map(|update| {
            let state = |is_worked_on: bool| {
                if is_worked_on { ComponentStatus::UnderMaintenance } else { ComponentStatus::Operational }
            };
            let now = state(update.status.is_active());
            let affected: Vec<Value> =
                work.components.iter().map(|key| self.affected(key, ComponentStatus::Operational, now)).collect();
            let ids = [update.id.as_str(), work.id.as_str()];
            self.update(ids, update.status.as_str(), &update.body, update.created_at, &affected)
        });
        let updates = updates.collect();
        let times = [Some(work.created_at), Some(work.updated_at), Some(work.scheduled_for), None, work.completed_at];
        let mut fields = self.thing(work.id.as_str(), &work.title, &work.components, times);
        fields.insert("status".into(), json!(work.status));
        fields.insert("impact".into(), json!("maintenance"));
        fields.insert("scheduled_for".into(), json!(work.scheduled_for));
        fields.insert("scheduled_until".into(), json!(work.scheduled_until));
        fields.insert("incident_updates".into(), Value::Array(updates));
        Value::Object(fields)
    }
}
