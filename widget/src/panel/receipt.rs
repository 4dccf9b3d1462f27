//! The receipt: a number to say, and the time by which we promised to answer, in the visitor's own zone (W5, P4).

use super::el::{El, el, nothing};
use super::icon::{CLOCK, DONE, icon};
use super::pieces::{block, line, paragraph, word_button};
use super::shell::note;
use crate::app::{App, View};
use buoy_shared::texts::Text;

/// The view.
pub(crate) fn receipt(app: App) -> El {
    let Some(ticket) = app.conversation.with_untracked(|now| now.ticket.clone()) else { return nothing() };
    let words = &app.parts().words;
    let id = ticket.id.to_string();
    let answer = match &ticket.auto_answer {
        Some(answer) => {
            let said = el("div", "said rich").text(&answer.body);
            app.call_extra("dress", Some(&said), &[]);
            block("card answer", [line("heading", &words.say(Text::ReceiptAuto)), said])
        }
        None => nothing(),
    };
    // What was filed before they signed in is not followed: under their name it cannot be opened.
    let is_followed = app.parts().live.borrow().is_some();
    let way_on = if is_followed {
        vec![paragraph("muted", &words.say(Text::ReceiptNote)), answer, open(app, id)]
    } else {
        vec![answer]
    };
    let promise = words.promise(&ticket).map_or_else(nothing, |text| note("promise", CLOCK, &text));
    block(
        "page receipt",
        [
            block("seal", [icon(DONE)]),
            line("receipt-title", &words.say(Text::ReceiptTitle)),
            line("receipt-number", &words.fill(Text::ReceiptNumber, &[("number", &ticket.number.to_string())])),
            promise,
        ],
    )
    .all(way_on)
    .hook("receipt")
    .attr("data-ticket", ticket.id.as_str())
    .attr("role", "status")
}

fn open(app: App, id: String) -> El {
    word_button("button", "open-ticket", &app.say(Text::ReceiptOpen), move || {
        app.go_from_home(View::Thread(id.clone()));
    })
}
