//! What is known of each language: how its words are cut, which of them say little, which mean the same.
//!
//! These are data for building an index, and only what is built carries them: an index contains the rules and words of its
//! own language, so that a visitor downloads one of them and the panel none. A language that is not here is searched by
//! whole words, their beginnings and their shared letters.

/// The data of one language.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Language {
    /// A table for `rules`.
    pub(super) rules: &'static str,
    /// A table for words in Latin letters, where the language has another alphabet: `API keys` in a Russian text.
    pub(super) foreign: &'static str,
    /// Words of grammar and courtesy, separated by blanks: they count, but weakly.
    pub(super) weak: &'static str,
    /// Words that people use for one thing; a line each group. Common to help centres of every kind.
    pub(super) synonyms: &'static str,
}

const ENGLISH: &str = include_str!("languages/en.rules");

/// The data for a BCP 47 tag such as `ru-RU` (`ru_RU` is taken as well).
pub(super) fn of(locale: &str) -> Language {
    let language = locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let none = Language::default();
    let foreign = ENGLISH;
    match language.as_str() {
        "en" => Language {
            rules: ENGLISH,
            weak: include_str!("languages/en.weak"),
            synonyms: include_str!("languages/en.synonyms"),
            ..none
        },
        "ru" => Language {
            rules: include_str!("languages/ru.rules"),
            foreign,
            weak: include_str!("languages/ru.weak"),
            synonyms: include_str!("languages/ru.synonyms"),
        },
        "de" => Language {
            rules: include_str!("languages/de.rules"),
            weak: include_str!("languages/de.weak"),
            synonyms: include_str!("languages/de.synonyms"),
            ..none
        },
        "es" => Language { rules: include_str!("languages/es.rules"), weak: include_str!("languages/es.weak"), ..none },
        "fr" => Language { rules: include_str!("languages/fr.rules"), weak: include_str!("languages/fr.weak"), ..none },
        "pt" => Language { rules: include_str!("languages/pt.rules"), weak: include_str!("languages/pt.weak"), ..none },
        "tr" => Language { rules: include_str!("languages/tr.rules"), weak: include_str!("languages/tr.weak"), ..none },
        "ar" => Language {
            rules: include_str!("languages/ar.rules"),
            foreign,
            weak: include_str!("languages/ar.weak"),
            ..none
        },
        "ja" | "zh" => Language { foreign, ..none },
        _ => none,
    }
}
