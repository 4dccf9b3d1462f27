//! What each word of a query may stand for: terms of the index, and what each of them is worth.
//!
//! A word that articles have stands for itself and, less, for its synonyms; the last word also for what it begins; a word
//! that nobody wrote for its neighbours. It looks terms up and must not look at documents; `rank` does.

use super::index::Index;
use super::layout::in_other_layout;
use super::number::by_greatest;
use super::query::{Word, words};
use super::script::is_hiragana;
use super::token::Kind;
use super::typo::{edits_allowed, edits_apart, looks_one_edit_apart};

/// What a word is worth that the last word of the query begins, against a word that it is, and what of that is missing after
/// one letter: after two, a quarter of it is, after three, a ninth.
const PREFIX_WORTH: f32 = 0.9;
const FIRST_LETTER: f32 = 0.3;

/// What of that is left if what was typed is a word already: whoever has typed `plan` seldom means `planet`.
const BEYOND_WORD: f32 = 0.8;

/// So many letters that may go on are no word of grammar yet: `in` may become `invoice`.
const OPEN_LETTERS_MAX: usize = 2;

/// What a word is worth for each letter that is off.
const TYPO_WORTH: f32 = 0.8;

/// What a synonym is worth: it helps where the word itself is missing, and never goes before it.
const SYNONYM_WORTH: f32 = 0.6;

/// Most words that a beginning stands for; the more frequent ones are taken. Bounds the time of `a`.
const PREFIX_WORDS_MAX: usize = 32;

/// Most words that a misspelling stands for.
const TYPO_WORDS_MAX: usize = 8;

/// Least letters of a stem that stands for a longer beginning (`run` for `runni`).
const STEM_LETTERS_MIN: usize = 3;

/// Least letters of a stem that a longer, misspelt word may begin with.
const STEM_OF_SLIP_LETTERS_MIN: usize = 6;

/// Least letters of either word when one is taken for two written together.
const PART_LETTERS_MIN: usize = 3;

/// Most words that are taken for one written together: `single sign on`.
const JOINED_MAX: usize = 3;

/// A term that stands for a word of the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Variant {
    pub(super) term: usize,
    /// Against the word itself, from 0 to 1.
    pub(super) worth: f32,
}

/// Terms that share letters with a word, and how large a share of its letters, at most all.
pub(super) type Similar = Vec<(f32, u32)>;

impl Index {
    /// The words of a query as this index understands them: typed in the wrong layout, together or apart.
    pub(super) fn understand(&self, query: &str) -> Vec<Word> {
        let mut found = words(query, &self.stems);
        if !found.is_empty() && !found.iter().any(|word| self.knows(word)) {
            let other = in_other_layout(query).map(|query| words(&query, &self.stems));
            if let Some(other) = other.filter(|other| other.iter().any(|word| self.knows(word))) {
                found = other;
            }
        }
        self.join_and_split(&found)
    }

    /// Whether an article has the word, or, while it is being written, a word that it begins.
    fn knows(&self, word: &Word) -> bool {
        let begins = || word.typed.chars().count() >= STEM_LETTERS_MIN && self.begins_a_term(word);
        self.terms.find(&word.stem).is_some() || (word.unfinished && begins())
    }

    /// Whether a word of an article begins so.
    pub(super) fn begins_a_term(&self, word: &Word) -> bool {
        !self.beginnings(word).is_empty()
    }

    fn beginnings(&self, word: &Word) -> core::ops::Range<usize> {
        self.terms.beginning_with(word.begun())
    }

    /// Whether an article has a stem, or a synonym of it.
    fn stands_for_something(&self, stem: &str) -> bool {
        self.terms.find(stem).is_some() || self.synonyms.of(stem).next().is_some()
    }

    /// `log in` is also `login`, and `apikey` is also `api key`, if articles write so; `two factor` is also `2fa`, if they
    /// are synonyms.
    fn join_and_split(&self, found: &[Word]) -> Vec<Word> {
        let mut all: Vec<Word> = Vec::with_capacity(found.len());
        for (at, word) in found.iter().enumerate() {
            let parts = if word.kind == Kind::Word && !self.knows(word) { self.parts(word) } else { None };
            match parts {
                Some(parts) => all.extend(parts),
                None => all.push(word.clone()),
            }
            let run = found.iter().skip(at).take(JOINED_MAX).take_while(|part| part.kind == Kind::Word);
            let mut typed = String::new();
            for (count, part) in run.enumerate() {
                typed += &part.typed;
                let stem = self.stems.of(&typed);
                if count > 0 && self.stands_for_something(&stem) && !found.iter().any(|word| word.stem == stem) {
                    all.push(Word { typed: typed.clone(), stem, kind: Kind::Compound, unfinished: false });
                }
            }
        }
        all
    }

    /// Two words of the index that the word is made of, if there are such; the longest first one.
    fn parts(&self, word: &Word) -> Option<[Word; 2]> {
        let ends = word.typed.char_indices().skip(PART_LETTERS_MIN).map(|(end, _)| end);
        let splits = ends.filter_map(|end| word.typed.split_at_checked(end));
        let known =
            splits.filter(|(_, second)| second.chars().count() >= PART_LETTERS_MIN).filter_map(|(first, second)| {
                let whole = |typed: &str| {
                    let stem = self.stems.of(typed);
                    self.terms.find(&stem)?;
                    Some(Word { typed: typed.to_owned(), stem, kind: Kind::Word, unfinished: false })
                };
                Some([whole(first)?, whole(second)?])
            });
        known.last()
    }

