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
mod durability;
mod escalation;
mod hands;
mod headers;
mod health;
mod help;
mod identities;
mod incident_clock;
mod incident_life;
mod incidents;
mod knowledge_base;
mod limits;
mod live;
mod macros;
mod measurement;
mod privacy;
mod promises;
mod refusals;
mod search_index;
mod staff;
mod staff_refusals;
mod status_page;
mod surveys;
mod sweep;
mod ticket_life;
mod tickets;
mod uploads;
