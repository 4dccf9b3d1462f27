//! Durable Objects: one owner for each thing that must have one.

pub(crate) mod quota;
pub(crate) mod thread;
