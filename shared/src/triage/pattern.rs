//! Patterns: how a rule's words become places that a message's words can take.
//!
//! All patterns of a policy share one table from stems to places. So a word of a message costs one look-up and then only what
//! really waits for it. The form of a pattern is described in `policy::TriageRules`.

use super::words;
use crate::search::{Class, Stemmer, class, push_folded};
use std::collections::BTreeMap;

/// Most words of a pattern, all its groups and alternatives together. Longer ones are sentences, and nobody writes them twice.
const PATTERN_WORDS_MAX: usize = 64;

/// Most groups joined by `+`.
pub(super) const GROUPS_MAX: usize = 4;

/// Longest word in bytes; the rest is cut off, in rules and messages alike.
const WORD_BYTES_MAX: usize = 64;

/// Signs that stand for what is no word.
pub(super) const SIGN_JSON: &str = "<json>";
pub(super) const SIGN_FIELD: &str = "<field>";
pub(super) const SIGN_KEY: &str = "<key>";
pub(super) const SIGN_ADDRESS: &str = "<url>";

/// One word of a group of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) pattern: usize,
    pub(super) group: usize,
    /// Not the first of its group: the place before it comes first.
    pub(super) follows: bool,
    /// The last of its group.
    pub(super) last: bool,
}

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Its groups are those from here on.
    pub(super) first_group: usize,
    pub(super) groups: usize,
    pub(super) reading: Reading,
}

/// What counts for a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// What the customer says: not code, and nothing that is denied. Wishes and troubles.
    Said,
    /// Code as well: evidence of a cause.
    Shown,
    /// Denied as well: what the message is about. `No webhook came` is about webhooks.
    Topic,
}

/// Every pattern of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Patterns {
    pub(super) patterns: Vec<Pattern>,
    pub(super) places: Vec<Place>,
    pub(super) groups: usize,
    /// Places by stem or sign.
    pub(super) stems: BTreeMap<String, Vec<usize>>,
    /// Places by beginning.
    beginnings: BTreeMap<String, Vec<usize>>,
    /// Lengths of the beginnings, in bytes, ascending.
    lengths: Vec<usize>,
    /// Numbers by text and reading: what several rules say costs as much as what one says.
    known: BTreeMap<(String, Reading), usize>,
}

/// Numbers of patterns.
pub(super) type Numbers = Vec<usize>;

/// Lists of patterns that rules name.
pub(super) type Lists = BTreeMap<String, Vec<String>>;

/// What begins the name of a list.
pub(crate) const LIST_MARK: char = '@';

impl Patterns {
    /// Adds patterns and those of the lists they name; gives their numbers. One that cannot be read is there and never
    /// matches (`pattern_fault` tells).
    pub(super) fn add(&mut self, patterns: &[String], lists: &Lists, reading: Reading) -> Numbers {
        let mut numbers = Numbers::new();
        for pattern in patterns {
            match pattern.strip_prefix(LIST_MARK) {
                Some(name) => {
                    numbers.extend(lists.get(name).into_iter().flatten().map(|pattern| self.add_one(pattern, reading)));
                }
                None => numbers.push(self.add_one(pattern, reading)),
            }
        }
        numbers
    }

    fn add_one(&mut self, pattern: &str, reading: Reading) -> usize {
        let number = self.patterns.len();
        let known = self.known.entry((pattern.to_owned(), reading)).or_insert(number);
        if *known != number {
            return *known;
        }
        let groups = read(pattern).unwrap_or_default();
        self.patterns.push(Pattern { first_group: self.groups, groups: groups.len(), reading });
        for words in &groups {
            self.add_group(number, words);
        }
        number
    }

    fn add_group(&mut self, pattern: usize, words: &[Vec<Word>]) {
        for (at, alternatives) in words.iter().enumerate() {
            let place = self.places.len();
            let last = at + 1 == words.len();
            self.places.push(Place { pattern, group: self.groups, follows: at > 0, last });
            for word in alternatives {
                let table = if word.is_beginning { &mut self.beginnings } else { &mut self.stems };
                let waiting = table.entry(word.text.clone()).or_default();
                if !waiting.contains(&place) {
                    waiting.push(place);
                }
                if word.is_beginning && !self.lengths.contains(&word.text.len()) {
                    self.lengths.push(word.text.len());
                }
            }
        }
        self.lengths.sort_unstable();
        self.groups += 1;
    }

    /// Appends the places that wait for this word, folded and not yet cut; gives the number of look-ups.
    pub(super) fn waiting(&self, folded: &str, stem: &str, found: &mut Vec<usize>) -> usize {
        found.extend(self.stems.get(stem).into_iter().flatten());
        let mut looked = 1;
        for &length in self.lengths.iter().take_while(|&&length| length <= folded.len()) {
            if let Some(beginning) = folded.get(..length) {
                looked += 1;
                found.extend(self.beginnings.get(beginning).into_iter().flatten());
            }
        }
        looked
    }

