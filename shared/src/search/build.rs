//! Building an index: counts in which article, and in which of its fields, each stem occurs.
//!
//! The builder keeps every word of every field, weak ones too: how rare a word is decides what it weighs, and a visitor who
//! types only "how to" still gets answers. It must not rank; the weights of the fields live in `rank`, so that changing them
//! needs no new index.

use super::codec::{Head, Writer, join};
use super::language::{self, Language};
use super::part::Counted;
use super::postings::{Kind, Kinds, PostingsWriter, told_apart};
use super::prune;
use super::stems::Stems;
use super::synonyms;
use super::{FIELDS, PerField, SearchDoc};
use std::collections::{BTreeMap, BTreeSet};

/// The articles in which one stem occurs, in the order in which they were added.
pub(super) type Postings = Vec<(u32, Kind)>;

/// Place of the body in [`PerField`] and [`Kind`].
pub(super) const BODY: usize = FIELDS - 1;

/// Words of articles, each counted once an article, from which on the index has of further articles titles, keywords and
/// headings alone. Building takes about 37 bytes of WebAssembly's memory for each, so half of the 128 MB that a worker has;
/// it is about 10,800 articles of 200 words.
pub(super) const WORDS_MAX: usize = 1_600_000;

/// Collects articles and turns them into the bytes that [`Index::load`](super::Index::load) reads.
#[derive(Debug)]
pub struct IndexBuilder {
    locale: String,
    language: Language,
    stems: Stems,
    /// Groups of words that mean the same, as stems.
    synonyms: Vec<Vec<String>>,
    postings: BTreeMap<String, Postings>,
    /// How many postings there are.
    words: usize,
    docs: Vec<Doc>,
}

#[derive(Debug)]
struct Doc {
    slug: String,
    title: String,
    summary: String,
    lengths: PerField,
}

impl IndexBuilder {
    /// Begins an index whose words are cut as the language of `locale` wants it.
    pub fn new(locale: &str) -> Self {
        let language = language::of(locale);
        let stems = Stems::new(language.rules, language.foreign);
        let synonyms = language.synonyms.lines().map(|line| synonyms::stems(line.split(' '), &stems)).collect();
        let (postings, docs) = (BTreeMap::new(), Vec::new());
        Self { locale: locale.to_owned(), language, stems, synonyms, postings, words: 0, docs }
    }

