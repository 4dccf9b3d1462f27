//! A ticket's life by the clock, and the limits on what visitors may send.

use super::Span;
use serde::{Deserialize, Serialize};

/// What time alone does to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifecycle {
    /// Days without a word after which a solved ticket closes (T2).
    pub close_after_quiet_days: u16,
    /// How long to wait for "did this solve it?" before a person takes over, by the wall clock (R3).
    pub auto_answer_wait: Span,
    /// The how-manieth ticket of one customer on the same issue escalates (R7, E3).
    pub escalate_at_same_issue: u8,
    /// Within how many days those tickets count together (R7).
    pub same_issue_days: u16,
}

impl Default for Lifecycle {
    /// The third ticket is R7's; a week of quiet, a quarter of an hour and a month are our own choice.
    fn default() -> Self {
        Self {
            close_after_quiet_days: 7,
            auto_answer_wait: Span::minutes(15),
            escalate_at_same_issue: 3,
            same_issue_days: 30,
        }
    }
}

/// What may be attached to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attachments {
    /// Bytes of one file.
    pub max_bytes: u32,
    /// Files of one message.
    pub max_files: u8,
    /// Media types that are taken.
    pub types: Vec<String>,
}

impl Attachments {
    /// Bytes that no policy may exceed: the edge holds an upload in memory, of which it has 128 MB for everybody.
    pub const BYTES_MAX: u32 = crate::upload::UPLOAD_BYTES_MAX as u32;
    /// Files that no policy may exceed.
    pub const FILES_MAX: u8 = crate::upload::ATTACHMENTS_MAX as u8;
}

impl Default for Attachments {
    /// What a picture of a screen, a document or a log needs.
    fn default() -> Self {
        let types = ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"];
        Self { max_bytes: 10 * 1024 * 1024, max_files: 5, types: types.map(str::to_owned).to_vec() }
    }
}

/// How much may come in before we say "later" (429).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Tickets of one visitor in an hour.
    pub tickets_per_visitor_hour: u32,
    /// Messages of one visitor in a minute.
    pub messages_per_visitor_minute: u32,
}

impl Default for Limits {
    /// Far above what people do, far below what hurts.
    fn default() -> Self {
        Self { tickets_per_visitor_hour: 10, messages_per_visitor_minute: 20 }
    }
}
