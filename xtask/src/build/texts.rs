//! The panel's words: checks every locale against the list of keys and against English, then packs them.
//!
//! Packed form: the values in the order of `buoy_shared::texts::KEYS`, one a line, a newline inside a value as `\n`. The
//! panel knows the order, so no key is sent to a visitor. Nothing is translated or guessed here: a gap is an error.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, bail};
use buoy_shared::texts::{KEYS, TALK_KEYS};

/// The locale that decides which placeholders a text has.
const REFERENCE: &str = "en";

type Texts = BTreeMap<String, String>;

/// The words of one locale, as pages download them.
pub(super) struct Packed {
    pub(super) locale: String,
    /// Those of the panel.
    pub(super) panel: String,
    /// Those of `widget/talk`: JSON by key, since plain JavaScript reads it.
    pub(super) talk: String,
}

/// Every locale, sorted.
pub(super) fn pack_all(folder: &Path) -> Result<Vec<Packed>> {
    let mut locales = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let locale = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            locales.insert(locale, read(&path)?);
        }
    }
    let reference = locales.get(REFERENCE).with_context(|| format!("{REFERENCE}.json is missing"))?.clone();
    let all_keys: Vec<&str> = KEYS.iter().chain(TALK_KEYS).copied().collect();
    let pack_one = |(locale, texts): (String, Texts)| {
        check(&all_keys, &locale, &texts, &reference)?;
        let talk: Texts = TALK_KEYS.iter().filter_map(|key| texts.get_key_value(*key)).map(own).collect();
        Ok(Packed { panel: pack(KEYS, &texts), talk: serde_json::to_string(&talk)?, locale })
    };
    locales.into_iter().map(pack_one).collect()
}

fn read(path: &Path) -> Result<Texts> {
    let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a flat JSON object of strings", path.display()))
}

fn own((key, text): (&String, &String)) -> (String, String) {
    (key.clone(), text.clone())
}

/// That a locale has every key, no other, and the placeholders of English.
fn check(keys: &[&str], locale: &str, texts: &Texts, reference: &Texts) -> Result<()> {
    if let Some(unknown) = texts.keys().find(|key| !keys.contains(&key.as_str())) {
        bail!("widget/locales/{locale}.json has the key `{unknown}`, which is not in buoy_shared::texts");
    }
    for key in keys {
        let Some(text) = texts.get(*key) else {
            bail!("widget/locales/{locale}.json lacks the key `{key}`");
        };
        let expected = placeholders(reference.get(*key).map_or("", String::as_str));
        let found = placeholders(text);
        if found != expected {
            bail!("widget/locales/{locale}.json: `{key}` has the placeholders {found:?}, English has {expected:?}");
        }
        if text.contains('\\') {
            bail!(
                "widget/locales/{locale}.json: `{key}` contains a backslash, which the packed form keeps for newlines"
            );
        }
    }
    Ok(())
}

fn pack(keys: &[&str], texts: &Texts) -> String {
    let lines = keys.iter().map(|key| texts.get(*key).map_or_else(String::new, |text| text.replace('\n', "\\n")));
    lines.collect::<Vec<_>>().join("\n")
}

/// The sorted names in braces.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_KEYS: &[&str] = &["hello", "bye"];

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn values_are_packed_in_the_order_of_the_keys() {
        let english = texts(&[("bye", "Bye\nnow"), ("hello", "Hello {name}")]);
        assert_eq!(pack(TWO_KEYS, &english), "Hello {name}\nBye\\nnow");
    }

    #[test]
    fn every_gap_names_its_locale_and_key() {
        let english = texts(&[("bye", "Bye"), ("hello", "Hello {name}")]);
        let refusal = |other: &[(&str, &str)]| check(TWO_KEYS, "de", &texts(other), &english).unwrap_err().to_string();
        assert!(refusal(&[("hello", "Hallo {name}")]).contains("de.json lacks the key `bye`"));
        assert!(refusal(&[("hello", "Hallo"), ("bye", "Ade")]).contains("`hello` has the placeholders []"));
        assert!(refusal(&[("hello", "{name}"), ("bye", "Ade"), ("hi", "")]).contains("the key `hi`"));
    }
}
