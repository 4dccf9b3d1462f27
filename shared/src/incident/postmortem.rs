//! What was learned from an incident (I6): a document that begins as what is known already, and is published when a
//! person has written the rest. Blameless: it asks what happened and what will change, nobody's name but of those who
//! will change it.

use super::summary::minute;
use super::{Incident, timeline_of};
use crate::text::{FieldCode, FieldError, Refusals};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Characters of a post-mortem: a long one is ten pages.
pub const POSTMORTEM_CHARS_MAX: usize = 40_000;

/// What stands where a person must still write something.
pub const GAP: &str = "[…]";

/// A published post-mortem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Postmortem {
    /// The text, Markdown.
    pub body: String,
    /// When it was published.
    pub published_at: Timestamp,
}

/// A post-mortem as the team writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PostmortemEdit {
    /// The text, Markdown.
    #[serde(default)]
    pub body: String,
    /// Whether everybody may read it from now on.
    #[serde(default)]
    pub publish: bool,
}

impl PostmortemEdit {
    /// The cleaned text, if it can be kept; and where everybody reads it, now or already, it must have no gaps.
    ///
    /// # Errors
    /// One [`FieldError`] for each thing that is wrong, gaps by the heading they stand under.
    pub fn check(&self, is_public: bool) -> Result<String, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let body = refusals.required_text("body", &self.body, POSTMORTEM_CHARS_MAX);
        if self.publish || is_public {
            for heading in gaps(&body) {
                refusals.push("body", FieldCode::Required, &["still to be written: ", heading].concat());
            }
        }
        refusals.into_result(body)
    }
}

/// The headings under which there is still something to be written.
fn gaps(body: &str) -> Vec<&str> {
    let mut heading = "";
    let mut found = Vec::new();
    for line in body.lines() {
        if line.starts_with('#') {
            heading = line.trim_start_matches('#').trim();
        } else if line.contains(GAP) && !found.contains(&heading) {
            found.push(heading);
        }
    }
    found
}

