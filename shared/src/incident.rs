//! Incidents: what is broken, for whom, and what a page should say about it (I1–I9, W2).

mod banner;
mod draft;
mod maintenance;
mod postmortem;
mod severity;
mod summary;
mod target;
mod update;

pub use banner::*;
pub use draft::*;
pub use maintenance::*;
pub use postmortem::*;
pub use severity::*;
pub use summary::*;
pub use target::*;
pub use update::*;

use crate::id::IncidentId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most components one incident may name; a site with more would name a group.
pub const COMPONENTS_MAX: usize = 50;

/// States that were said of components, by their keys.
pub type ComponentStates = BTreeMap<String, ComponentStatus>;

/// How far the team is with it (I3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// It is seen, not understood.
    Investigating,
    /// The cause is known.
    Identified,
    /// A fix is in place and watched.
    Monitoring,
    /// It is over.
    Resolved,
    /// It is over, and what was learned is published (I6).
    Postmortem,
}

impl IncidentStatus {
    /// Every status, in order.
    pub const ALL: [Self; 5] =
        [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved, Self::Postmortem];

    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Postmortem => "postmortem",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Resolved | Self::Postmortem)
    }

    /// Whether an update may move an incident from here to `next`: any way among the open ones (causes are
    /// mistaken, fixes fail), and nothing after the end. A relapse is a new incident; a post-mortem is published, not
    /// posted.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        !self.is_over() && next != Self::Postmortem
    }
}

/// How bad it is for customers, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nobody is hindered.
    None,
    /// An inconvenience.
    Minor,
    /// A core feature fails for some.
    Major,
    /// The product is down.
    Critical,
}

impl Impact {
    /// Every impact, mildest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Minor, Self::Major, Self::Critical];

    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|impact| impact.as_str() == word)
    }
}

/// State of one component (I5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ComponentStatus {
    /// It works.
    Operational,
    /// It is being worked on, as announced (I8).
    UnderMaintenance,
    /// It works, badly.
    DegradedPerformance,
    /// It fails for some.
    PartialOutage,
    /// It fails for all.
    MajorOutage,
}

impl ComponentStatus {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::UnderMaintenance => "under_maintenance",
            Self::DegradedPerformance => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }
}

/// What an open incident of this impact says about the components it names, unless it says more of one.
#[must_use]
pub const fn component_status(impact: Impact) -> ComponentStatus {
    match impact {
        Impact::None => ComponentStatus::Operational,
        Impact::Minor => ComponentStatus::DegradedPerformance,
        Impact::Major => ComponentStatus::PartialOutage,
        Impact::Critical => ComponentStatus::MajorOutage,
    }
}

/// A component and its state now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Component {
    /// The policy's key.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// The worst that an open incident or a maintenance says about it.
    pub status: ComponentStatus,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// The incident's id.
    pub id: IncidentId,
    /// One line.
    pub title: String,
    /// How far the team is.
    pub status: IncidentStatus,
    /// How urgent it is for the team (I2).
    #[serde(default)]
    pub severity: Severity,
    /// How bad it is.
    pub impact: Impact,
    /// Keys of the components it concerns.
    pub components: Vec<String>,
    /// What was said of single components; of the others the impact speaks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub component_states: ComponentStates,
    /// Whose pages show its banner; left out, everybody's.
    #[serde(default, skip_serializing_if = "Target::is_everyone")]
    pub target: Target,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// What was said, newest first.
    pub updates: Vec<IncidentUpdate>,
    /// What it was, in the end (I4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// What was learned, once it is published (I6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postmortem: Option<Postmortem>,
}

impl Incident {
    /// What it says of a component now; nothing of one it does not name.
    #[must_use]
    pub fn component_status(&self, key: &str) -> Option<ComponentStatus> {
        state_of(&self.components, &self.component_states, self.impact, key)
    }
}

