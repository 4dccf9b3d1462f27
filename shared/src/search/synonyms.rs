//! Words that mean the same: groups of stems, as the index carries them.
//!
//! A group is kept when an article has a word of it, so that an index does not carry a dictionary. It must not weigh what a
//! synonym is worth; `expand` does.

use super::fold::fold;
use super::stems::Stems;
use super::texts::Texts;

/// The stems of a list of words; a hyphen only joins.
pub(super) fn stems<'a>(words: impl IntoIterator<Item = &'a str>, stems: &Stems) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let stem = stems.of(&fold(word).replace(['-', ' '], ""));
        if !stem.is_empty() && !found.contains(&stem) {
            found.push(stem);
        }
    }
    found
}

/// The groups that can help an index: a line each, the words separated by blanks.
pub(super) fn worth_keeping(groups: &[Vec<String>], known: impl Fn(&str) -> bool) -> String {
    let helps = |group: &&Vec<String>| group.len() > 1 && group.iter().any(|stem| known(stem));
    groups.iter().filter(helps).map(|group| group.join(" ") + "\n").collect()
}

/// What each word of the groups stands for: terms of an index.
#[derive(Clone, Debug, Default)]
pub(super) struct Synonyms {
    /// A word and a term that it stands for. A few hundred: looking at each is quicker than sorting them at every load.
    pairs: Vec<(String, u32)>,
}

impl Synonyms {
    pub(super) fn new(groups: &str, terms: &Texts) -> Self {
        let mut pairs = Vec::new();
        for group in groups.lines() {
            for term in group.split(' ').filter_map(|word| terms.find(word)) {
                for word in group.split(' ').filter(|word| *word != terms.get(term)) {
                    pairs.push((word.to_owned(), u32::try_from(term).unwrap_or(u32::MAX)));
                }
            }
        }
        Self { pairs }
    }

    /// The terms for which a stem stands.
    pub(super) fn of(&self, stem: &str) -> impl Iterator<Item = usize> {
        self.pairs.iter().filter(move |(word, _)| word == stem).map(|(_, term)| *term as usize)
    }
}
