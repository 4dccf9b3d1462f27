//! Rules about the sources that a machine can check: the invariants of ARCHITECTURE.md and the byte budgets.
#![cfg(test)]
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a rule that is broken says so loudly"
)]

mod budgets;
mod layers;
mod sources;
mod sql;
mod texts;
