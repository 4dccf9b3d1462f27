//! HTTP against a running edge: one file for each resource or promise.
#![cfg(test)]

mod auto_answers;
mod bodies;
mod clock;
mod conformance;
mod durability;
mod headers;
mod health;
mod incidents;
mod knowledge_base;
mod live;
mod macros;
mod refusals;
mod staff;
mod staff_refusals;
mod sweep;
mod ticket_life;
mod tickets;
