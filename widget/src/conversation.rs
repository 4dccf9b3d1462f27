//! One ticket's thread: what is stored, what is on its way, and how both become one list without gaps or doubles (W5).
//!
//! A message's place (`seq`) is its identity. The same message may come by the live connection, by polling and as the
//! answer to sending it, in any order; it is kept once. It must not build elements or hold a socket.

use crate::app::{App, View};
use crate::browser;
use crate::client::{Ask, Failure};
use crate::live::Live;
use crate::wire;
use buoy_shared::api::{GetTicket, LiveEvent, MarkTicketSeen, SeenMark};
use buoy_shared::texts::Text;
use buoy_shared::ticket::{AuthorKind, Message, MessageDraft, Ticket, TicketStatus};

/// Letters of a new message that are read out.
const SPOKEN_CHARS_MAX: usize = 140;

/// A message that the visitor sent and that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// Its idempotency key: a second attempt is the same message.
    pub(crate) key: String,
    /// Its text.
    pub(crate) body: String,
    /// How far it is.
    pub(crate) delivery: Delivery,
}

/// How far something is that the visitor sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// On its way.
    Sending,
    /// Kept until there is a connection.
    Waiting,
    /// Kept for another reason: the edge takes nothing for a while, or it is not known who writes.
    Held,
    /// Waits for the visitor to try again.
    Failed,
    /// A message that came back before the answer to sending it: it stands among the stored ones, whatever the outbox goes on
    /// saying of it.
    Arrived,
}

impl Delivery {
    /// Whether it is on its way.
    pub(crate) fn waits(self) -> bool {
        !matches!(self, Self::Failed | Self::Arrived)
    }
}

/// The thread that was opened last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conversation {
    /// The ticket's id.
    pub(crate) id: String,
    /// The ticket, once it is here.
    pub(crate) ticket: Option<Ticket>,
    /// Why it is not.
    pub(crate) failure: Option<Failure>,
    /// What is on its way.
    pub(crate) outgoing: Vec<Outgoing>,
    /// Up to which place nothing is missing: what was fetched or came live, not what sending answered, because another's
    /// message may stand before it.
    pub(crate) complete_to: u32,
    /// Up to which place the edge knows that it was seen.
    pub(crate) seen_to: u32,
    /// Whether the live connection was lost, and nothing was heard since then.
    pub(crate) is_interrupted: bool,
    /// How often the thread was fetched where there is no live connection.
    pub(crate) polls: u32,
}

impl Conversation {
    /// Place of the newest message.
    pub(crate) fn last_seq(&self) -> u32 {
        self.ticket.as_ref().and_then(|ticket| ticket.messages.last()).map_or(0, |message| message.seq)
    }

    /// What the ticket is about, once it is here.
    pub(crate) fn subject(&self) -> String {
        self.ticket.as_ref().map(|ticket| ticket.subject.clone()).unwrap_or_default()
    }

    /// Takes in a stored message; says whether it was new.
    pub(crate) fn take(&mut self, message: Message, status: Option<TicketStatus>) -> bool {
        let Some(ticket) = &mut self.ticket else { return false };
        if let Some(status) = status {
            ticket.status = status;
        }
        let Err(place) = ticket.messages.binary_search_by_key(&message.seq, |known| known.seq) else { return false };
        if message.author.kind == AuthorKind::Requester {
            // Ours came back before the answer to sending it: it is not on its way any more.
            let is_it = |ours: &&mut Outgoing| ours.delivery.waits() && ours.body == message.body;
            if let Some(sent) = self.outgoing.iter_mut().find(is_it) {
                sent.delivery = Delivery::Arrived;
            }
        }
        ticket.messages.insert(place, message);
        true
    }
}

