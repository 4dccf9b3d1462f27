//! What the bots are to everybody else: open a ticket, see one's own, answer. Nothing of anybody else is ever looked at:
//! all of it goes through the routes of a customer, with a session of their own.

use super::Turn;
use crate::auth::TokenRef;
use crate::error::ApiError;
use crate::handlers::macros::office_zone;
use crate::handlers::tickets::{Via, file_ticket, write_message};
use crate::store::idempotency::Attempt;
use crate::store::telegram::{self as rows, WaitsFor, Writer};
use crate::store::{Cursor, sites, tickets};
use buoy_shared::api::PAGE_SIZE_MAX;
use buoy_shared::delivery::event::cut;
use buoy_shared::id::SiteId;
use buoy_shared::identity::token_hash;
use buoy_shared::promise;
use buoy_shared::telegram::buttons::{button, into_one_of, keyboard};
use buoy_shared::telegram::command::Command;
use buoy_shared::telegram::reply::{self, Said, say};
use buoy_shared::telegram::small_talk::is_small_talk;
use buoy_shared::telegram::update::Note;
use buoy_shared::ticket::{MessageDraft, Origin, Ticket, TicketDraft};
use std::cmp::Reverse;

/// Characters of a subject that is made of the first line of a description.
const SUBJECT_CHARS: usize = 100;

