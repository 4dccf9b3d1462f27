//! Building an index: counts in which article, and in which of its fields, each stem occurs.
//!
//! The builder keeps every word of every field, stop words too: how rare a word is decides what it
//! weighs, and a visitor who types only "how to" still gets answers. It must not rank; the weights of
//! the fields live in `rank`, so that changing them needs no new index.

use super::codec::Writer;
use super::stem::Stemmer;
use super::token::{Kind, tokens};
use super::{FIELDS, PerField, SearchDoc};
use std::collections::BTreeMap;

/// The articles in which one stem occurs, in the order in which they were added.
type Postings = Vec<(u32, PerField)>;

/// Collects articles and turns them into the bytes that [`Index::load`](super::Index::load) reads.
#[derive(Debug)]
pub struct IndexBuilder {
    locale: String,
    stemmer: Stemmer,
    /// Every spelling seen, with the number of its stem: stemming each once is most of the speed.
    spellings: BTreeMap<String, usize>,
    stems: BTreeMap<String, usize>,
    postings: Vec<Postings>,
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
        Self {
            locale: locale.to_owned(),
            stemmer: Stemmer::for_locale(locale),
            spellings: BTreeMap::new(),
            stems: BTreeMap::new(),
            postings: Vec::new(),
            docs: Vec::new(),
        }
    }

    /// Adds an article; its number is the count of those before it.
    pub fn add(&mut self, doc: &SearchDoc<'_>) {
        let number = u32::try_from(self.docs.len()).unwrap_or(u32::MAX);
        let mut lengths = [0; FIELDS];
        // The order of the fields is the order of `PerField`.
        let texts = [doc.title, doc.keywords, doc.headings, doc.body];
        for (field, (text, length)) in texts.into_iter().zip(&mut lengths).enumerate() {
            tokens(text, &mut |token| {
                // A compound repeats its parts: it is found, but makes the field no longer.
                if token.kind != Kind::Compound {
                    *length += 1;
                }
                self.count(token.text, number, field);
            });
        }
        self.docs.push(Doc {
            slug: doc.slug.to_owned(),
            title: doc.title.to_owned(),
            summary: doc.summary.to_owned(),
            lengths,
        });
    }

    fn count(&mut self, spelling: &str, doc: u32, field: usize) {
        let stem = self.stem_number(spelling);
        let Some(postings) = self.postings.get_mut(stem) else { return };
        if postings.last().is_none_or(|(last, _)| *last != doc) {
            postings.push((doc, [0; FIELDS]));
        }
        if let Some(count) = postings.last_mut().and_then(|(_, fields)| fields.get_mut(field)) {
            *count += 1;
        }
    }

    fn stem_number(&mut self, spelling: &str) -> usize {
        if let Some(&known) = self.spellings.get(spelling) {
            return known;
        }
        let mut stem = spelling.to_owned();
        self.stemmer.stem(&mut stem);
        let number = *self.stems.entry(stem).or_insert(self.postings.len());
        if number == self.postings.len() {
            self.postings.push(Vec::new());
        }
        self.spellings.insert(spelling.to_owned(), number);
        number
    }

    /// The finished index.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Writer::new(&self.locale);
        out.count(self.docs.len());
        for doc in &self.docs {
            out.text(&doc.slug);
            out.text(&doc.title);
            out.text(&doc.summary);
            for length in doc.lengths {
                out.number(length);
            }
        }
        let of = |number: &usize| self.postings.get(*number).map(Vec::as_slice).unwrap_or_default();
        out.count(self.stems.len());
        let mut before = "";
        for (stem, number) in &self.stems {
            out.term(before, stem);
            out.count(of(number).len());
            before = stem;
        }
        for number in self.stems.values() {
            let mut next = 0;
            for &(doc, fields) in of(number) {
                out.posting(doc - next, fields);
                next = doc + 1;
            }
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
mod tests {
    use super::*;
    use crate::search::Index;

    #[test]
    fn forms_of_a_word_are_counted_as_one_word() {
        let mut builder = IndexBuilder::new("en");
        builder.add(&SearchDoc { title: "Card", body: "cards, card; Card-reader", ..SearchDoc::default() });
        let stem = builder.stem_number("cards");
        assert_eq!(builder.postings[stem], [(0, [1, 0, 0, 3])]);
        assert_eq!(builder.docs[0].lengths, [1, 0, 0, 4], "the compound makes the body no longer");
    }

    #[test]
    fn no_word_of_any_field_is_dropped() {
        let doc =
            SearchDoc { title: "the", keywords: "a", headings: "of", body: "to x 1 я 日", ..SearchDoc::default() };
        let mut builder = IndexBuilder::new("en");
        builder.add(&doc);
        let stems: Vec<_> = builder.stems.keys().map(String::as_str).collect();
        assert_eq!(stems, ["1", "a", "of", "the", "to", "x", "я", "日"]);
    }

    #[test]
    fn slug_and_summary_are_shown_but_not_searched() {
        let doc = SearchDoc { slug: "slug", summary: "summary", title: "Title", ..SearchDoc::default() };
        let index = Index::load(&build("en", &[doc])).unwrap();
        assert!(index.search("slug summary", 10).is_empty());
        assert_eq!((index.slug(0), index.summary(0)), ("slug", "summary"));
    }
}
