//! Incidents and updates as they arrive: nothing about them is believed until it was checked.

use super::target::Known;
use super::{
    ComponentStates, ComponentStatus, Impact, Incident, IncidentStatus, Severity, Summary, SummaryDraft, Target,
    summary_missing,
};
use crate::text::{FieldCode, FieldError, MESSAGE_CHARS_MAX, Refusals, TITLE_CHARS_MAX};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long ago an incident may have begun when it is declared, in seconds: what was found a month later is history.
pub const BACKDATED_SECONDS_MAX: i64 = 30 * 86_400;
/// Characters of what the team does now, and of a workaround.
pub const DETAIL_CHARS_MAX: usize = 2_000;

/// An incident as it is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IncidentDraft {
    /// One line that fits a banner.
    #[serde(default)]
    pub title: String,
    /// What is known; left out, the title says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How urgent it is; left out, what the impact says, else p2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How bad it is; left out, what the severity says, else major.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    /// How far the team is; left out, investigating.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<IncidentStatus>,
    /// Keys of the components it concerns.
    #[serde(default)]
    pub components: Vec<String>,
    /// States of single components, where the impact does not say it all.
    #[serde(default, skip_serializing_if = "ComponentStates::is_empty")]
    pub component_states: ComponentStates,
    /// Whose pages show its banner; left out, everybody's.
    #[serde(default, skip_serializing_if = "Target::is_everyone")]
    pub target: Target,
    /// When it began; left out, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// What the team is doing now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// When it should be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Timestamp>,
    /// What people can do meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
}

/// An incident that may be stored; [`NewIncident::check`] is the only way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIncident {
    draft: IncidentDraft,
    impact: Impact,
    severity: Severity,
    status: IncidentStatus,
    started_at: Timestamp,
}

impl NewIncident {
    /// Checks a draft against the limits and what the site has.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(draft: &IncidentDraft, known: Known<'_>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let title = refusals.required_line("title", &draft.title, TITLE_CHARS_MAX);
        let body = refusals.optional_text("body", draft.body.as_deref(), MESSAGE_CHARS_MAX);
        let status = draft.status.unwrap_or(IncidentStatus::Investigating);
        if status.is_over() {
            refusals.push("status", FieldCode::UnknownValue, "an incident is declared open; resolve it by an update");
        }
        known.check_components(&draft.components, &mut refusals);
        check_states(&draft.component_states, &draft.components, &mut refusals);
        draft.target.check("target", known, &mut refusals);
        let started_at = draft.started_at.unwrap_or(now);
        if started_at > now || started_at < now.plus_seconds(-BACKDATED_SECONDS_MAX) {
            refusals.push("started_at", FieldCode::InvalidFormat, "expected a time within the last 30 days");
        }
        let said = Details::check(draft.work.as_deref(), draft.eta, draft.workaround.as_deref(), now, &mut refusals);
        let severity = draft.severity.or(draft.impact.map(Severity::usual_for)).unwrap_or_default();
        let impact = draft.impact.unwrap_or(severity.usual_impact());
        let draft = IncidentDraft {
            body: Some(body.unwrap_or_else(|| title.clone())),
            title,
            work: said.work,
            workaround: said.workaround,
            ..draft.clone()
        };
        refusals.into_result(Self { draft, impact, severity, status, started_at })
    }

    /// The draft with its texts cleaned.
    #[must_use]
    pub fn draft(&self) -> &IncidentDraft {
        &self.draft
    }
    /// The text of the first update.
    #[must_use]
    pub fn body(&self) -> &str {
        self.draft.body.as_deref().unwrap_or_default()
    }
    /// How bad it is.
    #[must_use]
    pub fn impact(&self) -> Impact {
        self.impact
    }
    /// How urgent it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }
    /// How far the team is.
    #[must_use]
    pub fn status(&self) -> IncidentStatus {
        self.status
    }
    /// When it began.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }
}

/// What is said beside a text, cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Details {
    work: Option<String>,
    workaround: Option<String>,
}

