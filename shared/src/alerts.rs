//! Alerts of other systems (C1), read as far as they matter here: what it is, whether it goes on, how bad it is.
//!
//! Each system has a shape of its own; what does not have it is refused with the field that is missing. An alert's key is
//! the same however often it is sent, and another one when it fires anew.

use crate::delivery::event::cut;
use crate::id::{DraftId, EventId, IncidentId, MaintenanceId, PageId, TicketId};
pub use crate::policy::AlertSeverity as Severity;
use crate::text::{MESSAGE_CHARS_MAX, NAME_CHARS_MAX, SUBJECT_CHARS_MAX, clean_line, clean_text};
use serde_json::Value;

/// Alerts of one request that are read: Alertmanager groups them, and a larger group is one catastrophe.
pub const ALERTS_MAX: usize = 50;

/// Who sends alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Prometheus's Alertmanager, and Grafana, which speaks like it.
    Alertmanager,
    /// Datadog, by the template of our documentation.
    Datadog,
    /// PagerDuty's webhooks, version 3.
    PagerDuty,
    /// PostHog's HTTP destination.
    PostHog,
    /// Somebody else's Statuspage.
    Statuspage,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] = [Self::Alertmanager, Self::Datadog, Self::PagerDuty, Self::PostHog, Self::Statuspage];

    /// The word in its path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::Datadog => "datadog",
            Self::PagerDuty => "pagerduty",
            Self::PostHog => "posthog",
            Self::Statuspage => "statuspage",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What is counted once.
    pub key: String,
    /// What its end ends beside the key itself: of alerts whose key goes on after a bar, those up to this one.
    pub last_key: String,
    /// Whether it goes on; else it is over.
    pub firing: bool,
    /// One line.
    pub title: String,
    /// What is known, with a link to where more is.
    pub text: String,
    /// How bad it is.
    pub severity: Severity,
}

/// Reads what a source sent. An event that says nothing about an alert gives none.
///
/// # Errors
/// The field that a source of this kind always sends and that is missing.
pub fn read(source: Source, body: &Value) -> Result<Vec<Alert>, &'static str> {
    match source {
        Source::Alertmanager => {
            let alerts = body.get("alerts").and_then(Value::as_array).ok_or("alerts")?;
            alerts.iter().take(ALERTS_MAX).map(alertmanager).collect()
        }
        Source::Datadog => datadog(body).map(|alert| vec![alert]),
        Source::PagerDuty => pagerduty(body).map(|alert| alert.into_iter().collect()),
        Source::PostHog => posthog(body).map(|alert| vec![alert]),
        Source::Statuspage => statuspage(body).map(|alert| alert.into_iter().collect()),
    }
}

/// What PagerDuty says of something that it heard from us first: no alert, or our own page would become an incident of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// What we called it by: a page, an incident, a draft of one, planned work, a ticket or an event.
    pub about: String,
    /// Who has taken it there, if that is what it says.
    pub taken_by: Option<String>,
}

/// The echo that a source sent, if it is one.
#[must_use]
pub fn echo(source: Source, body: &Value) -> Option<Echo> {
    let about = text(body, "/event/data/incident_key");
    let is_ours = PageId::parse(about).is_ok()
        || IncidentId::parse(about).is_ok()
        || DraftId::parse(about).is_ok()
        || MaintenanceId::parse(about).is_ok()
        || TicketId::parse(about).is_ok()
        || EventId::parse(about).is_ok();
    if source != Source::PagerDuty || !is_ours {
        return None;
    }
    let name = match text(body, "/event/agent/summary") {
        "" => source.as_str(),
        name => name,
    };
    // Many resolve there without having acknowledged.
    let taken = matches!(text(body, "/event/event_type"), "incident.acknowledged" | "incident.resolved");
    Some(Echo { about: about.to_owned(), taken_by: taken.then(|| cut(&clean_line(name), NAME_CHARS_MAX)) })
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn alert(key: &str, firing: bool, title: &str, parts: &[&str], severity: Severity) -> Alert {
    let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    let title = clean_line(title);
    let said = clean_text(&said.join("\n\n"));
    let key = cut(key, 150);
    Alert {
        last_key: key.clone(),
        key,
        firing,
        text: cut(if said.is_empty() { &title } else { &said }, MESSAGE_CHARS_MAX),
        title: cut(&title, SUBJECT_CHARS_MAX),
        severity,
    }
}

fn severity(word: &str) -> Severity {
    match word.to_ascii_lowercase().as_str() {
        "critical" | "page" | "p1" | "high" | "major" | "emergency" | "error" => Severity::Critical,
        "info" | "none" | "low" | "p4" | "p5" | "debug" => Severity::Info,
        _ => Severity::Warning,
    }
}

fn alertmanager(one: &Value) -> Result<Alert, &'static str> {
    let key = format!("{}|{}", text(one, "/fingerprint"), text(one, "/startsAt"));
    if key.len() < 3 || text(one, "/fingerprint").is_empty() {
        return Err("alerts.fingerprint");
    }
    let (summary, name) = (text(one, "/annotations/summary"), text(one, "/labels/alertname"));
    let title = if summary.is_empty() { name } else { summary };
    let parts = [text(one, "/annotations/description"), text(one, "/generatorURL")];
    let firing = text(one, "/status") != "resolved";
    Ok(alert(&key, firing, title, &parts, severity(text(one, "/labels/severity"))))
}

