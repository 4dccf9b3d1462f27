//! What a person sees while they wait: every long step prints a line when it begins and one with its time.
//!
//! Everything goes to stderr, so that stdout of a command stays its result.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Runs one long step between its two lines.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {what}");
    let started = now();
    let result = work();
    let verdict = if result.is_ok() { "done" } else { "failed" };
    eprintln!("    {verdict} after {}", seconds(started.elapsed()));
    result
}

/// A remark without a time.
pub(crate) fn note(text: &str) {
    eprintln!("    {text}");
}

/// `0.04 s`, `3.2 s`, `2 min 05 s`: as exact as anybody cares.
pub(crate) fn seconds(time: Duration) -> String {
    let total = time.as_secs_f64();
    if total < 1.0 {
        format!("{total:.2} s")
    } else if total < 100.0 {
        format!("{total:.1} s")
    } else {
        format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

/// The one place where xtask reads the clock.
#[expect(clippy::disallowed_methods, reason = "a native tool; the ban is for wasm")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_readable() {
        assert_eq!(seconds(Duration::from_millis(40)), "0.04 s");
        assert_eq!(seconds(Duration::from_millis(3_240)), "3.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
