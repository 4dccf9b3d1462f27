//! Where Buoy runs: two Cloudflare Workers with one source. `front` answers whoever waits for an answer, `courier` carries
//! news to the world outside; the crates beside this one hold nothing but the platform's events, so that each worker's
//! linker drops what only the other one reaches.
//!
//! A request walks `front` or `courier` → `handlers/<resource>` → `store/<resource>` (the only place with SQL) and comes
//! back through `reply`; every refusal becomes a problem document in `error`, the only file that knows failure statuses.
//! Whatever must happen after a write is an outbox row of the same batch; `jobs` makes it happen.

mod auth;
mod body;
mod channels;
pub mod courier;
mod cx;
mod durable;
mod error;
pub mod front;
mod handlers;
mod hands;
mod incident_desk;
mod jobs;
mod library;
mod limits;
mod page_rules;
mod planned_work;
mod platform;
mod reply;
mod router;
mod rules;
mod site_public;
mod snapshot;
mod store;
mod telegram;

pub use durable::{quota::QuotaRoom, thread::ThreadRoom};
