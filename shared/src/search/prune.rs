//! What of an index is downloaded first: everything of titles, keywords and headings, and of each text the words that tell it
//! best from the others, as many as a budget of bytes holds.
//!
//! The budget is a share of what the whole index weighs after compression, by an estimate: a builder at the edge has no
//! brotli. Whole numbers only, so that every platform keeps the same words. It must not change what the whole index says.

use super::build::{BODY, Postings};
use super::postings::Kind;
use super::script::{Class, class};
use super::texts::span;
use std::collections::BTreeMap;

/// The first part's share of the whole, in hundredths, at most.
const SHARE: u64 = 45;

/// What the first part may weigh for each posting of the whole, in sixteenths of a byte: for words, and for pairs of characters,
/// of which a text has many more. A text weighs about 2.9 and 1 bytes for each, compressed; with both limits, the first
/// part of labelled help centres is about a quarter of their text at most (`cargo xtask eval-search --first`).
const WORD_ALLOWANCE: u64 = 10;
const GRAM_ALLOWANCE: u64 = 4;

/// An index of at most so many bytes, compressed, is not divided: it arrives in a new connection's first round trip (ten
/// packets of 1,460 bytes, RFC 6928), so less of it would not arrive sooner.
const WHOLE_BYTES_MAX: u64 = 14_600;

/// A first part weighs no more, unless its titles, keywords and headings alone do: on a slow phone's line (1.6 Mbit/s) it is
/// here in some two seconds. About 5,000 articles of 200 words reach it.
const FIRST_BYTES_MAX: u64 = 450_000;

/// Estimates are in sixteenths of a byte.
const BYTE: u64 = 16;

/// What a letter of a title, an address or the language's rules weighs, what a character of a script without spaces does, and
/// what the lengths of a document do.
const LETTER: u64 = 5;
const CHARACTER: u64 = 10;
const DOC: u64 = 2 * BYTE;

/// What a term weighs with its counts: a word by its letters, and a pair of characters.
const WORD: u64 = 12;
const WORD_LETTER: u64 = 4;
const GRAM: u64 = 32;

/// What a posting weighs beside the logarithm of its distance, and each bit of that logarithm.
const POSTING: u64 = 7;
const POSTING_BIT: u64 = 2;

/// What one weighs more that is chosen: documents are farther apart where many are left out.
const SPARSE: u64 = 5;

/// Added to what a word weighs when its worth is compared with that: without, the cheapest words would be taken, which are
/// also the commonest; with much more, the rarest, which nobody asks for. Measured on the labelled sets.
const COST_OFFSET: u64 = 20;

/// Places among the words of a text: the best is 0.
const PLACES: usize = 1_000;

/// Whether each posting, in order, belongs to the first part, which also holds texts of this weight.
pub(super) fn choose(postings: &BTreeMap<String, Postings>, docs: usize, texts: u64) -> Vec<bool> {
    choose_within(FIRST_BYTES_MAX, postings, docs, texts)
}

fn choose_within(bytes_max: u64, postings: &BTreeMap<String, Postings>, docs: usize, texts: u64) -> Vec<bool> {
    let count = postings.values().map(Vec::len).sum();
    let fixed = texts + docs as u64 * DOC;
    let weights: Vec<(u64, u64)> = postings.iter().map(|(term, having)| weigh(term, having.len(), docs)).collect();
    let all = postings.values().zip(&weights).map(|(having, (term, posting))| term + posting * having.len() as u64);
    let whole: u64 = fixed + all.sum::<u64>();
    if whole <= WHOLE_BYTES_MAX * BYTE {
        return vec![true; count];
    }
    let mut kept = vec![false; count];
    let mut known = vec![false; weights.len()];
    let mut left = (whole * SHARE / 100).min(allowance(postings)).min(bytes_max * BYTE).saturating_sub(fixed);
    let mut place = 0;
    for (term, having) in postings.values().enumerate() {
        for (_, kind) in having {
            if kind.iter().take(BODY).any(|&count| count > 0) {
                keep(term, place, &weights, &mut known, &mut kept, &mut left);
            }
            place += 1;
        }
    }
    let candidates = Candidates::new(postings, &weights, docs);
    for (term, posting) in candidates.best_first() {
        if left == 0 {
            break;
        }
        keep(term, posting, &weights, &mut known, &mut kept, &mut left);
        left = left.saturating_sub(SPARSE);
    }
    kept
}

