//! What the site's policy says about a ticket's life, as the edge asks it. One place, so that a handler never holds a
//! number of its own.

use buoy_shared::policy::Policy;
use buoy_shared::sla::{Clock, ClockState, Clocks, Deadlines, deadlines, dispute_deadlines};
use buoy_shared::ticket::Origin;
use buoy_shared::time::Timestamp;

const DAY_SECONDS: i64 = 86_400;

/// What is promised for a new ticket; a disputed invoice has clocks of its own, and the earlier one holds (D).
pub(crate) fn promises(policy: &Policy, category: &str, priority: &str, tier: &str, now: Timestamp) -> Deadlines {
    let usual = deadlines(policy, priority, tier, Origin::Widget, now);
    let Some(disputes) = disputes(policy, category, now) else { return usual };
    let earlier = |one: Option<Timestamp>, other: Option<Timestamp>| one.into_iter().chain(other).min();
    Deadlines {
        first_response_due_at: earlier(usual.first_response_due_at, disputes.first_response_due_at),
        resolution_due_at: earlier(usual.resolution_due_at, disputes.resolution_due_at),
    }
}

fn disputes(policy: &Policy, category: &str, created_at: Timestamp) -> Option<Deadlines> {
    let rule = policy.billing_disputes.as_ref()?;
    (rule.category == category).then(|| dispute_deadlines(policy, created_at))
}

/// Brings a disputed invoice's clocks forward to what was promised for disputes (D).
pub(crate) fn tighten_disputes(
    policy: &Policy,
    category: &str,
    created_at: Timestamp,
    now: Timestamp,
    clocks: &mut Clocks,
) {
    let (Some(disputes), Some(rule)) = (disputes(policy, category, created_at), &policy.billing_disputes) else {
        return;
    };
    // Where the table promises no solution, a dispute is settled all the same.
    clocks.resolution.get_or_insert(Clock {
        state: ClockState::Running,
        late: false,
        target: rule.resolve_within,
        started_at: created_at,
        due_at: None,
        fulfilled_at: None,
        paused_since: None,
        warn_at: None,
        reassign_at: None,
    });
    let alerts = &policy.alerts;
    let tighten = |clock: &mut Option<Clock>, due: Option<Timestamp>, reassigns: bool| {
        let (Some(clock), Some(due)) = (clock.as_mut(), due) else { return };
        if clock.paused_since.is_some() || clock.due_at.is_some_and(|usual| usual <= due) {
            return;
        }
        clock.due_at = Some(due);
        clock.late = clock.fulfilled_at.unwrap_or(now) > due;
        clock.warn_at = Some(due.plus_millis(-alerts.warn_before.as_millis()));
        if reassigns && clock.reassign_at.is_some() {
            clock.reassign_at = Some(due.plus_millis(alerts.reassign_after.as_millis()));
        }
    };
    tighten(&mut clocks.first_response, disputes.first_response_due_at, true);
    tighten(&mut clocks.resolution, disputes.resolution_due_at, false);
}

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
