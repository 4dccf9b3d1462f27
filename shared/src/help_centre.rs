//! The public help centre, `/help` (K): whole pages from typed values, for readers without scripts and for machines.
//!
//! Pure: what a page shows is an argument. Everything is an element of [`crate::html`], so nothing that people wrote
//! can become markup.

mod content;
mod hits;
mod linked_data;
mod page;
mod words;

pub(crate) use content::add_blocks;
pub use hits::{Hit, results};
pub use page::{Entry, article, home, missing, sitemap};
pub(crate) use words::{ENGLISH, RUSSIAN, Words};

/// Where the pages begin.
pub const HELP_PATH: &str = "/help";
/// Articles shown of each section on the first page; the rest is one click away.
pub const SECTION_SHOWN: usize = 8;
