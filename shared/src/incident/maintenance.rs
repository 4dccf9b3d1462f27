//! Planned work: announced ahead, started and ended by the clock (I8).

use super::Target;
use super::target::Known;
use crate::id::{MaintenanceId, UpdateId};
use crate::text::{FieldCode, FieldError, MESSAGE_CHARS_MAX, Refusals, TITLE_CHARS_MAX};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The longest that planned work may last, in seconds: a week. What takes longer is not a window.
pub const WORK_SECONDS_MAX: i64 = 7 * 86_400;
/// How far ahead work may be planned, in seconds: a year.
pub const AHEAD_SECONDS_MAX: i64 = 366 * 86_400;
/// Updates of one piece of work; it has a few.
pub const WORK_UPDATES_MAX: usize = 50;

/// How far planned work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceStatus {
    /// It is planned.
    Scheduled,
    /// It is going on.
    InProgress,
    /// It is done and looked at.
    Verifying,
    /// It is over, or was called off.
    Completed,
}

impl MaintenanceStatus {
    /// The word on the wire and in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
        }
    }

    /// Whether its components are being worked on.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::InProgress | Self::Verifying)
    }
}

/// What was said of planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MaintenanceUpdate {
    /// The update's id.
    pub id: UpdateId,
    /// How far it was.
    pub status: MaintenanceStatus,
    /// What was said, plain text.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// Planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Maintenance {
    /// Its id.
    pub id: MaintenanceId,
    /// One line.
    pub title: String,
    /// How far it is.
    pub status: MaintenanceStatus,
    /// Keys of the components that are worked on.
    pub components: Vec<String>,
    /// Whose pages show its banner; left out, everybody's.
    #[serde(default, skip_serializing_if = "Target::is_everyone")]
    pub target: Target,
    /// When it begins.
    pub scheduled_for: Timestamp,
    /// When it ends.
    pub scheduled_until: Timestamp,
    /// Whether pages show it already.
    #[serde(default)]
    pub announced: bool,
    /// When it was over.
    pub completed_at: Option<Timestamp>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// What was said, newest first.
    pub updates: Vec<MaintenanceUpdate>,
}

/// What the clock does to planned work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Pages show it from now on.
    Announce,
    /// It begins.
    Start,
    /// It is over.
    Complete,
}

impl Maintenance {
    /// What the clock does next and when; nothing once it is over. `announce_before` is in milliseconds.
    #[must_use]
    pub fn next_step(&self, announce_before: i64) -> Option<(Timestamp, Step)> {
        match self.status {
            MaintenanceStatus::Completed => None,
            MaintenanceStatus::InProgress | MaintenanceStatus::Verifying => {
                Some((self.scheduled_until, Step::Complete))
            }
            MaintenanceStatus::Scheduled if self.announced => Some((self.scheduled_for, Step::Start)),
            MaintenanceStatus::Scheduled => Some((self.scheduled_for.plus_millis(-announce_before), Step::Announce)),
        }
    }
}

/// Planned work as it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaintenanceDraft {
    /// One line that fits a banner.
    #[serde(default)]
    pub title: String,
    /// What will be done, and what people will notice.
    #[serde(default)]
    pub body: String,
    /// Keys of the components that are worked on.
    #[serde(default)]
    pub components: Vec<String>,
    /// Whose pages show its banner; left out, everybody's.
    #[serde(default)]
    pub target: Target,
    /// When it begins.
    pub scheduled_for: Timestamp,
    /// When it ends.
    pub scheduled_until: Timestamp,
}

impl MaintenanceDraft {
    /// The draft with its texts cleaned, if all of it can be kept.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(&self, known: Known<'_>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let title = refusals.required_line("title", &self.title, TITLE_CHARS_MAX);
        let body = refusals.required_text("body", &self.body, MESSAGE_CHARS_MAX);
        known.check_components(&self.components, &mut refusals);
        self.target.check("target", known, &mut refusals);
        if self.scheduled_for < now || self.scheduled_for > now.plus_seconds(AHEAD_SECONDS_MAX) {
            refusals.push("scheduled_for", FieldCode::InvalidFormat, "expected a time within the next year");
        }
        check_end(self.scheduled_for, self.scheduled_until, &mut refusals);
        refusals.into_result(Self { title, body, ..self.clone() })
    }
}

fn check_end(begin: Timestamp, end: Timestamp, refusals: &mut Refusals) {
    if end <= begin || end > begin.plus_seconds(WORK_SECONDS_MAX) {
        refusals.push("scheduled_until", FieldCode::InvalidFormat, "expected a time within a week after it begins");
    }
}

