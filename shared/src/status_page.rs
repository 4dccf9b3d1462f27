//! The public status of a site (I7): pages for people, feeds for readers, and the JSON that other status pages speak.
//!
//! Pure, and made from one thing: the [`StatusBook`] that the edge publishes with each change. What depends on the time
//! (bars of ninety days, what is archived) is computed from it when somebody asks.

mod bars;
mod entry;
mod feed;
mod page;
mod statuspage;
mod subscribe;
mod subscribe_words;
mod subscription;
mod words;

pub use feed::{Feed, feed};
pub use page::{Place, archive, home, incident, missing, shown_from};
pub use statuspage::{Listing, listing};
pub use subscribe::{Outcome, Question, Refusal, Typed, outcome, question, refused};
pub(crate) use subscribe_words::{
    AnswerWords, ENGLISH_ANSWERS, ENGLISH_FORM, ENGLISH_MAILS, FormWords, MailWords, RUSSIAN_ANSWERS, RUSSIAN_FORM,
    RUSSIAN_MAILS,
};
pub use subscription::{Address, Mail, News, SUBSCRIBE_PATH, challenge, chosen, confirmation, leave_link, news_mail};
pub(crate) use words::{ENGLISH, RUSSIAN, Words};

use crate::incident::{
    Component, ComponentStatus, Impact, Incident, Maintenance, MaintenanceStatus, component_states, overall_impact,
};
use crate::policy::{Keyed, localized};
use crate::time::Timestamp;
use crate::uptime::Course;
use serde::{Deserialize, Serialize};

/// Where the pages begin.
pub const STATUS_PATH: &str = "/status";

/// Days that a bar shows.
pub const BAR_DAYS: i64 = 90;

/// Entries of a feed, and of a list of the JSON.
pub const ENTRIES_MAX: usize = 50;

/// Everything that the public status is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusBook {
    /// What may break.
    pub components: Vec<Keyed>,
    /// What is broken and what was lately, the newest first.
    pub incidents: Vec<Incident>,
    /// Everything that began since then and is over is among them.
    pub complete_from: Timestamp,
    /// Planned work: what is to come or going on, and the latest of what was.
    pub maintenances: Vec<Maintenance>,
    /// What counts for bars, over a little more than they show.
    pub courses: Vec<Course>,
    /// Days after its end that an incident stays out of the archive.
    pub archive_after_days: u32,
    /// When the site was made.
    pub since: Timestamp,
    /// When this was published.
    pub published_at: Timestamp,
}

impl StatusBook {
    fn open(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().filter(|incident| incident.resolved_at.is_none())
    }

    /// Work that is planned or going on, the next first.
    fn coming(&self) -> Vec<&Maintenance> {
        let mut coming: Vec<&Maintenance> =
            self.maintenances.iter().filter(|work| work.status != MaintenanceStatus::Completed).collect();
        coming.sort_by_key(|work| work.scheduled_for);
        coming
    }

    /// The components as they are, named in a language.
    fn states(&self, locale: &str, fallback: &str) -> Vec<Component> {
        let names: Vec<(String, String)> = self
            .components
            .iter()
            .map(|component| (component.key.clone(), localized(&component.label, locale, fallback).to_owned()))
            .collect();
        component_states(&names, &self.incidents, &self.maintenances)
    }

    /// When anything last changed.
    fn changed_at(&self) -> Timestamp {
        let incidents = self.incidents.iter().map(|incident| incident.updated_at);
        incidents.chain(self.maintenances.iter().map(|work| work.updated_at)).max().unwrap_or(self.since)
    }

    /// Whether an incident is out of the archive at `now`.
    fn is_recent(&self, incident: &Incident, now: Timestamp) -> bool {
        let kept = i64::from(self.archive_after_days) * 86_400;
        incident.resolved_at.is_none_or(|end| end.plus_seconds(kept) > now)
    }
}

/// The state of the whole, better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Overall {
    Operational,
    Maintenance,
    SomeDegraded,
    AllDegraded,
    SomePartial,
    SomeMajor,
    AllMajor,
}

/// The state of the whole, as Statuspage and Freshstatus name it: the worse of what its components' states say, and of the
/// impact of incidents that name none. Where every component is up, an incident that names some speaks by its impact, too.
fn overall(states: &[Component], incidents: &[Incident]) -> Overall {
    let of_components = overall_of(states);
    let everywhere = |incident: &&Incident| incident.components.is_empty() || of_components <= Overall::Maintenance;
    let impact = incidents.iter().filter(everywhere).map(|one| overall_impact(std::slice::from_ref(one)));
    let of_incidents = impact.map(|impact| match impact {
        Impact::Critical => Overall::AllMajor,
        Impact::Major => Overall::SomeMajor,
        Impact::Minor => Overall::SomePartial,
        Impact::None => Overall::Operational,
    });
    of_incidents.fold(of_components, Overall::max)
}

fn overall_of(states: &[Component]) -> Overall {
    let count = |status: ComponentStatus| states.iter().filter(|state| state.status == status).count();
    let is_all = |number: usize| number == states.len() && number > 0;
    let (major, partial) = (count(ComponentStatus::MajorOutage), count(ComponentStatus::PartialOutage));
    let degraded = count(ComponentStatus::DegradedPerformance);
    if is_all(major) {
        Overall::AllMajor
    } else if major > 0 || is_all(partial) {
        Overall::SomeMajor
    } else if partial > 0 {
        Overall::SomePartial
    } else if is_all(degraded) {
        Overall::AllDegraded
    } else if degraded > 0 {
        Overall::SomeDegraded
    } else if count(ComponentStatus::UnderMaintenance) > 0 {
        Overall::Maintenance
    } else {
        Overall::Operational
    }
}

#[cfg(test)]
mod tests;
