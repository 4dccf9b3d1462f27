//! One promise as it runs: started, held, taken up again, kept or broken.
//!
//! It knows calendars and instants, not what a ticket is; `clocks` decides what starts and holds it.

use super::{Clock, ClockState};
use crate::business_hours::Calendar;
use crate::policy::{Alerts, Span};
use crate::time::Timestamp;

/// A running promise.
#[derive(Debug, Clone)]
pub(super) struct Run {
    target: Span,
    calendar: Calendar,
    started_at: Timestamp,
    /// Since when `due_at` counts without a break.
    counted_since: Timestamp,
    /// None when it is held, and when the calendar never opens long enough.
    due_at: Option<Timestamp>,
    held: Option<Held>,
    /// From when to when it was held.
    holds: Vec<(Timestamp, Timestamp)>,
    fulfilled_at: Option<Timestamp>,
}

/// Time that stands still.
#[derive(Debug, Clone, Copy)]
struct Held {
    since: Timestamp,
    /// Counted milliseconds that were left.
    left_ms: i64,
    /// When it was due at that time, or by another promise that was given since.
    was_due_at: Timestamp,
}

impl Run {
    pub(super) fn start(at: Timestamp, target: Span, calendar: Calendar) -> Self {
        Self {
            target,
            due_at: calendar.add_working_time(at, target),
            calendar,
            started_at: at,
            counted_since: at,
            held: None,
            holds: Vec::new(),
            fulfilled_at: None,
        }
    }

    pub(super) const fn is_fulfilled(&self) -> bool {
        self.fulfilled_at.is_some()
    }

    /// Whether it is a fact by now: done, or broken.
    pub(super) fn is_settled(&self, at: Timestamp) -> bool {
        self.is_fulfilled() || self.is_late_at(at)
    }

    /// Whether it was already broken at an instant. A broken promise is neither held nor mended.
    fn is_late_at(&self, at: Timestamp) -> bool {
        self.due_at.is_some_and(|due| at > due)
    }

    /// Time stands still from here on (P3).
    pub(super) fn hold(&mut self, at: Timestamp) {
        if self.held.is_some() || self.is_late_at(at) {
            return;
        }
        if let Some(due) = self.due_at.take() {
            self.held = Some(Held { since: at, left_ms: self.calendar.working_time_between(at, due), was_due_at: due });
        }
    }

    /// Time goes on with what was left of it; what was kept is owed again.
    pub(super) fn go_on(&mut self, at: Timestamp) {
        self.fulfilled_at = None;
        if let Some(Held { since, left_ms, .. }) = self.held.take() {
            self.holds.push((since, at));
            self.counted_since = at;
            self.due_at = self.calendar.add_counted(at, left_ms);
        }
    }

    /// The promise was kept, or is done with though late.
    pub(super) fn fulfil(&mut self, at: Timestamp) {
        self.fulfilled_at = self.fulfilled_at.or(Some(at));
    }

    /// When it is due if time passes from `at` on, though it may be held now.
    pub(super) fn due_from(&self, at: Timestamp) -> Option<Timestamp> {
        match self.held {
            Some(held) => self.calendar.add_counted(at, held.left_ms),
            None => self.due_at,
        }
    }

    /// Another promise holds from here on. It counts from the start; but where that would have it due before anybody
    /// knew of it, it counts from now, and never ends later than what was promised before. What is broken stays so.
    pub(super) fn retarget(mut self, at: Timestamp, target: Span, calendar: Calendar) -> Self {
        if self.is_settled(at) {
            return self;
        }
        let held_since = self.held.map(|held| held.since);
        let before = self.due_from(at);
        let from_now = calendar.add_working_time(at, target);
        let from_start = self.holds.iter().copied().chain(held_since.map(|since| (since, at))).fold(
            calendar.add_working_time(self.started_at, target),
            |due, (held, resumed)| {
                let due = due?;
                if held > due {
                    return Some(due);
                }
                calendar.add_counted(resumed, calendar.working_time_between(held, due))
            },
        );
        let soon = match (before, from_now) {
            (Some(before), Some(from_now)) => Some(before.min(from_now)),
            (one, other) => one.or(other),
        };
        let due = match (from_start, soon) {
            (Some(from_start), Some(soon)) => Some(from_start.max(soon)),
            _ => None,
        };
        self.target = target;
        self.calendar = calendar;
        match (&mut self.held, due) {
            (Some(held), Some(due)) => {
                held.left_ms = self.calendar.working_time_between(at, due);
                held.was_due_at = due;
            }
            _ => {
                self.counted_since = at;
                self.due_at = due;
            }
        }
        self
    }

    /// How it stands at `now`; `reassigned_at` is when the ticket last changed hands.
    pub(super) fn clock(&self, alerts: &Alerts, now: Timestamp, reassigned_at: Option<Timestamp>) -> Clock {
        let late = self.is_late_at(self.fulfilled_at.unwrap_or(now));
        let state = match (late, self.fulfilled_at, self.held) {
            (true, ..) => ClockState::Breached,
            (false, Some(_), _) => ClockState::Fulfilled,
            (false, None, Some(_)) => ClockState::Paused,
            (false, None, None) => ClockState::Running,
        };
        let owed = self.due_at.filter(|_| !self.is_fulfilled());
        let changed_hands = |due: Timestamp| reassigned_at.is_some_and(|at| at > due);
        Clock {
            state,
            late,
            target: self.target,
            started_at: self.started_at,
            due_at: self.due_at.or(self.held.filter(|_| self.is_fulfilled()).map(|held| held.was_due_at)),
            fulfilled_at: self.fulfilled_at,
            paused_since: self.held.filter(|_| !self.is_fulfilled()).map(|held| held.since),
            warn_at: owed.map(|due| self.warn_at(alerts, due)),
            reassign_at: owed
                .filter(|due| !changed_hands(*due))
                .map(|due| due.plus_millis(alerts.reassign_after.as_millis())),
        }
    }

    /// A while before it is due, or with half of a short target left; never before it counts (P1).
    fn warn_at(&self, alerts: &Alerts, due: Timestamp) -> Timestamp {
        let warning = if self.target.as_minutes() < alerts.halfway_under.as_minutes() {
            let left = self.calendar.working_time_between(self.counted_since, due);
            self.calendar.add_counted(self.counted_since, left - self.target.as_millis() / 2).unwrap_or(due)
        } else {
            due.plus_millis(-alerts.warn_before.as_millis())
        };
        warning.max(self.counted_since)
    }
}
