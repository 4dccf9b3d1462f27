//! What alerts of other systems become (C1).

use serde::{Deserialize, Serialize};

/// What an alert becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// A draft of an incident, for a person to publish.
    Incident,
    /// A ticket.
    Ticket,
    /// Nothing.
    Nothing,
}

/// How bad an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    /// Worth knowing; nobody is bothered.
    Info,
    /// Somebody should look.
    Warning,
    /// Something is down.
    Critical,
}

/// A rule: what it does not name, it does not ask about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Who sends it: `alertmanager`, `datadog`, `pagerduty`, `posthog`, `statuspage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// A part of its title, in any case of letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// At least this bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<AlertSeverity>,
    /// What it becomes.
    pub becomes: Becomes,
}

/// The rules, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertRules(pub Vec<AlertRule>);

impl AlertRules {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the first rule that fits says; where none does, what is down is drafted, what somebody should look at is a
    /// ticket, and the rest is nothing.
    #[must_use]
    pub fn becomes(&self, source: &str, title: &str, severity: AlertSeverity) -> Becomes {
        let title = title.to_lowercase();
        let fits = |rule: &&AlertRule| {
            rule.source.as_deref().is_none_or(|wanted| wanted == source)
                && rule.title.as_deref().is_none_or(|part| title.contains(&part.to_lowercase()))
                && rule.severity.is_none_or(|least| severity >= least)
        };
        self.0.iter().find(fits).map_or(
            match severity {
                AlertSeverity::Critical => Becomes::Incident,
                AlertSeverity::Warning => Becomes::Ticket,
                AlertSeverity::Info => Becomes::Nothing,
            },
            |rule| rule.becomes,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AlertSeverity::{Critical, Info, Warning};

    #[test]
    fn c1_the_first_rule_that_fits_says_what_an_alert_becomes() {
        let rule = |source: Option<&str>, title: Option<&str>, severity, becomes| AlertRule {
            source: source.map(str::to_owned),
            title: title.map(str::to_owned),
            severity,
            becomes,
        };
        let rules = AlertRules(vec![
            rule(Some("posthog"), None, None, Becomes::Nothing),
            rule(None, Some("Disk"), Some(Warning), Becomes::Ticket),
            rule(None, Some("backup"), None, Becomes::Incident),
        ]);
        for (source, title, severity, becomes) in [
            ("posthog", "Disk", Critical, Becomes::Nothing),
            ("datadog", "disk full", Critical, Becomes::Ticket),
            ("datadog", "disk full", Info, Becomes::Nothing),
            ("datadog", "Backup late", Info, Becomes::Incident),
            ("datadog", "x", Critical, Becomes::Incident),
            ("datadog", "x", Warning, Becomes::Ticket),
            ("datadog", "x", Info, Becomes::Nothing),
        ] {
            assert_eq!(rules.becomes(source, title, severity), becomes, "{source} {title} {severity:?}");
        }
    }
}
