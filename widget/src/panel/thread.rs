//! A ticket's thread: what was said, by whom and when, and a place to go on (W5).
//!
//! New messages are scrolled to only when the visitor is at the end already; else a button tells of them.

use super::el::{El, Held, el, follow, held, live, live_by, nothing};
use super::icon::{CLOCK, SEND, icon};
use super::pieces::{block, failed, flag, key_of, line, paragraph, press, skeleton, value_of, word_button};
use super::shell::note;
use super::tickets::status_label;
use crate::app::{App, View};
use crate::browser;
use crate::client::Failure;
use crate::conversation::{Conversation, Delivery, Outgoing};
use crate::slot::Slot;
use buoy_shared::texts::Text;
use buoy_shared::ticket::{Attachment, AuthorKind, AutoAnswerOutcome, Message, MessageDraft, Ticket, TicketStatus};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

/// Pixels from the end that still count as being there.
const AT_END_PX: i32 = 60;

/// The view.
pub(crate) fn thread(app: App, id: &str) -> El {
    app.open_conversation(id);
    let is_at_end = Slot::new(true);
    let is_ready = move || app.conversation.with(|now| now.ticket.is_some());
    let messages = el("div", "messages")
        .attr("tabindex", "0")
        .add(live_by(is_ready, move |yes| if *yes { said(app) } else { waiting(app) }));
    let scroller = messages.hold();
    let messages = messages.on("scroll", move |_| {
        if let Some(list) = held::<Element>(scroller) {
            is_at_end.set(list.scroll_height() - list.scroll_top() - list.client_height() < AT_END_PX);
        }
    });
    keep_at_end(app, scroller, is_at_end);
    follow(move || {
        if app.is_open.get() {
            app.mark_seen();
        }
    });
    let latest = live(move || {
        if is_at_end.get() {
            return nothing();
        }
        word_button("latest", "latest", &app.say(Text::ThreadLatest), move || to_end(scroller))
    });
    let state = live(move || app.conversation.with(|now| state(app, now)));
    let foot = live_by(is_ready, move |yes| if *yes { foot(app) } else { nothing() });
    let asked = live_by(
        move || app.conversation.with(asked),
        move |state| match state {
            Some(state) => app.extra_place("ending", "ending", &[state]),
            None => nothing(),
        },
    );
    block("thread", [state, messages, latest, asked, foot])
}

/// The end stays in sight while new messages come, unless the visitor reads further up.
fn keep_at_end(app: App, scroller: Held, is_at_end: Slot<bool>) {
    let mut seen = 0;
    follow(move || {
        let (last, waits) = app
            .conversation
            .with(|now| (now.last_seq(), now.outgoing.iter().any(|one| one.delivery != Delivery::Arrived)));
        if app.is_open.get() && (seen == 0 || waits || is_at_end.get_untracked()) {
            // The list is drawn by then.
            browser::after_drawing(move || to_end(scroller));
        }
        seen = last;
    });
}

fn to_end(scroller: Held) {
    if let Some(list) = held::<Element>(scroller) {
        list.set_scroll_top(list.scroll_height());
    }
}

fn waiting(app: App) -> El {
    live(move || {
        app.conversation.with(|now| match &now.failure {
            Some(Failure::NotFound) => missing(app),
            Some(failure) => failed(app, &app.parts().words.unloaded(failure), move || app.fetch_conversation()),
            None => skeleton(&app.say(Text::HomeTickets), 6),
        })
    })
}

/// Somebody else's, erased, or never there: trying again would not help.
fn missing(app: App) -> El {
    let back = word_button("button quiet", "all-tickets", &app.say(Text::HomeTickets), move || {
        app.go_from_home(View::Tickets);
    });
    block("empty", [paragraph("", &app.say(Text::ThreadMissing)), back]).hook("thread-missing").attr("role", "alert")
}

/// What may be asked at the end of a thread depends on this, word by word; nothing while the ticket is not here.
fn asked(now: &Conversation) -> Option<String> {
    let ticket = now.ticket.as_ref()?;
    let outcome = match ticket.auto_answer_outcome {
        Some(AutoAnswerOutcome::Waiting) => "waiting",
        Some(AutoAnswerOutcome::Rejected) => "rejected",
        _ => "",
    };
    let rated = if ticket.rating.is_some() { "rated" } else { "" };
    Some([ticket.id.as_str(), " ", ticket.status.as_str(), " ", outcome, " ", rated].concat())
}

