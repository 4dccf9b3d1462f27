//! Search as you type: every keystroke is answered in the page, without a request and without a pause (W3).
//!
//! A combobox by the ARIA pattern: focus stays in the field, arrows move along the results, Enter opens one, Escape
//! empties the field. What was typed goes along into the form when nothing fits.

use super::el::{El, Held, el, follow, held, live, live_by, nothing};
use super::icon::{CLOSE, SEARCH, icon};
use super::pieces::{add_marked, block, failed, key_of, line, paragraph, skeleton, square, value_of, word_button};
use crate::app::{App, View};
use crate::kb::{Found, Kb};
use crate::slot::Slot;
use buoy_shared::texts::Text;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, ShadowRoot};

/// Results shown; the right one is among the first or the words have to change.
const RESULTS_MAX: usize = 8;

/// Pixels of the view that the field covers above the results, and the button below them.
const ABOVE_RESULTS: i32 = 72;
const BELOW_RESULTS: i32 = 96;

/// Which result the arrows are at.
type Chosen = Slot<Option<usize>>;

fn truth(is_true: bool) -> String {
    String::from(if is_true { "true" } else { "false" })
}

/// The field.
pub(crate) fn search_box(app: App, chosen: Chosen) -> El {
    let input = el("input", "")
        .hook("search")
        .attr("type", "search")
        .attr("data-focus", "")
        .attr("role", "combobox")
        .attr("aria-label", &app.say(Text::SearchLabel))
        .attr("aria-autocomplete", "list")
        .attr("aria-controls", "buoy-results")
        .attr("placeholder", &app.say(Text::SearchPlaceholder))
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "search")
        .attr("value", &app.query.get_untracked())
        .live_attr("aria-expanded", move || Some(truth(!app.query.with(|query| query.trim().is_empty()))))
        .live_attr("aria-activedescendant", move || chosen.get().map(result_id));
    let field = input.hold();
    let clear = move || {
        app.query.set(String::new());
        chosen.set(None);
        if let Some(field) = held::<HtmlInputElement>(field) {
            let _ = field.focus();
        }
    };
    let input = input
        .on("input", move |event| {
            chosen.set(None);
            app.query.set(value_of(&event));
        })
        .on("keydown", move |event| {
            // Only where a key needs it: letters come by here too, before they are in the field.
            let found = || app.find(&app.query.get_untracked(), RESULTS_MAX);
            match key_of(&event).as_str() {
                "ArrowDown" => {
                    let last = found().len().saturating_sub(1);
                    chosen.update(|at| *at = Some(at.map_or(0, |at| (at + 1).min(last))));
                    keep_in_sight(field, chosen);
                }
                "ArrowUp" => {
                    chosen.update(|at| *at = at.and_then(|at| at.checked_sub(1)));
                    keep_in_sight(field, chosen);
                }
                "Enter" => {
                    if let Some(article) = found().get(chosen.get_untracked().unwrap_or(0)) {
                        app.go(View::Article(article.slug.clone()));
                    }
                }
                "Escape" if !app.query.with_untracked(String::is_empty) => clear(),
                _ => return,
            }
            event.prevent_default();
        });
    let is_empty = move || app.query.with(String::is_empty);
    // Whoever logs out leaves no words in it.
    follow(move || {
        if is_empty()
            && let Some(field) = held::<HtmlInputElement>(field)
        {
            field.set_value("");
        }
    });
    let cross = live_by(is_empty, move |yes| {
        if *yes { nothing() } else { square("search-clear", CLOSE, &app.say(Text::SearchClear), clear) }
    });
    el("label", "search").all([icon(SEARCH), input, cross])
}

