//! What a person reads when one of our pages cannot be shown: a form that was too large, too many at once, a fault of ours.
//! Machines get a problem document instead. The page needs no site and no database, for they may be what fails.

use crate::help_centre::HELP_PATH;
use crate::html::el;
use crate::problem::ProblemKind;
use crate::public_page::{Frame, PublicSite, spoken, write};
use crate::status_page::STATUS_PATH;

/// The page. `path` is what was asked for, `request` the number by which we find it in our logs.
#[must_use]
pub fn refused_page(site: &PublicSite<'_>, path: &str, kind: ProblemKind, request: &str) -> String {
    let words = site.words;
    let (title, text) = match kind {
        ProblemKind::NotFound => (words.status.missing, None),
        ProblemKind::RateLimited => (words.answers.refused, Some(words.answers.busy)),
        ProblemKind::Unavailable | ProblemKind::Internal => (words.answers.refused, Some(words.answers.ours)),
        _ => (words.answers.refused, Some(words.answers.not_understood)),
    };
    let (home, leads) =
        if path.starts_with(STATUS_PATH) { (STATUS_PATH, words.status.back) } else { (HELP_PATH, words.help.help) };
    let mut main = el("main").child(spoken(site, "h1", title));
    if let Some(text) = text {
        main = main.child(spoken(site, "p", text)).child(el("p").child(el("samp").text(request)));
    }
    let back = el("a").attr("href", &site.path(home, site.locale, &[])).text(leads);
    write(
        site,
        Frame {
            title,
            description: "",
            path: None,
            home,
            locales: &[],
            head: Vec::new(),
            header: el("header"),
            main: main.child(el("p").child(back)),
            skip: words.status.skip,
            languages: words.status.languages,
            has_widget: false,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_words::PageWords;

    fn page(locale: &str, path: &str, kind: ProblemKind) -> String {
        let words = PageWords::compiled(locale);
        let site = PublicSite {
            id: "site_a",
            is_default: false,
            name: "",
            locale,
            locales: &[],
            default_locale: locale,
            origin: "",
            style_hash: "0",
            words,
        };
        refused_page(&site, path, kind, "req_1")
    }

    #[test]
    fn a_person_reads_what_is_wrong_whose_fault_it_is_and_where_to_go_on() {
        for (path, kind, says) in [
            ("/help/x", ProblemKind::NotFound, "There is no such page"),
            ("/help", ProblemKind::MethodNotAllowed, "We did not understand what was asked for."),
            ("/status/subscribe", ProblemKind::BodyTooLarge, "We did not understand what was asked for."),
            ("/status/subscribe", ProblemKind::RateLimited, "That is too much at once. Please try again later."),
            ("/status", ProblemKind::Unavailable, "The fault is ours. Please try again in a minute."),
            ("/status", ProblemKind::Internal, "The fault is ours. Please try again in a minute."),
        ] {
            let html = page("en", path, kind);
            assert!(html.contains(says), "{kind:?}: {html}");
            let home = if path.starts_with("/status") { "/status" } else { "/help" };
            assert!(html.contains(&format!("href=\"{home}?site=site_a&amp;locale=en\"")), "{html}");
            assert_eq!(html.contains("req_1"), kind != ProblemKind::NotFound);
        }
        assert!(page("ru", "/status", ProblemKind::Internal).contains("Это наша ошибка."));
    }
}
