//! Prints an article's tree as Markdown, in the one form that reading it gives back (K3).
//!
//! `parse(print(tree)) == tree` for every tree in normal form. Emphasis is `_`, strong is `**`, code is fenced, a rule
//! is `___`, and lists that follow each other change their sign, so that no two constructs can run together.

use super::anchors::{Names, anchor_of};
use super::print_inline::{Place, print};
use crate::article::{Align, Block, Callout, Inline};

/// Prints blocks, with one line break at the end.
pub(super) fn blocks(blocks: &[Block]) -> String {
    let mut text = lines_of(blocks, &mut Names::default()).join("\n");
    text.push('\n');
    text
}

fn lines_of(blocks: &[Block], names: &mut Names) -> Vec<String> {
    let mut lines = Vec::new();
    let mut lists_in_a_row = 0_usize;
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        lists_in_a_row = if matches!(block, Block::List { .. }) { lists_in_a_row + 1 } else { 0 };
        lines.extend(block_lines(block, lists_in_a_row.is_multiple_of(2), names));
    }
    lines
}

fn block_lines(block: &Block, other_sign: bool, names: &mut Names) -> Vec<String> {
    match block {
        Block::Heading { level, anchor, c } => {
            let from_text = names.free(anchor_of(c));
            names.take(anchor);
            let name = if from_text == *anchor { String::new() } else { format!(" {{#{anchor}}}") };
            let sign = "#".repeat(usize::from((*level).clamp(2, 4)));
            vec![format!("{sign} {}{name}", print(c, Place::Heading))]
        }
        Block::Paragraph { c } => print(c, Place::Paragraph).split('\n').map(str::to_owned).collect(),
        Block::List { start, items } => list(*start, items, other_sign, names),
        Block::Code { lang, text } => code(lang.as_deref(), text),
        Block::Quote { kind, c } => {
            let head = kind.map(|kind| format!("[!{}]", sign_of(kind)));
            let inner = head.into_iter().chain(lines_of(c, names));
            inner.map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") }).collect()
        }
        Block::Table { align, rows } => table(align, rows),
        Block::Rule => vec!["___".to_owned()],
    }
}

const fn sign_of(kind: Callout) -> &'static str {
    match kind {
        Callout::Note => "NOTE",
        Callout::Tip => "TIP",
        Callout::Important => "IMPORTANT",
        Callout::Warning => "WARNING",
        Callout::Caution => "CAUTION",
    }
}

fn list(start: Option<u32>, items: &[Vec<Block>], other_sign: bool, names: &mut Names) -> Vec<String> {
    let is_tight = items.iter().all(|item| is_tight(item));
    let mut lines = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 && !is_tight {
            lines.push(String::new());
        }
        let sign = match (start, other_sign) {
            (Some(start), other) => {
                // Only the first number counts; those that cannot grow repeat it.
                let number = start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)).min(999_999_999);
                format!("{number}{}", if other { ')' } else { '.' })
            }
            (None, true) => "*".to_owned(),
            (None, false) => "-".to_owned(),
        };
        let indent = " ".repeat(sign.len() + 1);
        let inner = if is_tight { tight_lines(item, names) } else { lines_of(item, names) };
        for (number, line) in inner.into_iter().enumerate() {
            lines.push(match (number, line.is_empty()) {
                (0, _) => format!("{sign} {line}"),
                (_, true) => line,
                (_, false) => format!("{indent}{line}"),
            });
        }
    }
    lines
}

/// Whether an item can stand without blank lines: a paragraph, perhaps with such a list below it. A list that does not
/// begin with 1 cannot follow a paragraph's line.
fn is_tight(item: &[Block]) -> bool {
    match item {
        [Block::Paragraph { .. }] => true,
        [Block::Paragraph { .. }, Block::List { start: None | Some(1), items }] => {
            items.iter().all(|item| is_tight(item))
        }
        _ => false,
    }
}

fn tight_lines(item: &[Block], names: &mut Names) -> Vec<String> {
    item.iter().flat_map(|block| block_lines(block, false, names)).collect()
}

fn code(lang: Option<&str>, text: &str) -> Vec<String> {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let mut lines = vec![format!("{fence}{}", lang.unwrap_or_default())];
    lines.extend(text.lines().map(str::to_owned));
    lines.push(fence);
    lines
}

/// The longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}

fn table(align: &[Align], rows: &[Vec<Vec<Inline>>]) -> Vec<String> {
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| print(cell, Place::Cell)).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
        if at == 0 {
            let column = |column: usize| match align.get(column) {
                Some(Align::Left) => ":--",
                Some(Align::Center) => ":-:",
                Some(Align::Right) => "--:",
                Some(Align::Start) | None => "---",
            };
            let columns: Vec<&str> = (0..row.len()).map(column).collect();
            lines.push(format!("| {} |", columns.join(" | ")));
        }
    }
    lines
}
