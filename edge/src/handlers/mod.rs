//! One file a resource; a handler reads the request, asks `shared` what it means and `store` to keep it.

pub(crate) mod agent_changes;
pub(crate) mod agent_tickets;
pub(crate) mod articles;
pub(crate) mod authoring;
pub(crate) mod boot;
pub(crate) mod destinations;
pub(crate) mod features;
pub(crate) mod health;
pub(crate) mod help;
pub(crate) mod hooks;
pub(crate) mod identity_keys;
pub(crate) mod incident_team;
pub(crate) mod incidents;
pub(crate) mod intake;
pub(crate) mod knowledge_base;
pub(crate) mod live;
pub(crate) mod macros;
pub(crate) mod measurement;
pub(crate) mod on_call;
pub(crate) mod operator;
pub(crate) mod own_tickets;
mod page_words;
pub(crate) mod pages;
pub(crate) mod pictures;
pub(crate) mod policy;
pub(crate) mod privacy;
pub(crate) mod sessions;
pub(crate) mod status;
pub(crate) mod status_page;
pub(crate) mod surveys;
#[cfg(feature = "test-clock")]
pub(crate) mod testing;
pub(crate) mod ticket_life;
pub(crate) mod tickets;
pub(crate) mod uploads;