impl App {
    /// Shows a thread: fetches it, then follows it live.
    pub(crate) fn open_conversation(self, id: &str) {
        if self.conversation.with_untracked(|now| now.id == id && now.ticket.is_some()) {
            self.mark_seen();
            self.fetch_conversation(); // what was promised may have changed
            return;
        }
        self.parts().live.replace(None);
        self.park_conversation();
        let mut outgoing = Vec::new();
        self.parked.update(|parked| {
            if let Some(place) = parked.iter().position(|one| one.id == id) {
                outgoing = parked.swap_remove(place).outgoing;
            }
        });
        self.conversation.set(Conversation { id: id.to_owned(), outgoing, ..Conversation::default() });
        self.fetch_conversation();
    }

    /// A thread that is left while something in it is on its way, or failed, is not forgotten.
    fn park_conversation(self) {
        let left = self.conversation.get_untracked();
        if !left.outgoing.is_empty() {
            self.parked.update(|parked| parked.push(left));
        }
    }

    /// Changes a thread, whether it is shown or was left; says whether there is one.
    pub(crate) fn change_conversation(self, id: &str, change: impl FnOnce(&mut Conversation)) -> bool {
        if self.conversation.with_untracked(|now| now.id == id) {
            self.conversation.update(change);
            return true;
        }
        let mut is_known = false;
        self.parked.update(|parked| {
            if let Some(one) = parked.iter_mut().find(|one| one.id == id) {
                change(one);
                is_known = true;
            }
        });
        is_known
    }

    /// Shows the ticket that was just made; one that is not `is_theirs` was filed before they had a name, which cannot open it.
    pub(crate) fn begin_conversation(self, ticket: Ticket, is_theirs: bool) {
        let id = ticket.id.to_string();
        self.park_conversation();
        let complete_to = ticket.messages.last().map_or(0, |message| message.seq);
        self.conversation.set(Conversation {
            id: id.clone(),
            ticket: Some(ticket),
            complete_to,
            ..Conversation::default()
        });
        self.parts().live.replace(is_theirs.then(|| Live::follow(self, id)));
    }

    /// Fetches the thread as it is stored.
    pub(crate) fn fetch_conversation(self) {
        let id = self.conversation.with_untracked(|now| now.id.clone());
        self.conversation.update(|now| now.failure = None);
        let asked = id.clone();
        let ask = Ask { name: &asked, ..Ask::default() };
        self.call::<GetTicket>(ask, &(), move |answer| self.take_ticket(&id, answer));
    }

    /// Takes in a fetched ticket, by whichever way it came.
    pub(crate) fn take_ticket(self, id: &str, answer: Result<Ticket, Failure>) {
        if self.conversation.with_untracked(|now| now.id != id) {
            return;
        }
        let is_first = self.conversation.with_untracked(|now| now.ticket.is_none());
        match answer {
            Ok(ticket) if is_first => {
                self.conversation.update(|now| {
                    now.complete_to = ticket.messages.last().map_or(0, |message| message.seq);
                    now.ticket = Some(ticket);
                });
                self.parts().live.replace(Some(Live::follow(self, id.to_owned())));
                self.mark_seen();
            }
            Ok(ticket) => {
                let mut status = ticket.status;
                self.conversation.update(|now| {
                    if let Some(known) = &mut now.ticket {
                        let newest = |ticket: &Ticket| ticket.messages.last().map(|message| message.seq);
                        if newest(&ticket) < newest(known) {
                            // Read before something came live: how the ticket stands is known better by now.
                            status = known.status;
                        } else {
                            known.auto_answer_outcome = ticket.auto_answer_outcome;
                            known.rating = ticket.rating;
                            known.first_response_due_at = ticket.first_response_due_at;
                        }
                    }
                });
                for message in ticket.messages {
                    self.take_message(id, message, status);
                }
                self.take_status(id, status);
            }
            Err(failure) if is_first => self.conversation.update(|now| now.failure = Some(failure)),
            Err(_) => {}
        }
    }