/// News of planned work as it arrives: it begins or ends earlier than the clock says, takes longer, or is called off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaintenanceNews {
    /// What is to be said.
    #[serde(default)]
    pub body: String,
    /// How far it is; left out, as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MaintenanceStatus>,
    /// When it ends; left out, as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_until: Option<Timestamp>,
}

impl MaintenanceNews {
    /// The cleaned text, checked against the limits and the work it is about.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that cannot be kept.
    pub fn check(&self, work: &Maintenance, now: Timestamp) -> Result<String, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let body = refusals.required_text("body", &self.body, MESSAGE_CHARS_MAX);
        let has_begun = work.status != MaintenanceStatus::Scheduled;
        if has_begun && self.status == Some(MaintenanceStatus::Scheduled) {
            refusals.push("status", FieldCode::UnknownValue, "it has begun; complete it and plan it anew");
        }
        if let Some(end) = self.scheduled_until {
            check_end(work.scheduled_for.max(now), end, &mut refusals);
        }
        refusals.into_result(body)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::NOW;
    use super::*;

    pub(crate) fn work(begins_in_hours: i64, lasts_hours: i64) -> Maintenance {
        let begin = NOW.plus_seconds(begins_in_hours * 3_600);
        let update = MaintenanceUpdate {
            id: UpdateId::from_random([9; 16]),
            status: MaintenanceStatus::Scheduled,
            body: "We move the database.".into(),
            created_at: NOW,
        };
        Maintenance {
            id: MaintenanceId::from_random([9; 16]),
            title: "work".into(),
            status: MaintenanceStatus::Scheduled,
            components: vec!["pay".into()],
            target: Target::default(),
            scheduled_for: begin,
            scheduled_until: begin.plus_seconds(lasts_hours * 3_600),
            announced: false,
            completed_at: None,
            created_at: NOW,
            updated_at: NOW,
            updates: vec![update],
        }
    }

    #[test]
    fn i8_the_clock_announces_starts_and_ends_work() {
        let day = 86_400_000;
        let mut planned = work(48, 2);
        for (status, announced, next) in [
            (MaintenanceStatus::Scheduled, false, Some((24, Step::Announce))),
            (MaintenanceStatus::Scheduled, true, Some((48, Step::Start))),
            (MaintenanceStatus::InProgress, true, Some((50, Step::Complete))),
            (MaintenanceStatus::Verifying, true, Some((50, Step::Complete))),
            (MaintenanceStatus::Completed, true, None),
        ] {
            planned.status = status;
            planned.announced = announced;
            let expected = next.map(|(hours, step)| (NOW.plus_seconds(hours * 3_600), step));
            assert_eq!(planned.next_step(day), expected, "{status:?}");
        }
    }

    #[test]
    fn i8_wrong_plans_are_refused_by_their_field() {
        let keys = ["pay"];
        let known = Known { components: &keys, ..Known::default() };
        let good = MaintenanceDraft {
            title: "Move".into(),
            body: "We move.".into(),
            components: vec!["pay".into()],
            target: Target::default(),
            scheduled_for: NOW.plus_seconds(60),
            scheduled_until: NOW.plus_seconds(120),
        };
        assert!(good.check(known, NOW).is_ok());
        for (field, draft) in [
            ("title", MaintenanceDraft { title: " ".into(), ..good.clone() }),
            ("body", MaintenanceDraft { body: String::new(), ..good.clone() }),
            ("components", MaintenanceDraft { components: vec!["moon".into()], ..good.clone() }),
            ("components", MaintenanceDraft { components: vec!["pay".into(), "pay".into()], ..good.clone() }),
            ("scheduled_for", MaintenanceDraft { scheduled_for: NOW.plus_seconds(-1), ..good.clone() }),
            ("scheduled_until", MaintenanceDraft { scheduled_until: NOW.plus_seconds(60), ..good.clone() }),
            ("scheduled_until", MaintenanceDraft { scheduled_until: NOW.plus_seconds(8 * 86_400), ..good.clone() }),
        ] {
            assert_eq!(draft.check(known, NOW).unwrap_err()[0].field, field);
        }
    }

    #[test]
    fn i8_what_has_begun_is_not_planned_any_more() {
        let mut going_on = work(0, 2);
        going_on.status = MaintenanceStatus::InProgress;
        let news = |status: MaintenanceStatus| MaintenanceNews {
            body: "News.".into(),
            status: Some(status),
            scheduled_until: None,
        };
        assert_eq!(news(MaintenanceStatus::Scheduled).check(&going_on, NOW).unwrap_err()[0].field, "status");
        assert!(news(MaintenanceStatus::Completed).check(&going_on, NOW).is_ok());
        let longer = MaintenanceNews { scheduled_until: Some(NOW), ..news(MaintenanceStatus::InProgress) };
        assert_eq!(longer.check(&going_on, NOW).unwrap_err()[0].field, "scheduled_until");
    }
}
