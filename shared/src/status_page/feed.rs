//! Feeds: Atom and RSS of everything, or of one component. An entry keeps its id while it gets news, and its date is that
//! of the news.

use super::entry::{Entry, address_of, all};
use super::{ENTRIES_MAX, STATUS_PATH, StatusBook};
use crate::html::{El, el};
use crate::month_names;
use crate::policy::localized;
use crate::public_page::PublicSite;
use crate::time::Timestamp;

/// Which feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed<'a> {
    /// Its own path, without parameters.
    pub path: &'a str,
    /// RSS 2.0; else Atom.
    pub is_rss: bool,
    /// Key of the one component it is about.
    pub component: Option<&'a str>,
}

/// The feed as XML; nothing when there is no such component.
#[must_use]
pub fn feed(site: &PublicSite<'_>, book: &StatusBook, which: &Feed<'_>) -> Option<String> {
    let words = &site.words.status;
    let mut title = format!("{} {}", site.name, words.status);
    if let Some(key) = which.component {
        let component = book.components.iter().find(|component| component.key == key)?;
        title = format!("{title}: {}", localized(&component.label, site.locale, site.default_locale));
    }
    let concerns =
        |entry: &Entry<'_>| which.component.is_none_or(|key| entry.components.iter().any(|named| named == key));
    let entries: Vec<Entry<'_>> = all(words, book).into_iter().filter(concerns).take(ENTRIES_MAX).collect();
    let updated_at = entries.first().map_or(book.since, |entry| entry.updated_at);
    let home = site.absolute(&site.path(STATUS_PATH, site.locale, &[]));
    let own = site.absolute(&site.path(which.path, site.locale, &[]));
    let root = if which.is_rss {
        let mut channel = el("channel")
            .child(el("title").text(&title))
            .child(el("link").text(&home))
            .child(el("description").text(&title))
            .child(el("language").text(site.locale))
            .child(el("lastBuildDate").text(&rfc_822(updated_at)))
            .child(link("atom:link", "self", &own));
        for entry in &entries {
            channel = channel.child(
                el("item")
                    .child(el("title").text(entry.title))
                    .child(el("link").text(&address_of(site, entry.id)))
                    .child(el("guid").attr("isPermaLink", "false").text(&id_of(site, entry.id)))
                    .child(el("pubDate").text(&rfc_822(entry.updated_at)))
                    .child(el("description").text(&content(entry))),
            );
        }
        el("rss").attr("version", "2.0").attr("xmlns:atom", "http://www.w3.org/2005/Atom").child(channel)
    } else {
        let mut root = el("feed")
            .attr("xmlns", "http://www.w3.org/2005/Atom")
            .attr("xml:lang", site.locale)
            .child(el("id").text(&id_of(site, &[site.id, which.component.unwrap_or_default()].concat())))
            .child(el("title").text(&title))
            .child(el("updated").text(&updated_at.to_rfc3339()))
            .child(el("author").child(el("name").text(site.name)))
            .child(link("link", "alternate", &home))
            .child(link("link", "self", &own));
        for entry in &entries {
            root = root.child(
                el("entry")
                    .child(el("id").text(&id_of(site, entry.id)))
                    .child(el("title").text(entry.title))
                    .child(link("link", "alternate", &address_of(site, entry.id)))
                    .child(el("published").text(&entry.created_at.to_rfc3339()))
                    .child(el("updated").text(&entry.updated_at.to_rfc3339()))
                    .child(el("content").attr("type", "html").text(&content(entry))),
            );
        }
        root
    };
    Some(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", root.write_xml()))
}

fn link(name: &'static str, relation: &str, address: &str) -> El {
    el(name).attr("rel", relation).attr("href", address)
}

/// An id that stays (RFC 4151): of this host, by the thing's own id.
fn id_of(site: &PublicSite<'_>, id: &str) -> String {
    let host = site.origin.split("://").last().unwrap_or_default();
    let host = host.split(':').next().unwrap_or(host);
    format!("tag:{host},2026:Incident/{id}")
}

/// Everything that was said, newest first.
fn content(entry: &Entry<'_>) -> String {
    entry
        .lines
        .iter()
        .map(|line| {
            let when = el("small").text(&short(line.at));
            let said = el("p").child(when).child(el("br")).child(el("strong").text(line.status));
            let said = if line.body.is_empty() { said } else { said.text(" - ").text(line.body) };
            said.write()
        })
        .collect()
}

fn month_of(text: &str) -> &'static str {
    let number = text.get(5..7).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    month_names::SHORT_ENGLISH.get(number.wrapping_sub(1)).copied().unwrap_or_default()
}

/// `Jun 25, 17:53 UTC`.
fn short(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{} {}, {} UTC", month_of(&text), part(8, 10), part(11, 16))
}

/// `Thu, 25 Jun 2026 17:53:04 +0000`.
fn rfc_822(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let text = at.to_rfc3339();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let weekday = usize::try_from(at.as_millis().div_euclid(86_400_000).rem_euclid(7)).unwrap_or(0);
    let weekday = DAYS.get(weekday).copied().unwrap_or_default();
    format!("{weekday}, {} {} {} {} +0000", part(8, 10), month_of(&text), part(0, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a3_dates_are_written_as_feeds_want_them() {
        for (at, rfc, brief) in [
            ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000", "Jan 01, 00:00 UTC"),
            ("2026-06-25T17:53:04Z", "Thu, 25 Jun 2026 17:53:04 +0000", "Jun 25, 17:53 UTC"),
            ("2028-02-29T23:59:59Z", "Tue, 29 Feb 2028 23:59:59 +0000", "Feb 29, 23:59 UTC"),
        ] {
            let at = Timestamp::parse_rfc3339(at).unwrap();
            assert_eq!((rfc_822(at).as_str(), short(at).as_str()), (rfc, brief));
        }
    }
}
