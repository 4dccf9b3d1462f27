//! Small pieces that several views are made of: buttons, headings, and the states loading, failed and empty.

use super::el::{El, el, nothing};
use super::icon::{ARTICLE, NEXT, icon};
use crate::app::{App, View};
use crate::client::Failure;
use crate::kb::Found;
use buoy_shared::texts::Text;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

/// A block with a class.
pub(crate) fn block(class: &str, children: impl IntoIterator<Item = El>) -> El {
    el("div", class).all(children)
}

/// A line of text with a class.
pub(crate) fn line(class: &str, text: &str) -> El {
    el("span", class).text(text)
}

/// A paragraph with a class.
pub(crate) fn paragraph(class: &str, text: &str) -> El {
    el("p", class).text(text)
}

/// The heading of a part of a view.
pub(crate) fn heading(text: &str) -> El {
    el("h3", "heading").text(text)
}

/// An empty button; `hook` is its `data-buoy`.
pub(crate) fn press(class: &str, hook: &str, act: impl Fn() + 'static) -> El {
    el("button", class).attr("type", "button").hook(hook).on("click", move |_| act())
}

/// A button with words.
pub(crate) fn word_button(class: &str, hook: &str, text: &str, act: impl Fn() + 'static) -> El {
    press(class, hook, act).text(text)
}

/// A button with an icon and words.
pub(crate) fn icon_button(class: &str, hook: &str, shape: &str, text: &str, act: impl Fn() + 'static) -> El {
    press(class, hook, act).add(icon(shape)).text(text)
}

/// A square button with an icon; its name is for those who do not see it.
pub(crate) fn square(hook: &str, shape: &str, name: &str, act: impl Fn() + 'static) -> El {
    press("square", hook, act).attr("aria-label", name).attr("title", name).add(icon(shape))
}

/// A list.
pub(crate) fn list(class: &str, items: impl IntoIterator<Item = El>) -> El {
    el("ul", class).all(items.into_iter().map(|item| el("li", "").add(item)))
}

/// An article as a row that opens it.
pub(crate) fn article_row(app: App, article: Found) -> El {
    let content = [icon(ARTICLE), line("row-title", &article.title), icon(NEXT)];
    press("row", "suggestion", move || app.go(View::Article(article.slug.clone()))).all(content)
}

/// Adds a text with some byte ranges of it marked, as elements, never as HTML.
pub(crate) fn add_marked(parent: El, text: &str, marks: &[(usize, usize)]) -> El {
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let mut at = 0;
    let marked = marks.iter().fold(parent, |parent, &(start, end)| {
        let before = piece(at, start);
        at = end;
        parent.text(before).add(el("mark", "").text(piece(start, end)))
    });
    marked.text(piece(at, text.len()))
}

/// Grey lines where text will be.
pub(crate) fn skeleton(name: &str, lines: usize) -> El {
    el("div", "skeleton").attr("role", "status").attr("aria-label", name).all((0..lines).map(|_| el("div", "bar")))
}

/// What did not load, with a way to try again.
pub(crate) fn failed(app: App, text: &str, retry: impl Fn() + 'static) -> El {
    let again = word_button("button quiet", "retry", &app.say(Text::Retry), retry);
    el("div", "empty").attr("role", "alert").all([paragraph("", text), again])
}

/// Why something that was sent did not arrive.
pub(crate) fn excuse(app: App, failure: Option<Failure>) -> El {
    match failure {
        Some(failure) => paragraph("excuse", &app.parts().words.excuse(&failure)).attr("role", "alert"),
        None => nothing(),
    }
}

/// An attribute's value that is there or not.
pub(crate) fn flag(is_set: bool) -> Option<String> {
    is_set.then(String::new)
}

/// A text that counts as missing when it is empty.
pub(crate) fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// The text of the field that an event comes from; inputs, text areas and selects all have it in the same place.
pub(crate) fn value_of(event: &Event) -> String {
    event.target().map(|field| field.unchecked_into::<HtmlInputElement>().value()).unwrap_or_default()
}

/// The code of each key that goes into a composition (Japanese, Chinese). `isComposing` is not enough: the Enter that ends one
/// comes in Safari when it is over.
const COMPOSING: u32 = 229;

/// The key of a keyboard event; none that belongs to a composition.
pub(crate) fn key_of(event: &Event) -> String {
    let key: &KeyboardEvent = event.unchecked_ref();
    if key.key_code() == COMPOSING { String::new() } else { key.key() }
}
