//! What was said of an incident while it lasted (I3).

use super::{ComponentStates, Impact, IncidentStatus};
use crate::id::UpdateId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// How bad it was from then on; of updates before this was kept, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    /// What had been said of single components by then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub component_states: ComponentStates,
    /// What the team is doing now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// When it should be over, as far as anybody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Timestamp>,
    /// What people can do meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
}

impl IncidentUpdate {
    /// An update that says no more than its text.
    #[must_use]
    pub fn plain(id: UpdateId, status: IncidentStatus, body: &str, created_at: Timestamp) -> Self {
        Self {
            id,
            status,
            body: body.to_owned(),
            created_at,
            impact: None,
            component_states: ComponentStates::new(),
            work: None,
            eta: None,
            workaround: None,
        }
    }
}
