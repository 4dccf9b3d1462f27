//! The stemmer of one index: the rules of its language, and those for Latin words in a text of another alphabet.
//!
//! It expects folded text (`fold`) and must not be given accents or capitals.

use super::rules::Rules;

/// How the words of an index are cut.
#[derive(Clone, Debug, Default)]
pub(super) struct Stems {
    own: Rules,
    foreign: Option<Rules>,
}

impl Stems {
    /// From two tables; an empty second one means that there is one alphabet.
    pub(super) fn new(own: &str, foreign: &str) -> Self {
        Self { own: Rules::parse(own), foreign: (!foreign.is_empty()).then(|| Rules::parse(foreign)) }
    }

    /// The stem of a folded word.
    pub(super) fn of(&self, word: &str) -> String {
        let mut stem = word.to_owned();
        match &self.foreign {
            Some(foreign) if word.is_ascii() => foreign.stem(&mut stem),
            _ => self.own.stem(&mut stem),
        }
        stem
    }
}