impl Turn<'_> {
    /// What somebody asks who is no agent, and what cannot be taken of it. In a group they are none of ours.
    pub(super) async fn customer_says(
        &mut self,
        command: Command,
        about: Option<u32>,
        note: &Note,
    ) -> Result<(), ApiError> {
        if !self.chat.is_private() {
            return Ok(());
        }
        let brings_a_file = note.brings_a_file();
        let outcome = if brings_a_file && note.words().is_empty() {
            Ok(())
        } else {
            self.customer_asks(command, about, note.message_id).await
        };
        if brings_a_file {
            self.say(say(Said::NoFiles, self.russian));
        }
        outcome
    }

    async fn customer_asks(&mut self, command: Command, about: Option<u32>, message: i64) -> Result<(), ApiError> {
        match command {
            Command::New(text) => self.open_ticket(&text, &self.attempt("new")).await,
            Command::Tickets | Command::My => self.own_tickets().await,
            Command::View(number) => self.own_ticket(number).await,
            Command::Reply(number, text) => self.add(number, &text, &self.attempt(&format!("add/{number}"))).await,
            Command::Text(text) if !text.is_empty() => match about {
                Some(number) => self.add(number, &text, &self.attempt(&format!("add/{number}"))).await,
                None if self.describes() => self.open_ticket(&text, &self.attempt("new")).await,
                None => self.take_words(&text, message).await,
            },
            _ => self.menu(),
        }
    }

    /// Words that say no ticket: a new one, the one that is open, or whichever of several they choose. While one is open
    /// even a short word is for it: it may be the answer to a question.
    async fn take_words(&mut self, text: &str, message: i64) -> Result<(), ApiError> {
        let token = self.session().await?;
        let found = tickets::list(&self.db, &token, &Cursor::start(), PAGE_SIZE_MAX, self.cx.now).await?;
        let mut active = found.value.items;
        active.retain(|ticket| ticket.status.is_active());
        active.sort_by_key(|ticket| Reverse(ticket.number));
        match active.as_slice() {
            [] if is_small_talk(text) => self.menu(),
            [] => self.open_ticket(text, &self.attempt("new")).await,
            [ticket] => {
                let attempt = self.attempt(&format!("add/{}", ticket.number));
                self.put_into(ticket.number, text, &attempt).await?;
                let (added, other) = (say(Said::Added, self.russian), say(Said::OrNew, self.russian));
                self.say_about(ticket.number, &format!("#{} {added}\n{other}", ticket.number));
                Ok(())
            }
            several => {
                let known = several.iter().take(reply::LIST_MAX).map(|ticket| (ticket.number, ticket.subject.as_str()));
                let markup = into_one_of(known, self.russian);
                self.ask_of(message, say(Said::WhichOfYours, self.russian), markup);
                Ok(())
            }
        }
    }

    /// Puts the words that a question of ours replies to where they belong. The chat keeps them until then; of two
    /// presses, the first counts.
    pub(super) async fn choose(&mut self, into: Option<u32>, question: Option<&Note>) -> Result<(), ApiError> {
        let said = question.and_then(|question| question.reply_to_message.as_deref());
        let own = said.filter(|said| said.from.as_ref().is_some_and(|from| from.id == self.user.id));
        let Some(said) = own.filter(|said| !said.words().is_empty()) else {
            self.say(say(Said::WordsGone, self.russian));
            return Ok(());
        };
        let key = format!("telegram:{}:{}:{}", self.bot.as_str(), self.chat.id, said.message_id);
        match into {
            Some(number) => self.add(number, said.words(), &Attempt::new(key, &format!("into/{number}"), "")).await,
            None => self.open_ticket(said.words(), &Attempt::new(key, "into/new", "")).await,
        }
    }

    fn describes(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.waits_for == Some(WaitsFor::Description))
    }

    /// The customer's menu.
    fn menu(&mut self) -> Result<(), ApiError> {
        let rows = [
            vec![button(say(Said::OpenOne, self.russian), "new")],
            vec![button(say(Said::ShowMine, self.russian), "mine")],
        ];
        self.say_with(say(Said::Menu, self.russian), None, Some(keyboard(&rows)));
        Ok(())
    }

    /// `/start` of a customer; it may name the site they come from.
    pub(super) async fn welcome(&mut self, site: &str) -> Result<(), ApiError> {
        if let Ok(site) = SiteId::parse(site) {
            self.session_at(site).await?;
        }
        self.menu()
    }

    /// A session of the customer's own, with the site they talk to.
    async fn session(&self) -> Result<TokenRef, ApiError> {
        let site = match &self.person {
            Some(person) => person.site.clone(),
            None => self.cx.default_site_id()?,
        };
        self.session_at(site).await
    }

    async fn session_at(&self, site: SiteId) -> Result<TokenRef, ApiError> {
        let found = sites::find(&self.db, &site).await?.ok_or_else(ApiError::not_found)?;
        let (user, chat, name) = (self.user.id.to_string(), self.chat.id.to_string(), self.user.name());
        // The bot's token is part of it, so that nobody who knows a number can make the session's token.
        let hash = token_hash(&format!("telegram\n{}\n{}\n{user}\n{site}", self.token, self.bot.as_str()));
        let token = TokenRef { site, hash };
        let writer = Writer { bot: self.bot, user: &user, chat: &chat, name: name.as_deref(), locale: self.locale() };
        rows::open_session(&self.db, &writer, &token, &found.policy.site.default_tier, self.cx.now).await?;
        Ok(token)
    }

    /// Asks what happened; their next message is the ticket.
    pub(super) async fn ask_description(&mut self) -> Result<(), ApiError> {
        self.session().await?;
        let (user, waits) = (self.user.id.to_string(), WaitsFor::Description);
        self.queries.push(rows::wait_for(self.bot, &user, Some(&waits), self.cx.now)?);
        self.say(say(Said::DescribeIt, self.russian));
        Ok(())
    }

    async fn open_ticket(&mut self, text: &str, attempt: &Attempt) -> Result<(), ApiError> {
        let token = self.session().await?;
        let subject = cut(text.lines().next().unwrap_or_default(), SUBJECT_CHARS);
        let draft = TicketDraft {
            subject,
            body: text.to_owned(),
            locale: Some(self.locale().to_owned()),
            ..TicketDraft::default()
        };
        let via = Via { origin: Origin::Telegram, address: None };
        let answer = file_ticket(self.cx, &token, &draft, attempt, via).await?;
        let ticket: Ticket = serde_json::from_str(&answer)?;
        self.queries.push(rows::wait_for(self.bot, &self.user.id.to_string(), None, self.cx.now)?);
        let due = self.promised(&token.site, &ticket).await?;
        self.say_about(ticket.number, &reply::opened(&ticket, due.as_deref(), self.russian));
        Ok(())
    }

    pub(super) async fn own_tickets(&mut self) -> Result<(), ApiError> {
        let token = self.session().await?;
        let found = tickets::list(&self.db, &token, &Cursor::start(), reply::LIST_MAX, self.cx.now).await?;
        self.say(&reply::own_list(&found.value.items, self.russian));
        Ok(())
    }

    async fn own_ticket(&mut self, number: u32) -> Result<(), ApiError> {
        let token = self.session().await?;
        let id = rows::by_number(&self.db, &token.site, number).await?.ok_or_else(ApiError::not_found)?;
        let found = tickets::get(&self.db, &token, id.as_str(), self.cx.now).await?.value;
        let ticket = found.ok_or_else(ApiError::not_found)?;
        let due = self.promised(&token.site, &ticket).await?;
        self.say_about(number, &reply::own_ticket(&ticket, due.as_deref(), self.russian));
        Ok(())
    }

    /// By when somebody answers first, while that is still to come (P4). Telegram tells no zone of theirs: it is told by the
    /// clock that counts, and which one that is.
    async fn promised(&self, site: &SiteId, ticket: &Ticket) -> Result<Option<String>, ApiError> {
        let waits = ticket.first_responded_at.is_none() && ticket.status.is_active();
        let due = ticket.first_response_due_at.filter(|due| waits && *due > self.cx.now);
        let Some(due) = due else { return Ok(None) };
        let found = sites::find(&self.db, site).await?.ok_or_else(ApiError::not_found)?;
        let zone = office_zone(&found.policy, &ticket.priority, &ticket.tier, Origin::Telegram);
        Ok(Some(promise::by_office_clock(due, self.cx.now, zone, self.locale())))
    }

    async fn add(&mut self, number: u32, text: &str, attempt: &Attempt) -> Result<(), ApiError> {
        self.put_into(number, text, attempt).await?;
        self.confirm(number, Said::Added);
        Ok(())
    }

    async fn put_into(&mut self, number: u32, text: &str, attempt: &Attempt) -> Result<(), ApiError> {
        let token = self.session().await?;
        let id = rows::by_number(&self.db, &token.site, number).await?.ok_or_else(ApiError::not_found)?;
        let draft = MessageDraft { body: text.to_owned(), ..MessageDraft::default() };
        write_message(self.cx, &token, id.as_str(), &draft, attempt, Origin::Telegram).await.map(drop)
    }
}
