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
    let known = KNOWN.with_borrow(|known| known.iter().find(|(name, _)| *name == file).map(|(_, words)| *words));
    if let Some(words) = known {
        return words;
    }
    match read(cx, file).await {
        Some(words) => {
            KNOWN.with_borrow_mut(|known| known.push((file, words)));
            words
        }
        None => PageWords::compiled(locale),
    }
}

/// Kept for the isolate's life, as what is compiled in would be: each file once, or once more for requests at the same moment.
async fn read(cx: &Cx, file: &'static str) -> Option<&'static PageWords> {
    let text = match (cx.part.words_file)(file) {
        Some(text) => text,
        None => fetch(cx, file).await?,
    };
    PageWords::read(file, text).map(|words| &*Box::leak(Box::new(words)))
}

async fn fetch(cx: &Cx, file: &str) -> Option<&'static str> {
    let address = format!("{}/page-words/{file}.txt", cx.url.origin().ascii_serialization());
    let mut answer = cx.env.assets("ASSETS").ok()?.fetch(address, None).await.ok()?;
    if answer.status_code() != 200 {
        return None;
    }
    Some(answer.text().await.ok()?.leak())
}
