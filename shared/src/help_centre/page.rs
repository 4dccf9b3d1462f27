//! The pages themselves: the frame that all share, and what each puts into it.

use super::content::add_blocks;
use super::linked_data;
use super::site::HelpSite;
use super::words::{direction, language_of_words, own_name};
use super::{HELP_PATH, SECTION_SHOWN, STYLE_PATH};
use crate::article::{Article, Difficulty};
use crate::html::{El, el};
use crate::search::QUERY_CHARS_MAX;

/// An article in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it answers.
    pub summary: String,
    /// The section it stands in; empty for none.
    pub section: String,
}

/// What one page adds to the frame.
struct Page<'a> {
    title: &'a str,
    description: &'a str,
    /// The page's path without parameters; none for pages that machines must not keep.
    path: Option<String>,
    /// The languages that have it.
    locales: &'a [String],
    query: &'a str,
    data: Vec<El>,
    main: El,
}

fn write(site: &HelpSite<'_>, page: Page<'_>) -> String {
    let words = site.words();
    let title = format!("{} · {} {}", page.title, site.name, words.help);
    let mut head = el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(el("meta").attr("name", "viewport").attr("content", "width=device-width, initial-scale=1"))
        .child(el("title").text(title.trim()))
        .child(el("link").attr("rel", "icon").attr("href", "data:,"))
        .child(el("meta").attr("name", "color-scheme").attr("content", "light dark"));
    if !page.description.is_empty() {
        head = head.child(el("meta").attr("name", "description").attr("content", page.description));
    }
    match &page.path {
        Some(path) => {
            let address = |locale: &str| site.absolute(&site.path(path, locale, &[]));
            head = head.child(el("link").attr("rel", "canonical").attr("href", &address(site.locale)));
            for locale in page.locales {
                let link = el("link").attr("rel", "alternate").attr("hreflang", locale);
                head = head.child(link.attr("href", &address(locale)));
            }
        }
        None => head = head.child(el("meta").attr("name", "robots").attr("content", "noindex")),
    }
    let style = format!("{STYLE_PATH}?v={}", site.style_hash);
    let mut page = page;
    head = head.child(el("link").attr("rel", "stylesheet").attr("href", &style)).all(std::mem::take(&mut page.data));
    let widget = el("script").attr("async", "").attr("src", "/widget.js").attr("data-site", site.id);
    let widget = widget.attr("data-locale", site.locale);
    let footer = footer(site, &page);
    let body = el("body")
        .child(el("a").attr("class", "skip").attr("href", "#page-main").text(words.skip))
        .child(header(site, page.query))
        .child(page.main.attr("id", "page-main"))
        .child(footer)
        .child(widget);
    let html = el("html").attr("lang", site.locale).attr("dir", direction(site.locale)).child(head).child(body);
    format!("<!DOCTYPE html>\n{}\n", html.write())
}

fn header(site: &HelpSite<'_>, query: &str) -> El {
    let words = site.words();
    let home = site.path(HELP_PATH, site.locale, &[]);
    let name = el("a")
        .attr("class", "name")
        .attr("href", &home)
        .text(site.name)
        .text(" ")
        .child(spoken(site, "span", words.help));
    let mut form = el("form")
        .attr("role", "search")
        .attr("action", &format!("{HELP_PATH}/search"))
        .attr("method", "get")
        .child(el("label").attr("class", "hidden").attr("for", "page-query").text(words.search_label));
    if !site.is_default {
        form = form.child(hidden("site", site.id));
    }
    let field = el("input").attr("type", "search").attr("id", "page-query").attr("name", "q").attr("value", query);
    let form = form
        .child(hidden("locale", site.locale))
        .child(field.attr("maxlength", &QUERY_CHARS_MAX.to_string()).attr("autocomplete", "off"))
        .child(el("button").text(words.search));
    el("header").child(name).child(form)
}

fn hidden(name: &str, value: &str) -> El {
    el("input").attr("type", "hidden").attr("name", name).attr("value", value)
}