    /// Most steps that one word can cost: its look-ups and every place that could wait for it. The bound of the walk's time.
    #[cfg(test)]
    pub(super) fn busiest(&self) -> usize {
        let is_sign = |text: &str| text.starts_with(['<', '#']);
        let most = |table: &BTreeMap<String, Vec<usize>>, fits: &dyn Fn(&str) -> bool| {
            table.iter().filter(|(text, _)| fits(text)).map(|(_, places)| places.len()).max().unwrap_or_default()
        };
        // A word has one stem, one beginning of each length, and at the worst every kind of sign at once.
        let stems = most(&self.stems, &|text| !is_sign(text));
        let of_length = |length: &usize| most(&self.beginnings, &|text| text.len() == *length);
        let beginnings: usize = self.lengths.iter().map(of_length).sum();
        let signs = [SIGN_JSON, SIGN_FIELD, SIGN_KEY, SIGN_ADDRESS].map(|sign| most(&self.stems, &|text| text == sign));
        let codes = most(&self.stems, &|text| text.starts_with('#'));
        1 + self.lengths.len() + stems + beginnings + signs.iter().sum::<usize>() + codes
    }

    /// Appends the places that wait for a sign.
    pub(super) fn waiting_for_sign(&self, sign: &str, found: &mut Vec<usize>) {
        found.extend(self.stems.get(sign).into_iter().flatten());
    }
}

/// A word of a pattern, ready to be compared.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    is_beginning: bool,
}

/// What is wrong with a pattern, as the end of a sentence that begins with it; none when it can be read.
#[must_use]
pub fn pattern_fault(pattern: &str) -> Option<&'static str> {
    read(pattern).err()
}

fn read(pattern: &str) -> Result<Vec<Vec<Vec<Word>>>, &'static str> {
    let mut total = 0;
    let groups: Vec<&str> = pattern.split('+').collect();
    if groups.len() > GROUPS_MAX {
        return Err("has more than four groups; split it into two patterns");
    }
    let mut all = Vec::new();
    for group in groups {
        let mut words = Vec::new();
        for word in group.split_whitespace() {
            // `can't|rate_limit` is not allowed to become several words on one side of a bar.
            let bars = word.split('|').count();
            let mut pieces = Vec::new();
            for alternative in word.split('|') {
                pieces.push(read_word(alternative)?);
            }
            total += bars;
            match pieces.as_mut_slice() {
                [single] => words.extend(single.drain(..).map(|word| vec![word])),
                several if several.iter().all(|piece| piece.len() == 1) => {
                    words.push(several.iter_mut().flat_map(|piece| piece.drain(..)).collect());
                }
                _ => return Err("has an alternative of more than one word; write one pattern for each"),
            }
        }
        if words.is_empty() {
            return Err("has an empty group; take the plus sign away");
        }
        all.push(words);
    }
    if total > PATTERN_WORDS_MAX { Err("is too long; split it into several") } else { Ok(all) }
}

/// The words of one alternative: one, but for compounds such as `rate_limit`.
fn read_word(text: &str) -> Result<Vec<Word>, &'static str> {
    let sign = |text: &str| vec![Word { text: text.to_owned(), is_beginning: false }];
    if text.starts_with('<') {
        let known = [SIGN_JSON, SIGN_FIELD, SIGN_KEY, SIGN_ADDRESS].contains(&text);
        return if known {
            Ok(sign(text))
        } else {
            Err("has an unknown sign; known are <json>, <field>, <key> and <url>")
        };
    }
    if let Some(code) = text.strip_prefix('#') {
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        return if is_code { Ok(sign(text)) } else { Err("has a sign # that no status code of three digits follows") };
    }
    let (body, is_beginning) = text.strip_suffix('*').map_or((text, false), |body| (body, true));
    let mut tokens = Vec::new();
    super::scan::scan(body, &mut tokens);
    let mut words = Vec::new();
    let mut before = String::new();
    for token in tokens {
        let (mut folded, mut stem) = (String::new(), String::new());
        normalise(token.word, &before, &mut folded, &mut stem);
        before.clone_from(&folded);
        words.push(Word { text: if is_beginning { folded } else { stem }, is_beginning });
    }
    if words.is_empty() { Err("has an alternative without letters or digits") } else { Ok(words) }
}

/// Folds a word and cuts it to its stem; `before` is the folded word before it. The buffers are used again.
pub(super) fn normalise(word: &str, before: &str, folded: &mut String, stem: &mut String) {
    folded.clear();
    for letter in word.chars() {
        if folded.len() + 4 > WORD_BYTES_MAX {
            break;
        }
        if !matches!(class(letter), Class::Joiner | Class::Space) {
            push_folded(letter, folded);
        }
    }
    stem.clear();
    match words::denial(folded, before) {
        Some(denial) => stem.push_str(denial),
        None => {
            stem.push_str(folded);
            Stemmer::Russian.stem(stem); // cuts Latin words the English way: people mix the two
        }
    }
}
