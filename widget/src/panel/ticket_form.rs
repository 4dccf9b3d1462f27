//! The form of a new ticket: answers are suggested while it is written, from the index in the page (W4, R4).
//!
//! Fields are checked by the very code that checks them at the edge. Whatever fails, the text stays. The draft lives as
//! long as the panel; one key belongs to one text, so sending again never makes a second ticket.

use super::el::{El, Held, el, follow, held, live, live_by, nothing};
use super::pieces::{article_row, block, excuse, flag, heading, line, list, paragraph, some, value_of};
use crate::app::App;
use crate::browser;
use crate::conversation::Delivery;
use crate::site::Site;
use crate::wire;
use buoy_shared::text::FieldError;
use buoy_shared::texts::Text;
use buoy_shared::ticket::{NewTicket, TicketDraft};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Articles suggested while the visitor writes.
const SUGGESTIONS_MAX: usize = 3;
/// Letters of the text that are looked at for suggestions: the beginning says what it is about.
const LOOKED_AT_CHARS: usize = 200;

/// A field of the form: its name in the contract and its words.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    label: Text,
    is_optional: bool,
}

/// A ticket on its way: what was sent is kept whole, so that a repetition is the same request under the same key even
/// when the page around it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sending {
    /// Its idempotency key.
    pub(crate) key: String,
    /// What the visitor had written.
    pub(crate) typed: TicketDraft,
    /// What is sent: that, with the language; `widget/talk` adds the page and the files.
    pub(crate) sent: TicketDraft,
    /// How far it is.
    pub(crate) delivery: Delivery,
    /// Whether the outbox keeps it across a reload, so that it needs the form no more.
    pub(crate) is_kept: bool,
}

/// The view.
pub(crate) fn ticket_form(app: App) -> El {
    app.form_errors.set(Vec::new());
    if !app.is_named.get_untracked() && !app.site.with_untracked(|site| site.anonymous) {
        return block("page empty", [paragraph("", &app.say(Text::FormSignIn))]);
    }
    let email =
        live_by(move || app.is_named.get(), move |is_named| if *is_named { nothing() } else { email_field(app) });
    // What is on its way is not changed any more.
    let fields = el("div", "live")
        .live_attr("inert", move || flag(is_busy(app)))
        .all([category_field(app), app.extra_place("live", "fields", &[]), subject_field(app), body_field(app)])
        .all([app.extra_place("live", "hints", &[]), live(move || suggested(app))])
        .all([app.extra_place("attaching", "attach", &[""]), email]);
    let element = el("form", "page form");
    lead_to_mistakes(app, element.hold());
    element
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            submit(app);
        })
        .all([
            app.extra_place("live", "known", &[]),
            fields,
            app.extra_place("live", "diagnose", &[]),
            submit_button(app),
        ])
}

/// Label, control, and complaint belong together, for the eye and for a screen reader.
fn frame(app: App, field: Field, control: El, edit: fn(&mut TicketDraft, String)) -> El {
    let Field { name, label, is_optional } = field;
    let (id, complaint_id) = (["buoy-", name].concat(), ["buoy-error-", name].concat());
    let described_by = complaint_id.clone();
    let control = control
        .attr("id", &id)
        .hook(name)
        .live_attr("aria-invalid", move || complaint(app, name).map(|_| String::from("true")))
        .live_attr("aria-describedby", move || complaint(app, name).map(|_| described_by.clone()))
        .on("input", move |event| edited(app, name, |draft| edit(draft, value_of(&event))));
    let words = el("label", "").attr("for", &id).add(line("label", &app.say(label)));
    let words = if is_optional { words.add(line("optional", &app.say(Text::FormOptional))) } else { words };
    let complaint = live(move || match complaint(app, name) {
        Some(text) => block("complaint", []).attr("id", &complaint_id).text(&text),
        None => nothing(),
    });
    block("field", [words, control, complaint])
}

fn complaint(app: App, name: &str) -> Option<String> {
    app.form_errors
        .with(|errors| errors.iter().find(|error| error.field == name).map(|error| app.parts().words.complaint(error)))
}

/// Takes in what was typed.
fn edited(app: App, name: &str, change: impl FnOnce(&mut TicketDraft)) {
    app.edit_draft(change);
    app.form_errors.update(|errors| errors.retain(|error| error.field != name));
    if app.form_failure.with_untracked(Option::is_some) {
        app.form_failure.set(None);
    }
}

fn category_field(app: App) -> El {
    let chosen = app.draft.with_untracked(|draft| draft.category.clone()).unwrap_or_default();
    let choice = |key: &str, text: &str| {
        let option = el("option", "").attr("value", key).text(text);
        if key == chosen { option.attr("selected", "") } else { option }
    };
    let control = el("select", "").add(choice("", &app.say(Text::FormCategoryAny)));
    let control =
        app.site.with_untracked(|site| control.all(site.categories.iter().map(|one| choice(&one.key, &one.label))));
    let field = Field { name: "category", label: Text::FormCategory, is_optional: false };
    frame(app, field, control, |draft, key| draft.category = some(key))
}

