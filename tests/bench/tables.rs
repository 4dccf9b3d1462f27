//! Tables that are readable as text and are Markdown at the same time.

use serde::Serialize;

/// Rows of cells under a head. The first column is left-aligned, the others right.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|cell| (*cell).to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table, its columns lined up.
    pub(crate) fn markdown(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&self.head]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let mut text = line(&self.head, &widths);
        for (column, width) in widths.iter().enumerate() {
            let dashes = "-".repeat(width.saturating_sub(usize::from(column > 0)));
            text.push_str(&if column == 0 { format!("| {dashes} ") } else { format!("| {dashes}: ") });
        }
        text.push_str("|\n");
        for row in &self.rows {
            text.push_str(&line(row, &widths));
        }
        text
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        text.push_str(&if column == 0 { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") });
    }
    text.push_str("|\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_result_is_markdown() {
        let mut table = Table::new(&["what", "ms"]);
        table.row(["a".to_owned(), "10".to_owned()]);
        table.row(["longer".to_owned(), "1".to_owned()]);
        assert_eq!(table.markdown(), "| what   | ms |\n| ------ | -: |\n| a      | 10 |\n| longer |  1 |\n");
    }
}
