//! HTTP against a running edge: one file for each resource or promise.
#![cfg(test)]
#![expect(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test that fails says so loudly")]

mod durability;
mod headers;
mod health;
mod incidents;
mod knowledge_base;
mod live;
mod refusals;
mod tickets;
