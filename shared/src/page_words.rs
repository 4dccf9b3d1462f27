//! The words of our own pages (`/help`, `/status`) in one language (W6). English and Russian are compiled in; the others are
//! files (`shared/page_words`), which the front worker reads when somebody asks for one: in its module they would be 13 kB of
//! the megabyte that it may weigh. The courier has them in its module ([`PageWords::written`]).

use crate::public_page::language;
use crate::time::Timestamp;
use crate::{help_centre, status_page};

/// What our pages say by themselves, in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct PageWords {
    /// The language of the words, for readers who asked for one that we do not have.
    language: &'static str,
    pub(crate) help: help_centre::Words,
    pub(crate) status: status_page::Words,
    pub(crate) form: status_page::FormWords,
    pub(crate) answers: status_page::AnswerWords,
    pub(crate) mails: status_page::MailWords,
}

static ENGLISH: PageWords = PageWords {
    language: "en",
    help: help_centre::ENGLISH,
    status: status_page::ENGLISH,
    form: status_page::ENGLISH_FORM,
    answers: status_page::ENGLISH_ANSWERS,
    mails: status_page::ENGLISH_MAILS,
};
static RUSSIAN: PageWords = PageWords {
    language: "ru",
    help: help_centre::RUSSIAN,
    status: status_page::RUSSIAN,
    form: status_page::RUSSIAN_FORM,
    answers: status_page::RUSSIAN_ANSWERS,
    mails: status_page::RUSSIAN_MAILS,
};

/// Languages whose words are in files, and the names of those: what is written for Brazil is understood in Portugal.
const FILES: [(&str, &str); 8] = [
    ("ar", "ar"),
    ("de", "de"),
    ("es", "es"),
    ("fr", "fr"),
    ("ja", "ja"),
    ("pt", "pt-BR"),
    ("tr", "tr"),
    ("zh", "zh-CN"),
];

/// What stands in those files, in the same order. Apart from their names, so that a worker which reads files holds no texts.
static TEXTS: [&str; FILES.len()] = [
    include_str!("../page_words/ar.txt"),
    include_str!("../page_words/de.txt"),
    include_str!("../page_words/es.txt"),
    include_str!("../page_words/fr.txt"),
    include_str!("../page_words/ja.txt"),
    include_str!("../page_words/pt-BR.txt"),
    include_str!("../page_words/tr.txt"),
    include_str!("../page_words/zh-CN.txt"),
];

impl PageWords {
    /// The words for a locale without a file: its own if they are compiled in, else English.
    #[must_use]
    pub fn compiled(locale: &str) -> &'static Self {
        if language(locale).eq_ignore_ascii_case("ru") { &RUSSIAN } else { &ENGLISH }
    }

    /// The language that they are in.
    #[must_use]
    pub const fn language(&self) -> &'static str {
        self.language
    }

    /// A day as a reader of these words writes it, in UTC.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        self.status.day(at)
    }

    /// The file with the words of a locale, without its ending; nothing for languages that are compiled in and for those
    /// that nobody has written.
    #[must_use]
    pub fn file_of(locale: &str) -> Option<&'static str> {
        let wanted = language(locale);
        FILES.iter().find(|(language, _)| language.eq_ignore_ascii_case(wanted)).map(|(_, file)| *file)
    }

    /// What stands in the file of this name, for a worker that carries all of them.
    #[must_use]
    pub fn written(file: &str) -> Option<&'static str> {
        FILES.iter().zip(TEXTS).find(|((_, name), _)| *name == file).map(|(_, text)| text)
    }

    /// Reads such a file: a line `key = text` for every word, in their order. Nothing when one is missing, empty or too many.
    /// The keys are for those who translate: a test holds that they are the same, in the same order, in every file.
    #[must_use]
    pub fn read(file: &'static str, text: &'static str) -> Option<Self> {
        let mut lines = Lines { rest: text.lines(), is_whole: true };
        let words = Self {
            language: language(file),
            help: help_centre::Words::read(&mut lines),
            status: status_page::Words::read(&mut lines),
            form: status_page::FormWords::read(&mut lines),
            answers: status_page::AnswerWords::read(&mut lines),
            mails: status_page::MailWords::read(&mut lines),
        };
        (lines.is_whole && lines.rest.next().is_none()).then_some(words)
    }
}