impl Details {
    fn check(
        work: Option<&str>,
        eta: Option<Timestamp>,
        workaround: Option<&str>,
        now: Timestamp,
        refusals: &mut Refusals,
    ) -> Self {
        if eta.is_some_and(|eta| eta <= now) {
            refusals.push("eta", FieldCode::InvalidFormat, "expected a time that is still to come");
        }
        Self {
            work: refusals.optional_text("work", work, DETAIL_CHARS_MAX),
            workaround: refusals.optional_text("workaround", workaround, DETAIL_CHARS_MAX),
        }
    }
}

/// Only what an incident names has a state in it, and nothing is under maintenance because it broke.
fn check_states(states: &ComponentStates, components: &[String], refusals: &mut Refusals) {
    let is_wrong = |(key, status): (&String, &ComponentStatus)| {
        !components.contains(key) || *status == ComponentStatus::UnderMaintenance
    };
    if states.iter().any(is_wrong) {
        let detail = "expected states of components that the incident names; work on them is planned as maintenance";
        refusals.push("component_states", FieldCode::UnknownValue, detail);
    }
}

/// An update as it arrives; resolving is an update whose status is resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateDraft {
    /// What is to be said.
    #[serde(default)]
    pub body: String,
    /// How far the team is; left out, as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<IncidentStatus>,
    /// How bad it is; left out, as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    /// States of single components that are no longer what they were.
    #[serde(default, skip_serializing_if = "ComponentStates::is_empty")]
    pub component_states: ComponentStates,
    /// What the team is doing now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// When it should be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Timestamp>,
    /// What people can do meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
    /// What it was, in the end; resolving demands it (I4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<SummaryDraft>,
}

/// An update that may be stored; [`NewUpdate::check`] is the only way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpdate {
    /// What was said, with its texts cleaned.
    draft: UpdateDraft,
    summary: Option<Summary>,
}

