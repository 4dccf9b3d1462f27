//! Rules about the sources that a machine can check: the invariants of ARCHITECTURE.md and the byte budgets.
#![cfg(test)]

mod budgets;
mod embed;
mod layers;
mod npm;
mod sources;
mod sql;
mod texts;