/// The lines of a file that were not read yet.
pub(crate) struct Lines {
    rest: std::str::Lines<'static>,
    is_whole: bool,
}

impl Lines {
    /// The text of the next line. A gap is noted and asked for at the end: a way out at each of 130 words is 2 kB of a worker (gzip).
    #[inline(never)]
    pub(crate) fn take(&mut self) -> &'static str {
        let text = self.rest.next().and_then(|line| line.split_once(" = ")).map_or("", |(_, text)| text);
        self.is_whole &= !text.trim().is_empty();
        text
    }

    /// The texts of the next lines, whose keys are numbered.
    pub(crate) fn take_all<const N: usize>(&mut self) -> [&'static str; N] {
        let mut all = [""; N];
        self.fill(&mut all);
        all
    }

    #[inline(never)]
    fn fill(&mut self, all: &mut [&'static str]) {
        for text in all {
            *text = self.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ENGLISH_FILE: &str = include_str!("../page_words/en.txt");

    /// Every file, with the locale that it is named after.
    const WRITTEN: [(&str, &str); 10] = [
        ("ar", include_str!("../page_words/ar.txt")),
        ("de", include_str!("../page_words/de.txt")),
        ("en", ENGLISH_FILE),
        ("es", include_str!("../page_words/es.txt")),
        ("fr", include_str!("../page_words/fr.txt")),
        ("ja", include_str!("../page_words/ja.txt")),
        ("pt-BR", include_str!("../page_words/pt-BR.txt")),
        ("ru", include_str!("../page_words/ru.txt")),
        ("tr", include_str!("../page_words/tr.txt")),
        ("zh-CN", include_str!("../page_words/zh-CN.txt")),
    ];

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn w6_every_language_of_the_widget_has_every_word_of_our_pages() {
        for (locale, text) in WRITTEN {
            assert!(PageWords::read(locale, text).is_some(), "{locale}: a word is missing or out of its place");
            for (line, english) in text.lines().zip(ENGLISH_FILE.lines()) {
                let key = |line: &str| line.split_once(" = ").map(|(key, _)| key.to_owned());
                assert_eq!(key(line), key(english), "{locale}: {line}");
                assert_eq!(placeholders(line), placeholders(english), "{locale}: {line}");
            }
        }
    }

    #[test]
    fn w6_what_is_compiled_in_is_what_stands_in_the_files_of_its_language() {
        for (locale, text) in WRITTEN {
            let (words, is_compiled) = (PageWords::read(locale, text).unwrap(), PageWords::file_of(locale).is_none());
            assert_eq!(*PageWords::compiled(locale) == words, is_compiled, "{locale}");
        }
    }

    #[test]
    fn w6_a_worker_that_carries_the_files_has_each_under_its_name() {
        for (locale, text) in WRITTEN {
            let expected = PageWords::file_of(locale).map(|_| text);
            assert_eq!(PageWords::written(locale), expected, "{locale}");
        }
    }

    #[test]
    fn a_file_with_a_gap_is_no_words() {
        let without_a_line = ENGLISH_FILE.replacen("help.ask = How can we help?\n", "", 1);
        let with_an_empty_one = ENGLISH_FILE.replacen("help.ask = How can we help?", "help.ask = ", 1);
        let with_one_more = [ENGLISH_FILE, "help.more = More\n"].concat();
        for text in [without_a_line, with_an_empty_one, with_one_more, String::new()] {
            assert_eq!(PageWords::read("en", text.leak()), None);
        }
    }

    #[test]
    fn a_locale_gets_the_words_of_its_language() {
        let cases = [
            ("zh-Hans", Some("zh-CN")),
            ("zh", Some("zh-CN")),
            ("pt-PT", Some("pt-BR")),
            ("DE-at", Some("de")),
            ("ru-RU", None),
            ("en", None),
            ("nl", None),
        ];
        for (locale, file) in cases {
            assert_eq!(PageWords::file_of(locale), file, "{locale}");
        }
        assert_eq!((PageWords::compiled("ru-RU").language, PageWords::compiled("nl").language), ("ru", "en"));
    }
}