impl NewUpdate {
    /// Checks an update of an incident against the limits.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(draft: &UpdateDraft, incident: &Incident, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let body = refusals.required_text("body", &draft.body, MESSAGE_CHARS_MAX);
        check_states(&draft.component_states, &incident.components, &mut refusals);
        let said = Details::check(draft.work.as_deref(), draft.eta, draft.workaround.as_deref(), now, &mut refusals);
        if draft.status == Some(IncidentStatus::Postmortem) {
            let detail = "a post-mortem is published on its own address";
            refusals.push("status", FieldCode::UnknownValue, detail);
        }
        let mut errors = refusals.into_result(()).err().unwrap_or_default();
        let ends = draft.status == Some(IncidentStatus::Resolved);
        let summary = match (&draft.summary, ends) {
            (Some(summary), true) => summary.check(incident, now).map_err(|more| errors.extend(more)).ok(),
            (None, true) => {
                errors.push(summary_missing());
                None
            }
            (Some(_), false) => {
                let detail = "a summary comes with the end";
                errors.push(FieldError::new("summary", FieldCode::UnknownField, detail));
                None
            }
            (None, false) => None,
        };
        let draft = UpdateDraft { body, work: said.work, workaround: said.workaround, ..draft.clone() };
        if errors.is_empty() { Ok(Self { draft, summary }) } else { Err(errors) }
    }

    /// What was said, with its texts cleaned.
    #[must_use]
    pub fn draft(&self) -> &UpdateDraft {
        &self.draft
    }

    /// What it was, in the end; there when the update ends the incident, and only then.
    #[must_use]
    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, incident};
    use super::*;

    const KEYS: [&str; 1] = ["pay"];

    fn known() -> Known<'static> {
        Known { components: &KEYS, ..Known::default() }
    }

    fn titled(title: &str) -> IncidentDraft {
        IncidentDraft { title: title.into(), ..IncidentDraft::default() }
    }

    #[test]
    fn a_declaration_is_checked_field_by_field() {
        let stored = NewIncident::check(&titled("Payments fail"), known(), NOW).unwrap();
        assert_eq!(
            (stored.body(), stored.impact(), stored.severity(), stored.status(), stored.started_at()),
            ("Payments fail", Impact::Major, Severity::P2, IncidentStatus::Investigating, NOW)
        );
        let state = |key: &str, status| ComponentStates::from([(key.to_owned(), status)]);
        let wrong = [
            ("title", titled(" ")),
            ("title", titled(&"x".repeat(TITLE_CHARS_MAX + 1))),
            ("status", IncidentDraft { status: Some(IncidentStatus::Resolved), ..titled("t") }),
            ("status", IncidentDraft { status: Some(IncidentStatus::Postmortem), ..titled("t") }),
            ("components", IncidentDraft { components: vec!["nope".into()], ..titled("t") }),
            ("components", IncidentDraft { components: vec!["pay".into(), "pay".into()], ..titled("t") }),
            (
                "component_states",
                IncidentDraft { component_states: state("pay", ComponentStatus::MajorOutage), ..titled("t") },
            ),
            (
                "component_states",
                IncidentDraft {
                    components: vec!["pay".into()],
                    component_states: state("pay", ComponentStatus::UnderMaintenance),
                    ..titled("t")
                },
            ),
            (
                "target.tiers",
                IncidentDraft { target: Target { tiers: vec!["x".into()], ..Target::default() }, ..titled("t") },
            ),
            ("started_at", IncidentDraft { started_at: Some(NOW.plus_seconds(1)), ..titled("t") }),
            (
                "started_at",
                IncidentDraft { started_at: Some(NOW.plus_seconds(-BACKDATED_SECONDS_MAX - 1)), ..titled("t") },
            ),
            ("eta", IncidentDraft { eta: Some(NOW), ..titled("t") }),
            ("work", IncidentDraft { work: Some("x".repeat(DETAIL_CHARS_MAX + 1)), ..titled("t") }),
        ];
        for (field, draft) in wrong {
            assert_eq!(NewIncident::check(&draft, known(), NOW).unwrap_err()[0].field, field);
        }
    }

    #[test]
    fn i2_severity_and_impact_are_said_or_follow_from_each_other() {
        for (severity, impact, expected) in [
            (None, None, (Severity::P2, Impact::Major)),
            (Some(Severity::P1), None, (Severity::P1, Impact::Critical)),
            (None, Some(Impact::Minor), (Severity::P3, Impact::Minor)),
            (Some(Severity::P1), Some(Impact::None), (Severity::P1, Impact::None)),
        ] {
            let new = NewIncident::check(&IncidentDraft { severity, impact, ..titled("t") }, known(), NOW).unwrap();
            assert_eq!((new.severity(), new.impact()), expected);
        }
    }

    #[test]
    fn i4_an_update_that_ends_an_incident_brings_the_summary_and_no_other_does() {
        let open = incident(1, Impact::Major, None);
        let summary = SummaryDraft { impact: "i".into(), prevention: "p".into(), ..SummaryDraft::default() };
        let says = |status, summary| UpdateDraft { body: "News.".into(), status, summary, ..UpdateDraft::default() };
        let resolved = Some(IncidentStatus::Resolved);
        for (draft, refused) in [
            (says(None, None), None),
            (says(resolved, Some(summary.clone())), None),
            (says(resolved, None), Some("summary")),
            (says(resolved, Some(SummaryDraft::default())), Some("summary.impact")),
            (says(Some(IncidentStatus::Monitoring), Some(summary)), Some("summary")),
            (says(Some(IncidentStatus::Postmortem), None), Some("status")),
            (UpdateDraft { body: " ".into(), ..UpdateDraft::default() }, Some("body")),
        ] {
            let outcome = NewUpdate::check(&draft, &open, NOW);
            let field = outcome.as_ref().err().map(|errors| errors[0].field.as_str());
            assert_eq!(field, refused, "{draft:?}");
            if let Ok(update) = outcome {
                assert_eq!(update.summary().is_some(), draft.status == resolved);
            }
        }
    }
}
