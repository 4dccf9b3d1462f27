//! What is wrong with a folder of articles, each finding with file and line.

use std::{collections::BTreeSet, fmt, path::PathBuf};

use buoy_shared::markdown::references;

use super::{
    folder::Folder,
    targets::{Places, Target, anchors},
};

/// Something to mend.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    file: PathBuf,
    line: usize,
    what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// Everything that an import would lose, and every link and picture that leads nowhere.
pub(super) fn findings(folder: &Folder) -> Vec<Finding> {
    let places = Places::of(folder);
    let mut findings = Vec::new();
    for source in &folder.articles {
        let file = source.file.strip_prefix(&folder.root).unwrap_or(&source.file).to_path_buf();
        let mut push = |line: usize, what: String| findings.push(Finding { file: file.clone(), line, what });
        let article = match &source.parsed {
            Ok(article) => article,
            Err(error) => {
                push(1, error.to_string());
                continue;
            }
        };
        let mut here = BTreeSet::new();
        anchors(&article.blocks, &mut here);
        for reference in references(&source.markdown) {
            match places.target(source, &reference) {
                Target::Nowhere(why) => push(reference.line, format!("{}: {why}", reference.target)),
                Target::Here(place) if !here.contains(&place) => {
                    push(reference.line, format!("#{place}: no such heading"));
                }
                Target::Here(_) | Target::Article(..) | Target::Outside | Target::File => {}
            }
        }
    }
    findings
}
