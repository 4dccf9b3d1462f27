//! What people type, against the articles that we ship (K2, W3): found among the first, also with slips and half typed.
//!
//! `search/own_queries.tsv` was written beside the articles and not beside the engine: sloppy words, other words than the
//! article's, beginnings. The bounds are a little below what was measured when they were written, so that they notice an engine
//! or an article that got worse.
#![cfg(feature = "server")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test: failing loudly is its job")]

#[expect(clippy::unwrap_used, clippy::expect_used, reason = "a test harness: failing loudly is its job")]
#[path = "wasm/mod.rs"]
mod module;

use buoy_shared::markdown;
use buoy_shared::search::{Index, IndexBuilder, SearchDoc, build};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A line of the file: where it is asked, what is asked, and which articles answer it; none for what nothing answers.
struct Question {
    base: (String, String),
    text: String,
    answers: Vec<String>,
}

fn questions() -> Vec<Question> {
    let lines = include_str!("search/own_queries.tsv").lines().skip(1);
    let read = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [preset, locale, text, slugs] = columns[..] else { panic!("four columns: {line}") };
        let answers = slugs.split(',').filter(|slug| *slug != "-").map(str::to_owned).collect();
        Question { base: (preset.to_owned(), locale.to_owned()), text: text.to_owned(), answers }
    };
    lines.map(read).collect()
}

fn files(preset: &str, locale: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../presets").join(preset).join("articles").join(locale);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The index of a preset's articles, made as the edge makes it.
fn index(preset: &str, locale: &str) -> Index {
    let articles: Vec<_> = files(preset, locale)
        .into_iter()
        .map(|file| {
            let slug = file.file_stem().unwrap().to_string_lossy().into_owned();
            (slug, markdown::parse(&fs::read_to_string(file).unwrap()).unwrap())
        })
        .collect();
    let mut builder = IndexBuilder::new(locale);
    for (slug, article) in &articles {
        builder.add(&SearchDoc {
            slug,
            title: &article.title,
            headings: &article.headings,
            body: &article.body,
            keywords: &article.keywords,
            summary: &article.summary,
        });
    }
    Index::load(&builder.finish()).unwrap()
}

/// How often the right article came first, how often among the first three, of how many.
#[derive(Default)]
struct Found {
    first: usize,
    three: usize,
    asked: usize,
}

#[test]
fn k2_people_find_the_article_that_they_mean() {
    let mut indexes: BTreeMap<(String, String), Index> = BTreeMap::new();
    let mut by_locale: BTreeMap<String, Found> = BTreeMap::new();
    let mut missed = Vec::new();
    for Question { base, text, answers } in questions().iter().filter(|question| !question.answers.is_empty()) {
        let index = indexes.entry(base.clone()).or_insert_with(|| index(&base.0, &base.1));
        let hits = index.search(text, 3);
        let is_right = |doc: u32| answers.iter().any(|slug| slug == index.slug(doc));
        let found = by_locale.entry(base.1.clone()).or_default();
        found.asked += 1;
        found.first += usize::from(hits.first().is_some_and(|hit| is_right(hit.doc)));
        let is_found = hits.iter().any(|hit| is_right(hit.doc));
        found.three += usize::from(is_found);
        if !is_found {
            missed.push(format!("{}/{}: {text}", base.0, base.1));
        }
    }
    for (locale, Found { first, three, asked }) in &by_locale {
        println!("{locale}: {first} first and {three} among three of {asked}; missed {missed:#?}");
        assert!(*asked >= 50, "{locale}: {asked} questions");
        assert!(first * 100 >= asked * 80, "{locale}: {first} of {asked} come first");
        assert!(three * 100 >= asked * 90, "{locale}: {three} of {asked} are among the first three: {missed:#?}");
    }
}

/// The same engine in the page and at the edge, to the last bit: over a thousand queries, each as far as it was typed (A8).
#[test]
fn w3_page_and_edge_find_the_same_in_the_same_order() {
    let module = module::build();
    let mut compared = 0;
    for (preset, locale) in [("api-platform", "en"), ("school", "ru"), ("saas", "ru")] {
        let articles: Vec<_> = files(preset, locale)
            .iter()
            .map(|file| markdown::parse(&fs::read_to_string(file).unwrap()).unwrap())
            .collect();
        let docs: Vec<SearchDoc<'_>> = articles
            .iter()
            .map(|article| SearchDoc {
                slug: "a",
                title: &article.title,
                headings: &article.headings,
                body: &article.body,
                keywords: &article.keywords,
                summary: "",
            })
            .collect();
        let typed = |text: &str| {
            let ends: Vec<usize> = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).collect();
            ends.into_iter().step_by(3).map(|end| text[..end].to_owned()).chain([text.to_owned()]).collect::<Vec<_>>()
        };
        let asked = questions().into_iter().filter(|question| question.base == (preset.to_owned(), locale.to_owned()));
        let queries: Vec<String> = asked.flat_map(|question| typed(&question.text)).chain(hostile()).collect();
        let bytes = build(locale, &docs);
        let index = Index::load(&bytes).unwrap();
        let natively: Vec<(u32, Vec<(u32, u32)>)> = queries
            .iter()
            .map(|query| {
                let answer = index.answer(query, 10);
                (answer.confidence.to_bits(), answer.hits.iter().map(|hit| (hit.doc, hit.score.to_bits())).collect())
            })
            .collect();
        let docs: Vec<_> = docs
            .iter()
            .map(
                |doc| json!({"title": doc.title, "headings": doc.headings, "body": doc.body, "keywords": doc.keywords}),
            )
            .collect();
        let there = module::ask(&module, &json!({"locale": locale, "docs": docs, "queries": queries}).to_string());
        assert!(there == serde_json::to_string(&(bytes, natively)).unwrap(), "{preset}/{locale} differ");
        compared += queries.len();
    }
    assert!(compared >= 1_000, "{compared}");
}

