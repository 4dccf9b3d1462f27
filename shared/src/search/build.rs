//! Building an index: counts in which article, and in which of its fields, each stem occurs.
//!
//! The builder keeps every word of every field, weak ones too: how rare a word is decides what it weighs, and a visitor who
//! types only "how to" still gets answers. It must not rank; the weights of the fields live in `rank`, so that changing them
//! needs no new index.

use super::codec::{Head, Writer};
use super::language::{self, Language};
use super::part::Counted;
use super::stems::Stems;
use super::synonyms;
use super::{FIELDS, PerField, SearchDoc};
use std::collections::{BTreeMap, BTreeSet};

/// The articles in which one stem occurs, in the order in which they were added.
type Postings = Vec<(u32, PerField)>;

/// Place of the body in [`PerField`].
const BODY: usize = FIELDS - 1;

/// Collects articles and turns them into the bytes that [`Index::load`](super::Index::load) reads.
#[derive(Debug)]
pub struct IndexBuilder {
    locale: String,
    language: Language,
    stems: Stems,
    /// Groups of words that mean the same, as stems.
    synonyms: Vec<Vec<String>>,
    postings: BTreeMap<String, Postings>,
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
        Self { locale: locale.to_owned(), language, stems, synonyms, postings, docs }
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

    fn merge(&mut self, doc: &SearchDoc<'_>, counted: Counted) {
        let number = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        for (stem, fields) in counted.stems {
            self.postings.entry(stem).or_default().push((number, fields));
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

    /// A smaller index of the same articles, for the first download: all of titles, keywords and headings, and of each
    /// text the `words` that tell it best from the others. It answers as the whole one does, only less well.
    pub fn finish_first(mut self, words: usize) -> Vec<u8> {
        let docs = self.docs.len();
        let mut worth: Vec<Vec<(u64, &str)>> = vec![Vec::new(); docs];
        for (stem, postings) in &self.postings {
            for (doc, fields) in postings {
                if fields.iter().take(BODY).all(|&count| count == 0)
                    && let (Some(list), Some(&count)) = (worth.get_mut(*doc as usize), fields.get(BODY))
                {
                    // Occurrences saturate, rarity does not: whole numbers, so that every platform keeps the same words.
                    let rarity = (docs / postings.len().max(1) + 1).ilog2() + 1;
                    list.push((u64::from(count.min(7) + 3) * u64::from(rarity), stem));
                }
            }
        }
        let mut kept: BTreeSet<(String, u32)> = BTreeSet::new();
        for (doc, list) in (0_u32..).zip(&mut worth) {
            list.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            kept.extend(list.iter().take(words).map(|(_, stem)| ((*stem).to_owned(), doc)));
        }
        for (stem, postings) in &mut self.postings {
            postings.retain(|(doc, fields)| {
                fields.iter().take(BODY).any(|&count| count > 0) || kept.contains(&(stem.clone(), *doc))
            });
        }
        self.postings.retain(|_, postings| !postings.is_empty());
        self.encode()
    }

    fn encode(&self) -> Vec<u8> {
        let known = |stem: &str| self.postings.contains_key(stem);
        let weak: BTreeSet<String> =
            synonyms::stems(self.language.weak.split_whitespace(), &self.stems).into_iter().collect();
        let head = Head {
            locale: &self.locale,
            rules: self.language.rules,
            foreign: self.language.foreign,
            weak: &weak.into_iter().collect::<Vec<_>>().join(" "),
            synonyms: &synonyms::worth_keeping(&self.synonyms, known),
        };
        let mut out = Writer::new(&head);
        out.count(self.docs.len());
        self.docs.iter().for_each(|doc| out.text(&doc.slug));
        self.docs.iter().for_each(|doc| out.text(&doc.title));
        self.docs.iter().for_each(|doc| out.text(&doc.summary));
        for field in 0..FIELDS {
            self.docs.iter().for_each(|doc| out.number(doc.lengths.get(field).copied().unwrap_or(0)));
        }
        out.terms(self.postings.keys().map(String::as_str));
        self.postings.values().for_each(|postings| out.count(postings.len()));
        for postings in self.postings.values() {
            out.postings(self.docs.len(), postings);
        }
        out.finish()
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
