//! What a team does about incidents: how severe what is, how often it says something, what it writes afterwards.

use super::{Localized, Span};
use crate::incident::Severity;
use serde::{Deserialize, Serialize};

/// Rules of incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentRules {
    /// How long an open incident may go without an update, unless its severity says otherwise (I4).
    pub update_every: Span,
    /// How long after its end a post-mortem is late, where the severity asks for one (I6).
    pub postmortem_within: Span,
    /// How long after its end an incident moves to the archive (I7).
    pub archive_after: Span,
    /// How long before it begins planned work is on every page (I8).
    pub announce_before: Span,
    /// The severities, the worst first.
    pub severities: Vec<SeverityRule>,
    /// What is no incident (I2).
    pub not_incidents: Vec<Localized>,
}

/// What one severity means (I2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityRule {
    /// The severity.
    pub severity: Severity,
    /// Its name, by language.
    pub label: Localized,
    /// How long it may go without an update; left out, as long as any.
    #[serde(default)]
    pub update_every: Option<Span>,
    /// Whether it ends with a post-mortem.
    #[serde(default)]
    pub postmortem: bool,
    /// What makes an incident so severe, one thing an entry, by language.
    #[serde(default)]
    pub criteria: Vec<Localized>,
}

/// Minutes between updates of the worst (I4).
const WORST_EVERY: Span = Span::minutes(15);

impl Default for IncidentRules {
    /// The numbers of I4, I6 and I7, which every preset shares; criteria are the policy's own words.
    fn default() -> Self {
        Self {
            update_every: Span::minutes(30),
            postmortem_within: Span::minutes(24 * 60),
            archive_after: Span::days(90),
            announce_before: Span::minutes(24 * 60),
            severities: Vec::new(),
            not_incidents: Vec::new(),
        }
    }
}

impl IncidentRules {
    fn rule(&self, severity: Severity) -> Option<&SeverityRule> {
        self.severities.iter().find(|rule| rule.severity == severity)
    }

    /// How long an open incident of this severity may go without an update (I4).
    #[must_use]
    pub fn update_every(&self, severity: Severity) -> Span {
        let unsaid = self.severities.is_empty() && severity == Severity::P1;
        let own = self.rule(severity).and_then(|rule| rule.update_every);
        own.unwrap_or(if unsaid { WORST_EVERY } else { self.update_every })
    }

    /// Whether an incident of this severity ends with a post-mortem (I6).
    #[must_use]
    pub fn wants_postmortem(&self, severity: Severity) -> bool {
        self.rule(severity).map_or(self.severities.is_empty() && severity == Severity::P1, |rule| rule.postmortem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i4_i6_a_policy_that_says_nothing_asks_for_news_and_post_mortems_as_often_as_any() {
        let rules = IncidentRules::default();
        for (severity, minutes, postmortem) in
            [(Severity::P1, 15, true), (Severity::P2, 30, false), (Severity::P3, 30, false), (Severity::P4, 30, false)]
        {
            assert_eq!(rules.update_every(severity).as_minutes(), minutes, "{severity:?}");
            assert_eq!(rules.wants_postmortem(severity), postmortem, "{severity:?}");
        }
    }
}
