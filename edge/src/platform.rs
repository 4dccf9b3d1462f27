//! The impure: the clock and chance. Everything else is told the time and given its random bytes.

use buoy_shared::time::Timestamp;

/// The present moment.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
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
