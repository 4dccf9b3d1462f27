//! What the clocks ask of us: to warn, to flag a breach, to give a ticket to somebody else (P1, P2).
//!
//! Every action has a key that names the very due time it is about. Whoever stores the key with the action's effect
//! may look twice, or late, and acts once.

use super::{Clock, Clocks, Metric};
use crate::time::Timestamp;

/// Something to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Say that a due time comes near (P1).
    Warn {
        /// Which promise.
        metric: Metric,
        /// Its due time.
        due_at: Timestamp,
    },
    /// Say that a due time has passed (P1).
    Breach {
        /// Which promise.
        metric: Metric,
        /// Its due time.
        due_at: Timestamp,
    },
    /// Give the ticket to somebody else, since it is still unanswered (P2).
    Reassign {
        /// Which answer is owed.
        metric: Metric,
        /// Its due time.
        due_at: Timestamp,
    },
}

impl Action {
    /// A text that is the same whenever this is computed again, such as `breach:first_response:1795224591042`.
    #[must_use]
    pub fn key(&self) -> String {
        let (verb, metric, due_at) = match self {
            Self::Warn { metric, due_at } => ("warn", metric, due_at),
            Self::Breach { metric, due_at } => ("breach", metric, due_at),
            Self::Reassign { metric, due_at } => ("reassign", metric, due_at),
        };
        format!("{verb}:{}:{}", metric.as_str(), due_at.as_millis())
    }
}

/// What is to be done at `now` and was not: the breach of a promise makes its warning pointless, so a warning that
/// comes too late is left out.
#[must_use]
pub fn actions_due<K: AsRef<str>>(clocks: &Clocks, already_sent: &[K], now: Timestamp) -> Vec<Action> {
    let pending = pending(clocks, already_sent);
    let overtaken = |action: &Action| matches!(action, Action::Warn { due_at, .. } if *due_at < now);
    pending.filter(|(at, action)| *at <= now && !overtaken(action)).map(|(_, action)| action).collect()
}

/// The next instant at which [`actions_due`] has something to do; in the past when it has already.
#[must_use]
pub fn next_due<K: AsRef<str>>(clocks: &Clocks, already_sent: &[K], now: Timestamp) -> Option<Timestamp> {
    let overtaken = |action: &Action| matches!(action, Action::Warn { due_at, .. } if *due_at < now);
    pending(clocks, already_sent).filter(|(_, action)| !overtaken(action)).map(|(at, _)| at).min()
}

/// Everything that will have to be done if nothing happens, each with its instant.
fn pending<'a, K: AsRef<str>>(
    clocks: &'a Clocks,
    already_sent: &'a [K],
) -> impl Iterator<Item = (Timestamp, Action)> + 'a {
    let owed = Metric::ALL.into_iter().filter_map(|metric| {
        let clock = clocks.get(metric).filter(|clock| clock.fulfilled_at.is_none())?;
        Some((metric, clock, clock.due_at?))
    });
    owed.flat_map(|(metric, clock, due_at)| of_clock(metric, clock, due_at).into_iter().flatten()).filter(
        |(_, action)| {
            let key = action.key();
            !already_sent.iter().any(|sent| sent.as_ref() == key)
        },
    )
}

fn of_clock(metric: Metric, clock: &Clock, due_at: Timestamp) -> [Option<(Timestamp, Action)>; 3] {
    [
        clock.warn_at.map(|at| (at, Action::Warn { metric, due_at })),
        // At the due time itself an answer is still in time.
        Some((due_at.plus_millis(1), Action::Breach { metric, due_at })),
        clock.reassign_at.map(|at| (at, Action::Reassign { metric, due_at })),
    ]
}
