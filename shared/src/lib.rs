//! What the field means: tickets, promises, incidents, articles, search, and the contract between page and edge.
//!
//! This crate is compiled into the panel in a visitor's page, into the worker at the edge and into native tests, so
//! a field cannot mean two things (W7). It is pure: no clock, no chance, no network, no SQL, no DOM. The present
//! moment and fresh ids are arguments, which is what lets a test move time instead of waiting for it.
//!
//! | module | answers |
//! | --- | --- |
//! | [`id`] | which thing |
//! | [`time`] | when, as an instant |
//! | [`text`] | what a person may type, and how we refuse the rest |
//! | [`ticket`] | what a customer asked and how far the answer is |
//! | [`survey`] | what a customer is asked, and when |
//! | [`incident`] | what is broken, who should hear of it |
//! | [`article`] | what we know, as a typed tree |
//! | [`search`] | which article answers this |
//! | [`policy`] | what this team promises, as data |
//! | [`availability`] | how long the product may be down, and what more of it costs |
//! | [`uptime`] | how long it was down |
//! | [`macro_text`] | what a prepared text says |
//! | [`triage`] | how urgent a text is, who looks first, and whether a machine can answer |
//! | [`api`] | how page and edge talk: one type a route |
//! | [`problem`] | how the edge says no |
//! | [`upload`] | which files a person may attach |
//! | [`secret`] | what is neither printed nor compared |
//!
//! The feature `server` adds what a page never needs: Markdown, pages of the help centre, policy parsing, office hours, deadlines, identity,
//! limits, delivery to other places.
#![forbid(unsafe_code)]

pub mod api;
pub mod article;
pub mod availability;
pub mod id;
pub mod incident;
pub mod macro_text;
pub mod object;
pub mod path_shape;
pub mod policy;
pub mod problem;
pub mod redact;
pub mod search;
pub mod secret;
pub mod survey;
pub mod text;
pub mod texts;
pub mod ticket;
pub mod time;
pub mod triage;
pub mod upload;
pub mod uptime;

#[cfg(feature = "server")]
pub mod alerts;
#[cfg(feature = "server")]
pub mod assignment;
#[cfg(feature = "server")]
pub mod business_hours;
#[cfg(feature = "server")]
pub mod delivery;
#[cfg(feature = "server")]
pub mod digest;
#[cfg(feature = "server")]
pub mod escalation;
#[cfg(feature = "server")]
pub mod help_centre;
#[cfg(feature = "server")]
pub mod html;
#[cfg(feature = "server")]
pub mod identity;
#[cfg(feature = "server")]
pub mod json_path;
#[cfg(feature = "server")]
pub mod limits;
#[cfg(feature = "server")]
pub mod markdown;
#[cfg(feature = "server")]
mod month_names;
#[cfg(feature = "server")]
pub mod office;
#[cfg(feature = "server")]
pub mod on_call;
#[cfg(feature = "schema")]
pub mod openapi;
#[cfg(feature = "server")]
pub mod page_words;
#[cfg(feature = "server")]
pub mod policy_file;
#[cfg(feature = "server")]
pub mod promise;
#[cfg(feature = "server")]
pub mod public_page;
#[cfg(feature = "server")]
pub mod refused_page;
#[cfg(feature = "server")]
pub mod sla;
#[cfg(feature = "server")]
pub mod status_page;
#[cfg(feature = "server")]
pub mod telegram;
#[cfg(feature = "server")]
pub mod topics;
#[cfg(feature = "server")]
pub mod zones;
