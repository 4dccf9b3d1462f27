//! The pages themselves: the frame that all share, and what each puts into it.

use super::content::add_blocks;
use super::linked_data;
use super::{HELP_PATH, SECTION_SHOWN};
use crate::article::{Article, Difficulty};
use crate::html::{El, el};
use crate::public_page::{self, Frame, PublicSite, direction, facts, spoken};
use crate::search::QUERY_CHARS_MAX;

/// An article in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in addresses.
    pub slug: String,
    /// The language it is written in.
    pub locale: String,
    /// Its title.
    pub title: String,
    /// What it answers.
    pub summary: String,
    /// The section it stands in; empty for none.
    pub section: String,
    /// How many articles that section has, whether they are in the list or not.
    pub section_count: usize,
}

/// What one page adds to the frame.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// The page's path without parameters; none for pages that machines must not keep.
    pub(super) path: Option<String>,
    /// The languages that have it.
    pub(super) locales: &'a [String],
    pub(super) query: &'a str,
    pub(super) data: Vec<El>,
    pub(super) main: El,
}

pub(super) fn write(site: &PublicSite<'_>, page: Page<'_>) -> String {
    let words = site.words();
    let title = format!("{} · {} {}", page.title, site.name, words.help);
    let frame = Frame {
        title: &title,
        description: page.description,
        path: page.path.as_deref(),
        home: HELP_PATH,
        locales: page.locales,
        head: page.data,
        header: header(site, page.query),
        main: page.main,
        skip: words.skip,
        languages: words.languages,
        has_widget: true,
    };
    public_page::write(site, frame)
}

fn header(site: &PublicSite<'_>, query: &str) -> El {
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

/// The first page: articles by section, of each as many as are shown. With `section`, the entries are all of that one.
#[must_use]
pub fn home(site: &PublicSite<'_>, entries: &[Entry], section: Option<&str>) -> String {
    let words = site.words();
    let named = |name: &str| if name.is_empty() { words.other.to_owned() } else { heading_of(name) };
    let title = section.map_or_else(|| words.ask.to_owned(), named);
    let mut sections: Vec<(&str, Vec<&Entry>)> = Vec::new();
    for entry in entries {
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
        let label = named(name);
        let shown = if section.is_some() { list.len() } else { SECTION_SHOWN };
        let mut part = el("section");
        if section.is_none() {
            part = part.child(el("h2").text(&label));
        }
        part = part.child(list_of(site, list.iter().take(shown).copied()));
        let count = list.first().map_or(0, |entry| entry.section_count);
        if section.is_none() && count > shown {
            let text = words.all_of.replace("{count}", &count.to_string()).replace("{section}", &label);
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

fn list_of<'a>(site: &PublicSite<'_>, entries: impl Iterator<Item = &'a Entry>) -> El {
    let item = |entry: &Entry| {
        let summary = (!entry.summary.is_empty()).then(|| el("p").text(&entry.summary));
        item(site, (&entry.slug, &entry.locale), |link| link.text(&entry.title), summary)
    };
    el("ul").attr("class", "list").all(entries.map(item).collect())
}

/// An article of a list, by slug and language, and what stands below its title.
pub(super) fn item(
    site: &PublicSite<'_>,
    (slug, locale): (&str, &str),
    named: impl FnOnce(El) -> El,
    below: Option<El>,
) -> El {
    let item = el("li").child(named(el("a").attr("href", &site.article_path(slug, site.locale))));
    // What is not translated stands there in the site's own language.
    let item = if locale == site.locale { item } else { item.attr("lang", locale).attr("dir", direction(locale)) };
    item.all(below.into_iter().collect())
}

/// An article's page. `locales` are the languages that have it.
#[must_use]
pub fn article(site: &PublicSite<'_>, article: &Article, locales: &[String]) -> String {
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
    let updated = el("time").attr("datetime", date).text(&site.words.day(article.updated_at));
    let mut known = vec![
        el("span").text(&words.minutes.replace("{count}", &article.minutes.to_string())),
        el("span").text(words.updated).text(" ").child(updated),
    ];
    if let Some(difficulty) = article.difficulty {
        let [beginner, intermediate, advanced] = words.levels;
        known.push(el("span").text(match difficulty {
            Difficulty::Beginner => beginner,
            Difficulty::Intermediate => intermediate,
            Difficulty::Advanced => advanced,
        }));
    }
    let facts = facts(known);
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
    let own = PublicSite { locale: &article.locale, ..*site };
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

/// A page that is not there.
#[must_use]
pub fn missing(site: &PublicSite<'_>) -> String {
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
pub fn sitemap(site: &PublicSite<'_>, articles: &[(String, String, String)]) -> String {
    // Each is written at once: tens of thousands of them as one tree would fill the memory of an isolate.
    let entry = |address: &str, changed: Option<&str>| {
        let url = el("url").child(el("loc").text(&site.absolute(address)));
        let url = match changed {
            Some(date) => url.child(el("lastmod").text(date)),
            None => url,
        };
        url.write()
    };
    let homes = site.locales.iter().map(|locale| entry(&site.path(HELP_PATH, locale, &[]), None));
    let pages = articles.iter().map(|(slug, locale, date)| entry(&site.article_path(slug, locale), Some(date)));
    let entries: String = homes.chain(pages).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{entries}</urlset>\n"
    )
}