    /// The terms that a word stands for, and those that share letters with it, most similar first.
    pub(super) fn variants(&self, word: &Word, similar: &Similar) -> Vec<Variant> {
        let mut variants = Vec::new();
        let exact = self.terms.find(&word.stem);
        variants.extend(exact.map(|term| Variant { term, worth: 1.0 }));
        if word.unfinished {
            self.add_beginnings(word, exact, &mut variants);
            if variants.is_empty() {
                let stem = self.longest_stem_within(&word.typed);
                variants.extend(stem.map(|term| Variant { term, worth: PREFIX_WORTH }));
            }
        }
        if variants.is_empty() {
            self.add_neighbours(word, similar, &mut variants);
        }
        for term in self.synonyms.of(&word.stem) {
            if !variants.iter().any(|variant| variant.term == term) {
                variants.push(Variant { term, worth: SYNONYM_WORTH });
            }
        }
        variants
    }

    /// Stems that the word begins; if they are too many, the more frequent ones.
    fn add_beginnings(&self, word: &Word, exact: Option<usize>, variants: &mut Vec<Variant>) {
        let all = self.beginnings(word).filter(|&term| Some(term) != exact);
        // Thresholds rise until few enough stems are left; of those below the last one, the first fill up.
        let (mut below, mut frequent) = (0, 1);
        let count = |min: usize| all.clone().filter(|&term| self.frequency(term) >= min).count();
        while count(frequent) > PREFIX_WORDS_MAX {
            (below, frequent) = (frequent, frequent + frequent.div_ceil(2));
        }
        let most = all.clone().filter(|&term| self.frequency(term) >= frequent);
        let fill = all.clone().filter(|&term| (below..frequent).contains(&self.frequency(term)));
        let taken = most.chain(fill).take(PREFIX_WORDS_MAX);
        let letters = word.typed.chars().count() as f32;
        let left = if exact.is_some() { BEYOND_WORD } else { 1.0 };
        let worth = PREFIX_WORTH * left * (1.0 - FIRST_LETTER / (letters * letters));
        variants.extend(taken.map(|term| Variant { term, worth }));
    }

    /// The longest stem with which a beginning begins, if it is half of it at least: an ending that is
    /// half typed is no ending yet (`runni`).
    fn longest_stem_within(&self, typed: &str) -> Option<usize> {
        let letters = typed.chars().count();
        let shortest = STEM_LETTERS_MIN.max(letters.div_ceil(2));
        let starts = typed.char_indices().skip(shortest).filter_map(|(end, _)| typed.get(..end));
        starts.filter_map(|start| self.terms.find(start)).last()
    }

    /// The stems that are fewest letters off; the more frequent ones first.
    fn add_neighbours(&self, word: &Word, similar: &Similar, variants: &mut Vec<Variant>) {
        let mut most = edits_allowed(word);
        if most == 0 {
            return;
        }
        let letters: Vec<char> = word.stem.chars().collect();
        let typed: Vec<char> = word.typed.chars().collect();
        let mut near: Vec<usize> = Vec::new();
        let alike = similar.iter().map(|&(_, term)| term as usize);
        // A swap in a short word leaves it no three letters. It hardly ever is in the first one.
        let first = word.stem.chars().next().map(String::from).unwrap_or_default();
        let close = self.terms.beginning_with(&first);
        let close = close.filter(|&term| looks_one_edit_apart(&word.stem, self.terms.get(term)));
        for term in alike.chain(close) {
            let known = self.terms.get(term);
            // A slip in the ending keeps it from being cut off: then the word begins almost as the stem does.
            let beginning = || typed.get(..known.chars().count().max(STEM_OF_SLIP_LETTERS_MIN));
            let edits = edits_apart(&letters, known, most).or_else(|| edits_apart(beginning()?, known, most));
            let Some(edits) = edits else { continue };
            if edits < most {
                near.clear();
                most = edits;
            }
            if !near.contains(&term) {
                near.push(term);
            }
        }
        let ranked = by_greatest(near.into_iter().map(|term| (self.frequency(term) as u32, term as u32)));
        let worth = (0..most).fold(1.0, |worth, _| worth * TYPO_WORTH);
        let taken = ranked.into_iter().take(TYPO_WORDS_MAX);
        variants.extend(taken.map(|(_, term)| Variant { term: term as usize, worth }));
    }

    /// Whether the word says little about what is asked.
    pub(super) fn says_little(&self, word: &Word) -> bool {
        let is_open = word.unfinished && word.kind == Kind::Word && word.typed.chars().count() <= OPEN_LETTERS_MAX;
        !is_open && self.is_grammar(&word.stem)
    }

    /// Whether a stem is a word of grammar, or made of the signs of Japanese grammar alone.
    pub(super) fn is_grammar(&self, stem: &str) -> bool {
        self.is_weak(stem) || stem.chars().all(is_hiragana)
    }
}

/// The term that is the word itself, of what it stands for.
pub(super) fn exact(variants: &[Variant]) -> Option<usize> {
    variants.first().filter(|first| first.worth >= 1.0).map(|first| first.term)
}
