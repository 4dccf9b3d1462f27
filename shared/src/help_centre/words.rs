//! The words of the help centre's own pages (W6): English and Russian; other languages are read from files, see `page_words`.

use super::HELP_PATH;
use crate::page_words::Lines;
use crate::public_page::PublicSite;

/// What a page says by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) help: &'static str,
    pub(super) ask: &'static str,
    pub(super) search: &'static str,
    pub(super) search_label: &'static str,
    pub(super) skip: &'static str,
    pub(super) languages: &'static str,
    pub(super) other: &'static str,
    pub(super) all_of: &'static str,
    pub(super) minutes: &'static str,
    pub(super) updated: &'static str,
    pub(super) related: &'static str,
    pub(super) results: &'static str,
    pub(super) nothing: &'static str,
    pub(super) unsure: &'static str,
    pub(super) missing: &'static str,
    pub(super) missing_hint: &'static str,
    pub(super) empty: &'static str,
    pub(super) you_are_here: &'static str,
    pub(super) levels: [&'static str; 3],
    pub(super) callouts: [&'static str; 5],
    pub(super) done: &'static str,
    pub(super) open: &'static str,
    pub(super) code: &'static str,
    pub(super) table: &'static str,
}

pub(crate) const ENGLISH: Words = Words {
    help: "Help",
    ask: "How can we help?",
    search: "Search",
    search_label: "Search the help",
    skip: "Skip to the content",
    languages: "Languages",
    other: "Other articles",
    all_of: "All {count}: {section}",
    minutes: "{count} min to read",
    updated: "Updated",
    related: "Read next",
    results: "Results for “{query}”: {count}",
    nothing: "Nothing was found. Try fewer or other words.",
    unsure: "There may be no exact answer. These come closest.",
    missing: "There is no such page",
    missing_hint: "It may have moved. Search for it, or start from the beginning.",
    empty: "There are no articles yet.",
    you_are_here: "You are here",
    levels: ["For beginners", "For those who know the product", "For experts"],
    callouts: ["Note", "Tip", "Important", "Warning", "Caution"],
    done: "Done:",
    open: "To do:",
    code: "Code",
    table: "Table",
};

pub(crate) const RUSSIAN: Words = Words {
    help: "Помощь",
    ask: "Чем помочь?",
    search: "Найти",
    search_label: "Поиск по справке",
    skip: "К содержанию",
    languages: "Языки",
    other: "Другие статьи",
    all_of: "Все ({count}): {section}",
    minutes: "{count} мин чтения",
    updated: "Обновлено",
    related: "Читайте дальше",
    results: "Найдено по запросу «{query}»: {count}",
    nothing: "Ничего не нашлось. Попробуйте другие слова или меньше слов.",
    unsure: "Точного ответа, возможно, нет. Вот самое близкое.",
    missing: "Такой страницы нет",
    missing_hint: "Возможно, она переехала. Найдите её поиском или начните сначала.",
    empty: "Статей пока нет.",
    you_are_here: "Вы здесь",
    levels: ["Для начинающих", "Для тех, кто знает продукт", "Для экспертов"],
    callouts: ["Примечание", "Совет", "Важно", "Внимание", "Осторожно"],
    done: "Сделано:",
    open: "Сделать:",
    code: "Код",
    table: "Таблица",
};

impl Words {
    /// Those of a file, in its order.
    pub(crate) fn read(lines: &mut Lines) -> Self {
        Self {
            help: lines.take(),
            ask: lines.take(),
            search: lines.take(),
            search_label: lines.take(),
            skip: lines.take(),
            languages: lines.take(),
            other: lines.take(),
            all_of: lines.take(),
            minutes: lines.take(),
            updated: lines.take(),
            related: lines.take(),
            results: lines.take(),
            nothing: lines.take(),
            unsure: lines.take(),
            missing: lines.take(),
            missing_hint: lines.take(),
            empty: lines.take(),
            you_are_here: lines.take(),
            levels: lines.take_all(),
            callouts: lines.take_all(),
            done: lines.take(),
            open: lines.take(),
            code: lines.take(),
            table: lines.take(),
        }
    }
}

impl PublicSite<'_> {
    pub(super) fn words(&self) -> &'static Words {
        &self.words.help
    }

    /// The address of an article's page.
    #[must_use]
    pub fn article_path(&self, slug: &str, locale: &str) -> String {
        self.path(&format!("{HELP_PATH}/{slug}"), locale, &[])
    }
}
