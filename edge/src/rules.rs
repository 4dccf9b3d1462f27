//! What the site's policy says about a ticket's life, as the edge asks it. One place, so that a handler never holds a
//! number of its own.

use buoy_shared::policy::{Duty, Policy};
use buoy_shared::time::Timestamp;

const DAY_SECONDS: i64 = 86_400;

/// When a solved ticket that has been quiet since `quiet_since` closes (T2).
pub(crate) fn closes_at(policy: &Policy, quiet_since: Timestamp) -> Timestamp {
    quiet_since.plus_seconds(i64::from(policy.lifecycle.close_after_quiet_days) * DAY_SECONDS)
}

/// When a person takes over a ticket on whose automatic answer nothing was heard (R3).
pub(crate) fn auto_answer_ends_at(policy: &Policy, answered_at: Timestamp) -> Timestamp {
    answered_at.plus_millis(policy.lifecycle.auto_answer_wait.as_millis())
}

/// Since when tickets count as the same issue, and how many are one too many (R7).
pub(crate) fn same_issue(policy: &Policy, now: Timestamp) -> (Timestamp, u32) {
    let lifecycle = &policy.lifecycle;
    let since = now.plus_seconds(-i64::from(lifecycle.same_issue_days) * DAY_SECONDS);
    (since, u32::from(lifecycle.escalate_at_same_issue))
}

/// Within how many minutes customer success hears of a rating; none when it is no matter (E3, U).
pub(crate) fn low_rating_within(policy: &Policy, score: u8) -> Option<u32> {
    let churn = policy.churn.as_ref().filter(|churn| score < churn.rating_below);
    let survey = policy.surveys.as_ref().filter(|surveys| score < surveys.csat_alert_below);
    churn
        .map(|churn| churn.rating_heard_within)
        .or(survey.map(|surveys| surveys.csat_alert_within))
        .map(|span| span.as_minutes())
}

/// Whether a priority cannot wait for the right person: the policy's most urgent (R5).
pub(crate) fn is_urgent(policy: &Policy, priority: &str) -> bool {
    policy.priorities.first().is_some_and(|first| first.key == priority)
}

/// Whether a priority calls whoever is on duty at once (P).
pub(crate) fn calls_on_duty(policy: &Policy, priority: &str) -> bool {
    let rule = policy.priorities.iter().find(|rule| rule.key == priority);
    rule.is_some_and(|rule| rule.duties.contains(&Duty::PageOnDuty))
}

/// What somebody with a wish reads at once (R6).
pub(crate) fn thanks_for_wish(locale: &str) -> &'static str {
    match locale.split('-').next() {
        Some("ru") => {
            "Спасибо за идею! Мы записали её и раз в месяц выбираем, что делать дальше: чем больше голосов, тем раньше."
        }
        _ => {
            "Thank you for the idea! We have noted it and choose once a month what to build next: the more votes, the sooner."
        }
    }
}
