//! The words of one article, counted, and the bytes of that: what an index is put together from.
//!
//! Reading a text is most of the work of building. A site that publishes one article of a thousand reads that one and puts
//! the index together from the parts of the others. A part belongs to one version of the engine and one locale; any other
//! is refused, and the article is read again.

use super::build::BODY;
use super::codec::{Reader, Writer};
use super::stems::Stems;
use super::token::{Kind, tokens};
use super::{FIELDS, PerField, SearchDoc};
use std::collections::BTreeMap;

/// How parts begin. The number counts up whenever words are found or cut in another way than before.
const MAGIC: &str = "buoy part 2";

/// The stems of an article.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) lengths: PerField,
    pub(super) stems: BTreeMap<String, PerField>,
}

impl Counted {
    pub(super) fn of(doc: &SearchDoc<'_>, stems: &Stems) -> Self {
        let mut counted = Self::default();
        // The order of the fields is the order of `PerField`.
        let texts = [doc.title, doc.keywords, doc.headings, doc.body];
        let mut spellings: BTreeMap<String, PerField> = BTreeMap::new();
        for (field, (text, length)) in texts.into_iter().zip(&mut counted.lengths).enumerate() {
            tokens(text, &mut |token| {
                // A compound repeats its parts: it is found, but makes the field no longer.
                if token.kind != Kind::Compound {
                    *length += 1;
                }
                if !spellings.contains_key(token.text) {
                    spellings.insert(token.text.to_owned(), [0; FIELDS]);
                }
                if let Some(count) = spellings.get_mut(token.text).and_then(|fields| fields.get_mut(field)) {
                    *count += 1;
                }
            });
        }
        for (spelling, fields) in spellings {
            let sums = counted.stems.entry(stems.of(&spelling)).or_default();
            for (sum, count) in sums.iter_mut().zip(fields) {
                *sum += count;
            }
        }
        counted
    }

    /// Keeps the words of title, keywords and headings alone.
    pub(super) fn forget_text(&mut self) {
        let forget = |fields: &mut PerField| fields.get_mut(BODY).into_iter().for_each(|count| *count = 0);
        forget(&mut self.lengths);
        self.stems.retain(|_, fields| {
            forget(fields);
            fields.iter().any(|&count| count > 0)
        });
    }

    pub(super) fn encode(&self, locale: &str) -> Vec<u8> {
        let mut out = Writer::default();
        out.text(MAGIC);
        out.text(locale);
        self.lengths.iter().for_each(|&length| out.number(length));
        out.terms(self.stems.keys().map(String::as_str));
        self.stems.values().flatten().for_each(|&count| out.number(count));
        out.finish()
    }

    pub(super) fn decode(bytes: &[u8], locale: &str) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.text().ok()? != MAGIC || reader.text().ok()? != locale {
            return None;
        }
        let lengths = reader.per_field().ok()?;
        let terms = reader.terms().ok()?;
        let mut stems = BTreeMap::new();
        for term in 0..terms.len() {
            stems.insert(terms.get(term).to_owned(), reader.per_field().ok()?);
        }
        reader.is_done().then_some(Self { lengths, stems })
    }
}
