//! Waiting for a condition. A test that sleeps is either slow or flaky; this is neither.

use std::{
    future::Future,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long a condition may take before the test fails. Generous: it is only reached by a failure.
pub const DEADLINE: Duration = Duration::from_secs(45);
/// How often we look.
pub const POLL: Duration = Duration::from_millis(25);

/// Asks again and again until `ask` gives something, or gives up with `None` after [`DEADLINE`].
pub async fn poll<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> Option<T> {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = ask().await {
            return Some(found);
        }
        if Instant::now() > end {
            return None;
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Like [`poll`], but a condition that never holds fails the test.
///
/// # Panics
/// With `what` after [`DEADLINE`].
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl FnMut() -> F) -> T {
    match poll(ask).await {
        Some(found) => found,
        None => panic!("waited {} s in vain for: {what}", DEADLINE.as_secs()),
    }
}

/// Milliseconds since 1970: where a test begins that moves the clock.
///
/// # Panics
/// When the system's clock is before 1970.
#[must_use]
pub fn now_millis() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(now.as_millis()).expect("not for ages")
}
