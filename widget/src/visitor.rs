//! What stays of a visitor when they leave, and when they say who they are. It must not decide whether they did.

use crate::app::{App, Remote, View};
use crate::conversation::Conversation;
use crate::{draft, replies};
use buoy_shared::ticket::TicketDraft;

impl App {
    /// Nothing of the visitor who was here stays.
    pub(crate) fn forget_visitor(self) {
        self.draft.set(TicketDraft::default());
        self.unkeep_draft();
        let parts = self.parts();
        draft::unkeep(&parts, draft::FIELDS);
        draft::unkeep(&parts, replies::NAME);
        self.query.set(String::new());
        self.news.set(String::new());
        self.sending.set(None);
        self.forget_tickets();
    }

    /// What was filed without a name is not shown under one. What is being written, and what is on its way, goes on: who
    /// signs in is its author.
    pub(crate) fn signed_in(self) {
        let kept = draft::left(&self.parts());
        let has_kept = kept != TicketDraft::default();
        let goes_on = has_kept && self.draft.with_untracked(|draft| *draft == TicketDraft::default());
        if goes_on {
            self.draft.set(kept); // theirs, of an earlier page of this tab
        }
        self.draft.update(|draft| draft.email = None); // the host's word counts from now on
        if has_kept {
            self.keep_draft(); // under their name from now on
        }
        if self.sending.with_untracked(Option::is_some) {
            self.sending.update(|sending| {
                if let Some(sending) = sending {
                    sending.typed.email = None;
                    sending.sent.email = None;
                    sending.is_kept = false;
                }
            });
            // The outbox keeps nothing of it until it is known whose it is.
            self.keep_draft();
        }
        let is_asked = !self.site.with_untracked(|site| site.anonymous);
        if is_asked || (goes_on && self.trail.with_untracked(|trail| matches!(trail.last(), Some(View::Form)))) {
            self.wishes.update(|count| *count += 1); // the form asked to sign in, or does not show yet what goes on
        }
        let is_anybodys = |view: &View| matches!(view, View::Home | View::Article(_) | View::Form);
        self.trail.update(|trail| trail.retain(is_anybodys));
        self.forget_tickets();
    }

    fn forget_tickets(self) {
        let parts = self.parts();
        parts.live.replace(None);
        parts.told_unread.set(None);
        self.replies.set(Vec::new());
        self.parked.set(Vec::new());
        self.conversation.set(Conversation::default());
        self.tickets.set(Remote::Loading);
    }
}
