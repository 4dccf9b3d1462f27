//! Terms by the letters that they share: three neighbouring letters, the edges of the word among them.
//!
//! Words that are built from one another (`Kontonummer` and `Konto`, `يكتبون` and `كتب`), misspelt words and half-typed ones
//! share most of their letters. The lists are made when an index is loaded: they cost a visitor no download. Three letters
//! are kept as a hash, without themselves; two that fall together count as one, which is rare and only adds a little noise.
//! Of scripts without spaces, whose words are pairs of characters, it is each character: a question with another
//! neighbour beside it still meets it.

use super::script::{Class, FIRST_DENSE, class, is_hiragana};
use super::texts::{Texts, span};

/// Lists for each term, as a power of two: so many that different letters seldom fall together. With two, questions to small
/// bases lose 0.002 nDCG; with 32 they gain nothing more.
const LISTS_PER_TERM: usize = 8;

/// Least and most lists.
const LISTS: (usize, usize) = (1 << 8, 1 << 17);

/// Stands for the edge of a word; no letter.
const EDGE: u32 = 1;

/// The terms that share three letters, by the hash of these.
#[derive(Clone, Debug, Default)]
pub(super) struct Grams {
    /// Where each list ends.
    ends: Vec<u32>,
    terms: Vec<u32>,
}

impl Grams {
    /// Lists `terms`.
    pub(super) fn new(terms: &Texts) -> Self {
        let count = terms.len();
        let lists = (count * LISTS_PER_TERM).clamp(LISTS.0, LISTS.1).next_power_of_two();
        let mut grams = Self { ends: vec![0; lists], terms: Vec::new() };
        // The lists of each term, one term after the other, and how long each list is.
        let mut listed: Vec<u32> = Vec::with_capacity(terms.bytes());
        let mut listed_to: Vec<u32> = Vec::with_capacity(count);
        for term in 0..count {
            let start = listed.len();
            triples(terms.get(term), false, lists, |list| {
                let is_new = !listed.get(start..).unwrap_or_default().contains(&(list as u32));
                if let Some(length) = grams.ends.get_mut(list).filter(|_| is_new) {
                    *length += 1;
                    listed.push(list as u32);
                }
            });
            listed_to.push(listed.len() as u32);
        }
        let mut sum = 0;
        for end in &mut grams.ends {
            let length = *end;
            *end = sum; // where the list begins, until it is filled
            sum += length;
        }
        grams.terms = vec![0; listed.len()];
        for (term, number) in (0..count).zip(0_u32..) {
            let (start, end) = span(&listed_to, term);
            for &list in listed.get(start..end).unwrap_or_default() {
                let Some(at) = grams.ends.get_mut(list as usize) else { continue };
                if let Some(place) = grams.terms.get_mut(*at as usize) {
                    *place = number;
                }
                *at += 1;
            }
        }
        grams
    }

    /// The lists of a word, each once, into `found`; an `open` word may go on. The signs of Japanese grammar have none.
    pub(super) fn of(&self, word: &str, open: bool, found: &mut Vec<usize>) {
        found.clear();
        triples(word, open, self.ends.len(), |list| {
            if !found.contains(&list) {
                found.push(list);
            }
        });
    }

    /// The terms of a list, ascending.
    pub(super) fn terms(&self, list: usize) -> &[u32] {
        let at = |list: usize| self.ends.get(list).map_or(0, |&end| end as usize);
        self.terms.get(list.checked_sub(1).map_or(0, at)..at(list)).unwrap_or_default()
    }
}

/// The list of each three letters of a word, of so many lists: a power of two.
fn triples(word: &str, open: bool, lists: usize, mut each: impl FnMut(usize)) {
    let mask = lists.wrapping_sub(1);
    let (mut before, mut last, mut letters) = (0, EDGE, 0);
    for letter in word.chars() {
        if letter >= FIRST_DENSE && class(letter) == Class::Dense {
            if !is_hiragana(letter) {
                each(list_of(0, 0, u32::from(letter), mask));
            }
            continue;
        }
        letters += 1;
        if letters > 1 {
            each(list_of(before, last, u32::from(letter), mask));
        }
        (before, last) = (last, u32::from(letter));
    }
    if !open && letters > 0 {
        each(list_of(before, last, EDGE, mask));
    }
}

fn list_of(first: u32, second: u32, third: u32, mask: usize) -> usize {
    // Knuth's multiplicative hash, and two more odd constants: the high bits are well mixed.
    let hash = first
        .wrapping_mul(2_654_435_761)
        .wrapping_add(second.wrapping_mul(2_246_822_519))
        .wrapping_add(third.wrapping_mul(3_266_489_917));
    (hash ^ hash >> 15) as usize & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(words: &[&str]) -> Grams {
        let mut terms = Texts::default();
        words.iter().for_each(|word| terms.push(word));
        Grams::new(&terms)
    }

    fn sharing(grams: &Grams, word: &str, open: bool) -> Vec<u32> {
        let mut lists = Vec::new();
        grams.of(word, open, &mut lists);
        let mut terms: Vec<u32> = lists.iter().flat_map(|&list| grams.terms(list).to_vec()).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    #[test]
    fn words_are_found_by_three_letters_that_they_share() {
        let grams = grams(&["konto", "kontonummer", "konzert", "日本", "x", "あり"]);
        assert_eq!(sharing(&grams, "nummer", true), [1]);
        assert_eq!(sharing(&grams, "girokonto", false), [0, 1, 2]);
        assert_eq!(sharing(&grams, "ko", true), [0, 1, 2], "what is being typed begins with them");
        assert_eq!(sharing(&grams, "ko", false), [0, 1, 2]);
        assert_eq!(sharing(&grams, "日本", false), [3]);
        assert_eq!(sharing(&grams, "本日", false), [3], "a character has no neighbours");
        assert_eq!(sharing(&grams, "ある", false), [0; 0], "grammar is shared by all");
        assert_eq!(sharing(&grams, "x", false), [4]);
        assert_eq!(sharing(&grams, "", false), [0; 0]);
    }

    #[test]
    fn a_word_that_has_three_letters_twice_is_listed_once() {
        let grams = grams(&["banana", "ananas"]);
        let mut lists = Vec::new();
        grams.of("ana", true, &mut lists);
        assert_eq!(lists.len(), 2, "its beginning, and the three");
        assert_eq!(lists.iter().map(|&list| grams.terms(list)).collect::<Vec<_>>(), [&[1][..], &[0, 1]]);
    }

    #[test]
    fn no_terms_are_no_lists_to_fall_over() {
        assert_eq!(sharing(&grams(&[]), "word", false), [0; 0]);
        assert_eq!(sharing(&Grams::default(), "word", false), [0; 0]);
    }
}
