//! The Telegram bot (B): what people write to it and what it answers, as text. It calls nothing and stores nothing.

pub mod buttons;
pub mod command;
pub mod reply;
pub mod secret;
pub mod small_talk;
pub mod split;
pub mod update;