    /// Adds words of the site that mean the same to its visitors: a query with one finds articles with the others, below
    /// those that have the word itself. A word of several parts is written together or with hyphens.
    pub fn add_synonyms<'a>(&mut self, group: impl IntoIterator<Item = &'a str>) {
        self.synonyms.push(synonyms::stems(group, &self.stems));
    }

    /// Adds an article; its number is the count of those before it.
    pub fn add(&mut self, doc: &SearchDoc<'_>) {
        let counted = Counted::of(doc, &self.stems);
        self.merge(doc, counted);
    }

    /// The words of an article, counted: what takes the time of building. Kept beside the article, it makes the next index
    /// without reading the text again; see [`add_part`](Self::add_part).
    pub fn part(&self, doc: &SearchDoc<'_>) -> Vec<u8> {
        Counted::of(doc, &self.stems).encode(&self.locale)
    }

    /// Adds an article whose words were counted by [`part`](Self::part); of `doc`, slug, title and summary are shown. Gives
    /// whether the part was of this engine and locale; if not, nothing was added, and the article wants [`add`](Self::add).
    pub fn add_part(&mut self, doc: &SearchDoc<'_>, part: &[u8]) -> bool {
        let Some(counted) = Counted::decode(part, &self.locale) else { return false };
        self.merge(doc, counted);
        true
    }

    fn merge(&mut self, doc: &SearchDoc<'_>, mut counted: Counted) {
        if self.words >= WORDS_MAX {
            counted.forget_text();
        }
        self.words += counted.stems.len();
        let number = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        for (stem, fields) in counted.stems {
            self.postings.entry(stem).or_default().push((number, told_apart(&fields)));
        }
        self.docs.push(Doc {
            slug: doc.slug.to_owned(),
            title: doc.title.to_owned(),
            summary: doc.summary.to_owned(),
            lengths: counted.lengths,
        });
    }

    /// The finished index.
    pub fn finish(self) -> Vec<u8> {
        self.encode()
    }

    fn encode(&self) -> Vec<u8> {
        let kinds = Kinds::of(self.postings.values().flatten().map(|(_, kind)| kind));
        let language = [self.language.rules, self.language.foreign, self.language.weak];
        let shown = self.docs.iter().flat_map(|doc| [doc.slug.as_str(), &doc.title]);
        let texts: u64 = shown.chain(language).map(prune::weigh_text).sum();
        let mut kept = prune::choose(&self.postings, self.docs.len(), texts).into_iter();
        let (mut here, mut there) = (Part::new(&kinds), Part::new(&kinds));
        let mut missing = Vec::new();
        for (term, postings) in &self.postings {
            let (own, other): (Postings, Postings) = postings.iter().partition(|_| kept.next().unwrap_or(true));
            if own.is_empty() {
                there.terms.push(term);
                there.having.push(other.len());
            } else {
                here.terms.push(term);
                here.having.push(own.len());
                missing.push(other.len());
            }
            here.postings.add(own.iter());
            there.postings.add(other.iter());
        }
        let mut first = Writer::default();
        self.write_docs(&mut first);
        kinds.write(&mut first);
        here.write(&missing, &mut first);
        let mut rest = Writer::default();
        rest.text(&synonyms::worth_keeping(&self.synonyms, |stem| self.postings.contains_key(stem)));
        rest.lines(self.docs.iter().map(|doc| doc.summary.as_str()));
        there.write(&[], &mut rest);
        join(&first.finish(), &rest.finish())
    }

    /// Languages and documents.
    fn write_docs(&self, out: &mut Writer) {
        let weak: BTreeSet<String> =
            synonyms::stems(self.language.weak.split_whitespace(), &self.stems).into_iter().collect();
        out.head(&Head {
            locale: &self.locale,
            rules: self.language.rules,
            foreign: self.language.foreign,
            weak: &weak.into_iter().collect::<Vec<_>>().join(" "),
        });
        out.count(self.docs.len());
        out.lines(self.docs.iter().map(|doc| doc.slug.as_str()));
        out.lines(self.docs.iter().map(|doc| doc.title.as_str()));
        for field in 0..FIELDS {
            self.docs.iter().for_each(|doc| out.number(doc.lengths.get(field).copied().unwrap_or(0)));
        }
    }
}

/// The words of one part of an index.
struct Part<'a> {
    terms: Vec<&'a str>,
    having: Vec<usize>,
    postings: PostingsWriter<'a>,
}

impl<'a> Part<'a> {
    fn new(kinds: &'a Kinds) -> Self {
        Self { terms: Vec::new(), having: Vec::new(), postings: PostingsWriter::new(kinds) }
    }

    fn write(self, missing: &[usize], out: &mut Writer) {
        out.terms(self.terms.into_iter());
        self.having.iter().chain(missing).for_each(|&count| out.count(count));
        self.postings.finish(out);
    }
}

/// Builds the index of `docs`; the number of a document is its place in the slice.
///
/// ```
/// # use buoy_shared::search::{Index, SearchDoc, build};
/// let bytes = build("ru", &[SearchDoc { title: "Как сбросить пароль", ..SearchDoc::default() }]);
/// assert_eq!(Index::load(&bytes).map(|index| index.len()), Ok(1));
/// ```
pub fn build(locale: &str, docs: &[SearchDoc<'_>]) -> Vec<u8> {
    let mut builder = IndexBuilder::new(locale);
    for doc in docs {
        builder.add(doc);
    }
    builder.finish()
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
