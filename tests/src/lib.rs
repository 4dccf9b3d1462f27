//! The harness: starts a private edge, speaks HTTP to it, opens real browsers, and serves host pages.
//!
//! Everything is real: the worker on workerd with its own D1, KV, R2 and Durable Objects on disk, and a browser of one of
//! three engines with a new profile. Nothing is mocked; third parties are played by small servers on loopback ([`stub::Stub`]).
//!
//! | module | gives |
//! | --- | --- |
//! | [`edge`] | a running edge, killed and restarted at will, and sites on it |
//! | [`http`] | a client that fails the test on any 5xx |
//! | [`html`] | what stands in a page, read without a browser |
//! | [`browser`] | a browser that fails the test on any error of a page |
//! | [`pages`] | host pages on an origin of their own |
//! | [`stage`] | all of the above for one journey |
//! | [`languages`] | a policy in every language of the widget |
//! | [`line`] | a way to the edge that can be cut |
//! | [`tunnel`] | a way to the edge that cuts, delays and resets at random |
//! | [`stub`] | a third party that remembers what it was sent |
//! | [`receiver`] | a third party that behaves badly on purpose |
//! | [`samples`] | what tests over HTTP and journeys send alike |
//! | [`wait`] | waiting for a condition, never for a duration |
//!
//! It must not know internals: no SQL, no types of the edge. A test isolates itself by making its own site.
//!
//! What it cannot reach: power loss (`kill -9` keeps the page cache), Safari itself and phones, and what only the
//! real network does (regional KV delay, a client's disconnect cancelling a request).

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test harness: failing loudly is its job, and the ban on clocks and sleep is for wasm"
)]

pub mod browser;
pub mod demo;
pub mod edge;
pub mod html;
pub mod http;
pub mod languages;
pub mod line;
pub mod made_up;
pub mod pages;
pub mod receiver;
pub mod root;
pub mod samples;
pub mod stage;
pub mod stub;
pub mod tunnel;
pub mod wait;

mod process;