/// What is said of a component by whatever names `components`: what was said of this one, else what the impact says.
#[must_use]
pub fn state_of(components: &[String], states: &ComponentStates, impact: Impact, key: &str) -> Option<ComponentStatus> {
    let is_named = components.iter().any(|named| named == key);
    is_named.then(|| states.get(key).copied().unwrap_or_else(|| component_status(impact)))
}

/// The worst impact among the open incidents: the state of the whole.
#[must_use]
pub fn overall_impact(incidents: &[Incident]) -> Impact {
    incidents
        .iter()
        .filter(|incident| incident.resolved_at.is_none())
        .map(|incident| incident.impact)
        .max()
        .unwrap_or(Impact::None)
}

/// Each component with the worst that an open incident says about it, or a maintenance that is going on.
#[must_use]
pub fn component_states(
    components: &[(String, String)],
    incidents: &[Incident],
    maintenances: &[Maintenance],
) -> Vec<Component> {
    components
        .iter()
        .map(|(key, name)| {
            let open = incidents.iter().filter(|incident| incident.resolved_at.is_none());
            let said = open.filter_map(|incident| incident.component_status(key));
            let worked_on = maintenances.iter().any(|work| work.status.is_active() && work.components.contains(key));
            let worked_on = worked_on.then_some(ComponentStatus::UnderMaintenance);
            let status = said.chain(worked_on).max().unwrap_or(ComponentStatus::Operational);
            Component { key: key.clone(), name: name.clone(), status }
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::id::UpdateId;

    pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    pub(crate) fn incident(seed: u8, impact: Impact, resolved_seconds_ago: Option<i64>) -> Incident {
        let resolved_at = resolved_seconds_ago.map(|seconds| NOW.plus_seconds(-seconds));
        let status = if resolved_at.is_some() { IncidentStatus::Resolved } else { IncidentStatus::Investigating };
        let id = UpdateId::from_random([seed; 16]);
        Incident {
            id: IncidentId::from_random([seed; 16]),
            title: format!("incident {seed}"),
            status,
            severity: Severity::P2,
            impact,
            components: vec!["pay".into()],
            component_states: ComponentStates::new(),
            target: Target::default(),
            started_at: NOW,
            resolved_at,
            updated_at: NOW,
            updates: vec![IncidentUpdate::plain(id, status, "text", NOW)],
            summary: None,
            postmortem: None,
        }
    }

    #[test]
    fn the_state_of_the_whole_is_the_worst_open_impact() {
        assert_eq!(overall_impact(&[]), Impact::None);
        assert_eq!(
            overall_impact(&[incident(1, Impact::Critical, Some(5)), incident(2, Impact::Minor, None)]),
            Impact::Minor
        );
    }

    #[test]
    fn i5_a_component_is_as_bad_as_its_worst_open_incident_and_each_may_have_a_state_of_its_own() {
        let components = [("pay".to_owned(), "Payments".to_owned()), ("zoom".to_owned(), "Lessons".to_owned())];
        let both = Incident {
            components: vec!["pay".into(), "zoom".into()],
            component_states: [("zoom".to_owned(), ComponentStatus::DegradedPerformance)].into(),
            ..incident(4, Impact::Major, None)
        };
        for (incidents, expected) in [
            (vec![incident(1, Impact::Minor, None)], ["degraded_performance", "operational"]),
            (vec![incident(1, Impact::Minor, None), both.clone()], ["partial_outage", "degraded_performance"]),
            (vec![incident(3, Impact::Critical, Some(9))], ["operational", "operational"]),
            (vec![both, incident(3, Impact::Critical, None)], ["major_outage", "degraded_performance"]),
        ] {
            let states = component_states(&components, &incidents, &[]);
            assert_eq!(states.iter().map(|state| state.status.as_str()).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_resolved_incident_takes_no_more_updates_and_a_post_mortem_is_no_update() {
        for next in IncidentStatus::ALL {
            assert!(!IncidentStatus::Resolved.may_become(next));
            assert!(!IncidentStatus::Postmortem.may_become(next));
            assert_eq!(IncidentStatus::Monitoring.may_become(next), next != IncidentStatus::Postmortem);
        }
    }
}
