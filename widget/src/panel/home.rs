//! Where the panel begins: search first, then what is going on, the visitor's tickets, and a few articles (W3, W5).

use super::el::{El, el, live, live_by, nothing};
use super::icon::WRITE;
use super::pieces::{article_row, block, heading, icon_button, line, list, paragraph, word_button};
use super::search;
use super::tickets::{missed, ticket_row};
use crate::app::{App, Remote, View};
use crate::browser;
use crate::slot::Slot;
use crate::words::incident_status;
use buoy_shared::incident::{Banner, BannerStatus};
use buoy_shared::texts::Text;

/// Articles shown before anything was asked.
const ARTICLES_SHOWN: usize = 5;
/// Tickets shown before all of them.
const TICKETS_SHOWN: usize = 3;

/// The view.
pub(crate) fn home(app: App) -> El {
    let chosen = Slot::new(None);
    let is_searching = move || !app.query.with(|query| query.trim().is_empty());
    let greeting = live_by(is_searching, move |yes| if *yes { nothing() } else { greeting(app) });
    let below = live_by(is_searching, move |yes| if *yes { search::results(app, chosen) } else { overview(app) });
    let write = icon_button("button wide", "new-ticket", WRITE, &app.say(Text::WriteToUs), move || app.write());
    let hero = block("hero", [greeting, search::search_box(app, chosen)]);
    block("home", [hero, block("below", [below]), block("foot", [write])])
}

fn greeting(app: App) -> El {
    block("", [paragraph("greeting", &app.say(Text::HomeGreeting)), paragraph("lead", &app.say(Text::HomeLead))])
}

fn overview(app: App) -> El {
    let parts = [live(move || incidents(app)), live(move || recent_tickets(app)), live(move || first_articles(app))];
    block("stack", parts).add(live(move || office(app)))
}

/// How the system and the office are: asked with each opening, and last, so that nothing moves when it comes.
fn office(app: App) -> El {
    if app.is_open.get() { app.extra_place("office", "home", &[]).hook("office") } else { nothing() }
}

/// What is broken now and concerns this page and who looks at it, in full: the banner shows two lines of it. Looked at
/// anew with each opening: the page may be another one by then.
fn incidents(app: App) -> El {
    app.is_open.with(|_| ());
    let page = app.page();
    let concerns =
        |banner: &Banner| banner.concerns.as_ref().is_none_or(|pattern| js_sys::RegExp::new(pattern, "").test(&page));
    app.site.with(|site| {
        // That one is over is for those who asked to be told here.
        let key = ["buoy:", &app.parts().client.site, ":me_too"].concat();
        let told_of = browser::stored(&key).unwrap_or_default();
        let is_news = |banner: &&Banner| {
            (banner.status != BannerStatus::Resolved || told_of.contains(banner.incident.as_str())) && concerns(banner)
        };
        let open = site.banners.iter().filter(is_news);
        let mut cards = open.map(|banner| incident(app, banner)).peekable();
        if cards.peek().is_none() { nothing() } else { block("stack", cards) }
    })
}

fn incident(app: App, banner: &Banner) -> El {
    let words = &app.parts().words;
    let status = words.say(incident_status(banner.status));
    let body = if banner.body == banner.title { nothing() } else { paragraph("incident-body", &banner.body) };
    let foot = line("muted", &[&status, " · ", &words.moment(banner.updated_at)].concat());
    let head = block("incident-head", [el("span", "tone"), line("incident-title", &banner.title)]);
    let tone = if banner.over { "over" } else { banner.impact.as_str() };
    block("incident", [head, body, foot]).hook("incident").attr("data-impact", tone)
}

fn recent_tickets(app: App) -> El {
    app.tickets.with(|now| match now {
        Remote::Ready(tickets) if !tickets.items.is_empty() => {
            let rows = tickets.items.iter().take(TICKETS_SHOWN).map(|ticket| ticket_row(app, ticket));
            let all = if tickets.items.len() > TICKETS_SHOWN {
                word_button("link", "all-tickets", &app.say(Text::HomeAllTickets), move || app.go(View::Tickets))
            } else {
                nothing()
            };
            let head = block("part-head", [heading(&app.say(Text::HomeTickets)), all]);
            block("part", [head, list("card", rows).hook("tickets")])
        }
        Remote::Failed(failure) => {
            block("part", [block("part-head", [heading(&app.say(Text::HomeTickets))]), missed(app, failure)])
                .hook("tickets-missed")
        }
        _ => nothing(),
    })
}

fn first_articles(app: App) -> El {
    let articles = app.articles_to_begin_with(ARTICLES_SHOWN);
    if articles.is_empty() {
        return search::index_state(app);
    }
    let rows = articles.into_iter().map(|article| article_row(app, article));
    block("part", [block("part-head", [heading(&app.say(Text::HomeArticles))]), list("card", rows).hook("articles")])
}
