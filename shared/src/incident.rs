//! Incidents: what is broken, for whom, and what a page should say about it (I1–I5, W2).

mod draft;

pub use draft::*;

use crate::id::{IncidentId, UpdateId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a page that showed a banner is told that it is over, in seconds. A page polls every 20 seconds while it
/// is seen and at once when it comes back to the front; an hour covers a tab that was left for lunch.
pub const RESOLVED_NOTICE_SECONDS: i64 = 3_600;

/// Most components one incident may name; a site with more would name a group.
pub const COMPONENTS_MAX: usize = 50;

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
}

impl IncidentStatus {
    /// Every status, in order.
    pub const ALL: [Self; 4] = [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved];

    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether an update may move an incident from here to `next`: any way among the open ones (causes are
    /// mistaken, fixes fail), and nothing after the end. A relapse is a new incident.
    #[must_use]
    pub fn may_become(self, _next: Self) -> bool {
        self != Self::Resolved
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
    /// It works, badly.
    DegradedPerformance,
    /// It fails for some.
    PartialOutage,
    /// It fails for all.
    MajorOutage,
}

/// What an open incident of this impact says about the components it names.
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
    /// The worst that an open incident says about it.
    pub status: ComponentStatus,
}

/// One update of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncidentUpdate {
    /// The update's id; a banner is dismissed per update.
    pub id: UpdateId,
    /// How far the team was.
    pub status: IncidentStatus,
    /// What was said, plain text.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
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
    /// How bad it is.
    pub impact: Impact,
    /// Keys of the components it concerns.
    pub components: Vec<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// What was said, newest first.
    pub updates: Vec<IncidentUpdate>,
}

/// What a page shows of an incident: finished text, nothing to interpret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Banner {
    /// The incident.
    pub incident: IncidentId,
    /// The update it shows; dismissing it dismisses this update only (W2).
    pub update: UpdateId,
    /// How far the team is. Resolved ones are for pages that showed the incident: they say that it is over.
    pub status: IncidentStatus,
    /// How bad it is.
    pub impact: Impact,
    /// One line.
    pub title: String,
    /// The newest update's text.
    pub body: String,
    /// When the newest update was posted.
    pub updated_at: Timestamp,
}

/// The banners that pages should know of at `now`: open incidents, worst and newest first, then those that ended less
/// than [`RESOLVED_NOTICE_SECONDS`] ago. An incident without an update has nothing to say and is left out.
#[must_use]
pub fn banners(incidents: &[Incident], now: Timestamp) -> Vec<Banner> {
    let mut banners: Vec<Banner> = incidents
        .iter()
        .filter(|incident| incident.resolved_at.is_none_or(|end| end.plus_seconds(RESOLVED_NOTICE_SECONDS) > now))
        .filter_map(|incident| {
            let newest = incident.updates.first()?;
            Some(Banner {
                incident: incident.id.clone(),
                update: newest.id.clone(),
                status: incident.status,
                impact: incident.impact,
                title: incident.title.clone(),
                body: newest.body.clone(),
                updated_at: newest.created_at,
            })
        })
        .collect();
    banners.sort_by_key(|banner| {
        (banner.status == IncidentStatus::Resolved, std::cmp::Reverse((banner.impact, banner.updated_at)))
    });
    banners
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

/// Each component with the worst that an open incident says about it.
#[must_use]
pub fn component_states(components: &[(String, String)], incidents: &[Incident]) -> Vec<Component> {
    components
        .iter()
        .map(|(key, name)| {
            let concerned =
                incidents.iter().filter(|incident| incident.resolved_at.is_none() && incident.components.contains(key));
            let status = concerned
                .map(|incident| component_status(incident.impact))
                .max()
                .unwrap_or(ComponentStatus::Operational);
            Component { key: key.clone(), name: name.clone(), status }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn incident(seed: u8, impact: Impact, resolved_seconds_ago: Option<i64>) -> Incident {
        let resolved_at = resolved_seconds_ago.map(|seconds| NOW.plus_seconds(-seconds));
        let status = if resolved_at.is_some() { IncidentStatus::Resolved } else { IncidentStatus::Investigating };
        Incident {
            id: IncidentId::from_random([seed; 16]),
            title: format!("incident {seed}"),
            status,
            impact,
            components: vec!["pay".into()],
            started_at: NOW,
            resolved_at,
            updated_at: NOW,
            updates: vec![IncidentUpdate {
                id: UpdateId::from_random([seed; 16]),
                status,
                body: "text".into(),
                created_at: NOW,
            }],
        }
    }

    fn titles(incidents: &[Incident]) -> Vec<String> {
        banners(incidents, NOW).into_iter().map(|banner| banner.title).collect()
    }

    #[test]
    fn the_worst_open_incident_stands_first_and_the_ended_last() {
        let all = [
            incident(1, Impact::Minor, None),
            incident(2, Impact::Critical, Some(60)),
            incident(3, Impact::Major, None),
        ];
        assert_eq!(titles(&all), ["incident 3", "incident 1", "incident 2"]);
    }

    #[test]
    fn an_end_is_told_for_an_hour_to_the_second() {
        for (seconds_ago, told) in [(0, true), (RESOLVED_NOTICE_SECONDS - 1, true), (RESOLVED_NOTICE_SECONDS, false)] {
            assert_eq!(
                titles(&[incident(1, Impact::Major, Some(seconds_ago))]).len(),
                usize::from(told),
                "{seconds_ago} s ago"
            );
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
    fn a_component_is_as_bad_as_its_worst_open_incident() {
        let components = [("pay".to_owned(), "Payments".to_owned()), ("zoom".to_owned(), "Lessons".to_owned())];
        let states = component_states(
            &components,
            &[
                incident(1, Impact::Minor, None),
                incident(2, Impact::Major, None),
                incident(3, Impact::Critical, Some(9)),
            ],
        );
        assert_eq!(states[0].status, ComponentStatus::PartialOutage);
        assert_eq!(states[1].status, ComponentStatus::Operational);
    }

    #[test]
    fn a_resolved_incident_takes_no_more_updates() {
        for next in IncidentStatus::ALL {
            assert!(!IncidentStatus::Resolved.may_become(next));
            assert!(IncidentStatus::Monitoring.may_become(next));
        }
    }
}
