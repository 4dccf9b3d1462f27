//! Tables of HTML as those of Markdown, which have a head, one line a cell, and nothing that spans.

use std::rc::Rc;

use htmd::{
    Element, Node,
    element_handler::{HandlerResult, Handlers},
};

use super::dom::{attribute, children, is_within, tag};

/// Cells that one may cover, to the right and below.
const SPAN_MAX: usize = 50;

/// A row as it stands in the page.
struct Row {
    is_head: bool,
    cells: Vec<Rc<Node>>,
}

/// A table without a head gets its first row as one: Markdown knows no other. One within a cell, and one that is only a
/// frame around something, is what it holds.
pub(in crate::kb) fn table(handlers: &dyn Handlers, element: &Element<'_>) -> Option<HandlerResult> {
    let mut rows = Vec::new();
    collect(element.node, false, &mut rows);
    let cells: usize = rows.iter().map(|row| row.cells.len()).sum();
    if cells < 2 || is_within(element.node, &["td", "th"]) {
        let content = handlers.walk_children(element.node).content;
        return Some(format!("\n\n{}\n\n", content.trim_matches('\n')).into());
    }
    let lines = grid(handlers, &rows);
    let width = lines.iter().map(Vec::len).max().unwrap_or_default();
    let mut text = String::from("\n\n");
    for caption in children(element.node).iter().filter(|child| tag(child) == Some("caption")) {
        text.push_str(&one_line(&handlers.handle(caption)?.content));
        text.push_str("\n\n");
    }
    for (number, line) in lines.iter().enumerate() {
        let empty = vec![String::new(); width.saturating_sub(line.len())];
        text.push_str(&format!("| {} |\n", [line.as_slice(), &empty].concat().join(" | ")));
        if number == 0 {
            text.push_str(&format!("|{}\n", " --- |".repeat(width)));
        }
    }
    text.push('\n');
    Some(text.into())
}

fn collect(node: &Node, is_head: bool, rows: &mut Vec<Row>) {
    for child in children(node) {
        match tag(&child) {
            Some("thead") => collect(&child, true, rows),
            Some("tbody" | "tfoot") => collect(&child, false, rows),
            Some("tr") => {
                let cells: Vec<Rc<Node>> =
                    children(&child).into_iter().filter(|cell| matches!(tag(cell), Some("td" | "th"))).collect();
                let is_head = is_head || cells.iter().all(|cell| tag(cell) == Some("th"));
                rows.push(Row { is_head, cells });
            }
            _ => {}
        }
    }
}

/// The texts by rows and columns. A cell that covers others has its text in the first, so that what follows stays in its
/// own column.
fn grid(handlers: &dyn Handlers, rows: &[Row]) -> Vec<Vec<String>> {
    // For each column how many rows below a cell from above still covers.
    let mut covered: Vec<usize> = Vec::new();
    let mut lines = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let mut line = Vec::new();
        for cell in &row.cells {
            skip_covered(&mut line, &mut covered);
            let is_row_head = tag(cell) == Some("th") && !(row.is_head && number == 0);
            let mut text = cell_text(handlers, cell, is_row_head);
            for _ in 0..span(cell, "colspan") {
                covered.resize(covered.len().max(line.len() + 1), 0);
                if let Some(below) = covered.get_mut(line.len()) {
                    *below = span(cell, "rowspan") - 1;
                }
                line.push(std::mem::take(&mut text));
            }
        }
        while line.len() < covered.len() {
            skip_covered(&mut line, &mut covered);
            if line.len() < covered.len() {
                line.push(String::new());
            }
        }
        lines.push(line);
    }
    lines
}

fn skip_covered(line: &mut Vec<String>, covered: &mut [usize]) {
    while let Some(below) = covered.get_mut(line.len()).filter(|below| **below > 0) {
        *below -= 1;
        line.push(String::new());
    }
}

/// How many cells it covers, itself too.
pub(in crate::kb) fn span(cell: &Node, key: &str) -> usize {
    attribute(cell, key).and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, SPAN_MAX)
}

fn cell_text(handlers: &dyn Handlers, cell: &Rc<Node>, is_row_head: bool) -> String {
    let text = handlers.handle(cell).map(|result| one_line(&result.content)).unwrap_or_default();
    let is_plain = !text.is_empty() && !text.contains("**") && !text.contains("<br>");
    if is_row_head && is_plain { format!("**{text}**") } else { text }
}

/// Lines with breaks between them; a dot for what was a list.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let dotted =
        lines.map(|line| line.strip_prefix("*   ").map_or_else(|| line.to_owned(), |item| format!("• {item}")));
    dotted.collect::<Vec<_>>().join("<br>").replace('|', "\\|")
}
