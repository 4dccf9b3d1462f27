//! Stems: which forms of a word are the same word to a reader.
//!
//! One stemmer per index, picked by the locale. Support articles in Russian are full of English names
//! (`API`, `webhooks`), so a Russian index cuts Latin words the English way. Other languages keep
//! their words whole until somebody writes their stemmer; the prefix match helps meanwhile.
//!
//! It expects folded text (`fold`) and must not be given accents or capitals.

use super::{stem_en, stem_ru};

/// How the words of an index are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stemmer {
    /// Snowball English (Porter2).
    English,
    /// Snowball Russian for Cyrillic, Snowball English for Latin words.
    Russian,
    /// Words as they are.
    #[default]
    None,
}

impl Stemmer {
    /// Picks by the language of a BCP 47 tag such as `ru-RU` (`ru_RU` is taken as well).
    pub fn for_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("en") {
            Self::English
        } else if language.eq_ignore_ascii_case("ru") {
            Self::Russian
        } else {
            Self::None
        }
    }

    /// Cuts `word`, folded, to its stem. Words of another alphabet stay as they are.
    pub fn stem(self, word: &mut String) {
        match self {
            Self::None => {}
            _ if word.is_ascii() => stem_en::stem(word),
            // Snowball takes the end of `запись` for a reflexive verb's and leaves `зап`, apart from its
            // own plural `записи`. Accounts and signatures are what support is asked about.
            Self::Russian if word.ends_with("пись") => word.truncate(word.len() - "ь".len()),
            Self::Russian => stem_ru::stem(word),
            Self::English => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_how_words_are_cut() {
        for (locale, word, stem) in [
            ("en", "articles", "articl"),
            ("en-GB", "settings", "set"),
            ("EN_us", "payments", "payment"),
            ("en", "настройки", "настройки"),
            ("ru-RU", "настройки", "настройк"),
            ("ru", "webhooks", "webhook"),
            ("ru", "запись", "запис"),
            ("ru", "подписью", "подпис"),
            ("de", "einstellungen", "einstellungen"),
            ("english", "articles", "articles"),
            ("", "articles", "articles"),
        ] {
            let mut word = word.to_owned();
            Stemmer::for_locale(locale).stem(&mut word);
            assert_eq!(word, stem, "{locale}");
        }
    }
}
