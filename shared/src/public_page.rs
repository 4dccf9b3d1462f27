//! What the pages that we render for readers without scripts have in common (`/help`, `/status`): the site they speak
//! for, their addresses, and the frame around what each says.

use crate::html::{El, el};
use crate::page_words::PageWords;
use std::fmt::Write as _;

/// Where the style of all of them is.
pub const STYLE_PATH: &str = "/help/style.css";

/// Where the script is that makes room for the widget's banner.
pub const ROOM_PATH: &str = "/page.js";

/// What every page knows.
#[derive(Debug, Clone, Copy)]
pub struct PublicSite<'a> {
    /// The site's id.
    pub id: &'a str,
    /// Whether the installation's addresses mean this site when they name none.
    pub is_default: bool,
    /// What the site is called.
    pub name: &'a str,
    /// The language of this page.
    pub locale: &'a str,
    /// Every language of the site.
    pub locales: &'a [String],
    /// The site's own language.
    pub default_locale: &'a str,
    /// Scheme and host of the pages, without a slash at the end.
    pub origin: &'a str,
    /// Names the style by its content.
    pub style_hash: &'a str,
    /// What the pages say by themselves.
    pub words: &'static PageWords,
}

impl PublicSite<'_> {
    /// The address of a page in a language, with more parameters.
    pub(crate) fn path(&self, path: &str, locale: &str, more: &[(&str, &str)]) -> String {
        let mut address = path.to_owned();
        let site = [("site", self.id)];
        let locale = [("locale", locale)];
        let all = site.iter().filter(|_| !self.is_default).chain(&locale).chain(more);
        for (at, (name, value)) in all.enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(address, "{}{name}={}", if at == 0 { '?' } else { '&' }, percent_encoded(value));
        }
        address
    }

    pub(crate) fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Everything but letters, digits and `-_.~` as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What one page adds to the frame.
pub(crate) struct Frame<'a> {
    /// The whole title.
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// The page's path without parameters; none for pages that machines must not keep.
    pub(crate) path: Option<&'a str>,
    /// Where the list of languages leads instead, when the page has no path.
    pub(crate) home: &'a str,
    /// The languages that have it.
    pub(crate) locales: &'a [String],
    /// More of the head: data, feeds.
    pub(crate) head: Vec<El>,
    pub(crate) header: El,
    pub(crate) main: El,
    /// "Skip to the content" and "Languages", in the page's language.
    pub(crate) skip: &'a str,
    pub(crate) languages: &'a str,
    /// Whether our widget is on it; its banner would stand before what a status page says.
    pub(crate) has_widget: bool,
}

/// A whole page.
pub(crate) fn write(site: &PublicSite<'_>, frame: Frame<'_>) -> String {
    let mut head = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(el("meta").attr("name", "viewport").attr("content", "width=device-width, initial-scale=1"))
        .child(el("title").text(frame.title.trim()))
        .child(el("link").attr("rel", "icon").attr("href", "data:,"))
        .child(el("meta").attr("name", "color-scheme").attr("content", "light dark"));
    if !frame.description.is_empty() {
        head = head.child(el("meta").attr("name", "description").attr("content", frame.description));
    }
    match frame.path {
        Some(path) => {
            let address = |locale: &str| site.absolute(&site.path(path, locale, &[]));
            // What this language lacks is the page of the site's own.
            let has_own = frame.locales.iter().any(|locale| locale == site.locale);
            let locale = if has_own { site.locale } else { site.default_locale };
            head = head.child(el("link").attr("rel", "canonical").attr("href", &address(locale)));
            for locale in frame.locales {
                let link = el("link").attr("rel", "alternate").attr("hreflang", locale);
                head = head.child(link.attr("href", &address(locale)));
            }
        }
        None => head = head.child(el("meta").attr("name", "robots").attr("content", "noindex")),
    }
    let style = format!("{STYLE_PATH}?v={}", site.style_hash);
    let footer = footer(site, &frame);
    head = head.child(el("link").attr("rel", "stylesheet").attr("href", &style)).all(frame.head);
    let widget = el("script").attr("async", "").attr("src", "/widget.js").attr("data-site", site.id);
    let widget = widget.attr("data-locale", site.locale);
    let room = el("script").attr("async", "").attr("type", "module").attr("src", ROOM_PATH);
    let body = el("body")
        .child(el("a").attr("class", "skip").attr("href", "#page-main").text(frame.skip))
        .child(frame.header)
        .child(frame.main.attr("id", "page-main"))
        .child(footer)
        .all(if frame.has_widget { vec![room, widget] } else { Vec::new() });
    let html = el("html").attr("lang", site.locale).attr("dir", direction(site.locale)).child(head).child(body);
    format!("<!DOCTYPE html>\n{}\n", html.write())
}

/// The languages that have this page.
fn footer(site: &PublicSite<'_>, frame: &Frame<'_>) -> El {
    let path = frame.path.unwrap_or(frame.home);
    let others = frame.locales.iter().filter(|locale| *locale != site.locale);
    let links: Vec<El> = others
        .map(|locale| {
            let link =
                el("a").attr("href", &site.path(path, locale, &[])).attr("hreflang", locale).attr("lang", locale);
            el("li").child(link.text(own_name(locale)))
        })
        .collect();
    if links.is_empty() {
        return el("footer");
    }
    el("footer").child(el("nav").attr("aria-label", frame.languages).child(el("ul").all(links)))
}

/// Facts beside each other, as many on a line as fit. A gap divides them: a sign would be left over where a line ends.
pub(crate) fn facts(known: Vec<El>) -> El {
    let line = el("p").attr("class", "facts parts");
    known.into_iter().fold(line, |line, fact| line.child(fact).text(" "))
}

/// Words of ours on a page whose language we do not have.
pub(crate) fn spoken(site: &PublicSite<'_>, name: &'static str, text: &str) -> El {
    let its = site.words.language();
    let is_foreign = !language(site.locale).eq_ignore_ascii_case(its);
    let element = el(name).text(text);
    if is_foreign { element.attr("lang", its).attr("dir", direction(its)) } else { element }
}

/// The language of a locale's tag.
#[must_use]
pub fn language(locale: &str) -> &str {
    locale.split('-').next().unwrap_or(locale)
}

/// Which way a locale is read.
pub(crate) fn direction(locale: &str) -> &'static str {
    if ["ar", "he", "fa", "ur"].contains(&language(locale).to_ascii_lowercase().as_str()) { "rtl" } else { "ltr" }
}

/// What a language calls itself; its tag where we do not know.
pub(crate) fn own_name(locale: &str) -> &str {
    let known = [
        ("en", "English"),
        ("ru", "Русский"),
        ("de", "Deutsch"),
        ("es", "Español"),
        ("fr", "Français"),
        ("ja", "日本語"),
        ("tr", "Türkçe"),
        ("pt-BR", "Português (Brasil)"),
        ("zh-Hans", "简体中文"),
        ("zh-CN", "简体中文"),
        ("ar", "العربية"),
        ("he", "עברית"),
    ];
    known.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(locale)).map_or(locale, |(_, name)| name)
}