/// What no person types.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = ["a", "ё", "👍🏽", "שלום ", "the ", "日本語", "^(a+)+$", "\u{301}", "401 "]
        .iter()
        .map(|piece| piece.repeat(10_000 / piece.chars().count()))
        .collect();
    texts.extend(["", " ", "the a of", "👍🏽", "\\d+(?:x|y)*[^z]", "שלום עולם"].map(str::to_owned));
    texts
}

#[test]
fn every_article_that_is_shipped_is_asked_for_and_can_be_read() {
    let asked = questions();
    for (preset, locale, least) in
        [("api-platform", "en", 20), ("school", "en", 12), ("school", "ru", 12), ("saas", "en", 12), ("saas", "ru", 12)]
    {
        let files = files(preset, locale);
        assert!(files.len() >= least, "{preset}/{locale}: {} articles", files.len());
        for file in files {
            let slug = file.file_stem().unwrap().to_string_lossy().into_owned();
            let parsed = markdown::parse(&fs::read_to_string(&file).unwrap()).unwrap();
            assert!(parsed.has_text() && !parsed.summary.is_empty(), "{slug}");
            let base = (preset.to_owned(), locale.to_owned());
            let is_asked = asked.iter().any(|question| question.base == base && question.answers.contains(&slug));
            assert!(is_asked, "{preset}/{locale}: nobody asks for {slug}");
        }
    }
}

/// On the starter articles of an API product: what is asked there, and what no article answers.
#[test]
fn a_search_box_doubts_what_no_article_answers_and_nothing_while_a_word_is_typed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../presets/api-platform/articles/en");
    let paths = fs::read_dir(folder).expect("starter articles").map(|entry| entry.expect("an article").path());
    let texts: Vec<String> = paths.map(|path| fs::read_to_string(path).expect("a text")).collect();
    let mut builder = IndexBuilder::new("en");
    for text in &texts {
        let article = markdown::parse(text).expect("an article");
        let (title, headings) = (article.title.as_str(), article.headings.as_str());
        let (body, keywords) = (article.body.as_str(), article.keywords.as_str());
        builder.add(&SearchDoc { title, headings, body, keywords, ..SearchDoc::default() });
    }
    let index = Index::load(&builder.finish()).expect("what was built can be read");
    for (query, doubts) in [
        ("webhook", false),
        ("401", false),
        ("rate limit", false),
        ("how do I rotate my api key", false),
        ("how can I add a member to my workspace", false),
        ("my card was declined", false),
        ("how do I get a refund", false),
        ("how do I cancel my parking permit", true),
        ("what is the weather on mars", true),
        ("can I bring my dog to class", true),
        ("do you have an office in paris", true),
        ("how do I res", false),
        ("how do I res ", true),
        ("zzzzzz", false),
    ] {
        let answer = index.answer(query, 8);
        assert_eq!(answer.is_doubtful(), doubts, "{query}: {}", answer.confidence);
    }
}
