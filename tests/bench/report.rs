//! What was measured, as a document: sections with tables, and the budgets of the design with the figure beside each.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{plan::Plan, tables::Table};

/// Between these two lines BENCHMARKS.md belongs to the bench.
const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// One promise and what was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Budget {
    what: String,
    budget: String,
    measured: String,
    met: bool,
}

impl Budget {
    /// A figure that must not exceed its limit; `write` says it with its unit.
    pub(crate) fn at_most(what: &str, limit: f64, measured: f64, write: fn(f64) -> String) -> Self {
        let budget = format!("≤ {}", write(limit));
        Self { what: what.to_owned(), budget, measured: write(measured), met: measured <= limit }
    }

    /// The same with a word about the figure.
    pub(crate) fn explained(mut self, words: &str) -> Self {
        self.measured = format!("{} ({words})", self.measured);
        self
    }

    /// A figure that must reach its limit.
    pub(crate) fn at_least(what: &str, limit: f64, measured: f64, write: fn(f64) -> String) -> Self {
        let budget = format!("≥ {}", write(limit));
        Self { what: what.to_owned(), budget, measured: write(measured), met: measured >= limit }
    }
}

/// One part of the bench.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Section {
    title: String,
    /// How it was measured, and what to keep in mind.
    notes: Vec<String>,
    tables: Vec<Table>,
    budgets: Vec<Budget>,
    /// The raw figures, for programs.
    data: Value,
    failed: Option<String>,
}

impl Section {
    pub(crate) fn new(title: &str) -> Self {
        let title = title.to_owned();
        Self { title, notes: Vec::new(), tables: Vec::new(), budgets: Vec::new(), data: json!({}), failed: None }
    }

    /// A section that could not be measured.
    pub(crate) fn failed(title: &str, error: &anyhow::Error) -> Self {
        Self { failed: Some(format!("{error:#}")), ..Self::new(title) }
    }

    pub(crate) fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    pub(crate) fn budget(&mut self, budget: Budget) {
        self.budgets.push(budget);
    }

    /// Keeps raw figures under a name.
    pub(crate) fn keep(&mut self, name: &str, value: impl Serialize) {
        if let (Some(data), Ok(value)) = (self.data.as_object_mut(), serde_json::to_value(value)) {
            data.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("\n### {}\n\n", self.title);
        if let Some(reason) = &self.failed {
            text.push_str(&format!("**Not measured:** {reason}\n"));
        }
        for table in &self.tables {
            text.push_str(&table.markdown());
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str(&format!("- {note}\n"));
        }
        text
    }
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    facts: Vec<(String, String)>,
    quick: bool,
    pub(crate) sections: Vec<Section>,
}

impl Report {
    pub(crate) fn new(plan: Plan, facts: Vec<(String, String)>) -> Self {
        Self { facts, quick: plan.quick, sections: Vec::new() }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.sections.iter().all(|section| section.failed.is_none())
    }

    /// Where and when.
    pub(crate) fn head(&self) -> String {
        let mut table = Table::new(&["measured on", ""]);
        for (name, value) in &self.facts {
            table.row([name.clone(), value.clone()]);
        }
        if self.quick {
            table.row(["repetitions".to_owned(), "few (--quick): to compare, not to publish".to_owned()]);
        }
        table.markdown()
    }

    /// The budget table of the design, with what was found.
    pub(crate) fn budgets_markdown(&self) -> String {
        let mut table = Table::new(&["budget", "promised", "measured", "met"]);
        for budget in self.sections.iter().flat_map(|section| &section.budgets) {
            let Budget { what, budget, measured, met } = budget.clone();
            table.row([what, budget, measured, if met { "yes" } else { "**no**" }.to_owned()]);
        }
        format!("\n### Budgets\n\n{}\n", table.markdown())
    }

    /// Replaces what stands between the markers.
    pub(crate) fn write_to(&self, file: &Path) -> Result<()> {
        let old = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        let Some((before, rest)) = old.split_once(BEGIN) else { bail!("{} has no line {BEGIN}", file.display()) };
        let Some((_, after)) = rest.split_once(END) else { bail!("{} has no line {END}", file.display()) };
        let sections: String = self.sections.iter().map(Section::markdown).collect();
        let text = format!("{before}{BEGIN}\n\n{}{}{sections}\n{END}{after}", self.head(), self.budgets_markdown());
        fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
    }
}
