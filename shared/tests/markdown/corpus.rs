//! Whole folders of real articles: nothing is lost, nothing is changed by printing and reading again.
//!
//! `BUOY_KB_FOLDER` names the folder; a deep run takes the corpus beside the checkout when it is there.

use super::{as_sent, same_again};
use buoy_shared::article::{Block, Inline, is_safe_link};
use buoy_shared::markdown::{parse, references};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("BUOY_KB_FOLDER").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/kb-corpus");
    named.or_else(|| std::env::var_os("BUOY_DEEP").map(|_| beside)).filter(|folder| folder.is_dir())
}

fn articles(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            articles(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "md") && !entry.ends_with("README.md") {
            found.push(entry);
        }
    }
}

/// How often each kind of thing is there.
type Counts = BTreeMap<&'static str, usize>;

fn count_blocks(blocks: &[Block], counts: &mut Counts) {
    for block in blocks {
        match block {
            Block::Heading { c, .. } | Block::Paragraph { c } => count_inlines(c, counts),
            Block::List { items, .. } => {
                *counts.entry("list").or_default() += 1;
                items.iter().for_each(|item| count_blocks(item, counts));
            }
            Block::Code { .. } => *counts.entry("code").or_default() += 1,
            Block::Quote { c, .. } => count_blocks(c, counts),
            Block::Table { rows, .. } => {
                *counts.entry("table").or_default() += 1;
                rows.iter().flatten().for_each(|cell| count_inlines(cell, counts));
            }
            Block::Rule => {}
        }
    }
}

fn count_inlines(inlines: &[Inline], counts: &mut Counts) {
    for inline in inlines {
        match inline {
            Inline::Strong { c } | Inline::Emphasis { c } | Inline::Strike { c } => count_inlines(c, counts),
            Inline::Link { c, .. } => {
                *counts.entry("link").or_default() += 1;
                count_inlines(c, counts);
            }
            Inline::Image { .. } => *counts.entry("image").or_default() += 1,
            Inline::Text { .. } | Inline::Code { .. } | Inline::Break | Inline::Task { .. } => {}
        }
    }
}

/// What the library sees of blocks in the bare source: an oracle that knows nothing of our tree.
fn count_source(source: &str) -> Counts {
    let mut counts = Counts::new();
    let front = source.trim_start_matches('\u{feff}').strip_prefix("---").and_then(|rest| rest.split_once("\n---"));
    let body = front.map_or(source, |(_, body)| body);
    for event in Parser::new_ext(body, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => *counts.entry("code").or_default() += 1,
            Event::Start(Tag::Table(_)) => *counts.entry("table").or_default() += 1,
            Event::Start(Tag::List(_)) => *counts.entry("list").or_default() += 1,
            _ => {}
        }
    }
    for reference in references(source).iter().filter(|reference| is_safe_link(&reference.target)) {
        *counts.entry(if reference.is_image { "image" } else { "link" }).or_default() += 1;
    }
    counts
}

#[test]
fn k3_whole_help_centres_are_read_without_loss_and_keep_their_form() {
    let Some(folder) = folder() else { return };
    let mut files = Vec::new();
    articles(&folder, &mut files);
    files.sort();
    assert!(!files.is_empty(), "{} has articles", folder.display());
    let mut wrong = Vec::new();
    let mut all = Counts::new();
    for file in &files {
        let source = std::fs::read_to_string(file).expect("an article");
        let article = match parse(&as_sent(&source)) {
            Ok(article) => article,
            Err(error) => {
                wrong.push(format!("{}: {error}", file.display()));
                continue;
            }
        };
        // Sent as it is, with its tags as text, it keeps its form too.
        for article in [Ok(article.clone()), parse(&source)] {
            let kept = article.map_err(|error| error.to_string()).and_then(|article| same_again(&article));
            if let Err(difference) = kept {
                wrong.push(format!("{}: {difference}", file.display()));
            }
        }
        let (mut kept, wanted) = (Counts::new(), count_source(&source));
        count_blocks(&article.blocks, &mut kept);
        for (kind, count) in &wanted {
            *all.entry(kind).or_default() += count;
            if kept.get(kind).copied().unwrap_or_default() < *count {
                wrong.push(format!("{}: {count} of {kind}, kept {:?}", file.display(), kept.get(kind)));
            }
        }
    }
    println!("{} articles: {all:?}", files.len());
    assert!(wrong.is_empty(), "{} of {} articles:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}
