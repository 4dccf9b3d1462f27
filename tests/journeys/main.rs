//! What people do, in a real browser against a running edge: one file for each thing a person does.
#![cfg(test)]

mod open_host_page;
