//! The views, one a file, and the pieces they are made of. Views decide nothing about tickets; they show and ask `App`.

pub(crate) mod article;
pub(crate) mod blocks;
pub(crate) mod el;
pub(crate) mod home;
pub(crate) mod icon;
pub(crate) mod pieces;
pub(crate) mod receipt;
pub(crate) mod search;
pub(crate) mod shell;
pub(crate) mod thread;
pub(crate) mod ticket_form;
pub(crate) mod tickets;
