//! HTTP against a running edge: one file for each resource or promise.
#![cfg(test)]

mod bodies;
mod durability;
mod headers;
mod health;
mod incidents;
mod knowledge_base;
mod live;
mod refusals;
mod tickets;