fn datadog(body: &Value) -> Result<Alert, &'static str> {
    let key = text(body, "/alert_cycle_key");
    if key.is_empty() {
        return Err("alert_cycle_key");
    }
    let firing = text(body, "/transition") != "Recovered";
    let parts = [text(body, "/message"), text(body, "/link")];
    Ok(alert(key, firing, text(body, "/title"), &parts, severity(text(body, "/priority"))))
}

fn pagerduty(body: &Value) -> Result<Option<Alert>, &'static str> {
    let kind = text(body, "/event/event_type");
    let data = body.pointer("/event/data").ok_or("event.data")?;
    let firing = match kind {
        "incident.triggered" | "incident.reopened" => true,
        "incident.resolved" => false,
        _ => return Ok(None),
    };
    let id = text(data, "/id");
    if id.is_empty() {
        return Err("event.data.id");
    }
    let parts = [text(data, "/service/summary"), text(data, "/html_url")];
    // Reopened, it has the id that was decided on: it is told by when. Its end bears the id alone, and ends what was reopened
    // before: an end that comes again ends nothing that began after it.
    let at = text(body, "/event/occurred_at");
    let dated = if at.is_empty() { id.to_owned() } else { format!("{id}|{at}") };
    let key = if kind == "incident.reopened" { dated.as_str() } else { id };
    let told = alert(key, firing, text(data, "/title"), &parts, severity(text(data, "/urgency")));
    Ok(Some(if firing { told } else { Alert { last_key: cut(&dated, 150), ..told } }))
}

fn posthog(body: &Value) -> Result<Alert, &'static str> {
    let key = text(body, "/event/uuid");
    if key.is_empty() {
        return Err("event.uuid");
    }
    let word = text(body, "/event/properties/severity");
    let parts = [text(body, "/event/properties/message"), text(body, "/event/url")];
    Ok(alert(key, true, text(body, "/event/event"), &parts, severity(word)))
}