/// What a text to show weighs.
pub(super) fn weigh_text(text: &str) -> u64 {
    text.chars().map(|letter| if class(letter) == Class::Dense { CHARACTER } else { LETTER }).sum()
}

/// What a term weighs, and each of its postings.
fn weigh(term: &str, having: usize, docs: usize) -> (u64, u64) {
    let of_term = if is_gram(term) { GRAM } else { WORD + WORD_LETTER * term.chars().count() as u64 };
    let bits = u64::from((docs / having.max(1)).max(1).ilog2());
    (of_term, POSTING + POSTING_BIT * bits)
}

fn is_gram(term: &str) -> bool {
    term.chars().next().is_some_and(|letter| class(letter) == Class::Dense)
}

/// What the first part may weigh by how much there is to find.
fn allowance(postings: &BTreeMap<String, Postings>) -> u64 {
    let of = |term: &str| if is_gram(term) { GRAM_ALLOWANCE } else { WORD_ALLOWANCE };
    postings.iter().map(|(term, having)| of(term) * having.len() as u64).sum()
}

fn keep(term: usize, posting: usize, weights: &[(u64, u64)], known: &mut [bool], kept: &mut [bool], left: &mut u64) {
    let (of_term, of_posting) = weights.get(term).copied().unwrap_or_default();
    let is_new = known.get_mut(term).is_some_and(|known| !core::mem::replace(known, true));
    if let Some(kept) = kept.get_mut(posting) {
        *kept = true;
    }
    *left = left.saturating_sub(of_posting + if is_new { of_term } else { 0 });
}

/// Words that stand in texts only, which might wait for the rest. One number for each: a worker that builds the index of
/// thousands of articles has little memory.
struct Candidates {
    /// The postings of each text, the best first, and those of one place ascending. Until they are sorted, what each is worth
    /// stands before its number, the greatest worth smallest.
    postings: Vec<u64>,
    /// Where those of each text end.
    ends: Vec<u32>,
    /// Where the postings of each term end.
    terms: Vec<u32>,
}

impl Candidates {
    fn new(postings: &BTreeMap<String, Postings>, weights: &[(u64, u64)], docs: usize) -> Self {
        let mut ends = vec![0_u32; docs];
        let in_text = |kind: &Kind| kind.iter().take(BODY).all(|&count| count == 0);
        for (doc, _) in postings.values().flatten().filter(|(_, kind)| in_text(kind)) {
            ends.get_mut(*doc as usize).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += core::mem::replace(end, sum); // where they begin, until they are filled in
        }
        let mut all = vec![0_u64; sum as usize];
        let (mut posting, mut terms) = (0_u32, Vec::with_capacity(weights.len()));
        for (having, &(of_term, of_posting)) in postings.values().zip(weights) {
            // Occurrences saturate, rarity does not.
            let rarity = u64::from((docs / having.len().max(1) + 1).ilog2()) + 1;
            let cost = COST_OFFSET + of_posting + of_term / having.len().max(1) as u64;
            for (doc, kind) in having {
                if in_text(kind)
                    && let Some(end) = ends.get_mut(*doc as usize)
                {
                    let body = kind.get(BODY).copied().unwrap_or(0);
                    let worth = (u64::from(body.min(7)) + 1) * rarity * 1_000 / cost;
                    if let Some(place) = all.get_mut(*end as usize) {
                        *place = (u64::from(u32::MAX) - worth) << 32 | u64::from(posting);
                    }
                    *end += 1;
                }
                posting += 1;
            }
            terms.push(posting);
        }
        let mut candidates = Self { postings: all, ends, terms };
        candidates.sort();
        candidates
    }

    fn sort(&mut self) {
        let mut start = 0;
        for &end in &self.ends {
            let text = self.postings.get_mut(start..end as usize).unwrap_or_default();
            start = end as usize;
            text.sort_unstable();
            text.iter_mut().for_each(|candidate| *candidate &= u64::from(u32::MAX));
            for place in 0..PLACES {
                let same = at_place(text.len(), place);
                text.get_mut(same).unwrap_or_default().sort_unstable();
            }
        }
    }

