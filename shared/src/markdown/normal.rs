//! The normal form of an article's tree: one tree for everything that reads the same.
//!
//! Printing and reading a tree in normal form gives the same tree, which is what makes export and import each other's
//! inverse (K3). Nothing that a reader sees is lost: empty blocks and repeated marks go, white space is collapsed as a
//! page would show it, and every row of a table gets as many cells as its head.

use super::anchors::{Names, anchor_chars, anchor_of};
use crate::article::{Align, Block, Inline};

/// The largest number a list may begin with in Markdown.
const START_MAX: u32 = 999_999_999;
/// Letters of a code block's language.
const LANG_CHARS_MAX: usize = 30;

/// Gives every heading of a tree its name; the last step.
pub(super) fn named(mut blocks: Vec<Block>) -> Vec<Block> {
    name_places(&mut blocks, &mut Names::default());
    blocks
}

/// Brings blocks into normal form, but for the names of their headings.
pub(super) fn nested(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().filter_map(block).collect()
}

fn block(block: Block) -> Option<Block> {
    match block {
        Block::Heading { level, anchor, c } => {
            let c = inlines(c, Place::Heading);
            (!c.is_empty()).then_some(Block::Heading { level, anchor, c })
        }
        Block::Paragraph { c } => {
            let c = inlines(c, Place::Paragraph);
            (!c.is_empty()).then_some(Block::Paragraph { c })
        }
        Block::List { start, items } => {
            let items: Vec<Vec<Block>> = items.into_iter().map(item).filter(|item| !item.is_empty()).collect();
            (!items.is_empty()).then_some(Block::List { start: start.map(|start| start.min(START_MAX)), items })
        }
        Block::Code { lang, text } => {
            Some(Block::Code { lang: lang.as_deref().and_then(language), text: code_text(&text) })
        }
        Block::Quote { kind, c } => {
            let c = nested(c);
            (!c.is_empty()).then_some(Block::Quote { kind, c })
        }
        Block::Table { align, rows } => table(align, rows),
        Block::Rule => Some(Block::Rule),
    }
}

/// An item of a list: a task's box may stand before its text and nowhere else.
fn item(blocks: Vec<Block>) -> Vec<Block> {
    let mut blocks = blocks.into_iter();
    let first = blocks.next().and_then(|first| match first {
        Block::Paragraph { c } => {
            let c = inlines(c, Place::Item);
            (!c.is_empty()).then_some(Block::Paragraph { c })
        }
        other => block(other),
    });
    first.into_iter().chain(blocks.filter_map(block)).collect()
}

fn table(align: Vec<Align>, rows: Vec<Vec<Vec<Inline>>>) -> Option<Block> {
    let columns = rows.first().map_or(0, Vec::len);
    if columns == 0 {
        return None;
    }
    let row = |row: Vec<Vec<Inline>>| {
        let mut row: Vec<_> = row.into_iter().map(|cell| inlines(cell, Place::Cell)).collect();
        row.resize(columns, Vec::new());
        row
    };
    let mut align = align;
    align.resize(columns, Align::Start);
    if align.iter().all(|align| *align == Align::Start) {
        align.clear();
    }
    Some(Block::Table { align, rows: rows.into_iter().map(row).collect() })
}

fn language(lang: &str) -> Option<String> {
    let lang: String = lang
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || "+#-_.".contains(*letter))
        .take(LANG_CHARS_MAX)
        .collect();
    (!lang.is_empty()).then_some(lang)
}

fn code_text(text: &str) -> String {
    let mut kept: String =
        text.chars().filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()).collect();
    if !kept.is_empty() && !kept.ends_with('\n') {
        kept.push('\n');
    }
    kept
}

/// Gives every heading a name of its own: its author's if there is one, else from its text.
fn name_places(blocks: &mut [Block], names: &mut Names) {
    for block in blocks {
        match block {
            Block::Heading { anchor, c, .. } => {
                let wanted = anchor_chars(anchor);
                *anchor = names.free(if wanted.is_empty() { anchor_of(c) } else { wanted });
                names.take(anchor);
            }
            Block::List { items, .. } => items.iter_mut().for_each(|item| name_places(item, names)),
            Block::Quote { c, .. } => name_places(c, names),
            Block::Paragraph { .. } | Block::Code { .. } | Block::Table { .. } | Block::Rule => {}
        }
    }
}

/// Where inlines stand decides what they may hold.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Paragraph,
    /// The first paragraph of a list's item.
    Item,
    Heading,
    Cell,
}

/// The marks that are open around an inline.
#[derive(Clone, Copy, Default)]
struct Marks {
    strong: bool,
    emphasis: bool,
    strike: bool,
    link: bool,
}

fn inlines(list: Vec<Inline>, place: Place) -> Vec<Inline> {
    let mut list = list;
    let task = match list.first() {
        Some(Inline::Task { done }) if place == Place::Item => Some(*done),
        _ => None,
    };
    list.retain(|inline| !matches!(inline, Inline::Task { .. }));
    let mut normal = Vec::new();
    push_all(list, Marks::default(), place, &mut normal);
    trim(&mut normal, true);
    trim(&mut normal, false);
    if let (Some(done), false) = (task, normal.is_empty()) {
        normal.insert(0, Inline::Task { done });
    }
    normal
}