    /// Takes in what the live connection says.
    pub(crate) fn take_live(self, id: &str, event: LiveEvent) {
        match event {
            LiveEvent::Message { message, status } => {
                let seq = message.seq;
                self.take_message(id, message, status);
                self.conversation.update(|now| now.complete_to = now.complete_to.max(seq));
            }
            // `widget/talk` hears of these.
            LiveEvent::Event { .. } | LiveEvent::Typing { .. } => {}
            LiveEvent::CaughtUp { status, .. } => {
                self.take_status(id, status);
                self.conversation.update(|now| now.is_interrupted = false);
            }
        }
    }

    fn take_status(self, id: &str, status: TicketStatus) {
        self.conversation.update(|now| {
            if let Some(ticket) = now.ticket.as_mut().filter(|ticket| ticket.id.as_str() == id) {
                ticket.status = status;
            }
        });
    }

    /// Tells the host that a message was stored.
    pub(crate) fn tell_message(self, ticket: &str, is_mine: bool) {
        let mine = if is_mine { "true}" } else { "false}" };
        self.emit("message", &["{\"ticket\":\"", ticket, "\",\"mine\":", mine].concat());
    }

    fn take_message(self, id: &str, message: Message, status: TicketStatus) {
        let is_theirs = message.author.kind != AuthorKind::Requester;
        let name = self.parts().words.author(&message);
        let text: String = message.body.chars().take(SPOKEN_CHARS_MAX).collect();
        let mut is_new = false;
        self.conversation.update(|now| is_new = now.id == id && now.take(message, Some(status)));
        if !is_new {
            return;
        }
        self.tell_message(id, !is_theirs);
        if is_theirs {
            self.news.set(self.parts().words.fill(Text::ThreadNew, &[("name", &name), ("text", &text)]));
            if !self.mark_seen() {
                self.update_ticket(id, |ticket| ticket.unread += 1);
            }
        }
    }

    /// Whether the visitor is looking at this thread right now.
    pub(crate) fn is_reading(self, id: &str) -> bool {
        let is_shown = self.trail.with_untracked(|trail| trail.last() == Some(&View::Thread(id.to_owned())));
        is_shown && self.is_seen()
    }

    /// Tells the edge how far the visitor has read, when they are looking at it. Says whether they are.
    pub(crate) fn mark_seen(self) -> bool {
        let (id, seq) = self.conversation.with_untracked(|now| (now.id.clone(), now.last_seq()));
        if seq == 0 || !self.is_reading(&id) {
            return false;
        }
        if self.conversation.with_untracked(|now| now.seen_to >= seq) {
            return true;
        }
        let seen = id.clone();
        self.call::<MarkTicketSeen>(Ask { name: &id, ..Ask::default() }, &SeenMark { seq }, move |answer| {
            if answer.is_ok() && self.conversation.with_untracked(|now| now.id == seen) {
                self.conversation.update(|now| now.seen_to = now.seen_to.max(seq));
            }
        });
        self.update_ticket(&id, |ticket| ticket.unread = 0);
        true
    }

    /// To a new ticket that begins with what this closed one did not take any more.
    pub(crate) fn write_anew(self) {
        let (id, mut unsent) = self.conversation.with_untracked(|now| (now.id.clone(), now.outgoing.clone()));
        unsent.retain(|outgoing| outgoing.delivery != Delivery::Arrived);
        let reply = self.reply_draft();
        let mut given = vec![id.as_str()];
        given.extend(unsent.iter().map(|outgoing| outgoing.key.as_str()));
        self.extra("anew", &given);
        self.conversation.update(|now| now.outgoing.clear());
        self.keep_reply(String::new());
        self.edit_draft(|draft| {
            // After what was begun there before; should it be too long together, the form says so.
            for text in unsent.iter().map(|outgoing| &outgoing.body).chain([&reply]).filter(|text| !text.is_empty()) {
                if !draft.body.is_empty() {
                    draft.body.push('\n');
                }
                draft.body.push_str(text);
            }
        });
        self.write();
    }