/// The template's headings and words in one language.
struct Words {
    title: &'static str,
    facts: [&'static str; 5],
    minutes: &'static str,
    sections: [&'static str; 7],
    customers: &'static str,
    failed: &'static str,
    me_too: &'static str,
    actions: &'static str,
}

const ENGLISH: Words = Words {
    title: "Post-mortem",
    facts: ["Date", "Severity", "Duration", "Began", "Ended"],
    minutes: "min",
    sections: ["What happened", "Root cause", "Timeline", "Impact", "What went well", "What did not", "Actions"],
    customers: "Customers",
    failed: "Failed requests",
    me_too: "People who said that it affected them",
    actions: "| Action | Owner | Due |",
};

const RUSSIAN: Words = Words {
    title: "Разбор",
    facts: ["Дата", "Серьёзность", "Длительность", "Началось", "Закончилось"],
    minutes: "мин",
    sections: [
        "Что случилось",
        "Первопричина",
        "Хронология",
        "Последствия",
        "Что получилось хорошо",
        "Что не получилось",
        "Что сделаем",
    ],
    customers: "Клиентов",
    failed: "Неудачных запросов",
    me_too: "Людей, отметивших, что их это коснулось",
    actions: "| Что сделаем | Кто | Срок |",
};

/// The document as far as the incident tells it; what only people know is a [`GAP`]. `me_too` is how many people said
/// that it affected them.
#[must_use]
pub fn prefilled(incident: &Incident, me_too: u32, locale: &str) -> String {
    let words = if locale.split('-').next() == Some("ru") { &RUSSIAN } else { &ENGLISH };
    let [date, severity, duration, began, ended] = words.facts;
    let [happened, cause, timeline, impact, well, badly, actions] = words.sections;
    let summary = incident.summary.as_ref();
    let lasted = summary.map_or_else(|| GAP.to_owned(), |summary| summary.duration_minutes.to_string());
    let first = incident.updates.last().map_or(GAP, |update| update.body.as_str());
    let mut text = format!("# {}: {}\n\n", words.title, incident.title);
    let end = incident.resolved_at.map_or_else(|| GAP.to_owned(), minute);
    let day = incident.started_at.to_rfc3339();
    let day = day.get(..10).unwrap_or_default();
    for (name, value) in [
        (date, day),
        (severity, &incident.severity.as_str().to_uppercase()),
        (began, &minute(incident.started_at)),
        (ended, &end),
        (duration, &format!("{lasted} {}", words.minutes)),
    ] {
        text.push_str(&format!("- {name}: {value}\n"));
    }
    let written = summary.map_or_else(|| timeline_of(incident), |summary| summary.timeline.clone());
    let mut harm = summary.map_or_else(|| GAP.to_owned(), |summary| summary.impact.clone());
    let counts = [
        (words.customers, summary.and_then(|summary| summary.customers)),
        (words.failed, summary.and_then(|summary| summary.failed_requests)),
        (words.me_too, (me_too > 0).then_some(me_too)),
    ];
    for (name, count) in counts {
        if let Some(count) = count {
            harm.push_str(&format!("\n\n{name}: {count}"));
        }
    }
    let lines: Vec<String> = written.lines().map(|line| format!("- {line}")).collect();
    let first_action = summary.map_or(GAP, |summary| summary.prevention.lines().next().unwrap_or(GAP));
    for (heading, content) in [
        (happened, first.to_owned()),
        (cause, GAP.to_owned()),
        (timeline, lines.join("\n")),
        (impact, harm),
        (well, GAP.to_owned()),
        (badly, GAP.to_owned()),
        (
            actions,
            format!("{}\n| --- | --- | --- |\n| {} | {GAP} | {GAP} |", words.actions, first_action.replace('|', "/")),
        ),
    ] {
        text.push_str(&format!("\n## {heading}\n\n{content}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, incident};
    use super::*;
    use crate::incident::{Impact, SummaryDraft};

    #[test]
    fn i6_a_post_mortem_begins_with_what_is_known_and_says_what_is_not() {
        let mut over = incident(1, Impact::Critical, Some(0));
        over.started_at = NOW.plus_seconds(-2_520);
        let draft = SummaryDraft {
            impact: "Nobody could pay.".into(),
            prevention: "A second | bank.".into(),
            customers: Some(120),
            ..SummaryDraft::default()
        };
        over.summary = Some(draft.check(&over, NOW).unwrap());
        let text = prefilled(&over, 3, "en");
        for part in [
            "# Post-mortem: incident 1",
            "- Date: 2027-01-15",
            "- Duration: 42 min",
            "## Timeline\n\n- 2027-01-15 08:00 UTC text",
            "Nobody could pay.\n\nCustomers: 120\n\nPeople who said that it affected them: 3",
            "| A second / bank. | […] | […] |",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert!(prefilled(&over, 0, "ru-RU").contains("## Первопричина"));
        let errors = PostmortemEdit { body: text.clone(), publish: true }.check(false).unwrap_err();
        let details: Vec<&str> = errors.iter().map(|error| error.detail.as_str()).collect();
        let open = ["Root cause", "What went well", "What did not", "Actions"]
            .map(|name| format!("still to be written: {name}"));
        assert_eq!(details, open);
        assert!(PostmortemEdit { body: text.clone(), publish: false }.check(false).is_ok(), "a draft may have gaps");
        assert!(PostmortemEdit { body: text.clone(), publish: false }.check(true).is_err(), "it is read already");
        assert!(PostmortemEdit { body: text.replace(GAP, "Written."), publish: true }.check(false).is_ok());
    }

    #[test]
    fn i6_what_cannot_be_kept_is_refused() {
        for body in ["", " \n", &"x".repeat(POSTMORTEM_CHARS_MAX + 1)] {
            assert!(PostmortemEdit { body: body.to_owned(), publish: false }.check(false).is_err());
        }
    }
}
