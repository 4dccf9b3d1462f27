//! The state of the whole, what a page and a feed say, and what must never become markup.

use super::*;
use crate::id::{IncidentId, UpdateId};
use crate::incident::{ComponentStates, IncidentStatus, IncidentUpdate, Severity, Target};
use crate::page_words::PageWords;
use crate::public_page::PublicSite;

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-21T10:20:30Z").unwrap()
}

fn keyed(key: &str) -> Keyed {
    Keyed {
        key: key.into(),
        label: [("en".to_owned(), key.to_uppercase()), ("ru".to_owned(), format!("{key} по-русски"))].into(),
    }
}

fn incident(seed: u8, impact: Impact, components: &[&str], resolved: bool) -> Incident {
    let update = |seed: u8, status, at| IncidentUpdate {
        impact: Some(impact),
        ..IncidentUpdate::plain(UpdateId::from_random([seed; 16]), status, "Said <b>loudly</b>.", at)
    };
    let mut updates = vec![update(seed, IncidentStatus::Investigating, now().plus_seconds(-3_600))];
    if resolved {
        updates.insert(0, update(seed + 100, IncidentStatus::Resolved, now().plus_seconds(-60)));
    }
    Incident {
        id: IncidentId::from_random([seed; 16]),
        title: format!("Trouble <{seed}>"),
        status: if resolved { IncidentStatus::Resolved } else { IncidentStatus::Investigating },
        severity: Severity::P2,
        impact,
        components: components.iter().map(|key| (*key).to_owned()).collect(),
        component_states: ComponentStates::new(),
        target: Target::default(),
        started_at: now().plus_seconds(-3_600),
        resolved_at: resolved.then(|| now().plus_seconds(-60)),
        updated_at: now().plus_seconds(-60),
        updates,
        summary: None,
        postmortem: None,
    }
}

fn book(incidents: Vec<Incident>) -> StatusBook {
    StatusBook {
        components: vec![keyed("pay"), keyed("web")],
        incidents,
        complete_from: Timestamp::from_millis(0),
        maintenances: vec![],
        courses: vec![],
        archive_after_days: 90,
        since: Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap(),
        published_at: now(),
    }
}

#[test]
fn i7_a_small_incident_hides_no_larger_one_that_names_no_component() {
    let (all, slow) = (incident(1, Impact::Critical, &[], false), incident(2, Impact::Minor, &["pay"], false));
    let of = |incidents: Vec<Incident>| {
        let book = book(incidents);
        overall(&book.states("en", "en"), &book.incidents)
    };
    assert_eq!(of(vec![slow.clone()]), Overall::SomeDegraded);
    assert_eq!(of(vec![all.clone()]), Overall::AllMajor);
    assert_eq!(of(vec![all.clone(), slow.clone()]), Overall::AllMajor);
    assert_eq!(of(vec![slow, all]), Overall::AllMajor);
    assert_eq!(of(vec![incident(3, Impact::Critical, &[], true)]), Overall::Operational, "it is over");
}

fn site(locales: &[String]) -> PublicSite<'_> {
    PublicSite {
        id: "site_a",
        is_default: false,
        name: "A & B",
        locale: "en",
        locales,
        default_locale: "en",
        origin: "https://status.example.com",
        style_hash: "x",
        words: PageWords::compiled("en"),
    }
}

#[test]
fn a3_the_state_of_the_whole_is_named_by_its_components() {
    use Impact::{Critical, Major, Minor, None};
    for (incidents, indicator, description) in [
        (vec![], "none", "All Systems Operational"),
        (vec![incident(1, Critical, &["pay", "web"], false)], "critical", "Major System Outage"),
        (vec![incident(1, Critical, &["pay"], false)], "major", "Partial System Outage"),
        (vec![incident(1, Major, &["pay", "web"], false)], "major", "Partial System Outage"),
        (vec![incident(1, Major, &["pay"], false)], "minor", "Minor Service Outage"),
        (vec![incident(1, Minor, &["pay", "web"], false)], "minor", "Degraded System Service"),
        (vec![incident(1, Minor, &["web"], false)], "minor", "Partially Degraded Service"),
        (vec![incident(1, None, &["web"], false)], "none", "All Systems Operational"),
        (vec![incident(1, Critical, &["pay", "web"], true)], "none", "All Systems Operational"),
        (vec![incident(1, Critical, &[], false)], "critical", "Major System Outage"),
        (vec![incident(1, Major, &[], false)], "major", "Partial System Outage"),
    ] {
        let locales = ["en".to_owned()];
        let text = listing(&site(&locales), &book(incidents), Listing::Status);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&value["status"]["indicator"], &value["status"]["description"]),
            (&indicator.into(), &description.into())
        );
    }
}

#[test]
fn i7_a_page_says_what_is_and_what_was_and_lets_nothing_become_markup() {
    let locales = ["en".to_owned(), "ru".to_owned()];
    let all = book(vec![incident(1, Impact::Major, &["pay"], false), incident(2, Impact::Critical, &["web"], true)]);
    for locale in ["en", "ru"] {
        let place =
            Place { site: PublicSite { locale, words: PageWords::compiled(locale), ..site(&locales) }, now: now() };
        let page = home(&place, &all);
        for part in [
            "Trouble &lt;1&gt;",
            "Said &lt;b&gt;loudly&lt;/b&gt;.",
            "Trouble &lt;2&gt;",
            "A &amp; B",
            "history.atom?site=site_a",
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
        assert!(!page.contains("<b>"));
    }
    let place = Place { site: site(&locales), now: now() };
    assert!(incident_page(&place, &all).contains("<h1>Trouble &lt;1&gt;</h1>"));
    assert_eq!(super::incident(&place, &all, "inc_0"), None);
    let later = Place { now: now().plus_seconds(91 * 86_400), ..place };
    assert!(!home(&later, &all).contains("Trouble &lt;2&gt;"), "it is in the archive");
}

fn incident_page(place: &Place<'_>, book: &StatusBook) -> String {
    super::incident(place, book, book.incidents[0].id.as_str()).unwrap()
}

#[test]
fn a3_a_feed_of_one_component_tells_of_that_one() {
    let locales = ["en".to_owned()];
    let all = book(vec![incident(1, Impact::Major, &["pay"], false), incident(2, Impact::Critical, &["web"], true)]);
    let of = |component, is_rss| feed(&site(&locales), &all, &Feed { path: "/status/x", is_rss, component });
    for is_rss in [false, true] {
        let whole = of(None, is_rss).unwrap();
        let one = of(Some("web"), is_rss).unwrap();
        assert_eq!(whole.matches("<title>Trouble").count(), 2);
        assert!(one.contains("<title>Trouble &lt;2&gt;</title>") && !one.contains("&lt;1&gt;</title>"));
        assert_eq!(of(Some("moon"), is_rss), None);
    }
}

#[test]
fn i7_the_first_page_shows_four_months_or_what_the_book_is_complete_of() {
    let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
    let now = at("2027-02-10T12:00:00Z");
    let all = book(vec![]);
    assert_eq!(shown_from(&all, now), at("2026-11-01T00:00:00Z"));
    let cut = StatusBook { complete_from: at("2027-01-05T00:00:00Z"), ..book(vec![]) };
    assert_eq!(shown_from(&cut, now), at("2027-01-05T00:00:00Z"));
}