/// How far the ticket is, and what we promised.
fn state(app: App, now: &Conversation) -> El {
    let Some(ticket) = &now.ticket else { return nothing() };
    let words = &app.parts().words;
    let promise = words.promise(ticket).map_or_else(nothing, |text| note("promise", CLOCK, &text));
    let interrupted = if now.is_interrupted { line("muted", &words.say(Text::ThreadReconnecting)) } else { nothing() };
    let number = line("muted", &words.fill(Text::ReceiptNumber, &[("number", &ticket.number.to_string())]));
    block("thread-state", [block("row-meta", [status_label(app, ticket.status), number, interrupted]), promise])
}

/// Made anew only for what it shows: a thread that is asked for again and again must not take focus and selection away.
fn said(app: App) -> El {
    let shown = |now: &Conversation| {
        let ticket = now.ticket.as_ref().map(|ticket| (ticket.messages.len(), ticket.status));
        (ticket, now.last_seq(), now.outgoing.clone())
    };
    live_by(
        move || app.conversation.with(shown),
        move |_| {
            app.conversation
                .with(|now| now.ticket.as_ref().map_or_else(nothing, |ticket| bubbles(app, ticket, &now.outgoing)))
        },
    )
}

fn bubbles(app: App, ticket: &Ticket, outgoing: &[Outgoing]) -> El {
    let mut list = el("ol", "bubbles");
    let mut day = String::new();
    let mut before: Option<&Message> = None;
    // Whoever waits for an answer sees that their last word arrived; once there is one, that says so.
    let unanswered = ticket.messages.last().map(|last| last.seq);
    for message in &ticket.messages {
        let its_day = app.parts().words.day(message.created_at);
        if its_day != day {
            list = list.add(el("li", "day").text(&its_day));
            day = its_day;
            before = None;
        }
        list = list.add(bubble(
            app,
            message,
            before.is_some_and(|before| before.author == message.author),
            unanswered == Some(message.seq),
        ));
        before = Some(message);
    }
    let list = list
        .all(outgoing.iter().filter(|one| one.delivery != Delivery::Arrived).map(|one| waiting_bubble(app, one)))
        .add(ending(app, ticket));
    let (drawn, id) = (list.clone(), ticket.id.to_string());
    let mut polls = None;
    // Without a live line the polling is what says that there may be news.
    follow(move || {
        let now = app.conversation.with(|now| now.polls);
        if polls.replace(now) != Some(now) {
            app.call_extra("events", Some(&drawn), &[&id]);
        }
    });
    list
}

/// One stored message; who wrote it is said once for several in a row, and of the visitor's own, while it is the last, that it
/// was sent.
fn bubble(app: App, message: &Message, is_continued: bool, is_last: bool) -> El {
    let words = &app.parts().words;
    let is_mine = message.author.kind == AuthorKind::Requester;
    let name = words.author(message);
    let item = el("li", "message").hook("message").attr("data-seq", &message.seq.to_string());
    let item = item.attr("data-at", &message.created_at.to_rfc3339());
    let item = match (is_mine, is_continued) {
        (false, false) => {
            let first: String = name.chars().take(1).collect();
            item.add(block("author", [line("avatar", &first).attr("aria-hidden", "true"), line("", &name)]))
        }
        (true, false) => item.add(line("spoken", &name)),
        _ => item,
    };
    let item = if is_mine { item.attr("data-mine", "") } else { item };
    let said = if is_mine { paragraph("bubble", &message.body) } else { el("div", "bubble rich").text(&message.body) };
    if !is_mine {
        app.call_extra("dress", Some(&said), &[]);
    }
    let files = if message.attachments.is_empty() {
        nothing()
    } else {
        app.extra_place("saved-files", "files", &[&files_of(message)])
    };
    let time = words.time(message.created_at);
    let sent = if is_mine && is_last { [&words.say(Text::ThreadSent), " · "].concat() } else { String::new() };
    item.all([said, files, line("time", &[&sent, time.as_str()].concat())])
}

/// A message's files, for `widget/talk/files.js`: a line each with id, size and name.
fn files_of(message: &Message) -> String {
    let line = |file: &Attachment| [file.id.as_str(), " ", &file.size.to_string(), " ", &file.name, "\n"].concat();
    message.attachments.iter().map(line).collect()
}

