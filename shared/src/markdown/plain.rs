//! The text of an article without its form: for search, summaries and reading time.

use crate::article::{Block, Inline};

/// The text of some inlines, in order.
#[must_use]
pub fn inline_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    collect_inlines(inlines, &mut text);
    text
}

fn collect_inlines(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { v } | Inline::Code { v } => text.push_str(v),
            Inline::Strong { c } | Inline::Emphasis { c } | Inline::Strike { c } | Inline::Link { c, .. } => {
                collect_inlines(c, text);
            }
            Inline::Image { alt, .. } => text.push_str(alt),
            Inline::Break => text.push(' '),
            Inline::Task { .. } => {}
        }
    }
}

/// Whether these inlines show nothing.
pub(super) fn is_blank(inlines: &[Inline]) -> bool {
    inlines.iter().all(|inline| match inline {
        Inline::Text { v } | Inline::Code { v } => v.trim().is_empty(),
        Inline::Strong { c } | Inline::Emphasis { c } | Inline::Strike { c } | Inline::Link { c, .. } => is_blank(c),
        Inline::Image { .. } => false,
        Inline::Break | Inline::Task { .. } => true,
    })
}

/// Everything but the headings, a line a block.
#[must_use]
pub fn block_text(blocks: &[Block]) -> String {
    body(blocks)
}

pub(super) fn body(blocks: &[Block]) -> String {
    let mut text = String::new();
    collect_body(blocks, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn collect_body(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Heading { .. } | Block::Rule => {}
            Block::Paragraph { c } => push_line(&inline_text(c), text),
            Block::Code { text: code, .. } => push_line(code.trim_end(), text),
            Block::Quote { c, .. } => collect_body(c, text),
            Block::List { items, .. } => items.iter().for_each(|item| collect_body(item, text)),
            Block::Table { rows, .. } => rows.iter().flatten().for_each(|cell| push_line(&inline_text(cell), text)),
        }
    }
}

fn push_line(line: &str, text: &mut String) {
    text.push_str(line);
    text.push('\n');
}

/// The headings, a line each, those within steps and quotations too.
pub(super) fn headings(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    collect_headings(blocks, &mut lines);
    lines.join("\n")
}

fn collect_headings(blocks: &[Block], lines: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Heading { c, .. } => lines.push(inline_text(c)),
            Block::Quote { c, .. } => collect_headings(c, lines),
            Block::List { items, .. } => items.iter().for_each(|item| collect_headings(item, lines)),
            Block::Paragraph { .. } | Block::Code { .. } | Block::Table { .. } | Block::Rule => {}
        }
    }
}

/// The heading an article begins with, if it does.
pub(super) fn leading_heading(blocks: &[Block]) -> Option<String> {
    match blocks.first() {
        Some(Block::Heading { c, .. }) => Some(inline_text(c)),
        _ => None,
    }
}

/// The first paragraph anywhere, for a summary.
pub(super) fn first_paragraph(blocks: &[Block]) -> String {
    let paragraph = blocks.iter().find_map(|block| match block {
        Block::Paragraph { c } => Some(inline_text(c)).filter(|text| !text.trim().is_empty()),
        _ => None,
    });
    crate::text::clean_line(&paragraph.unwrap_or_else(|| body(blocks)))
}

/// The text cut at a word's end, with an ellipsis, to at most this many characters.
pub(super) fn shorten(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    if let Some(space) = cut.rfind(' ').filter(|&space| space > cut.len() / 2) {
        cut.truncate(space);
    }
    cut.truncate(cut.trim_end_matches([' ', ',', '.', ';', ':', '-']).len());
    cut.push('…');
    cut
}

/// Words in a text. Where a script is written without spaces, two letters count as one word.
#[must_use]
pub fn word_count(text: &str) -> usize {
    let spaced = text.split_whitespace().filter(|word| word.chars().any(|letter| !is_unspaced(letter))).count();
    spaced + text.chars().filter(|letter| is_unspaced(*letter)).count() / 2
}

/// Kana, Han, Thai: scripts that do not put spaces between words.
const fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Minutes to read a text, at least one.
pub(super) fn minutes(text: &str, words_a_minute: usize) -> u32 {
    u32::try_from(word_count(text).div_ceil(words_a_minute)).unwrap_or(u32::MAX).max(1)
}
