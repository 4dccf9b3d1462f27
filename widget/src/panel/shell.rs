//! The dialog around every view: header, way back, close, focus, and what a screen reader is told (W1).
//!
//! Focus moves in when the panel opens and to the new view when it changes; the loader gives it back on close. Escape
//! closes, unless a view had a use for it.

use super::el::{El, Held, el, follow, held, live_by, nothing};
use super::icon::{BACK, CLOSE};
use super::pieces::{block, failed, flag, key_of, line, skeleton, square};
use super::{home, icon};
use crate::app::{App, Remote, View};
use crate::{browser, later};
use buoy_shared::texts::Text;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The whole panel.
pub(crate) fn shell(app: App) -> El {
    let words = &app.parts().words;
    let section = move |view: &View| make(app, view, el("section", "view").attr("tabindex", "-1"));
    let body = el("div", "main").add(live_by(move || shown(app), move |(view, ..)| section(view)));
    let spoken =
        el("div", "spoken").attr("role", "status").attr("aria-live", "polite").live_text(move || app.news.get());
    move_focus(app, body.hold());
    el("div", "panel")
        .hook("panel")
        .attr("role", "dialog")
        .attr("aria-label", &words.say(Text::PanelTitle))
        .attr("lang", words.locale())
        .attr("dir", words.direction())
        .attr("tabindex", "-1")
        .live_attr("data-ready", move || flag(app.is_open.get()))
        .on("keydown", move |event| {
            if key_of(&event) == "Escape" && !event.default_prevented() {
                app.close();
            }
        })
        .all([live_by(move || app.view(), move |view| top(app, view)), body, spoken])
}

/// What decides whether the view is made anew: beyond the first view also whether it is here yet.
fn shown(app: App) -> (View, u32, Option<Remote<()>>) {
    let view = app.view();
    let later = (view != View::Home).then(|| app.later.get());
    (view, app.wishes.get(), later)
}

fn make(app: App, view: &View, place: El) -> El {
    match shown(app).2 {
        None => place.add(home::home(app)),
        Some(Remote::Ready(())) => later::draw(app, view, place),
        Some(Remote::Loading) => place.add(block("page", [skeleton(&app.say(Text::SearchLoading), 8)])),
        Some(Remote::Failed(_)) => {
            place.add(block("page", [failed(app, &app.say(Text::FailLater), move || app.fetch_later())]))
        }
    }
}

fn top(app: App, view: &View) -> El {
    let title = el("h2", "name");
    let title = match view {
        View::Home => title.live_text(move || app.site.with(|site| site.name.clone())),
        View::Form => title.text(&app.say(Text::FormTitle)),
        View::Tickets => title.text(&app.say(Text::HomeTickets)),
        View::Thread(_) => title.live_text(move || app.conversation.with(|now| now.subject())),
        View::Article(_) | View::Receipt => el("span", "name"),
    };
    let back =
        if *view == View::Home { nothing() } else { square("back", BACK, &app.say(Text::Back), move || app.back()) };
    let close = if app.parts().is_page {
        nothing()
    } else {
        square("close", CLOSE, &app.say(Text::Close), move || app.close())
    };
    el("div", "top").all([back, title, close])
}

/// Puts the focus where the next act is: into the view's field, or on the view where a finger is the pointer.
fn move_focus(app: App, body: Held) {
    follow(move || {
        shown(app);
        let Some(body) = held::<Element>(body).filter(|_| app.is_open.get()) else { return };
        let found = |selector: &str| body.query_selector(selector).ok().flatten();
        let wanted = if browser::is_touch() { ".view" } else { "[data-focus]" };
        if let Some(target) = found(wanted).or_else(|| found(".view")) {
            let _ = target.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// A line with an icon before it.
pub(crate) fn note(class: &str, shape: &str, text: &str) -> El {
    block(class, [icon::icon(shape), line("", text)])
}