fn push_all(list: Vec<Inline>, marks: Marks, place: Place, out: &mut Vec<Inline>) {
    for inline in list {
        match inline {
            Inline::Text { v } => push_text(&v, out),
            Inline::Break if place == Place::Heading => push_text(" ", out),
            Inline::Break => {
                trim_space(out);
                out.push(Inline::Break);
            }
            Inline::Code { v } => push_code(&v, out),
            Inline::Image { src, alt } => {
                out.push(Inline::Image { src: address(&src), alt: crate::text::clean_line(&alt) });
            }
            Inline::Strong { c } if marks.strong => push_all(c, marks, place, out),
            Inline::Emphasis { c } if marks.emphasis => push_all(c, marks, place, out),
            Inline::Strike { c } if marks.strike => push_all(c, marks, place, out),
            Inline::Link { c, .. } if marks.link => push_all(c, marks, place, out),
            Inline::Strong { c } => {
                push_mark(c, Marks { strong: true, ..marks }, place, out, |c| Inline::Strong { c });
            }
            Inline::Emphasis { c } => {
                push_mark(c, Marks { emphasis: true, ..marks }, place, out, |c| Inline::Emphasis { c });
            }
            Inline::Strike { c } => {
                push_mark(c, Marks { strike: true, ..marks }, place, out, |c| Inline::Strike { c });
            }
            Inline::Link { href, c } => {
                let href = address(&href);
                // A link without a text could not be seen or heard.
                let c = if super::plain::is_blank(&c) { vec![Inline::Text { v: href.clone() }] } else { c };
                push_mark(c, Marks { link: true, ..marks }, place, out, |c| Inline::Link { href, c });
            }
            Inline::Task { .. } => {}
        }
    }
}

/// A mark holds no white space at its ends: it goes outside. Two of a kind side by side are one.
fn push_mark(
    list: Vec<Inline>,
    marks: Marks,
    place: Place,
    out: &mut Vec<Inline>,
    make: impl FnOnce(Vec<Inline>) -> Inline,
) {
    let mut inner = Vec::new();
    push_all(list, marks, place, &mut inner);
    let before = trim(&mut inner, true);
    let after = trim(&mut inner, false);
    push_all(before, marks, place, out);
    if !inner.is_empty() {
        let mark = make(inner);
        match (out.last_mut(), mark) {
            (Some(Inline::Strong { c }), Inline::Strong { c: more })
            | (Some(Inline::Emphasis { c }), Inline::Emphasis { c: more })
            | (Some(Inline::Strike { c }), Inline::Strike { c: more }) => push_all(more, marks, place, c),
            (_, mark) => out.push(mark),
        }
    }
    push_all(after, marks, place, out);
}

fn push_code(code: &str, out: &mut Vec<Inline>) {
    let code: String = code
        .chars()
        .map(|letter| if letter == '\n' || letter == '\t' { ' ' } else { letter })
        .filter(|letter| !letter.is_control())
        .collect();
    if code.trim().is_empty() {
        return push_text(&code, out);
    }
    // Side by side in Markdown, two spans' ticks would run together.
    match out.last_mut() {
        Some(Inline::Code { v }) => v.push_str(&code),
        _ => out.push(Inline::Code { v: code }),
    }
}

fn push_text(text: &str, out: &mut Vec<Inline>) {
    if !matches!(out.last(), Some(Inline::Text { .. })) {
        out.push(Inline::Text { v: String::new() });
    }
    let after_break = matches!(out.get(out.len().wrapping_sub(2)), Some(Inline::Break));
    let Some(Inline::Text { v }) = out.last_mut() else { return };
    for letter in text.chars() {
        if letter.is_ascii_whitespace() {
            let starts_line = v.is_empty() && after_break;
            if !(v.ends_with(' ') || starts_line) {
                v.push(' ');
            }
        } else if !letter.is_control() {
            v.push(letter);
        }
    }
    if v.is_empty() {
        out.pop();
    }
}

fn trim_space(out: &mut Vec<Inline>) {
    if let Some(Inline::Text { v }) = out.last_mut() {
        v.truncate(v.trim_end_matches(' ').len());
        if v.is_empty() {
            out.pop();
        }
    }
}

/// Takes white space and breaks from one end; gives them in their order.
fn trim(list: &mut Vec<Inline>, from_start: bool) -> Vec<Inline> {
    let mut taken = Vec::new();
    loop {
        let end = if from_start { list.first_mut() } else { list.last_mut() };
        match end {
            Some(Inline::Break) => {}
            Some(Inline::Text { v }) => {
                let kept = if from_start { v.trim_start() } else { v.trim_end() }.to_owned();
                let cut = if from_start { v.get(..v.len() - kept.len()) } else { v.get(kept.len()..) };
                let cut = cut.unwrap_or_default().to_owned();
                if !cut.is_empty() {
                    taken.push(Inline::Text { v: cut });
                }
                if !kept.is_empty() {
                    *v = kept;
                    break;
                }
            }
            _ => break,
        }
        let gone = if from_start { list.remove(0) } else { list.remove(list.len() - 1) };
        if matches!(gone, Inline::Break) {
            taken.push(gone);
        }
    }
    if !from_start {
        taken.reverse();
    }
    taken
}

/// An address whose every character means itself in Markdown.
fn address(address: &str) -> String {
    let mut kept = String::with_capacity(address.len());
    for letter in address.trim().chars() {
        match letter {
            ' ' => kept.push_str("%20"),
            '{' => kept.push_str("%7B"),
            '}' => kept.push_str("%7D"),
            '`' => kept.push_str("%60"),
            '<' => kept.push_str("%3C"),
            '>' => kept.push_str("%3E"),
            '\\' => kept.push_str("%5C"),
            '|' => kept.push_str("%7C"),
            letter if letter.is_control() => {}
            letter => kept.push(letter),
        }
    }
    kept
}