/// Words of ours on a page whose language we do not have.
fn spoken(site: &HelpSite<'_>, name: &'static str, text: &str) -> El {
    let language = language_of_words(site.locale);
    let is_foreign = !site.locale.to_ascii_lowercase().starts_with(language);
    let element = el(name).text(text);
    if is_foreign { element.attr("lang", language) } else { element }
}

/// The languages that have this page.
fn footer(site: &HelpSite<'_>, page: &Page<'_>) -> El {
    let path = page.path.clone().unwrap_or_else(|| HELP_PATH.to_owned());
    let others = page.locales.iter().filter(|locale| *locale != site.locale);
    let links: Vec<El> = others
        .map(|locale| {
            let link =
                el("a").attr("href", &site.path(&path, locale, &[])).attr("hreflang", locale).attr("lang", locale);
            el("li").child(link.text(own_name(locale)))
        })
        .collect();
    if links.is_empty() {
        return el("footer");
    }
    el("footer").child(el("nav").attr("aria-label", site.words().languages).child(el("ul").all(links)))
}

/// The first page: articles by section. With `section`, all of that one.
#[must_use]
pub fn home(site: &HelpSite<'_>, entries: &[Entry], section: Option<&str>) -> String {
    let words = site.words();
    let title = section.map_or_else(|| words.ask.to_owned(), heading_of);
    let mut sections: Vec<(&str, Vec<&Entry>)> = Vec::new();
    for entry in entries.iter().filter(|entry| section.is_none_or(|section| entry.section == section)) {
        match sections.iter_mut().find(|(name, _)| *name == entry.section) {
            Some((_, list)) => list.push(entry),
            None => sections.push((&entry.section, vec![entry])),
        }
    }
    // Those without a section come last, whatever their place.
    sections.sort_by_key(|(name, _)| name.is_empty());
    let mut main = el("main").child(el("h1").text(&title));
    if sections.is_empty() {
        main = main.child(spoken(site, "p", words.empty));
    }
    for (name, list) in &sections {
        let label = if name.is_empty() { words.other.to_owned() } else { heading_of(name) };
        let shown = if section.is_some() { list.len() } else { SECTION_SHOWN };
        let mut part = el("section");
        if section.is_none() {
            part = part.child(el("h2").text(&label));
        }
        part = part.child(list_of(site, list.iter().take(shown).copied()));
        if list.len() > shown {
            let text = words.all_of.replace("{count}", &list.len().to_string()).replace("{section}", &label);
            let address = site.path(HELP_PATH, site.locale, &[("section", name)]);
            part = part.child(el("p").child(el("a").attr("href", &address).text(&text)));
        }
        main = main.child(part);
    }
    let path = section.is_none().then(|| HELP_PATH.to_owned());
    let data = Vec::new();
    write(site, Page { title: &title, description: "", path, locales: site.locales, query: "", data, main })
}

/// A section's name as a heading: the keys of other tools are made readable.
fn heading_of(section: &str) -> String {
    if section.contains(' ') {
        return section.to_owned();
    }
    let spaced = section.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn list_of<'a>(site: &HelpSite<'_>, entries: impl Iterator<Item = &'a Entry>) -> El {
    let item = |entry: &Entry| {
        let link = el("a").attr("href", &site.article_path(&entry.slug, site.locale)).text(&entry.title);
        let item = el("li").child(link);
        if entry.summary.is_empty() { item } else { item.child(el("p").text(&entry.summary)) }
    };
    el("ul").attr("class", "list").all(entries.map(item).collect())
}

