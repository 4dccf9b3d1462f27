//! Durable Objects: one owner for each thing that must have one.

pub(crate) mod thread;
