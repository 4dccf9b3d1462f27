//! Reading labelled sets: which questions which articles answer.
//!
//! A set is a folder: `docs.jsonl` {id, title, body, locale}, `queries.jsonl` {id, text}, `qrels.tsv` (question, article, grade),
//! perhaps `queries.typos.jsonl` and `queries.prefix.jsonl` (the same questions, misspelt and half typed) and `oos.jsonl`
//! (questions that nothing answers).

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, de::DeserializeOwned};

/// Variants of the questions: name, and the file they are in.
pub(crate) const VARIANTS: [(&str, &str); 3] =
    [("orig", "queries.jsonl"), ("typos", "queries.typos.jsonl"), ("prefix", "queries.prefix.jsonl")];

#[derive(Debug, Deserialize)]
pub(crate) struct Doc {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) locale: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Query {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// One labelled set.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) docs: Vec<Doc>,
    /// By variant, in the order of [`VARIANTS`]; `None` if the set has none.
    pub(crate) queries: Vec<Option<Vec<Query>>>,
    pub(crate) unanswerable: Vec<Query>,
    /// Grade of each relevant article of each question.
    pub(crate) grades: HashMap<String, HashMap<String, u32>>,
}

impl Set {
    /// The group of which the figures of a set are averaged.
    pub(crate) fn group(&self) -> &'static str {
        match self.name.as_str() {
            name if name.starts_with("en-xquad") => "control",
            name if name.starts_with("en") => "en",
            name if name.starts_with("ru") => "ru",
            _ => "other",
        }
    }
}

/// All sets of a folder, by name.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<Set>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    folders.retain(|folder| folder.join("qrels.tsv").is_file());
    folders.sort();
    ensure!(!folders.is_empty(), "no set in {}: each is a folder with a qrels.tsv", folder.display());
    folders.iter().map(|folder| read(folder)).collect()
}

fn read(folder: &Path) -> Result<Set> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let queries =
        VARIANTS.iter().map(|(_, file)| Ok(optional_lines(&folder.join(file))?.filter(|all| !all.is_empty())));
    let text = std::fs::read_to_string(folder.join("qrels.tsv"))?;
    let mut grades: HashMap<String, HashMap<String, u32>> = HashMap::new();
    for line in text.lines() {
        let mut fields = line.split_whitespace();
        if let (Some(query), Some(doc), Some(grade)) = (fields.next(), fields.next(), fields.next()) {
            let grade = grade.parse().with_context(|| format!("a grade in qrels.tsv of {name}"))?;
            grades.entry(query.to_owned()).or_default().insert(doc.to_owned(), grade);
        }
    }
    Ok(Set {
        docs: lines(&folder.join("docs.jsonl"))?,
        queries: queries.collect::<Result<_>>()?,
        unanswerable: optional_lines(&folder.join("oos.jsonl"))?.unwrap_or_default(),
        name,
        grades,
    })
}

fn optional_lines<T: DeserializeOwned>(path: &Path) -> Result<Option<Vec<T>>> {
    if path.is_file() { lines(path).map(Some) } else { Ok(None) }
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let parsed = text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str);
    parsed.collect::<Result<_, _>>().with_context(|| format!("a line of {}", path.display()))
}
