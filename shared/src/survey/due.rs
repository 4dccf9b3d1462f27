//! When somebody may be asked, and what (U).

use super::SurveyKind;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Days after a solution in which it is asked about: later nobody remembers.
const SOLUTION_DAYS: i64 = 14;
/// Days that somebody has been here before they are asked whether they would recommend the product.
const KNOWN_DAYS: i64 = 30;
/// Days between any two surveys of one person, so that they never come in a row. A rating is part of its ticket's end, and
/// neither waits for a rest nor begins one.
const REST_DAYS: i64 = 14;
/// Days of a month, on average, in hundredths.
const MONTH_DAYS_HUNDREDTHS: i64 = 3_044;
const DAY_SECONDS: i64 = 86_400;

/// What is known of somebody when it is decided whether to ask them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History<'a> {
    /// Since when they are here.
    pub known_since: Timestamp,
    /// They do not want to be asked.
    pub opted_out: bool,
    /// When they were last asked anything.
    pub last_asked_at: Option<Timestamp>,
    /// When they were last asked whether they would recommend the product.
    pub last_nps_at: Option<Timestamp>,
    /// Their ticket that was solved last and may still be rated, and when.
    pub unrated: Option<(&'a str, Timestamp)>,
    /// Their ticket that was solved last and not asked about in a survey, and when.
    pub solved: Option<(&'a str, Timestamp)>,
}

/// A question that may be put now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyDue {
    /// Which one.
    pub kind: SurveyKind,
    /// The ticket that it is about, for `csat` and `effort`.
    pub ticket: Option<String>,
}

/// The one question to put now, if any: about the ticket that was just solved, its rating first, else whether they would
/// recommend us.
#[must_use]
pub fn due(history: &History<'_>, nps_every_months: u8, now: Timestamp) -> Option<SurveyDue> {
    let rests = history.last_asked_at.is_some_and(|asked| now < asked.plus_seconds(REST_DAYS * DAY_SECONDS));
    if history.opted_out {
        return None;
    }
    let is_fresh = |(_, at): &(&str, Timestamp)| now < at.plus_seconds(SOLUTION_DAYS * DAY_SECONDS);
    let of_ticket = |kind, ticket: &str| Some(SurveyDue { kind, ticket: Some(ticket.to_owned()) });
    let solved = history.solved.filter(is_fresh).filter(|_| !rests);
    if let Some((ticket, at)) = history.unrated.filter(is_fresh)
        && solved.is_none_or(|(_, other)| at >= other)
    {
        return of_ticket(SurveyKind::Csat, ticket);
    }
    if rests {
        return None;
    }
    if let Some((ticket, _)) = solved {
        return of_ticket(SurveyKind::Effort, ticket);
    }
    let known = now >= history.known_since.plus_seconds(KNOWN_DAYS * DAY_SECONDS);
    let asks = known && nps_may_be_asked(history.last_nps_at, nps_every_months, now);
    asks.then_some(SurveyDue { kind: SurveyKind::Nps, ticket: None })
}

/// Whether the policy's months have passed since the last question for a recommendation.
#[must_use]
pub fn nps_may_be_asked(last: Option<Timestamp>, every_months: u8, now: Timestamp) -> bool {
    let pause = i64::from(every_months) * MONTH_DAYS_HUNDREDTHS * DAY_SECONDS / 100;
    every_months > 0 && last.is_none_or(|asked| now >= asked.plus_seconds(pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn days_ago(days: i64) -> Timestamp {
        NOW.plus_seconds(-days * DAY_SECONDS)
    }

    fn new_history() -> History<'static> {
        History {
            known_since: days_ago(400),
            opted_out: false,
            last_asked_at: None,
            last_nps_at: None,
            unrated: None,
            solved: None,
        }
    }

    #[test]
    fn u_each_person_is_asked_one_thing_at_a_time_and_never_in_a_row() {
        let solved = Some(("tkt_1", days_ago(1)));
        let asked = |history: History<'_>| due(&history, 12, NOW).map(|due| (due.kind, due.ticket));
        let effort = Some((SurveyKind::Effort, Some("tkt_1".to_owned())));
        let nps = Some((SurveyKind::Nps, None));
        let csat = Some((SurveyKind::Csat, Some("tkt_1".to_owned())));
        let older = Some(("tkt_0", days_ago(2)));
        let rows = [
            ("known and never asked", new_history(), nps.clone()),
            ("a ticket was just solved", History { solved, ..new_history() }, effort.clone()),
            ("a solution of long ago", History { solved: Some(("tkt_1", days_ago(14))), ..new_history() }, nps.clone()),
            ("a ticket that is not rated", History { unrated: solved, solved, ..new_history() }, csat.clone()),
            ("an older one that is not rated", History { unrated: older, solved, ..new_history() }, effort.clone()),
            ("a rating of long ago", History { unrated: Some(("tkt_1", days_ago(14))), ..new_history() }, nps.clone()),
            (
                "asked last week, and not rated",
                History { last_asked_at: Some(days_ago(7)), unrated: solved, solved, ..new_history() },
                csat,
            ),
            ("new here", History { known_since: days_ago(29), ..new_history() }, None),
            ("new here with a solution", History { known_since: days_ago(2), solved, ..new_history() }, effort),
            ("asked last week", History { last_asked_at: Some(days_ago(7)), solved, ..new_history() }, None),
            ("asked this year", History { last_nps_at: Some(days_ago(364)), ..new_history() }, None),
            ("asked a year ago", History { last_nps_at: Some(days_ago(366)), ..new_history() }, nps),
            ("wants no questions", History { opted_out: true, unrated: solved, solved, ..new_history() }, None),
        ];
        for (who, history, expected) in rows {
            assert_eq!(asked(history), expected, "{who}");
        }
        assert_eq!(due(&new_history(), 0, NOW), None, "a policy of no months never asks");
    }
}
