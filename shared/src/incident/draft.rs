//! Incidents and updates as they arrive: nothing about them is believed until it was checked.

use super::{COMPONENTS_MAX, Impact, IncidentStatus};
use crate::text::{FieldCode, FieldError, MESSAGE_CHARS_MAX, Refusals, TITLE_CHARS_MAX};
use serde::{Deserialize, Serialize};

/// An incident as it is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IncidentDraft {
    /// One line that fits a banner.
    #[serde(default)]
    pub title: String,
    /// What is known; left out, the title says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How bad it is; left out, major.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    /// How far the team is; left out, investigating.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<IncidentStatus>,
    /// Keys of the components it concerns.
    #[serde(default)]
    pub components: Vec<String>,
}

/// An incident that may be stored; [`NewIncident::check`] is the only way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIncident {
    title: String,
    body: String,
    impact: Impact,
    status: IncidentStatus,
    components: Vec<String>,
}

impl NewIncident {
    /// Checks a draft against the limits and the site's components.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(draft: &IncidentDraft, known_components: &[&str]) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let title = refusals.required_line("title", &draft.title, TITLE_CHARS_MAX);
        let body = refusals.optional_text("body", draft.body.as_deref(), MESSAGE_CHARS_MAX);
        let status = draft.status.unwrap_or(IncidentStatus::Investigating);
        if status == IncidentStatus::Resolved {
            refusals.push("status", FieldCode::UnknownValue, "an incident is declared open; resolve it by an update");
        }
        if draft.components.len() > COMPONENTS_MAX
            || draft.components.iter().any(|key| !known_components.contains(&key.as_str()))
        {
            let mut detail = String::from("expected some of ");
            detail.push_str(&known_components.join(", "));
            refusals.push("components", FieldCode::UnknownValue, &detail);
        }
        let body = body.unwrap_or_else(|| title.clone());
        let impact = draft.impact.unwrap_or(Impact::Major);
        refusals.into_result(Self { title, body, impact, status, components: draft.components.clone() })
    }

    /// One line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }
    /// The text of the first update.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
    /// How bad it is.
    #[must_use]
    pub fn impact(&self) -> Impact {
        self.impact
    }
    /// How far the team is.
    #[must_use]
    pub fn status(&self) -> IncidentStatus {
        self.status
    }
    /// Keys of the components it concerns.
    #[must_use]
    pub fn components(&self) -> &[String] {
        &self.components
    }
}

/// An update as it arrives; resolving is an update whose status is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateDraft {
    /// What is to be said. Resolving demands it too: no incident ends without a summary (I4).
    #[serde(default)]
    pub body: String,
    /// How far the team is; left out, as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<IncidentStatus>,
    /// How bad it is; left out, as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
}

impl UpdateDraft {
    /// The cleaned text, checked against the limits.
    ///
    /// # Errors
    /// A [`FieldError`] when it is blank or too long.
    pub fn check(&self) -> Result<String, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let body = refusals.required_text("body", &self.body, MESSAGE_CHARS_MAX);
        refusals.into_result(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_checked_field_by_field() {
        let draft = |title: &str| IncidentDraft {
            title: title.into(),
            body: None,
            impact: None,
            status: None,
            components: vec![],
        };
        let stored = NewIncident::check(&draft("Payments fail"), &[]).unwrap();
        assert_eq!(
            (stored.body(), stored.impact(), stored.status()),
            ("Payments fail", Impact::Major, IncidentStatus::Investigating)
        );
        let wrong = [
            ("title", draft(" ")),
            ("title", draft(&"x".repeat(TITLE_CHARS_MAX + 1))),
            ("status", IncidentDraft { status: Some(IncidentStatus::Resolved), ..draft("t") }),
            ("components", IncidentDraft { components: vec!["nope".into()], ..draft("t") }),
        ];
        for (field, draft) in wrong {
            assert_eq!(NewIncident::check(&draft, &["pay"]).unwrap_err()[0].field, field);
        }
    }
}
