//! What the outbox says about what the visitor sent: how far it is, and what the edge answered (W5).
//!
//! The outbox itself is `widget/talk/outbox.js`: it keeps, sends and repeats. Here its words become state that views follow.
//! It must not send anything.

use crate::app::{App, View};
use crate::client::{Failure, refused};
use crate::conversation::{Conversation, Delivery, Outgoing};
use crate::panel::ticket_form::Sending;
use crate::wire;
use buoy_shared::texts::Text;
use buoy_shared::ticket::{Message, Ticket, TicketDraft};

impl App {
    /// Takes in a word of the outbox; `ticket` is empty for a new one.
    pub(crate) fn take_word(self, about: &str, key: &str, ticket: &str, text: &str) {
        match about {
            "sending" => self.deliver_state(key, ticket, text, Delivery::Sending),
            "waiting" => self.deliver_state(key, ticket, text, Delivery::Waiting),
            "held" => self.deliver_state(key, ticket, text, Delivery::Held),
            "failed" => self.deliver_state(key, ticket, text, Delivery::Failed),
            // There was no room for it, which the bar above says.
            "full" => {
                self.deliver_state(key, ticket, text, Delivery::Failed);
                self.form_failure.set(None);
            }
            "kept" => self.ticket_kept(key),
            "message" | "message elsewhere" => self.message_arrived(key, ticket, text, about == "message"),
            // The page that sent it tells its host, and no other one of the same visitor. "before" they signed in it was
            // filed without their name.
            "ticket" | "ticket elsewhere" | "ticket before" => {
                if let Some(stored) = wire::from_text::<Ticket>(text) {
                    if about != "ticket elsewhere" {
                        self.tell_created(&stored);
                    }
                    self.ticket_arrived(key, stored, about != "ticket before");
                }
            }
            "state" => {
                if let Some(stored) = wire::from_text::<Ticket>(text) {
                    self.take_ticket(ticket, Ok(stored));
                }
            }
            "refused" if ticket.is_empty() => self.ticket_refused(key, text),
            // The ticket may have been closed meanwhile, and then there is another way to go on.
            "refused" if self.conversation.with_untracked(|now| now.id == ticket) => self.fetch_conversation(),
            "lost" => self.lost(key, ticket),
            "discarded" => {
                self.change_conversation(ticket, |now| now.outgoing.retain(|one| one.key != key));
            }
            // What was suggested solved it: there is nothing to send.
            "answered" => {
                self.draft.set(TicketDraft::default());
                self.unkeep_draft();
                self.go_from_home(View::Home);
                self.news.set(text.to_owned());
            }
            "say" => self.send_message(text.to_owned()),
            _ => {}
        }
    }

    /// Why what was sent waits: for a line, as `offline` says it, for the edge or the host, as `held` does, or for a visitor
    /// whom the edge knows; nothing where it does not wait.
    pub(crate) fn why_waiting(self, delivery: Delivery, offline: Text, held: Text) -> Option<Text> {
        let why = match delivery {
            Delivery::Waiting => offline,
            Delivery::Held => held,
            Delivery::Sending | Delivery::Failed | Delivery::Arrived => return None,
        };
        Some(if self.parts().client.is_refused.get() { Text::FailSignedOut } else { why })
    }

    /// Whether this is the ticket of the form.
    fn is_sending(self, key: &str) -> bool {
        self.sending.with_untracked(|now| now.as_ref().is_some_and(|now| now.key == key))
    }

    /// A reload finds it in the outbox from now on, so its draft is not kept beside it.
    fn ticket_kept(self, key: &str) {
        let Some(sent) = self.sending.with_untracked(|now| now.clone().filter(|now| now.key == key)) else { return };
        if self.draft.with_untracked(|draft| *draft == sent.typed) {
            self.unkeep_draft();
        }
        if !sent.is_kept {
            self.sending.set(Some(Sending { is_kept: true, ..sent }));
        }
    }

    /// Makes room for another ticket: what the outbox keeps goes its way without the form, and is told of in the bar above.
    pub(crate) fn free_form(self) {
        let kept = |now: &Sending| now.is_kept && now.delivery != Delivery::Failed;
        if let Some(sent) = self.sending.with_untracked(|now| now.clone().filter(kept)) {
            self.let_go(&sent);
        }
    }

    /// The form has nothing to do with it any more; what was written into it since then stays.
    fn let_go(self, sent: &Sending) {
        self.sending.set(None);
        if self.draft.with_untracked(|draft| *draft == sent.typed) {
            self.draft.set(TicketDraft::default());
            self.unkeep_draft();
        }
    }

