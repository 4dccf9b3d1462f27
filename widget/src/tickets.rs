//! The visitor's list of tickets: fetched page by page, changed by what is read and written, and counted for the launcher (W5).

use crate::app::{App, Remote, Tickets};
use crate::client::{Ask, Failure};
use buoy_shared::api::{ListTickets, Page};
use buoy_shared::ticket::TicketSummary;

impl App {
    /// Fetches the visitor's tickets. Without a session there are none and nothing is asked.
    pub(crate) fn fetch_tickets(self) {
        let parts = self.parts();
        if !parts.client.sessions.is_known() {
            self.have_no_tickets();
            return;
        }
        // What is not to be had says so until there is another answer: the page asks every few seconds by itself.
        let nothing_yet = self.tickets.with_untracked(|now| !matches!(now, Remote::Ready(_)));
        self.call::<ListTickets>(Ask::default(), &(), move |answer| match answer {
            Ok(mut page) => {
                // What is being read may not be known as read yet: the list was asked for before that was told.
                for ticket in page.items.iter_mut().filter(|ticket| self.is_reading(ticket.id.as_str())) {
                    ticket.unread = 0;
                }
                self.take_first_page(page);
                self.tell_unread();
            }
            // A token that has ended is a visitor who starts anew, unless the host's word on them is what is refused.
            Err(Failure::SignedOut) if !self.parts().client.is_refused.get_untracked() => {
                self.have_no_tickets();
            }
            Err(failure) if nothing_yet || failure == Failure::SignedOut => self.tickets.renew(Remote::Failed(failure)),
            Err(_) => {}
        });
    }

    /// There is nobody who could have any: nothing is unread either, whatever was told before a log-out in another tab.
    fn have_no_tickets(self) {
        self.tickets.set(Remote::Ready(Tickets::default()));
        if self.parts().told_unread.get().is_some() {
            self.tell_unread();
        }
    }

    /// Fetches them because the visitor wants them now.
    pub(crate) fn retry_tickets(self) {
        self.tickets.set(Remote::Loading);
        self.fetch_tickets();
    }

    /// The newest tickets; what was listed beyond them stays listed.
    fn take_first_page(self, page: Page<TicketSummary>) {
        let fresh = self.tickets.with_untracked(|now| {
            let mut fresh = Tickets { items: page.items, next_cursor: page.next_cursor };
            if let Remote::Ready(known) = now
                && known.items.len() > fresh.items.len()
            {
                let is_new = |ticket: &TicketSummary| fresh.items.iter().all(|one| one.id != ticket.id);
                let beyond: Vec<TicketSummary> = known.items.iter().filter(|ticket| is_new(ticket)).cloned().collect();
                fresh.items.extend(beyond);
                fresh.next_cursor.clone_from(&known.next_cursor);
            }
            Remote::Ready(fresh)
        });
        // Rows are made anew only for news: a row must not vanish under a finger every time the page asks.
        let is_same = |one: &TicketSummary, other: &TicketSummary| {
            one.id == other.id && one.updated_at == other.updated_at && one.unread == other.unread
        };
        let is_news = self.tickets.with_untracked(|now| match (now, &fresh) {
            (Remote::Ready(now), Remote::Ready(fresh)) => {
                let mut pairs = now.items.iter().zip(&fresh.items);
                now.items.len() != fresh.items.len() || !pairs.all(|(one, other)| is_same(one, other))
            }
            _ => true,
        });
        if is_news {
            self.tickets.set(fresh);
        }
    }

    /// Fetches the tickets after those that are shown.
    pub(crate) fn fetch_more_tickets(self) {
        let next = self.tickets.with_untracked(|now| match now {
            Remote::Ready(tickets) => tickets.next_cursor.clone(),
            _ => None,
        });
        let Some(cursor) = next else { return };
        let ask = Ask { query: &[("cursor", &cursor)], ..Ask::default() };
        self.call::<ListTickets>(ask, &(), move |answer| {
            if let Ok(page) = answer {
                self.tickets.update(|now| {
                    if let Remote::Ready(tickets) = now {
                        tickets.items.extend(page.items);
                        tickets.next_cursor = page.next_cursor;
                    }
                });
            }
        });
    }

    /// Changes one ticket of the list.
    pub(crate) fn update_ticket(self, id: &str, change: impl FnOnce(&mut TicketSummary)) {
        self.tickets.update(|now| {
            if let Remote::Ready(tickets) = now
                && let Some(ticket) = tickets.items.iter_mut().find(|ticket| ticket.id.as_str() == id)
            {
                change(ticket);
            }
        });
        self.tell_unread();
    }

    /// Tells launcher and host how many answers were not seen, once it is known.
    fn tell_unread(self) {
        let unread: Option<u32> = self.tickets.with_untracked(|now| match now {
            Remote::Ready(tickets) => Some(tickets.items.iter().map(|ticket| ticket.unread).sum()),
            _ => None,
        });
        let Some(unread) = unread else { return };
        if self.parts().told_unread.replace(Some(unread)) != Some(unread) {
            self.emit("unread", &unread.to_string());
        }
    }
}