fn subject_field(app: App) -> El {
    let value = app.draft.with_untracked(|draft| draft.subject.clone());
    let control = el("input", "").attr("data-focus", "").attr("autocomplete", "off").attr("value", &value);
    let field = Field { name: "subject", label: Text::FormSubject, is_optional: false };
    frame(app, field, control, |draft, text| draft.subject = text)
}

fn body_field(app: App) -> El {
    let value = app.draft.with_untracked(|draft| draft.body.clone());
    // A text area's text is its value until somebody types.
    let control = el("textarea", "").attr("rows", "4").attr("placeholder", &app.say(Text::FormBodyHint)).text(&value);
    let field = Field { name: "body", label: Text::FormBody, is_optional: false };
    frame(app, field, control, |draft, text| draft.body = text)
}

fn email_field(app: App) -> El {
    let value = app.draft.with_untracked(|draft| draft.email.clone()).unwrap_or_default();
    let control = el("input", "")
        .attr("type", "email")
        .attr("autocomplete", "email")
        .attr("placeholder", "name@example.com")
        .attr("value", &value);
    let field = Field { name: "email", label: Text::FormEmail, is_optional: true };
    let field = frame(app, field, control, |draft, text| draft.email = some(text));
    field.add(paragraph("muted", &app.say(Text::FormEmailHint)))
}

fn suggested(app: App) -> El {
    let text = app.draft.with(|draft| [&draft.subject, " ", &draft.body].concat());
    let text: String = text.trim().chars().take(LOOKED_AT_CHARS).collect();
    let found = if text.is_empty() { Vec::new() } else { app.find(&text, SUGGESTIONS_MAX) };
    if found.is_empty() {
        return nothing();
    }
    let rows = found.into_iter().map(|article| article_row(app, article));
    block("suggested", [heading(&app.say(Text::FormSuggestions)), list("card", rows)])
}

fn submit_button(app: App) -> El {
    let control = el("button", "button wide")
        .attr("type", "submit")
        .hook("submit")
        .live_attr("aria-busy", move || is_busy(app).then(|| String::from("true")))
        .live_text(move || app.say(if is_busy(app) { Text::Sending } else { Text::FormSubmit }));
    let waits = live(move || {
        let delivery = app.sending.with(|now| now.as_ref().map(|now| now.delivery));
        match delivery.and_then(|delivery| app.why_waiting(delivery, Text::FormWaiting, Text::FormHeld)) {
            Some(why) => paragraph("excuse", &app.say(why)).attr("role", "alert"),
            None => nothing(),
        }
    });
    block("foot", [live(move || excuse(app, app.form_failure.get())), waits, control])
}

fn is_busy(app: App) -> bool {
    app.sending.with(|sending| sending.as_ref().is_some_and(|sending| sending.delivery != Delivery::Failed))
}

/// 1 check, 2 hand over to the outbox, which says how it goes on (see `outbox`); a refusal goes back to its field.
fn submit(app: App) {
    let Some(sending) = to_send(app) else { return };
    if let Err(errors) = app.site.with_untracked(|site| check(&sending.sent, site)) {
        app.extra("mark_fields", &[]);
        app.refuse_form(errors);
        return;
    }
    let Some(draft) = wire::to_text(&sending.sent) else { return };
    app.form_failure.set(None);
    app.sending.set(Some(Sending { delivery: Delivery::Sending, ..sending.clone() }));
    // Also what the host wrote: whoever sends it has made it theirs.
    app.keep_draft();
    app.extra("send", &[&sending.key, "", &draft]);
}

/// What to send: the same as before when the visitor changed nothing, so that sending again never makes a second
/// ticket; nothing while an answer is awaited.
fn to_send(app: App) -> Option<Sending> {
    let typed = app.draft.get_untracked();
    let earlier = app.sending.get_untracked();
    if earlier.as_ref().is_some_and(|earlier| earlier.delivery != Delivery::Failed) {
        return None;
    }
    if let Some(earlier) = earlier.filter(|earlier| earlier.typed == typed) {
        return Some(earlier);
    }
    let parts = app.parts();
    let mut sent = typed.clone();
    sent.locale = Some(String::from(parts.words.locale()));
    Some(Sending { key: browser::random_key(), typed, sent, delivery: Delivery::Sending, is_kept: false })
}

/// Leads to the first field that was refused, each time that some were.
fn lead_to_mistakes(app: App, element: Held) {
    follow(move || {
        app.refusals.get();
        // The fields are marked by then. Not with the next frame: whoever writes on before that would be taken away from it.
        browser::after_effects(move || {
            let first =
                held::<Element>(element).and_then(|element| element.query_selector("[aria-invalid]").ok().flatten());
            if let Some(field) = first {
                let _ = field.unchecked_into::<HtmlElement>().focus();
            }
        });
    });
}

fn check(draft: &TicketDraft, site: &Site) -> Result<(), Vec<FieldError>> {
    let categories: Vec<&str> = site.categories.iter().map(|choice| choice.key.as_str()).collect();
    NewTicket::check(draft, &categories).map(|_| ())
}