/// Moves the view so that the result the arrows are at stands between the field above and the button below. The view alone:
/// a browser that is asked to show an element may move the page around the panel too.
fn keep_in_sight(field: Held, chosen: Chosen) {
    let root = held::<Element>(field).and_then(|field| field.get_root_node().dyn_into::<ShadowRoot>().ok());
    let (Some(root), Some(at)) = (root, chosen.get_untracked()) else { return };
    let result = root.get_element_by_id(&result_id(at));
    let view = result.as_ref().and_then(|result| result.closest(".home").ok().flatten());
    let (Some(result), Some(view)) = (result, view) else { return };
    let (result, view): (HtmlElement, HtmlElement) = (result.unchecked_into(), view.unchecked_into());
    let top = result.offset_top() - view.offset_top();
    let highest = top - ABOVE_RESULTS;
    let lowest = top + result.offset_height() + BELOW_RESULTS - view.client_height();
    view.set_scroll_top(view.scroll_top().min(highest).max(lowest));
}

fn result_id(at: usize) -> String {
    ["buoy-result-", &at.to_string()].concat()
}

/// What was found for the words in the field.
pub(crate) fn results(app: App, chosen: Chosen) -> El {
    live(move || {
        if app.kb.with(|kb| !matches!(kb, Kb::Ready(..))) {
            return index_state(app);
        }
        let query = app.query.get();
        let (found, is_doubtful) = app.answer(&query, RESULTS_MAX);
        if app.ask_edge(&query, &found) {
            return skeleton(&app.say(Text::SearchLoading), 3);
        }
        let count = found.len().to_string();
        let fits = truth(!found.is_empty() && !is_doubtful);
        app.emit("search", &["{\"results\":", &count, ",\"fits\":", &fits, "}"].concat());
        let doubt = if is_doubtful { app.say(Text::SearchUnsure) } else { String::new() };
        let told = app.parts().words.fill(Text::SearchFound, &[("count", &count)]);
        app.news.set(if is_doubtful { [&told, " ", &doubt].concat() } else { told });
        if found.is_empty() { nothing_found(app, &query) } else { result_list(app, found, &query, chosen, &doubt) }
    })
}

/// The results; above them, if there is any, the doubt that they answer.
fn result_list(app: App, found: Vec<Found>, query: &str, chosen: Chosen, doubt: &str) -> El {
    let items = found.into_iter().enumerate().map(|(at, article)| result(app, at, article, query, chosen));
    let list = el("ul", "results")
        .attr("id", "buoy-results")
        .attr("role", "listbox")
        .attr("aria-label", &app.say(Text::SearchLabel))
        .all(items);
    let write = word_button("link", "search-write", &app.say(Text::SearchWrite), move || app.write());
    let doubt = if doubt.is_empty() { nothing() } else { paragraph("muted", doubt).hook("search-unsure") };
    block("part", [doubt, list, write])
}

fn result(app: App, at: usize, article: Found, query: &str, chosen: Chosen) -> El {
    el("li", "result")
        .hook("result")
        .attr("data-slug", &article.slug)
        .attr("id", &result_id(at))
        .attr("role", "option")
        .live_attr("aria-selected", move || Some(truth(chosen.get() == Some(at))))
        .add(add_marked(el("div", "row-title"), &article.title, &app.marks(&article.title, query)))
        .add(add_marked(el("div", "result-summary"), &article.summary, &app.marks(&article.summary, query)))
        .on("click", move |_| app.go(View::Article(article.slug.clone())))
}

fn nothing_found(app: App, query: &str) -> El {
    let words = &app.parts().words;
    let none = line("empty-title", &words.fill(Text::SearchNone, &[("query", query.trim())]));
    let write = word_button("button quiet", "search-write", &words.say(Text::WriteToUs), move || app.write());
    block("empty", [none, paragraph("muted", &words.say(Text::SearchNoneHint)), write])
}

/// What stands where articles would, while there is no index.
pub(crate) fn index_state(app: App) -> El {
    app.kb.with(|kb| match kb {
        Kb::Loading => skeleton(&app.say(Text::SearchLoading), 5),
        Kb::Failed => failed(app, &app.say(Text::SearchFailed), move || app.fetch_kb()),
        Kb::Ready(..) => nothing(),
    })
}
