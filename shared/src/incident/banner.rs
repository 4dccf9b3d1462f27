//! What pages show of incidents and of planned work (W2): finished text, and whom it concerns.

use super::{Impact, Incident, IncidentStatus, Maintenance, MaintenanceStatus};
use crate::id::UpdateId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a page that showed a banner, and whoever said that it affects them too (I9), is told that it is over, in seconds.
/// A page polls every 20 seconds while it is seen and at once when it comes back to the front; a day covers who shut the
/// laptop in the evening and opens it the next morning. Each ended one is some 200 bytes of every first answer meanwhile.
pub const RESOLVED_NOTICE_SECONDS: i64 = 86_400;

/// What a banner says of how far things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BannerStatus {
    /// An incident is seen, not understood.
    Investigating,
    /// Its cause is known.
    Identified,
    /// A fix is in place and watched.
    Monitoring,
    /// It is over, be it an incident or planned work.
    Resolved,
    /// Work is planned.
    Scheduled,
    /// Planned work is going on.
    InProgress,
}

impl BannerStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved, Self::Scheduled, Self::InProgress];

    /// The word on the wire, and the key of the loader's text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
        }
    }
}

impl From<IncidentStatus> for BannerStatus {
    fn from(status: IncidentStatus) -> Self {
        match status {
            IncidentStatus::Investigating => Self::Investigating,
            IncidentStatus::Identified => Self::Identified,
            IncidentStatus::Monitoring => Self::Monitoring,
            IncidentStatus::Resolved | IncidentStatus::Postmortem => Self::Resolved,
        }
    }
}

impl From<MaintenanceStatus> for BannerStatus {
    fn from(status: MaintenanceStatus) -> Self {
        match status {
            MaintenanceStatus::Scheduled => Self::Scheduled,
            MaintenanceStatus::InProgress | MaintenanceStatus::Verifying => Self::InProgress,
            MaintenanceStatus::Completed => Self::Resolved,
        }
    }
}

/// What a page shows of an incident: finished text, nothing to interpret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Banner {
    /// The incident, or the planned work.
    pub incident: String,
    /// The update it shows; dismissing it dismisses this update only (W2).
    pub update: UpdateId,
    /// How far the team is. Resolved ones are for pages that showed the incident: they say that it is over.
    pub status: BannerStatus,
    /// How bad it is.
    pub impact: Impact,
    /// One line.
    pub title: String,
    /// The newest update's text, and below it what one can do meanwhile, where that is known (I3).
    pub body: String,
    /// When the newest update was posted.
    pub updated_at: Timestamp,
    /// Whom it concerns, as a regular expression for a page's tier, plan, components and path, in this order and with
    /// commas between them. Left out, it concerns everybody.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub concerns: Option<String>,
    /// Whether visitors may say that it affects them too (I9).
    #[serde(default)]
    pub me_too: bool,
    /// Whether it is over: told to pages that showed it.
    #[serde(default)]
    pub over: bool,
}

/// The banners that pages in a language should know of at `now`: open incidents, worst and newest first, then planned
/// work that was announced, then what ended less than [`RESOLVED_NOTICE_SECONDS`] ago. An incident without an update
/// has nothing to say and is left out.
#[must_use]
pub fn banners(incidents: &[Incident], maintenances: &[Maintenance], locale: &str, now: Timestamp) -> Vec<Banner> {
    let is_told = |end: Option<Timestamp>| end.is_none_or(|end| end.plus_seconds(RESOLVED_NOTICE_SECONDS) > now);
    let broken = incidents.iter().filter(|incident| is_told(incident.resolved_at) && incident.target.speaks(locale));
    let planned = maintenances.iter().filter(|work| work.announced && is_told(work.completed_at));
    let planned = planned.filter(|work| work.target.speaks(locale));
    let mut banners: Vec<Banner> = broken.filter_map(of_incident).chain(planned.filter_map(of_work)).collect();
    banners.sort_by_key(|banner| {
        let is_planned = matches!(banner.status, BannerStatus::Scheduled | BannerStatus::InProgress);
        let is_over = banner.status == BannerStatus::Resolved;
        (is_over, is_planned, std::cmp::Reverse((banner.impact, banner.updated_at)))
    });
    banners
}

