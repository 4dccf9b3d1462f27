//! The dialect of Markdown that articles are written in, and its words as ours.

use crate::article::{Align, Callout};
use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, HeadingLevel, Options};

/// The dialect of articles.
#[must_use]
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
}

/// The title is level 1, so an article's own headings begin at 2; below 4 nobody sees a difference.
pub(super) fn shown_level(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        _ => 4,
    }
}

/// The language that an author names.
pub(super) fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    match kind {
        CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().map(str::to_owned),
        CodeBlockKind::Indented => None,
    }
}

/// What kind of callout.
pub(super) const fn callout(kind: BlockQuoteKind) -> Callout {
    match kind {
        BlockQuoteKind::Note => Callout::Note,
        BlockQuoteKind::Tip => Callout::Tip,
        BlockQuoteKind::Important => Callout::Important,
        BlockQuoteKind::Warning => Callout::Warning,
        BlockQuoteKind::Caution => Callout::Caution,
    }
}

/// How a column is set.
pub(super) const fn column(align: Alignment) -> Align {
    match align {
        Alignment::None => Align::Start,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}