/// A message on its way, or one that waits for another attempt.
fn waiting_bubble(app: App, outgoing: &Outgoing) -> El {
    let key = outgoing.key.clone();
    let state = match outgoing.delivery {
        Delivery::Sending | Delivery::Arrived => line("time", &app.say(Text::Sending)),
        waits @ (Delivery::Waiting | Delivery::Held) => el("span", "time").live_text(move || {
            app.why_waiting(waits, Text::ThreadWaiting, Text::ThreadHeld).map(|why| app.say(why)).unwrap_or_default()
        }),
        Delivery::Failed => {
            let again = word_button("link", "resend", &app.say(Text::Retry), move || app.resend_message(&key));
            block("time failed", [line("", &app.say(Text::ThreadFailed)), again])
        }
    };
    let item = el("li", "message").hook("message").attr("data-mine", "").attr("data-pending", "");
    item.all([paragraph("bubble", &outgoing.body), state])
}

fn ending(app: App, ticket: &Ticket) -> El {
    let text = match ticket.status {
        TicketStatus::Solved => Text::ThreadSolvedNote,
        TicketStatus::Closed => Text::ThreadClosedNote,
        _ => return nothing(),
    };
    el("li", "day").hook("ending-note").text(&app.say(text))
}

/// A place to write, or a way to a new ticket where this one is closed.
fn foot(app: App) -> El {
    let is_closed = move || {
        app.conversation.with(|now| now.ticket.as_ref().is_some_and(|ticket| ticket.status == TicketStatus::Closed))
    };
    live_by(is_closed, move |yes| {
        if *yes {
            block(
                "foot",
                [word_button("button wide", "new-ticket", &app.say(Text::WriteToUs), move || app.write_anew())],
            )
        } else {
            composer(app)
        }
    })
}

fn composer(app: App) -> El {
    let begun = app.reply_draft();
    let is_empty = Slot::new(begun.is_empty());
    let is_too_long = Slot::new(false);
    let label = app.say(Text::ThreadReply);
    let input = el("textarea", "")
        .hook("reply")
        .attr("data-focus", "")
        .attr("rows", "1")
        .attr("aria-label", &label)
        .attr("placeholder", &label)
        .text(&begun);
    let field = input.hold();
    browser::after_drawing(move || {
        if let Some(field) = held(field) {
            grow(&field); // what an earlier page left may have more lines
        }
    });
    let send = move || {
        let Some(field) = held::<HtmlTextAreaElement>(field) else { return };
        let checked = MessageDraft { body: field.value() }.check();
        is_too_long.set(checked.is_err() && !is_empty.get_untracked());
        if field.value().trim().is_empty() {
            app.extra("say_files", &[&app.conversation.with_untracked(|now| now.id.clone())]);
        }
        if let Ok(body) = checked {
            app.keep_reply(String::new());
            app.send_message(body);
            field.set_value("");
            is_empty.set(true);
            grow(&field);
        }
        let _ = field.focus();
    };
    let input = input
        .on("input", move |event| {
            app.keep_reply(value_of(&event));
            is_empty.set(value_of(&event).trim().is_empty());
            if let Some(field) = held(field) {
                grow(&field);
            }
        })
        // Enter sends, also with Ctrl or Cmd. Shift+Enter is a new line, as is Enter on a phone's keyboard, which has no
        // Shift+Enter; an Enter that ends a composition is neither.
        .on("keydown", move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            if key_of(&event) == "Enter" && !key.shift_key() && !browser::is_touch() {
                event.prevent_default();
                send();
            }
        });
    let complaint = live(move || {
        if is_too_long.get() {
            paragraph("complaint", &app.say(Text::ErrorTooLong)).attr("role", "alert")
        } else {
            nothing()
        }
    });
    let button = press("send", "send", send).attr("aria-label", &app.say(Text::ThreadSend)).add(icon(SEND));
    let id = app.conversation.with_untracked(|now| now.id.clone());
    let attach = app.extra_place("attaching", "attach", &[&id]);
    el("form", "composer").live_attr("data-empty", move || flag(is_empty.get())).all([complaint, attach, input, button])
}

/// As high as its text; the style sheet says where it begins to scroll.
fn grow(field: &HtmlTextAreaElement) {
    let style = HtmlElement::style(field);
    let _ = style.set_property("height", "auto");
    let height = field.scroll_height().to_string();
    let _ = style.set_property("height", &[&height, "px"].concat());
}