fn statuspage(body: &Value) -> Result<Option<Alert>, &'static str> {
    // Changes of components come too; the incident says it better.
    let Some(incident) = body.get("incident") else {
        return if body.get("component").is_some() { Ok(None) } else { Err("incident") };
    };
    let id = text(incident, "/id");
    if id.is_empty() {
        return Err("incident.id");
    }
    let firing = !matches!(text(incident, "/status"), "resolved" | "postmortem" | "completed");
    let parts = [text(incident, "/incident_updates/0/body"), text(incident, "/shortlink")];
    Ok(Some(alert(id, firing, text(incident, "/name"), &parts, severity(text(incident, "/impact")))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn c1_each_source_is_read_in_its_own_shape() {
        let manager = json!({ "version": "4", "status": "firing", "alerts": [
            { "status": "firing", "labels": { "alertname": "ApiDown", "severity": "critical" }, "annotations": { "summary": "API down", "description": "5 min" },
              "startsAt": "2026-11-21T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "https://prom/x", "fingerprint": "ab12" },
            { "status": "resolved", "labels": { "alertname": "Slow" }, "annotations": {}, "startsAt": "2026-11-21T09:00:00Z", "fingerprint": "cd34" }] });
        let dog = json!({ "alert_cycle_key": "77", "transition": "Triggered", "title": "p99", "message": "over", "link": "https://dd/x", "priority": "P1" });
        let duty = json!({ "event": { "event_type": "incident.triggered", "data": { "id": "PX", "title": "Disk", "urgency": "high", "html_url": "https://pd/PX" } } });
        let hog =
            json!({ "event": { "uuid": "u1", "event": "$error", "properties": { "severity": "info" } }, "person": {} });
        let page = json!({ "page": {}, "incident": { "id": "i1", "name": "Outage", "status": "identified", "impact": "major", "incident_updates": [{ "body": "Found it" }] } });
        for (source, body, expected) in [
            (
                Source::Alertmanager,
                &manager,
                vec![
                    ("ab12|2026-11-21T10:00:00Z", true, "API down", "5 min\n\nhttps://prom/x", Severity::Critical),
                    ("cd34|2026-11-21T09:00:00Z", false, "Slow", "Slow", Severity::Warning),
                ],
            ),
            (Source::Datadog, &dog, vec![("77", true, "p99", "over\n\nhttps://dd/x", Severity::Critical)]),
            (Source::PagerDuty, &duty, vec![("PX", true, "Disk", "https://pd/PX", Severity::Critical)]),
            (Source::PostHog, &hog, vec![("u1", true, "$error", "$error", Severity::Info)]),
            (Source::Statuspage, &page, vec![("i1", true, "Outage", "Found it", Severity::Critical)]),
        ] {
            let read = read(source, body).expect("it is read");
            let read: Vec<_> = read
                .iter()
                .map(|a| (a.key.as_str(), a.firing, a.title.as_str(), a.text.as_str(), a.severity))
                .collect();
            assert_eq!(read, expected, "{source:?}");
        }
    }

    #[test]
    fn what_ends_an_alert_bears_its_key_and_what_is_none_is_passed_over() {
        let over =
            |source, body: Value| read(source, &body).expect("it is read").pop().map(|alert| (alert.key, alert.firing));
        assert_eq!(
            over(Source::Datadog, json!({ "alert_cycle_key": "77", "transition": "Recovered" })),
            Some(("77".into(), false))
        );
        assert_eq!(
            over(Source::PagerDuty, json!({ "event": { "event_type": "incident.resolved", "data": { "id": "PX" } } })),
            Some(("PX".into(), false))
        );
        assert_eq!(
            read(
                Source::PagerDuty,
                &json!({ "event": { "event_type": "incident.resolved", "occurred_at": "2026-11-21T10:30:00Z", "data": { "id": "PX" } } })
            )
            .map(|mut alerts| alerts.pop().map(|alert| (alert.key, alert.last_key))),
            Ok(Some(("PX".into(), "PX|2026-11-21T10:30:00Z".into()))),
            "it ends what was reopened before"
        );
        assert_eq!(
            over(Source::PagerDuty, json!({ "event": { "event_type": "incident.annotated", "data": { "id": "PX" } } })),
            None
        );
        assert_eq!(
            over(Source::Statuspage, json!({ "incident": { "id": "i1", "status": "resolved" } })),
            Some(("i1".into(), false))
        );
        assert_eq!(over(Source::Statuspage, json!({ "component": {}, "component_update": {} })), None);
    }

    #[test]
    fn e5_what_pagerduty_heard_from_us_comes_back_as_an_echo_and_never_as_an_alert() {
        let said = |kind: &str, key: &str, agent: Value| json!({ "event": { "event_type": kind, "agent": agent, "data": { "id": "PX", "title": "Down", "incident_key": key } } });
        let page = "pge_00000000000000000000000000";
        let ann = json!({ "summary": "Ann" });
        for (body, expected) in [
            (said("incident.acknowledged", page, ann.clone()), Some((page, Some("Ann")))),
            (said("incident.acknowledged", page, Value::Null), Some((page, Some("pagerduty")))),
            (said("incident.resolved", page, ann.clone()), Some((page, Some("Ann")))),
            (said("incident.triggered", page, ann.clone()), Some((page, None))),
            (
                said("incident.triggered", "inc_00000000000000000000000000", Value::Null),
                Some(("inc_00000000000000000000000000", None)),
            ),
            (
                said("incident.triggered", "drf_00000000000000000000000000", Value::Null),
                Some(("drf_00000000000000000000000000", None)),
            ),
            (
                said("incident.triggered", "mnt_00000000000000000000000000", Value::Null),
                Some(("mnt_00000000000000000000000000", None)),
            ),
            (
                said("incident.triggered", "tkt_00000000000000000000000000", Value::Null),
                Some(("tkt_00000000000000000000000000", None)),
            ),
            (
                said("incident.triggered", "evt_00000000000000000000000000", Value::Null),
                Some(("evt_00000000000000000000000000", None)),
            ),
            (said("incident.triggered", "disk-full", ann), None),
        ] {
            let echo = echo(Source::PagerDuty, &body);
            let echo = echo.as_ref().map(|echo| (echo.about.as_str(), echo.taken_by.as_deref()));
            assert_eq!(echo, expected, "{body}");
        }
        assert_eq!(echo(Source::Datadog, &said("incident.triggered", page, Value::Null)), None);
    }

    #[test]
    fn what_has_not_the_shape_of_its_source_is_refused_by_the_missing_field() {
        for (source, body, field) in [
            (Source::Alertmanager, json!({}), "alerts"),
            (Source::Alertmanager, json!({ "alerts": [{}] }), "alerts.fingerprint"),
            (Source::Datadog, json!({ "title": "x" }), "alert_cycle_key"),
            (Source::PagerDuty, json!({}), "event.data"),
            (
                Source::PagerDuty,
                json!({ "event": { "event_type": "incident.triggered", "data": {} } }),
                "event.data.id",
            ),
            (Source::PostHog, json!({ "event": {} }), "event.uuid"),
            (Source::Statuspage, json!({}), "incident"),
            (Source::Statuspage, json!({ "incident": {} }), "incident.id"),
        ] {
            assert_eq!(read(source, &body), Err(field), "{source:?} {body}");
        }
    }
}
