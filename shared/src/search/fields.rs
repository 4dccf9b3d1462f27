//! What an occurrence of a word in a field of an article counts: BM25F, as far as it does not depend on a query.
//!
//! It is computed when an index is loaded, so that the weights can change without a new index.

use super::{FIELDS, PerField};

/// What an occurrence weighs in title, keywords, headings, body. A title says what the article is
/// about; keywords say what people call it; a heading speaks for one section.
const FIELD_WEIGHTS: [f32; FIELDS] = [5.0, 4.0, 2.0, 1.0];

/// How much the length of a field matters, from 0 (not) to 1 (fully). Titles differ in length by
/// chance, bodies because they hold more.
const FIELD_LENGTH: [f32; FIELDS] = [0.6, 0.6, 0.6, 0.75];

/// What makes an occurrence in a field of a document count: weights over lengths.
pub(super) struct Fields {
    per_doc: Vec<[f32; FIELDS]>,
}

impl Fields {
    /// From the lengths, in words, of the fields of every document.
    pub(super) fn new(lengths: &[PerField]) -> Self {
        let mut sums = [0_u64; FIELDS];
        for length in lengths {
            for (sum, &length) in sums.iter_mut().zip(length) {
                *sum += u64::from(length);
            }
        }
        let docs = lengths.len().max(1) as f32;
        let averages = sums.map(|sum| sum as f32 / docs);
        let per_doc = lengths.iter().map(|length| {
            let mut factors = [0.0; FIELDS];
            let known = averages.iter().zip(FIELD_LENGTH).zip(FIELD_WEIGHTS).zip(length);
            for (factor, (((&average, matters), weight), &length)) in factors.iter_mut().zip(known) {
                let relative = if average > 0.0 { length as f32 / average } else { 1.0 };
                *factor = weight / (1.0 - matters + matters * relative);
            }
            factors
        });
        Self { per_doc: per_doc.collect() }
    }

    /// What occurrences in a document weigh together.
    pub(super) fn weight(&self, doc: u32, occurrences: PerField) -> f32 {
        let factors = self.per_doc.get(doc as usize).copied().unwrap_or_default();
        factors.iter().zip(occurrences).map(|(factor, count)| factor * count as f32).sum()
    }
}