    /// Term and posting of each, the best ones of each text first, as many of a long text as of a short one in proportion.
    fn best_first(&self) -> impl Iterator<Item = (usize, usize)> {
        let text = |doc: usize| {
            let (start, end) = span(&self.ends, doc);
            self.postings.get(start..end).unwrap_or_default()
        };
        let texts = move |place: usize| {
            (0..self.ends.len()).flat_map(move |doc| {
                let text = text(doc);
                text.get(at_place(text.len(), place)).unwrap_or_default()
            })
        };
        (0..PLACES).flat_map(texts).map(|&posting| {
            let posting = posting as usize;
            (self.terms.partition_point(|&end| end as usize <= posting), posting)
        })
    }
}

/// Which of so many words are at a place.
fn at_place(words: usize, place: usize) -> core::ops::Range<usize> {
    (place * words).div_ceil(PLACES)..((place + 1) * words).div_ceil(PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::codec::split;
    use crate::search::{Index, SearchDoc, build};

    fn bodies(count: usize) -> Vec<String> {
        (0..count)
            .map(|n| {
                let other: String = (0..40).map(|word| format!("word{} ", (n * 7 + word * 13) % 900)).collect();
                format!(
                    "please open the page and choose special{0}x and special{0}x then press the button. {other}",
                    n / 3
                )
            })
            .collect()
    }

    fn first_and_whole(bodies: &[String]) -> (Index, Index, usize) {
        let docs: Vec<SearchDoc<'_>> =
            bodies.iter().map(|body| SearchDoc { title: "Page", summary: "S", body, ..SearchDoc::default() }).collect();
        let bytes = build("en", &docs);
        let first = 13 + split(&bytes).unwrap().0.len();
        (Index::load(&bytes[..first]).unwrap(), Index::load(&bytes).unwrap(), first * 100 / bytes.len())
    }

    #[test]
    fn the_first_part_is_smaller_and_keeps_titles_and_what_tells_articles_apart() {
        let (first, whole, share) = first_and_whole(&bodies(1_500));
        assert!((20..60).contains(&share), "{share} %");
        assert!(!first.is_whole() && whole.is_whole());
        let found: Vec<u32> = first.search("special17x ", 5).into_iter().map(|hit| hit.doc).collect();
        assert_eq!(found[..3], [51, 52, 53]);
        assert_eq!(first.search("page ", 100).len(), 100, "all of the titles is there");
        assert_eq!((first.title(3), first.summary(3), whole.summary(3)), ("Page", "", "S"));
        assert!(first.postings.len() < whole.postings.len() / 2);
    }

    #[test]
    fn a_word_weighs_in_the_first_part_what_it_weighs_in_the_whole() {
        let (first, whole, _) = first_and_whole(&bodies(1_500));
        for term in 0..first.terms.len() {
            let same = whole.terms.find(first.terms.get(term)).unwrap();
            assert_eq!(first.frequency(term), whole.frequency(same));
            assert!(first.postings(term).iter().all(|posting| whole.postings(same).contains(posting)));
        }
        assert_eq!(first.title_rarities, whole.title_rarities);
    }

    #[test]
    fn a_first_part_has_its_size_at_most_unless_titles_alone_are_larger() {
        let one = [0, 0, 0, 1];
        let titled = [1, 0, 0, 0];
        let postings: BTreeMap<String, Postings> = (0..400)
            .map(|word| {
                let kind = if word < 20 { titled } else { one };
                (format!("word{word:04}"), (0..2_000).step_by(1 + word % 7).map(|doc| (doc, kind)).collect())
            })
            .collect();
        let kept_within = |bytes| choose_within(bytes, &postings, 2_000, 0).into_iter().filter(|kept| *kept).count();
        let titles: usize = postings.values().take(20).map(Vec::len).sum();
        let (all, some, few) = (kept_within(u64::MAX / BYTE), kept_within(40_000), kept_within(1));
        assert!(few == titles && few < some && some < all, "{few} {some} {all}, {titles} of titles");
    }

    #[test]
    fn a_small_index_is_not_divided() {
        let (first, whole, _) = first_and_whole(&bodies(20));
        assert_eq!(first.postings, whole.postings);
    }
}
