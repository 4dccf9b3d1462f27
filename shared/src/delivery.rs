//! How news leaves this desk (C2): what is told, to which kinds of destinations, in whose form, and when it is tried again.
//!
//! Pure: the edge reads rows, asks here what to send and what an answer means, and sends. Attempts happen at least once,
//! so every event bears an id that stays the same through all of them, and receivers count by it.

pub mod event;
pub mod guard;
pub mod payload;
pub mod schedule;
pub mod settings;
pub mod signature;
pub mod slack;
pub mod terms;
pub mod verdict;
pub mod words;
