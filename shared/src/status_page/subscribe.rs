//! The form by which readers subscribe, and the pages behind it. They work with scripts off: each is a form and an answer.
//!
//! A link in a mail only shows a page with a button: programs that look at links in mails before their reader does must
//! neither confirm nor end anything.

use super::StatusBook;
use super::page::{Place, back, frame};
use super::subscription::SUBSCRIBE_PATH;
use crate::delivery::guard::ADDRESS_CHARS_MAX;
use crate::html::{El, el};
use crate::policy::localized;
use crate::public_page::spoken;

/// Why a subscription is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is neither a mailbox nor an address that is safe to call.
    Address,
    /// It names a component that is not there.
    Component,
    /// This installation sends no mail.
    NoMail,
    /// Too many were asked for.
    Busy,
}

/// What somebody typed into the form. Nobody types it twice because one part of it was refused.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// The address, as it is.
    pub address: &'a str,
    /// Keys of the components that they ticked.
    pub components: &'a [String],
}

/// What became of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// A mail is on its way, whoever it is and whatever we know of them.
    MailSent,
    /// A webhook is asked; the secret that signs what it gets is told once.
    HookCalled(&'a str),
    /// It counts from now on.
    Confirmed,
    /// It is over.
    Left,
    /// There is none.
    Unknown,
}

/// What a link asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whether somebody wants to hear of news.
    Confirm,
    /// Whether they want to hear no more.
    Leave,
}

impl Question {
    /// Its page, below [`SUBSCRIBE_PATH`].
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Confirm => "/confirm",
            Self::Leave => "/leave",
        }
    }
}

/// The form. Its language is the page's, else English, which it says.
pub(super) fn form(place: &Place<'_>, book: &StatusBook, typed: Typed<'_>) -> El {
    let site = &place.site;
    let words = &site.words.form;
    let mut form = el("form")
        .attr("class", "subscribe")
        .attr("method", "post")
        .attr("action", &site.path(SUBSCRIBE_PATH, site.locale, &[]))
        .child(spoken(site, "label", words.address).attr("for", "subscribe-address"))
        .child(
            el("input")
                .attr("id", "subscribe-address")
                .attr("name", "address")
                .attr("inputmode", "email")
                .attr("autocomplete", "email")
                .attr("value", typed.address)
                .attr("maxlength", &ADDRESS_CHARS_MAX.to_string())
                .attr("required", ""),
        );
    if book.components.len() > 1 {
        let boxes = book.components.iter().map(|component| {
            let mut tick = el("input").attr("type", "checkbox").attr("name", "component").attr("value", &component.key);
            if typed.components.contains(&component.key) {
                tick = tick.attr("checked", "");
            }
            let name = localized(&component.label, site.locale, site.default_locale);
            el("label").child(tick).text(" ").text(name)
        });
        form = form.child(el("fieldset").child(spoken(site, "legend", words.components)).all(boxes.collect()));
    }
    form.child(spoken(site, "button", words.submit))
}

fn page(place: &Place<'_>, title: &str, parts: Vec<El>) -> String {
    let main = el("main").child(spoken(&place.site, "h1", title)).all(parts).child(back(place));
    frame(place, title, None, main)
}

fn said(place: &Place<'_>, text: &str) -> El {
    spoken(&place.site, "p", text)
}

/// The page that a refused form leads to, with the form once more and what was typed into it.
#[must_use]
pub fn refused(place: &Place<'_>, book: &StatusBook, why: Refusal, typed: Typed<'_>) -> String {
    let words = &place.site.words.answers;
    let text = match why {
        Refusal::Address => words.wrong_address,
        Refusal::Component => words.wrong_component,
        Refusal::NoMail => words.no_mail,
        Refusal::Busy => words.busy,
    };
    page(place, words.refused, vec![said(place, text).attr("role", "alert"), form(place, book, typed)])
}

/// The page that says what became of it.
#[must_use]
pub fn outcome(place: &Place<'_>, outcome: Outcome<'_>) -> String {
    let words = &place.site.words.answers;
    let ([title, text], secret) = match outcome {
        Outcome::MailSent => (words.mail_sent, None),
        Outcome::HookCalled(secret) => {
            let [title, text, shown] = words.hook_called;
            ([title, text], Some((shown, secret)))
        }
        Outcome::Confirmed => (words.confirmed, None),
        Outcome::Left => (words.left, None),
        Outcome::Unknown => (words.unknown, None),
    };
    let mut parts = vec![said(place, text)];
    if let Some((shown, secret)) = secret {
        parts.push(said(place, shown));
        // Not a block of code: that would scroll, and this must be read whole on a phone.
        parts.push(el("p").child(el("samp").text(secret)));
    }
    page(place, title, parts)
}

/// The page behind a link, with one button.
#[must_use]
pub fn question(place: &Place<'_>, question: Question, code: &str) -> String {
    let words = &place.site.words.answers;
    let [title, text, button] = match question {
        Question::Confirm => words.confirm,
        Question::Leave => words.leave,
    };
    let (site, path) = (&place.site, [SUBSCRIBE_PATH, question.path()].concat());
    let action = site.path(&path, site.locale, &[("code", code)]);
    let form = el("form").attr("method", "post").attr("action", &action).child(spoken(site, "button", button));
    page(place, title, vec![said(place, text), form])
}
