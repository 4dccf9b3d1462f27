//! Surveys on the wire (U).

use crate::survey::{SurveyDue, SurveyKind};
use serde::{Deserialize, Serialize};

/// What a visitor may be asked now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Surveys {
    /// One question at most; null when there is none.
    pub due: Option<SurveyDue>,
    /// Whether they asked not to be asked.
    pub opted_out: bool,
    /// Whether they were asked why they leave, which nobody is twice.
    pub exit_asked: bool,
}

/// The word that an answer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyReceipt {
    /// Which question it was.
    pub kind: SurveyKind,
    /// False when it was waved away.
    pub answered: bool,
}

/// Whether a visitor wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SurveyOptOut {
    /// True for no questions any more.
    pub opted_out: bool,
}
