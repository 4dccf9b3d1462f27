//! The pages: what is happening and ninety days of it, one incident in full, and the archive.

use super::bars::bars;
use super::entry::{Entry, Line, of_incident, of_work};
use super::subscribe::{Typed, form};
use super::words::Words;
use super::{Overall, STATUS_PATH, StatusBook, overall};
use crate::availability::Month;
use crate::help_centre::add_blocks;
use crate::html::{El, el};
use crate::incident::{Component, Incident, IncidentUpdate, Maintenance};
use crate::markdown::parse;
use crate::policy::localized;
use crate::public_page::{Frame, PublicSite, facts, spoken, write};
use crate::time::Timestamp;
use crate::uptime::of_component;

/// Months of history on the first page: as long as an incident stays out of the archive.
const MONTHS_SHOWN: usize = 4;

/// Where a page is, and when it is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Whose page.
    pub site: PublicSite<'a>,
    /// The moment.
    pub now: Timestamp,
}

fn words_of(place: &Place<'_>) -> &'static Words {
    &place.site.words.status
}

pub(super) fn frame(place: &Place<'_>, title: &str, path: Option<&str>, main: El) -> String {
    let (site, words) = (&place.site, words_of(place));
    let feeds = [("atom", "application/atom+xml"), ("rss", "application/rss+xml")].map(|(kind, media)| {
        let address = site.path(&format!("{STATUS_PATH}/history.{kind}"), site.locale, &[]);
        el("link").attr("rel", "alternate").attr("type", media).attr("href", &address)
    });
    let home = site.path(STATUS_PATH, site.locale, &[]);
    let name = el("a").attr("class", "name").attr("href", &home).text(site.name).text(" ");
    let header = el("header").child(name.child(spoken(site, "span", words.status)));
    let title = format!("{title} · {} {}", site.name, words.status);
    let frame = Frame {
        title: &title,
        description: "",
        path,
        home: STATUS_PATH,
        locales: site.locales,
        head: feeds.into(),
        header,
        main,
        skip: words.skip,
        languages: words.languages,
        has_widget: false,
    };
    write(site, frame)
}

fn time(words: &Words, at: Timestamp) -> El {
    el("time").attr("datetime", &at.to_rfc3339()).text(&words.moment(at))
}

const fn class_of(overall: Overall) -> &'static str {
    match overall {
        Overall::Operational => "state up",
        Overall::Maintenance => "state work",
        Overall::SomeDegraded | Overall::AllDegraded => "state slow",
        Overall::SomePartial | Overall::SomeMajor => "state part",
        Overall::AllMajor => "state down",
    }
}

/// The first page.
#[must_use]
pub fn home(place: &Place<'_>, book: &StatusBook) -> String {
    let (site, words) = (&place.site, words_of(place));
    let states = book.states(site.locale, site.default_locale);
    let whole = overall(&states, &book.incidents);
    let title = words.overall(whole);
    let mut main = el("main").child(el("h1").attr("class", class_of(whole)).text(title));
    let open: Vec<El> = book
        .open()
        .map(|incident| entry(place, &of_incident(words, incident), &states, "h3", Said::Of(incident)))
        .collect();
    main = section(place, main, words.now, open);
    let coming = book.coming().into_iter().map(|work| work_entry(place, work, &states, "h3")).collect();
    main = section(place, main, words.planned, coming);
    let bars = states.iter().map(|state| component(place, book, state)).collect();
    main = section(place, main, words.components, bars);
    main = main.child(history(place, book, &states)).child(subscribe(place, book));
    frame(place, title, Some(STATUS_PATH), main)
}

/// A part with a heading, where there is something in it.
fn section(place: &Place<'_>, main: El, heading: &'static str, content: Vec<El>) -> El {
    if content.is_empty() {
        return main;
    }
    main.child(el("section").child(spoken(&place.site, "h2", heading)).all(content))
}

fn component(place: &Place<'_>, book: &StatusBook, state: &Component) -> El {
    let words = words_of(place);
    let spells = of_component(&book.courses, &state.key, place.now);
    let status = el("span").attr("class", state.status.as_str()).text(words.component(state.status));
    let head = el("h3").attr("class", "component").child(el("span").text(&state.name)).text(" ").child(status);
    el("div").attr("class", "part").child(head).child(bars(words, &state.name, &spells, book.since, place.now))
}

