//! Pages that must be read without a browser: valid first, then what stands in them.

use crate::http::Answer;
use scraper::{Html, Selector};

/// The page of an answer.
///
/// # Panics
/// When it is not valid HTML.
#[must_use]
pub fn valid_page(answer: &Answer) -> Html {
    let html = Html::parse_document(&answer.text());
    assert!(html.errors.is_empty(), "not valid HTML: {:?}\n{}", html.errors, answer.text());
    html
}

/// The text of each element that a CSS selector finds.
///
/// # Panics
/// When the selector is none.
#[must_use]
pub fn texts(html: &Html, css: &str) -> Vec<String> {
    let selector = Selector::parse(css).expect("a selector");
    html.select(&selector).map(|element| element.text().collect::<String>()).collect()
}

/// An attribute of each element that a CSS selector finds, where there is one.
///
/// # Panics
/// When the selector is none.
#[must_use]
pub fn attributes(html: &Html, css: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(css).expect("a selector");
    html.select(&selector).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}
