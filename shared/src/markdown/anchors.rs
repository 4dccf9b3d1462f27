//! The names of places in an article: each heading has one of its own, so that links lead into articles.

use super::plain::inline_text;
use crate::article::Inline;
use std::collections::{BTreeMap, BTreeSet};

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// For a name that was wanted again, a number below which all are taken. Without it every heading of a long list of
    /// equal ones would ask for each number anew.
    numbers: BTreeMap<String, u32>,
}

impl Names {
    /// The name itself, or with the first number that makes it new.
    pub(super) fn free(&mut self, wanted: String) -> String {
        if !self.taken.contains(&wanted) {
            return wanted;
        }
        let first = self.numbers.get(&wanted).copied().unwrap_or(2);
        let names = (first..).map(|number| (number, format!("{wanted}-{number}")));
        let Some((number, name)) = names.into_iter().find(|(_, name)| !self.taken.contains(name)) else {
            return wanted;
        };
        self.numbers.insert(wanted, number);
        name
    }

    /// Somebody has it.
    pub(super) fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }
}

/// An author's name for a place, without what cannot stand in an address.
pub(super) fn anchor_chars(anchor: &str) -> String {
    anchor.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect()
}

/// The name that a heading's text gives, by the rule of the sites that articles come from: spaces become `-`, other
/// signs go, so that links into them still lead somewhere.
pub(super) fn anchor_of(heading: &[Inline]) -> String {
    let mut anchor = String::new();
    for letter in inline_text(heading).chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() || matches!(letter, '-' | '_') {
            anchor.push(letter);
        } else if letter.is_whitespace() {
            anchor.push('-');
        }
    }
    let name = anchor.trim_matches('-');
    if name.is_empty() { "part".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Block;
    use crate::markdown::{parse, references};

    #[test]
    fn a_name_that_is_taken_gets_the_first_number_that_is_free() {
        let mut names = Names::default();
        let mut given = |wanted: &str| {
            let name = names.free(wanted.to_owned());
            names.take(&name);
            name
        };
        for (wanted, name) in [
            ("a", "a"),
            ("a-3", "a-3"),
            ("a", "a-2"),
            ("a", "a-4"),
            ("a-2", "a-2-2"),
            ("a-2-2", "a-2-2-2"),
            ("a-2", "a-2-3"),
            ("a", "a-5"),
            ("b", "b"),
        ] {
            assert_eq!(given(wanted), name, "{wanted}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_equal_headings_is_read_and_printed() {
        const HEADINGS: usize = 20_000;
        let article = parse(&format!("# T\n\n{}", "# a\n".repeat(HEADINGS))).unwrap();
        let Some(Block::Heading { anchor, .. }) = article.blocks.last() else { panic!("no heading") };
        assert_eq!((article.blocks.len(), anchor.as_str()), (HEADINGS, "a-20000"));
        let printed = article.to_markdown();
        assert!(!printed.contains("{#"), "each name follows from the text and its place");
        assert!(references(&printed).is_empty());
        assert!(!parse(&"# a\n".repeat(HEADINGS)).unwrap().has_text(), "a title that is repeated is no text");
    }
}