/// The moment from which on the first page shows all that began and is over, unless it ended too long ago: the archive
/// holds the rest.
#[must_use]
pub fn shown_from(book: &StatusBook, now: Timestamp) -> Timestamp {
    let first = (1..MONTHS_SHOWN).fold(Month::of(now), |month, _| month.and_then(Month::before));
    let months = first.map_or(book.complete_from, |month| Timestamp::from_millis(month.bounds().0));
    book.complete_from.max(months)
}

/// What was, month by month.
fn history(place: &Place<'_>, book: &StatusBook, states: &[Component]) -> El {
    let (site, words) = (&place.site, words_of(place));
    let mut part = el("section").child(spoken(site, "h2", words.history));
    let over: Vec<&Incident> = book
        .incidents
        .iter()
        .filter(|incident| incident.resolved_at.is_some() && book.is_recent(incident, place.now))
        .collect();
    let began = book.incidents.iter().map(|incident| incident.started_at).min().unwrap_or(book.since);
    let first = Month::of(began.min(book.since));
    let mut month = Month::of(place.now);
    for _ in 0..MONTHS_SHOWN {
        let Some(shown) = month.filter(|month| first.is_none_or(|first| *month >= first)) else { break };
        part = part.child(el("h3").text(&words.month(shown)));
        let of_month: Vec<El> = over
            .iter()
            .filter(|incident| Month::of(incident.started_at) == Some(shown))
            .map(|incident| brief(place, &of_incident(words, incident), states))
            .collect();
        part = if of_month.is_empty() {
            part.child(spoken(site, "p", words.quiet))
        } else {
            part.child(el("ul").attr("class", "list").all(of_month))
        };
        month = shown.before();
    }
    let older = site.path(&format!("{STATUS_PATH}/archive"), site.locale, &[]);
    part.child(el("p").child(el("a").attr("href", &older).text(words.archive)))
}

/// An entry as one of a list: when, what, and how it ended.
fn brief(place: &Place<'_>, entry: &Entry<'_>, states: &[Component]) -> El {
    let (site, words) = (&place.site, words_of(place));
    let link = el("a").attr("href", &site.path(&entry.path(), site.locale, &[])).text(entry.title);
    let mut known = vec![time(words, entry.began_at), el("span").text(entry.status)];
    let names = names_of(entry.components, states);
    if !names.is_empty() {
        known.push(el("span").text(&names));
    }
    el("li").child(link).child(facts(known))
}

fn names_of(keys: &[String], states: &[Component]) -> String {
    let names: Vec<&str> =
        states.iter().filter(|state| keys.contains(&state.key)).map(|state| state.name.as_str()).collect();
    names.join(", ")
}

/// What is said beside an update's text.
fn details(words: &Words, update: &IncidentUpdate) -> Vec<El> {
    let mut found = Vec::new();
    let mut say = |name: &str, value: El| {
        found.push(el("p").child(el("strong").text(name).text(": ")).child(value));
    };
    if let Some(work) = &update.work {
        say(words.doing, el("span").text(work));
    }
    if let Some(eta) = update.eta {
        say(words.eta, time(words, eta));
    }
    if let Some(workaround) = &update.workaround {
        say(words.workaround, el("span").text(workaround));
    }
    found
}

/// What is known of an entry besides its lines.
#[derive(Clone, Copy)]
enum Said<'a> {
    /// What an incident's updates say beside their text.
    Of(&'a Incident),
    /// When work begins and ends.
    Between(Timestamp, Timestamp),
}

/// An entry in full; as the heading of its own page it needs no link to it.
fn entry(place: &Place<'_>, entry: &Entry<'_>, states: &[Component], heading: &'static str, said: Said<'_>) -> El {
    let (site, words) = (&place.site, words_of(place));
    let mut article = el("article").attr("class", &["entry ", entry.class].concat());
    let title = if heading == "h1" {
        el(heading).text(entry.title)
    } else {
        el(heading).child(el("a").attr("href", &site.path(&entry.path(), site.locale, &[])).text(entry.title))
    };
    article = article.child(title);
    if let Said::Between(begin, end) = said {
        let when = el("p").attr("class", "facts").child(time(words, begin)).text(" – ").child(time(words, end));
        article = article.child(when);
    }
    let names = names_of(entry.components, states);
    if !names.is_empty() {
        article = article.child(el("p").attr("class", "facts").text(words.affected).text(": ").text(&names));
    }
    let line = |line: &Line<'_>| {
        let head = facts(vec![el("strong").text(line.status), time(words, line.at)]);
        let item = el("li").child(head).child(el("p").attr("class", "said").text(line.body));
        let update = match said {
            Said::Of(incident) => incident.updates.iter().find(|update| update.created_at == line.at),
            Said::Between(..) => None,
        };
        item.all(update.map(|update| details(words, update)).unwrap_or_default())
    };
    let lines = entry.lines.iter().filter(|line| !line.body.is_empty());
    article.child(el("ol").attr("class", "updates").all(lines.map(line).collect()))
}

