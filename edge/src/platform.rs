//! The impure: the clock and chance. Everything else is told the time and given its random bytes.

use buoy_shared::time::Timestamp;

/// The present moment.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// The moment of a request.
#[cfg(not(feature = "test-clock"))]
pub(crate) fn now_of(_request: &worker::Request) -> Timestamp {
    now()
}

/// The moment of a request, which it may name itself: for tests that move time instead of waiting for it.
#[cfg(feature = "test-clock")]
pub(crate) fn now_of(request: &worker::Request) -> Timestamp {
    let named = request.headers().get("x-test-now").ok().flatten();
    named.and_then(|text| Timestamp::parse_rfc3339(&text)).unwrap_or_else(now)
}

/// The moment of a run of the cron.
#[cfg(not(feature = "test-clock"))]
pub(crate) fn now_of_run(_event: &worker::ScheduledEvent) -> Timestamp {
    now()
}

/// The moment of a run of the cron, which whoever fires it may name.
#[cfg(feature = "test-clock")]
pub(crate) fn now_of_run(event: &worker::ScheduledEvent) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "an instant in milliseconds is far below 2^53")]
    Timestamp::from_millis(event.schedule() as i64)
}

/// A clock that goes on from a moment: what takes long must not go by the time at which it began.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    begin: Timestamp,
    started: Timestamp,
}

impl Clock {
    /// Goes on from `begin`, which is now unless a test names another.
    pub(crate) fn from(begin: Timestamp) -> Self {
        Self { begin, started: now() }
    }

    /// The moment it went on from: what a run decides by. A millisecond later would be another minute's matter.
    pub(crate) const fn begin(self) -> Timestamp {
        self.begin
    }

    /// The moment.
    pub(crate) fn now(self) -> Timestamp {
        self.begin.plus_millis(self.elapsed_millis())
    }

    /// How long it has gone, in seconds.
    pub(crate) fn seconds(self) -> i64 {
        self.elapsed_millis() / 1_000
    }

    fn elapsed_millis(self) -> i64 {
        (now().as_millis() - self.started.as_millis()).max(0)
    }
}

/// 128 random bits, for an id.
pub(crate) fn random_16() -> [u8; 16] {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    bytes
}

/// 256 random bits in base 32, for a token.
pub(crate) fn random_secret() -> String {
    let halves = [random_16(), random_16()];
    halves
        .iter()
        .map(|half| buoy_shared::id::RequestId::from_random(*half).as_str().trim_start_matches("req_").to_owned())
        .collect()
}

fn fill(bytes: &mut [u8]) {
    // The platform's generator does not fail; were it to, an id of zeros would collide and be refused by its key.
    if getrandom::fill(bytes).is_err() {
        worker::console_error!("the platform gave no random bytes");
    }
}
