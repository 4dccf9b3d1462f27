//! The ticket that is being written: kept across a reload from the first letter on, in this tab alone (W4).
//!
//! `sessionStorage` ends with the tab, so what was half written on a shared computer is not there for the next person. A
//! log-out in a page without a panel cannot reach it; it takes away the entry of the visitor's token, so a draft counts
//! only while that is there (see `session`). Kept as lines, the text last: reading JSON of this type is code that nothing
//! else in the page needs.

use crate::app::{App, Parts, View};
use crate::browser;
use buoy_shared::ticket::TicketDraft;

/// The name of what is kept.
const NAME: &str = ":draft";

/// What its category asks for, which `widget/talk/fields.js` keeps.
pub(crate) const FIELDS: &str = ":draft_fields";

/// What is kept under a name, of whom the page names now: the next person whom it names finds nothing of theirs. What was
/// begun before anybody was named is found by whoever signs in.
pub(crate) fn kept(parts: &Parts, name: &str) -> Option<String> {
    let tab = browser::tab_storage()?;
    keys(parts, name).iter().find_map(|key| tab.get_item(key).ok().flatten())
}

/// Keeps a text in its place. Where there is no room for it nothing is kept: what was there before is older.
pub(crate) fn keep(parts: &Parts, name: &str, text: &str) {
    unkeep(parts, name);
    let [key, _] = keys(parts, name);
    if let Some(tab) = browser::tab_storage() {
        let _ = tab.set_item(&key, text);
    }
}

/// Takes away what is kept under a name.
pub(crate) fn unkeep(parts: &Parts, name: &str) {
    if let Some(tab) = browser::tab_storage() {
        for key in keys(parts, name) {
            let _ = tab.remove_item(&key);
        }
    }
}

/// Of whom the page names, and of nobody. `panel.js` says who that is, as far as a page can read it.
fn keys(parts: &Parts, name: &str) -> [String; 2] {
    let of_nobody = ["buoy:", &parts.client.site, name].concat();
    let who = browser::get_text(&parts.config, "who").unwrap_or_default();
    [[of_nobody.as_str(), &who].concat(), of_nobody]
}

fn written(draft: &TicketDraft) -> String {
    let some = |field: &Option<String>| field.clone().unwrap_or_default();
    // A subject is one line: it comes from a field of one.
    [some(&draft.category).as_str(), "\n", &some(&draft.email), "\n", &draft.subject, "\n", &draft.body].concat()
}

fn read(kept: &str) -> TicketDraft {
    let mut lines = kept.splitn(4, '\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    let (category, email, subject, body) = (next(), next(), next(), next());
    let some = |field: String| Some(field).filter(|field| !field.is_empty());
    TicketDraft { category: some(category), email: some(email), subject, body, ..TicketDraft::default() }
}

/// What an earlier page of this tab left. Where somebody logged out since then, `panel.js` has taken it away.
pub(crate) fn left(parts: &Parts) -> TicketDraft {
    read(&kept(parts, NAME).unwrap_or_default())
}

impl App {
    /// To the form, taking along the words that found nothing. Words that did find something are half-typed more
    /// often than not, and nobody wants to clear a field first.
    pub(crate) fn write(self) {
        self.free_form();
        let typed = self.query.get_untracked();
        let has_room = self.draft.with_untracked(|draft| draft.subject.is_empty());
        if has_room && !typed.is_empty() && self.find(&typed, 1).is_empty() {
            self.edit_draft(|draft| draft.subject = typed);
        }
        self.go(View::Form);
    }

    /// Changes the draft and keeps it.
    pub(crate) fn edit_draft(self, change: impl FnOnce(&mut TicketDraft)) {
        self.draft.update(change);
        self.keep_draft();
    }

    /// Keeps the draft as it is; nothing is kept of an empty one.
    pub(crate) fn keep_draft(self) {
        if self.draft.with_untracked(|draft| *draft == TicketDraft::default()) {
            return self.unkeep_draft();
        }
        let parts = self.parts();
        parts.client.sessions.mark();
        keep(&parts, NAME, &self.draft.with_untracked(written));
    }

    /// A reload finds nothing: the draft was sent, is in the outbox, or belongs to somebody who left.
    pub(crate) fn unkeep_draft(self) {
        unkeep(&self.parts(), NAME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_reads_back_as_it_was_written() {
        let draft = |category: Option<&str>, email: Option<&str>, subject: &str, body: &str| TicketDraft {
            category: category.map(str::to_owned),
            email: email.map(str::to_owned),
            subject: subject.to_owned(),
            body: body.to_owned(),
            ..TicketDraft::default()
        };
        for case in [
            TicketDraft::default(),
            draft(Some("zoom"), Some("a@example.com"), "No sound", "First\n\nthird line\n"),
            draft(None, None, "Only a subject", ""),
            draft(None, Some("half@"), "", "\n"),
        ] {
            assert_eq!(read(&written(&case)), case);
        }
    }
}