    /// Whether a text could go into the form without taking the place of another.
    pub(crate) fn has_room_for(self, subject: &str, body: &str) -> bool {
        let is_kept =
            |now: &Option<Sending>| now.as_ref().is_some_and(|now| now.is_kept && now.delivery != Delivery::Failed);
        self.sending.with_untracked(is_kept)
            || self.draft.with_untracked(|draft| {
                [(draft.subject.as_str(), subject), (draft.body.as_str(), body)]
                    .iter()
                    .all(|(written, text)| written.is_empty() || written == text)
            })
    }

    /// It is not kept any more, and nobody acknowledged it: a log-out in another tab took it away, or who cleared the site's
    /// data. Its form has the text still and gets the files back; the key stays the same, should another tab have sent it.
    fn lost(self, key: &str, ticket: &str) {
        if !ticket.is_empty() {
            self.change_conversation(ticket, |now| now.outgoing.retain(|one| one.key != key));
        } else if self.is_sending(key) {
            self.sending.update(|sending| {
                if let Some(sending) = sending {
                    sending.delivery = Delivery::Failed;
                }
            });
            self.extra("rewrite", &[key]);
        }
    }

    fn deliver_state(self, key: &str, ticket: &str, body: &str, delivery: Delivery) {
        if ticket.is_empty() {
            self.sending.update(|sending| {
                if let Some(sending) = sending.as_mut().filter(|sending| sending.key == key) {
                    sending.delivery = delivery;
                }
            });
            if self.is_sending(key) && delivery == Delivery::Failed {
                self.form_failure.set(Some(Failure::Unreachable));
                self.keep_draft();
            }
            return;
        }
        let place = |now: &mut Conversation| {
            match now.outgoing.iter_mut().find(|one| one.key == key) {
                Some(known) if known.delivery == Delivery::Arrived && delivery.waits() => {}
                Some(known) => known.delivery = delivery,
                // Of an earlier page.
                None => now.outgoing.push(Outgoing { key: key.to_owned(), body: body.to_owned(), delivery }),
            }
        };
        if !self.change_conversation(ticket, place) {
            let mut left = Conversation { id: ticket.to_owned(), ..Conversation::default() };
            place(&mut left);
            self.parked.update(|parked| parked.push(left));
        }
    }

    /// `is_from_here`: this page sent it. Of another page's the host hears here where the thread is open, as by its live line.
    fn message_arrived(self, key: &str, ticket: &str, text: &str, is_from_here: bool) {
        let message: Option<Message> = wire::from_text(text);
        let mut is_new = is_from_here && message.is_some();
        self.change_conversation(ticket, |now| {
            now.outgoing.retain(|outgoing| outgoing.key != key);
            let reopened = now.ticket.as_ref().map(|ticket| ticket.status.after_requester_wrote());
            if let Some(message) = message {
                // It may have come by the live line before, which told of it.
                is_new = now.take(message, reopened) || (is_from_here && now.ticket.is_none());
            }
        });
        if is_new {
            self.tell_message(ticket, true);
        }
    }

    fn tell_created(self, ticket: &Ticket) {
        self.emit(
            "ticket-created",
            &["{\"id\":\"", ticket.id.as_str(), "\",\"number\":", &ticket.number.to_string(), "}"].concat(),
        );
    }

    fn ticket_arrived(self, key: &str, ticket: Ticket, is_theirs: bool) {
        let sent = self.sending.with_untracked(|now| now.clone().filter(|now| now.key == key));
        if let Some(sent) = sent {
            self.let_go(&sent);
            self.query.set(String::new());
            if self.trail.with_untracked(|trail| trail.last() == Some(&View::Form)) {
                self.begin_conversation(ticket, is_theirs);
                self.go_from_home(View::Receipt);
                self.fetch_tickets();
                return;
            }
        }
        self.news.set(self.say(Text::ReceiptTitle));
        self.fetch_tickets();
    }

    /// Refused for what it says: the text goes back to its fields, its files to theirs, and it is nowhere else.
    fn ticket_refused(self, key: &str, text: &str) {
        if !self.is_sending(key) {
            return;
        }
        // The line is not to blame. Where the form is not shown, the bar says what became of it.
        self.form_failure.set(None);
        if !self.trail.with_untracked(|trail| trail.last() == Some(&View::Form)) {
            return;
        }
        self.sending.set(None);
        self.keep_draft();
        self.extra("rewrite", &[key]);
        match refused(text) {
            // One of its files was, which says so itself.
            _ if text == "file" => {}
            Failure::Invalid(errors) => self.refuse_form(errors),
            failure => self.form_failure.set(Some(failure)),
        }
    }
}