fn of_incident(incident: &Incident) -> Option<Banner> {
    let newest = incident.updates.first()?;
    let said: Vec<&str> = std::iter::once(newest.body.as_str()).chain(newest.workaround.as_deref()).collect();
    Some(Banner {
        incident: incident.id.to_string(),
        update: newest.id.clone(),
        status: incident.status.into(),
        impact: incident.impact,
        title: incident.title.clone(),
        body: said.join("\n\n"),
        updated_at: newest.created_at,
        concerns: incident.target.pattern(),
        me_too: incident.resolved_at.is_none(),
        over: incident.resolved_at.is_some(),
    })
}

fn of_work(work: &Maintenance) -> Option<Banner> {
    let newest = work.updates.first()?;
    Some(Banner {
        incident: work.id.to_string(),
        update: newest.id.clone(),
        status: work.status.into(),
        impact: Impact::Minor,
        title: work.title.clone(),
        body: newest.body.clone(),
        updated_at: newest.created_at,
        concerns: work.target.pattern(),
        me_too: false,
        over: work.completed_at.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::maintenance::tests::work;
    use super::super::tests::{NOW, incident};
    use super::*;
    use crate::incident::Target;

    fn titles(incidents: &[Incident], planned: &[Maintenance]) -> Vec<String> {
        banners(incidents, planned, "en", NOW).into_iter().map(|banner| banner.title).collect()
    }

    #[test]
    fn the_worst_open_incident_stands_first_then_planned_work_and_the_ended_last() {
        let all = [
            incident(1, Impact::Minor, None),
            incident(2, Impact::Critical, Some(60)),
            incident(3, Impact::Major, None),
            incident(4, Impact::None, None),
        ];
        let planned = Maintenance { announced: true, ..work(0, 1) };
        assert_eq!(titles(&all, &[planned]), ["incident 3", "incident 1", "incident 4", "work", "incident 2"]);
    }

    #[test]
    fn an_end_is_told_for_a_day_to_the_second() {
        for (seconds_ago, told) in [(0, true), (RESOLVED_NOTICE_SECONDS - 1, true), (RESOLVED_NOTICE_SECONDS, false)] {
            assert_eq!(
                titles(&[incident(1, Impact::Major, Some(seconds_ago))], &[]).len(),
                usize::from(told),
                "{seconds_ago} s ago"
            );
        }
    }

    #[test]
    fn i3_what_one_can_do_meanwhile_stands_below_what_happens() {
        let mut known = incident(1, Impact::Major, None);
        known.updates[0].workaround = Some("Pay by transfer.".into());
        let said = [known.updates[0].body.as_str(), "Pay by transfer."].join("\n\n");
        assert_eq!(banners(&[known], &[], "en", NOW)[0].body, said);
    }

    #[test]
    fn i8_planned_work_shows_once_it_is_announced() {
        let planned = work(0, 1);
        assert!(titles(&[], std::slice::from_ref(&planned)).is_empty());
        assert_eq!(titles(&[], &[Maintenance { announced: true, ..planned }]), ["work"]);
    }

    #[test]
    fn a2_a_banner_for_one_language_is_not_in_the_others_and_bears_its_pattern() {
        let target = Target { locales: vec!["ru".into()], pages: vec!["/pay".into()], ..Target::default() };
        let only_russian = Incident { target, ..incident(1, Impact::Major, None) };
        assert!(banners(std::slice::from_ref(&only_russian), &[], "en", NOW).is_empty());
        let shown = banners(&[only_russian], &[], "ru", NOW);
        assert_eq!(shown[0].concerns.as_deref(), Some("^[^,]*,[^,]*,[^/]*,(?:/pay)$"));
        assert!(shown[0].me_too);
    }
}
