//! Every locale has every text, with the same placeholders (W6).

use buoy_shared::texts::{KEYS, TALK_KEYS};
use buoy_tests::root::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What the widget speaks.
const LOCALES: [&str; 10] = ["ar", "de", "en", "es", "fr", "ja", "pt-BR", "ru", "tr", "zh-CN"];

type Locale = BTreeMap<String, String>;

fn locales(folder: &str) -> BTreeMap<String, Locale> {
    let files = fs::read_dir(root().join(folder)).expect("the folder of locales");
    files
        .map(|file| {
            let path = file.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("a locale can be read");
            (name, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn compare(folder: &str) {
    let all = locales(folder);
    let english = all.get("en").expect("English is there");
    assert_eq!(all.keys().map(String::as_str).collect::<Vec<_>>(), LOCALES, "{folder}");
    for (name, locale) in &all {
        assert_eq!(locale.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{folder}: keys of {name}");
        for (key, text) in locale {
            assert!(!text.trim().is_empty(), "{folder}: {name} {key} is empty");
            assert_eq!(placeholders(text), placeholders(&english[key]), "{folder}: placeholders of {name} {key}");
        }
    }
}

#[test]
fn the_panels_locales_have_the_same_keys_and_placeholders() {
    compare("widget/locales");
    let mut known: Vec<&str> = [KEYS, TALK_KEYS].concat();
    known.sort_unstable();
    known.dedup();
    let english = &locales("widget/locales")["en"];
    assert_eq!(english.keys().map(String::as_str).collect::<Vec<_>>(), known, "the keys in code and in files");
}

#[test]
fn the_loaders_locales_have_the_same_keys_and_placeholders() {
    compare("shared/locales");
}
