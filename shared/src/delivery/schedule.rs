//! When a delivery is tried again, and when a destination is left in peace for a while.
//!
//! The waits are those that Standard Webhooks 1.0 recommends, with full jitter: a wait is drawn evenly between nothing and
//! the whole, so that receivers who were down together are not called together. Chance is an argument.

use crate::time::Timestamp;

/// Waits after the first, second … failed attempt, in seconds: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
pub const WAIT_SECONDS: [u32; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Attempts that a delivery gets before it is laid aside: the first and one after each wait, over three days.
pub const ATTEMPTS_MAX: u32 = 10;

/// The longest wait that a receiver may ask for by `Retry-After`, in seconds: a day, as the longest of ours.
pub const ASKED_WAIT_SECONDS_MAX: u32 = 86_400;

/// The shortest wait, in milliseconds: jitter may come out as nothing at all.
const WAIT_MILLIS_MIN: f64 = 1_000.0;

/// Failures in a row after which a destination counts as down.
pub const FAILURES_TO_OPEN: u32 = 5;

/// How long a destination that is down is left in peace at first, in seconds; twice as long after each probe that fails.
const REST_SECONDS: u32 = 30;

/// The longest such rest, in seconds: a receiver that came back waits no longer than this.
const REST_SECONDS_MAX: u32 = 1_800;

/// When an attempt follows that `attempts` failed ones preceded; none when there were enough. `asked` is the wait that the
/// receiver asked for, in seconds: no attempt comes sooner. `chance` is even in 0 to 1.
#[must_use]
pub fn next_attempt(attempts: u32, asked: Option<u32>, chance: f64, now: Timestamp) -> Option<Timestamp> {
    if attempts >= ATTEMPTS_MAX {
        return None;
    }
    let whole = WAIT_SECONDS.get(attempts.saturating_sub(1) as usize).copied().unwrap_or(86_400);
    let asked = asked.map_or(0, |seconds| i64::from(seconds.min(ASKED_WAIT_SECONDS_MAX)) * 1_000);
    Some(now.plus_millis(jittered(whole, chance).saturating_add(asked)))
}

/// Until when a destination is left in peace after `failures` in a row; none while it is not down.
#[must_use]
pub fn rest_until(failures: u32, chance: f64, now: Timestamp) -> Option<Timestamp> {
    let beyond = failures.checked_sub(FAILURES_TO_OPEN)?;
    let rest = REST_SECONDS.saturating_mul(1 << beyond.min(16)).min(REST_SECONDS_MAX);
    // Half of it is certain: a rest of nothing would be none.
    Some(now.plus_millis(i64::from(rest) * 500 + jittered(rest, chance) / 2))
}

#[expect(clippy::cast_possible_truncation, reason = "a day in milliseconds is far below 2^53")]
fn jittered(seconds: u32, chance: f64) -> i64 {
    (f64::from(seconds) * 1_000.0 * chance.clamp(0.0, 1.0)).max(WAIT_MILLIS_MIN) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn wait(attempts: u32, asked: Option<u32>, chance: f64) -> Option<i64> {
        next_attempt(attempts, asked, chance, NOW).map(|at| at.as_millis() - NOW.as_millis())
    }

    #[test]
    fn c2_waits_are_drawn_from_the_whole_of_the_schedule_and_end_after_ten_attempts() {
        for (attempts, asked, chance, millis) in [
            (1, None, 1.0, Some(5_000)),
            (1, None, 0.5, Some(2_500)),
            (1, None, 0.0, Some(1_000)),
            (2, None, 1.0, Some(300_000)),
            (2, None, 0.1, Some(30_000)),
            (9, None, 1.0, Some(86_400_000)),
            (10, None, 0.5, None),
            (u32::MAX, None, 0.5, None),
            (1, Some(60), 1.0, Some(65_000)),
            (1, Some(60), 0.0, Some(61_000)),
            (1, Some(u32::MAX), 0.0, Some(86_401_000)),
            (10, Some(60), 0.5, None),
            (1, None, f64::NAN, Some(1_000)),
            (1, None, 7.0, Some(5_000)),
        ] {
            assert_eq!(wait(attempts, asked, chance), millis, "{attempts} {asked:?} {chance}");
        }
    }

    #[test]
    fn a_destination_rests_after_five_failures_and_twice_as_long_after_each_more() {
        for (failures, chance, seconds) in [
            (0, 0.5, None),
            (4, 1.0, None),
            (5, 1.0, Some(30_000)),
            (5, 0.0, Some(15_500)),
            (6, 1.0, Some(60_000)),
            (11, 1.0, Some(1_800_000)),
            (u32::MAX, 1.0, Some(1_800_000)),
        ] {
            let rest = rest_until(failures, chance, NOW).map(|until| until.as_millis() - NOW.as_millis());
            assert_eq!(rest, seconds, "{failures} {chance}");
        }
    }
}
