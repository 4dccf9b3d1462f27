//! HTTP against a running edge: one file for each resource or promise.
#![cfg(test)]

mod articles;
mod authorization;
mod auto_answers;
mod bodies;
mod clock;
mod collisions;
mod conformance;
mod corpus;
mod deliveries;
mod destinations;
mod durability;
mod escalation;
mod hands;
mod headers;
mod health;
mod help;
mod identities;
mod incidents;
mod knowledge_base;
mod limits;
mod live;
mod macros;
mod measurement;
mod on_call;
mod privacy;
mod promises;
mod refusals;
mod staff;
mod staff_refusals;
mod sweep;
mod telegram;
mod ticket_life;
mod tickets;
mod uploads;
