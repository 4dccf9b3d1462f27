//! How urgent an incident is for the team (I2). What makes one so severe stands in the policy, as text for people:
//! whether half of the customers cannot pay is for a person to judge.

use super::Impact;
use serde::{Deserialize, Serialize};

/// How urgent an incident is, the worst first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Critical: everything else waits.
    P1,
    /// Major.
    #[default]
    P2,
    /// Minor.
    P3,
    /// Hardly anybody notices.
    P4,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 4] = [Self::P1, Self::P2, Self::P3, Self::P4];

    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P1 => "p1",
            Self::P2 => "p2",
            Self::P3 => "p3",
            Self::P4 => "p4",
        }
    }

    /// What it means for customers, where nobody said it.
    #[must_use]
    pub const fn usual_impact(self) -> Impact {
        match self {
            Self::P1 => Impact::Critical,
            Self::P2 => Impact::Major,
            Self::P3 => Impact::Minor,
            Self::P4 => Impact::None,
        }
    }

    /// How severe an incident of this impact is, where nobody said it.
    #[must_use]
    pub const fn usual_for(impact: Impact) -> Self {
        match impact {
            Impact::Critical => Self::P1,
            Impact::Major => Self::P2,
            Impact::Minor => Self::P3,
            Impact::None => Self::P4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i2_severity_and_impact_stand_for_each_other_where_only_one_is_said() {
        for severity in Severity::ALL {
            assert_eq!(Severity::usual_for(severity.usual_impact()), severity);
        }
    }
}
