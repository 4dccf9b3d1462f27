//! The words of our own pages in the languages that are not compiled in: files that are deployed beside the front worker, and
//! part of the courier.

use crate::cx::Cx;
use buoy_shared::page_words::PageWords;
use std::cell::RefCell;

thread_local! {
    /// What this isolate has read, by the file's name; a deploy starts new isolates. There are eight files.
    static KNOWN: RefCell<Vec<(&'static str, &'static PageWords)>> = const { RefCell::new(Vec::new()) };
}

/// The words for a locale; English while its file cannot be read, which the next request tries again.
pub(super) async fn of(cx: &Cx, locale: &str) -> &'static PageWords {
    let Some(file) = PageWords::file_of(locale) else { return PageWords::compiled(locale) };
    if let Some(words) = known(file) {
        return words;
    }
    let text = match (cx.part.words_file)(file) {
        Some(text) => Some(text),
        None => fetch(cx, file).await,
    };
    text.and_then(|text| keep(file, text)).unwrap_or_else(|| PageWords::compiled(locale))
}

/// The same for the courier, which carries every file, also where nobody asked for a page.
pub(crate) fn carried(locale: &str) -> &'static PageWords {
    let Some(file) = PageWords::file_of(locale) else { return PageWords::compiled(locale) };
    let words = known(file).or_else(|| keep(file, PageWords::written(file)?));
    words.unwrap_or_else(|| PageWords::compiled(locale))
}

/// The tag that a browser names first in `accept-language`: what its reader likes best.
pub(super) fn first_tag(languages: &str) -> &str {
    languages.split([',', ';']).next().unwrap_or_default().trim()
}

fn known(file: &str) -> Option<&'static PageWords> {
    KNOWN.with_borrow(|known| known.iter().find(|(name, _)| *name == file).map(|(_, words)| *words))
}

/// Kept for the isolate's life, as what is compiled in would be: each file once, or once more for requests at the same moment.
fn keep(file: &'static str, text: &'static str) -> Option<&'static PageWords> {
    let words: &'static PageWords = Box::leak(Box::new(PageWords::read(file, text)?));
    KNOWN.with_borrow_mut(|known| known.push((file, words)));
    Some(words)
}

async fn fetch(cx: &Cx, file: &str) -> Option<&'static str> {
    let address = format!("{}/page-words/{file}.txt", cx.url.origin().ascii_serialization());
    let mut answer = cx.env.assets("ASSETS").ok()?.fetch(address, None).await.ok()?;
    if answer.status_code() != 200 {
        return None;
    }
    Some(answer.text().await.ok()?.leak())
}
