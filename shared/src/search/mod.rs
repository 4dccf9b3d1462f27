//! The search engine of the knowledge base (W3, K3).
//!
//! One index per site and locale. The edge builds it when an article is published and serves it as one
//! immutable file; the panel loads it and answers every keystroke by itself, without a request. Both
//! sides are this module, so they cannot disagree about what a word is.
//!
//! ```
//! use buoy_shared::search::{Index, SearchDoc, build};
//!
//! let doc = SearchDoc { slug: "reset-password", title: "How to reset your password", ..SearchDoc::default() };
//! let index = Index::load(&build("en", &[doc]))?;
//! let hits = index.search("passwo", 5);
//! assert_eq!(index.slug(hits[0].doc), "reset-password");
//! # Ok::<(), buoy_shared::search::IndexError>(())
//! ```
//!
//! A text goes `token` (by `script`) → `fold` → `stems` (by the `rules` of its `language`); `part` counts the stems of an
//! article, `build` puts the articles together, `prune` chooses what is downloaded first, `codec` and `postings` write it; `load`
//! reads it back into an `index`. `query` reads what was typed, `expand` finds what it may stand for (`typo`, `layout`, `synonyms`, `grams`), `rank`
//! orders the answers (points in `fields` and `tally`), `confidence` says how sure they are, and `mark` shows why a result is a result.
//!
//! `stem` has the stemmers of Snowball for `triage`, which runs where no visitor downloads it.
//!
//! It is downloaded by visitors, so it has no dependency and stays small. It must not panic on any
//! input (index bytes included), and the same input gives the same bytes and the same order of hits
//! on every platform.

mod build;
mod codec;
mod confidence;
mod expand;
mod fields;
mod fold;
mod grams;
mod index;
mod language;
mod layout;
mod load;
mod mark;
mod number;
mod part;
mod postings;
mod prune;
mod query;
mod rank;
mod rules;
mod script;
mod stem;
mod stem_en;
mod stem_ru;
mod stems;
mod synonyms;
mod tally;
mod texts;
mod token;
mod typo;

pub use build::{IndexBuilder, build};
pub use codec::{IndexError, VERSION as INDEX_VERSION, first_part};
pub use confidence::{Answer, CONFIDENCE_MIN};
pub use fold::fold;
pub(crate) use fold::push as push_folded;
pub use index::Index;
pub use mark::{Marked, Snippet};
pub use query::{QUERY_CHARS_MAX, QUERY_WORDS_MAX};
pub use rank::HITS_MAX;
pub(crate) use script::{Class, class};
pub use stem::Stemmer;

/// One article as the index wants it: plain text, already free of Markdown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchDoc<'a> {
    /// Address of the article; comes back from [`Index::slug`], is not searched.
    pub slug: &'a str,
    /// The title, heaviest of the fields.
    pub title: &'a str,
    /// Headings of the sections, separated by line breaks.
    pub headings: &'a str,
    /// The text of the article.
    pub body: &'a str,
    /// Words by which the author wants the article to be found.
    pub keywords: &'a str,
    /// A sentence or two to show under the title; comes back from [`Index::summary`], is not searched.
    pub summary: &'a str,
}

/// One answer of [`Index::search`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Number of the document: its place in the slice given to [`build`].
    pub doc: u32,
    /// Relevance, above zero. Comparable within one answer only.
    pub score: f32,
}

/// Number of searched fields.
const FIELDS: usize = 4;

/// Occurrences in, or lengths of, the fields: title, keywords, headings, body.
type PerField = [u32; FIELDS];

#[cfg(test)]
mod tests;

#[cfg(test)]
mod help_tests;
