//! Macros: prepared texts become messages (M). What has a gap left cannot be sent; what must not be said is found.

use crate::policy::{Macro, Policy, localized};
use std::collections::BTreeMap;

/// The values that fill the gaps, by name.
pub type Variables = BTreeMap<String, String>;

/// Why a macro cannot be sent: nobody said what belongs into these gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfilled {
    /// Names of the gaps, each once, in the order of the text.
    pub names: Vec<String>,
}

impl std::fmt::Display for Unfilled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "fill in: {}", self.names.join(", "))
    }
}

impl std::error::Error for Unfilled {}

/// A piece of a macro's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Gap(&'a str),
}

/// Splits at `{{name}}`. Braces that hold no name are text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else { break };
        let name = inside.trim();
        if is_name(name) {
            found.push(Piece::Text(before));
            found.push(Piece::Gap(name));
            rest = behind;
        } else {
            let kept = before.len() + 2;
            let (text, behind) = rest.split_at_checked(kept).unwrap_or((rest, ""));
            found.push(Piece::Text(text));
            rest = behind;
        }
    }
    found.push(Piece::Text(rest));
    found
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Names of a text's gaps, each once, in order.
#[must_use]
pub fn gaps(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Gap(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// Whether every pair of braces in a text is a gap with a name; a policy with a slip such as `{{name}` is refused.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    pieces(text).iter().all(|piece| match piece {
        Piece::Text(text) => !text.contains("{{") && !text.contains("}}"),
        Piece::Gap(_) => true,
    })
}

/// The message in the best language for `locale`. A value is taken as it stands: braces inside it are no gaps.
///
/// # Errors
/// [`Unfilled`] with every gap that has no value or an empty one.
pub fn fill(prepared: &Macro, locale: &str, fallback: &str, variables: &Variables) -> Result<String, Unfilled> {
    let text = localized(&prepared.body, locale, fallback);
    let value = |name: &str| variables.get(name).map(String::as_str).filter(|value| !value.trim().is_empty());
    let names: Vec<String> = gaps(text).into_iter().filter(|name| value(name).is_none()).map(str::to_owned).collect();
    if !names.is_empty() {
        return Err(Unfilled { names });
    }
    let filled = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Gap(name) => value(name).unwrap_or_default(),
    });
    Ok(filled.collect())
}

/// The text with the gaps filled that have a value; the others stay.
#[must_use]
pub fn fill_known(text: &str, variables: &Variables) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Gap(name) => match variables.get(name) {
                Some(value) => filled.push_str(value),
                None => filled.extend(["{{", name, "}}"]),
            },
        }
    }
    filled
}

/// The policy's forbidden phrases that a text contains, in any of its languages, whatever the case, the spacing and
/// the shape of the apostrophes; only whole words count.
#[must_use]
pub fn forbidden_phrases_in<'a>(text: &str, policy: &'a Policy) -> Vec<&'a str> {
    let text = comparable(text);
    let phrases = policy.replies.forbidden_phrases.values().flatten().map(String::as_str);
    phrases.filter(|phrase| contains_words(&text, &comparable(phrase))).collect()
}

/// Lower case, plain apostrophes and hyphens, single spaces, nothing that cannot be seen.
fn comparable(text: &str) -> String {
    let is_seen = |letter: &char| !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let plain: String = text
        .chars()
        .filter(is_seen)
        .map(|letter| if letter == '\u{2011}' { '-' } else { letter })
        .map(|letter| if matches!(letter, '’' | '‘' | 'ʼ' | '`' | '´') { '\'' } else { letter })
        .flat_map(char::to_lowercase)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn contains_words(text: &str, phrase: &str) -> bool {
    !phrase.is_empty()
        && text.match_indices(phrase).any(|(at, found)| {
            let before = text.get(..at).and_then(|part| part.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|part| part.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Localized;

    fn prepared(text: &str) -> Macro {
        let body = Localized::from([("en".into(), text.into()), ("ru".into(), "Здравствуйте, {{name}}!".into())]);
        Macro { key: "hello".into(), label: Localized::new(), body, internal: false }
    }

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_macro_is_sent_only_when_every_gap_is_filled() {
        let hello = prepared("Hello {{name}}, {{ number }} is solved. {{name}}!");
        let unfilled = |names: &[&str]| Err(Unfilled { names: names.iter().map(|n| (*n).to_owned()).collect() });
        for (values, outcome) in [
            (&[("name", "Ann"), ("number", "#7")][..], Ok("Hello Ann, #7 is solved. Ann!".to_owned())),
            (&[("name", "{{number}}"), ("number", "#7")], Ok("Hello {{number}}, #7 is solved. {{number}}!".to_owned())),
            (&[("number", "#7")], unfilled(&["name"])),
            (&[("name", " "), ("number", "")], unfilled(&["name", "number"])),
            (&[], unfilled(&["name", "number"])),
        ] {
            assert_eq!(fill(&hello, "en", "en", &variables(values)), outcome, "{values:?}");
        }
        assert_eq!(fill(&hello, "ru-RU", "en", &variables(&[("name", "Аня")])).unwrap(), "Здравствуйте, Аня!");
    }

    #[test]
    fn braces_without_a_name_are_text_and_a_slip_in_a_policy() {
        for (text, well_formed) in [
            ("{{name}} and {{ other_2 }}", true),
            ("no gaps, {one} brace", true),
            ("{{name}", false),
            ("{{Name}}", false),
            ("{{}}", false),
            ("name}}", false),
        ] {
            assert_eq!(is_well_formed(text), well_formed, "{text}");
        }
        assert_eq!(fill(&prepared("a {{ B }} c"), "en", "en", &Variables::new()).unwrap(), "a {{ B }} c");
    }

    #[cfg(feature = "server")]
    #[test]
    fn forbidden_phrases_are_found_as_people_type_them() {
        let stored = include_str!("../../presets/school/policy.toml");
        let mut policy: Policy = crate::policy_file::parse(stored).unwrap();
        policy.replies.forbidden_phrases =
            [("en".to_owned(), vec!["we don't know".to_owned(), "your fault".to_owned()])].into();
        for (text, found) in [
            ("We don’t  know\nwhat it is", &["we don't know"][..]),
            ("WE DON'T KNOW. It is Your Fault!", &["we don't know", "your fault"]),
            ("we don't knowingly share", &[]),
            ("yes, your faulty cable", &[]),
            ("", &[]),
        ] {
            assert_eq!(forbidden_phrases_in(text, &policy), found, "{text}");
        }
    }
}