/// An article's page. `locales` are the languages that have it.
#[must_use]
pub fn article(site: &HelpSite<'_>, article: &Article, locales: &[String]) -> String {
    let words = site.words();
    let home = el("a").attr("href", &site.path(HELP_PATH, site.locale, &[])).text(words.help);
    let mut trail = el("ol").child(el("li").child(home));
    if !article.section.is_empty() {
        let address = site.path(HELP_PATH, site.locale, &[("section", &article.section)]);
        trail = trail.child(el("li").child(el("a").attr("href", &address).text(&heading_of(&article.section))));
    }
    let trail = el("nav").attr("class", "trail").attr("aria-label", words.you_are_here).child(trail);
    let date = article.updated_at.to_rfc3339();
    let date = date.get(..10).unwrap_or(&date);
    let mut facts =
        el("p").attr("class", "facts").text(&words.minutes.replace("{count}", &article.minutes.to_string()));
    facts = facts.text(" · ").text(words.updated).text(" ").child(el("time").attr("datetime", date).text(date));
    if let Some(difficulty) = article.difficulty {
        let [beginner, intermediate, advanced] = words.levels;
        facts = facts.text(" · ").text(match difficulty {
            Difficulty::Beginner => beginner,
            Difficulty::Intermediate => intermediate,
            Difficulty::Advanced => advanced,
        });
    }
    let text = el("article").attr("lang", &article.locale).attr("dir", direction(&article.locale));
    let text = add_blocks(site, text.child(el("h1").text(&article.title)).child(facts), &article.blocks);
    let mut main = el("main").child(trail).child(text);
    if !article.related.is_empty() {
        let link = |slug: &str, title: &str| {
            el("li").child(el("a").attr("href", &site.article_path(slug, site.locale)).text(title))
        };
        let links = article.related.iter().map(|related| link(&related.slug, &related.title)).collect();
        main = main.child(
            el("section").child(spoken(site, "h2", words.related)).child(el("ul").attr("class", "list").all(links)),
        );
    }
    // Read in another language than asked for, it is that language's page.
    let own = HelpSite { locale: &article.locale, ..*site };
    let page = Page {
        title: &article.title,
        description: &article.summary,
        path: Some(format!("{HELP_PATH}/{}", article.slug)),
        locales,
        query: "",
        data: linked_data::of_article(&own, article),
        main,
    };
    write(site, page)
}

/// What a search found.
#[must_use]
pub fn results(site: &HelpSite<'_>, query: &str, entries: &[Entry]) -> String {
    let words = site.words();
    let title = words.results.replace("{count}", &entries.len().to_string()).replace("{query}", query);
    let main = el("main").child(el("h1").text(&title));
    let main = if entries.is_empty() {
        main.child(spoken(site, "p", words.nothing))
    } else {
        main.child(list_of(site, entries.iter()))
    };
    write(
        site,
        Page { title: &title, description: "", path: None, locales: site.locales, query, data: Vec::new(), main },
    )
}

/// A page that is not there.
#[must_use]
pub fn missing(site: &HelpSite<'_>) -> String {
    let words = site.words();
    let home = el("a").attr("href", &site.path(HELP_PATH, site.locale, &[])).text(words.help);
    let main = el("main")
        .child(el("h1").text(words.missing))
        .child(el("p").text(words.missing_hint))
        .child(el("p").child(home));
    let page = Page {
        title: words.missing,
        description: "",
        path: None,
        locales: site.locales,
        query: "",
        data: Vec::new(),
        main,
    };
    write(site, page)
}

/// Every page for machines: an article in each of its languages, by slug, and when it changed.
#[must_use]
pub fn sitemap(site: &HelpSite<'_>, articles: &[(String, String, String)]) -> String {
    let entry = |address: &str, changed: Option<&str>| {
        let url = el("url").child(el("loc").text(&site.absolute(address)));
        match changed {
            Some(date) => url.child(el("lastmod").text(date)),
            None => url,
        }
    };
    let homes = site.locales.iter().map(|locale| entry(&site.path(HELP_PATH, locale, &[]), None));
    let pages = articles.iter().map(|(slug, locale, date)| entry(&site.article_path(slug, locale), Some(date)));
    let set =
        el("urlset").attr("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9").all(homes.chain(pages).collect());
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", set.write())
}