    /// Sends what the visitor wrote, by the outbox; it stands in the thread at once.
    pub(crate) fn send_message(self, body: String) {
        let key = browser::random_key();
        let id = self.conversation.with_untracked(|now| now.id.clone());
        let outgoing = Outgoing { key: key.clone(), body: body.clone(), delivery: Delivery::Sending };
        self.conversation.update(|now| now.outgoing.push(outgoing));
        self.deliver(&key, &id, body);
    }

    /// Sends again what failed, under the same key.
    pub(crate) fn resend_message(self, key: &str) {
        let id = self.conversation.with_untracked(|now| now.id.clone());
        let mut body = None;
        self.conversation.update(|now| {
            if let Some(outgoing) = now.outgoing.iter_mut().find(|outgoing| outgoing.key == key) {
                outgoing.delivery = Delivery::Sending;
                body = Some(outgoing.body.clone());
            }
        });
        if let Some(body) = body {
            self.deliver(key, &id, body);
        }
    }

    fn deliver(self, key: &str, id: &str, body: String) {
        if let Some(draft) = wire::to_text(&MessageDraft { body }) {
            self.extra("send", &[key, id, &draft]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use buoy_shared::id::{MessageId, TicketId};
    use buoy_shared::ticket::Author;
    use buoy_shared::time::Timestamp;

    fn message(seq: u32, kind: AuthorKind, body: &str) -> Message {
        let author = Author { kind, name: None };
        let created_at = Timestamp::from_millis(i64::from(seq));
        let id = MessageId::from_random([u8::try_from(seq).unwrap(); 16]);
        Message { id, seq, author, body: body.into(), attachments: Vec::new(), internal: false, created_at }
    }

    fn conversation() -> Conversation {
        let ticket = Ticket {
            id: TicketId::from_random([1; 16]),
            number: 1,
            status: TicketStatus::Open,
            priority: String::new(),
            category: String::new(),
            tier: String::new(),
            subject: "Pay".into(),
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            first_response_due_at: None,
            first_responded_at: None,
            resolution_due_at: None,
            auto_answer: None,
            auto_answer_outcome: None,
            rating: None,
            messages: vec![message(1, AuthorKind::Requester, "first")],
        };
        Conversation { ticket: Some(ticket), ..Conversation::default() }
    }

    fn places(conversation: &Conversation) -> Vec<u32> {
        conversation.ticket.iter().flat_map(|ticket| &ticket.messages).map(|message| message.seq).collect()
    }

    #[test]
    fn messages_that_come_twice_or_out_of_order_stand_once_and_in_order() {
        let mut now = conversation();
        for seq in [3, 2, 3, 1, 4, 2] {
            now.take(message(seq, AuthorKind::Agent, "x"), None);
        }
        assert_eq!((places(&now), now.last_seq()), (vec![1, 2, 3, 4], 4));
    }

    #[test]
    fn what_came_back_live_is_no_longer_on_its_way() {
        let mut now = conversation();
        let outgoing = |key: &str, delivery| Outgoing { key: key.into(), body: "hello".into(), delivery };
        now.outgoing = vec![outgoing("a", Delivery::Failed), outgoing("b", Delivery::Waiting)];
        assert!(now.take(message(2, AuthorKind::Requester, "hello"), None));
        let left = [outgoing("a", Delivery::Failed), outgoing("b", Delivery::Arrived)];
        assert_eq!(now.outgoing, left, "the one that failed still waits for the visitor");
        assert!(now.take(message(3, AuthorKind::Requester, "hello"), None));
        assert_eq!(now.outgoing, left, "another tab said the same");
    }

    #[test]
    fn an_answer_with_the_same_words_is_not_ours() {
        let mut now = conversation();
        now.outgoing = vec![Outgoing { key: "a".into(), body: "hello".into(), delivery: Delivery::Sending }];
        now.take(message(2, AuthorKind::Agent, "hello"), Some(TicketStatus::Pending));
        assert_eq!((now.outgoing.len(), now.ticket.map(|ticket| ticket.status)), (1, Some(TicketStatus::Pending)));
    }
}