fn work_entry(place: &Place<'_>, work: &Maintenance, states: &[Component], heading: &'static str) -> El {
    let between = Said::Between(work.scheduled_for, work.scheduled_until);
    entry(place, &of_work(words_of(place), work), states, heading, between)
}

/// The ways to hear of news.
fn subscribe(place: &Place<'_>, book: &StatusBook) -> El {
    let (site, words) = (&place.site, words_of(place));
    let link =
        |name: &str, path: &str| el("li").child(el("a").attr("href", &site.path(path, site.locale, &[])).text(name));
    let mut links =
        vec![link("Atom", &format!("{STATUS_PATH}/history.atom")), link("RSS", &format!("{STATUS_PATH}/history.rss"))];
    for component in &book.components {
        let name = localized(&component.label, site.locale, site.default_locale);
        links.push(link(&format!("Atom: {name}"), &format!("{STATUS_PATH}/components/{}.atom", component.key)));
    }
    el("section")
        .child(spoken(site, "h2", words.subscribe))
        .child(form(place, book, Typed::default()))
        .child(el("ul").attr("class", "row").all(links))
}

pub(super) fn back(place: &Place<'_>) -> El {
    let (site, words) = (&place.site, words_of(place));
    let home = el("a").attr("href", &site.path(STATUS_PATH, site.locale, &[])).text(words.back);
    el("p").child(home)
}

/// The page of an incident or of planned work; nothing when the book does not have it.
#[must_use]
pub fn incident(place: &Place<'_>, book: &StatusBook, id: &str) -> Option<String> {
    let (site, words) = (&place.site, words_of(place));
    let states = book.states(site.locale, site.default_locale);
    let path = super::entry::path_of(id);
    if let Some(work) = book.maintenances.iter().find(|work| work.id.as_str() == id) {
        let main = el("main").child(work_entry(place, work, &states, "h1")).child(back(place));
        return Some(frame(place, &work.title, Some(&path), main));
    }
    let incident = book.incidents.iter().find(|incident| incident.id.as_str() == id)?;
    let mut main = el("main").child(entry(place, &of_incident(words, incident), &states, "h1", Said::Of(incident)));
    if let Some(summary) = &incident.summary {
        let [heading, impact, prevention, lasted] = words.summary;
        let lasted = lasted.replace("{time}", &words.duration(summary.duration_minutes));
        let part = |name: &str, text: &str| {
            el("div").child(el("h3").text(name)).child(el("p").attr("class", "said").text(text))
        };
        let parts = el("section")
            .child(el("h2").text(heading))
            .child(el("p").text(&lasted))
            .child(part(impact, &summary.impact))
            .child(part(prevention, &summary.prevention));
        main = main.child(parts);
    }
    if let Some(written) = &incident.postmortem {
        let part = el("section").attr("class", "postmortem").child(el("h2").text(words.postmortem));
        main = main.child(match parse(&written.body) {
            Ok(article) => add_blocks(site, part, &article.blocks),
            Err(_) => part.child(el("p").attr("class", "said").text(&written.body)),
        });
    }
    Some(frame(place, &incident.title, Some(&path), main.child(back(place))))
}

/// A page of the archive; `next` leads to the one after it.
#[must_use]
pub fn archive(place: &Place<'_>, book: &StatusBook, incidents: &[Incident], next: Option<&str>) -> String {
    let (site, words) = (&place.site, words_of(place));
    let states = book.states(site.locale, site.default_locale);
    let path = format!("{STATUS_PATH}/archive");
    let mut main = el("main").child(el("h1").text(words.archive));
    main = if incidents.is_empty() {
        main.child(spoken(site, "p", words.archive_empty))
    } else {
        let list = incidents.iter().map(|incident| brief(place, &of_incident(words, incident), &states));
        main.child(el("ul").attr("class", "list").all(list.collect()))
    };
    if let Some(next) = next {
        let more = el("a").attr("href", &site.path(&path, site.locale, &[("cursor", next)])).text(words.older);
        main = main.child(el("p").child(more));
    }
    frame(place, words.archive, Some(&path), main.child(back(place)))
}

/// A page that is not there.
#[must_use]
pub fn missing(place: &Place<'_>) -> String {
    let words = words_of(place);
    let main = el("main").child(el("h1").text(words.missing)).child(back(place));
    frame(place, words.missing, None, main)
}
