//! The words of our own pages in the languages that are not compiled in elsewhere: nothing is deployed beside this worker, and it
//! answers pages of its own (`/status/subscribe`).

/// The file of this name, without its ending.
pub(super) fn file(name: &str) -> Option<&'static str> {
    Some(match name {
        "ar" => include_str!("../../../shared/page_words/ar.txt"),
        "de" => include_str!("../../../shared/page_words/de.txt"),
        "es" => include_str!("../../../shared/page_words/es.txt"),
        "fr" => include_str!("../../../shared/page_words/fr.txt"),
        "ja" => include_str!("../../../shared/page_words/ja.txt"),
        "pt-BR" => include_str!("../../../shared/page_words/pt-BR.txt"),
        "tr" => include_str!("../../../shared/page_words/tr.txt"),
        "zh-CN" => include_str!("../../../shared/page_words/zh-CN.txt"),
        _ => return None,
    })
}
