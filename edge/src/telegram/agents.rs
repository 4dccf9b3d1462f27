//! The agents' commands.

use super::{About, Turn};
use crate::error::ApiError;
use crate::handlers::agent_tickets::send_reply;
use crate::store::agents::Agent;
use crate::store::figures::{self, Period};
use crate::store::listing::{self, Filter, Holder, SlaState};
use crate::store::telegram::{self as rows, WaitsFor};
use crate::store::{incidents, sites, staff};
use buoy_shared::api::Role;
use buoy_shared::id::TicketId;
use buoy_shared::policy::Named;
use buoy_shared::telegram::buttons;
use buoy_shared::telegram::command::Command;
use buoy_shared::telegram::reply::{self, Said, say};
use buoy_shared::telegram::update::Note;
use buoy_shared::ticket::{AgentMessageDraft, RootCause, TicketStatus};

/// Tickets that one list looks at and counts.
const LOOKED_AT_MAX: usize = 300;
/// The period of `/stats`, in seconds.
const DAY_SECONDS: i64 = 86_400;

/// Whether a role may change anything.
pub(super) fn may_write(agent: &Agent) -> Result<(), ApiError> {
    if agent.role == Role::Viewer { Err(ApiError::forbidden("")) } else { Ok(()) }
}

impl Turn<'_> {
    /// What an agent asks; `about` is the ticket of the message that theirs replies to.
    pub(super) async fn agent_says(
        &mut self,
        agent: &Agent,
        command: Command,
        about: Option<About>,
        note: &Note,
    ) -> Result<(), ApiError> {
        let site = &agent.site_id;
        // What people say to each other in a group is not looked at further.
        if about.is_none() && matches!(command, Command::Text(_)) {
            return Ok(());
        }
        if !self.is_at_home(agent).await? {
            self.say(say(Said::OtherTeam, self.russian));
            return Ok(());
        }
        match command {
            Command::Start(_) | Command::Help => self.say(say(Said::Access, self.russian)),
            Command::Tickets => self.list(agent, Said::OpenTickets, Filter::default()).await?,
            Command::My => {
                let holder = Some(Holder::Agent(agent.agent_id.to_string()));
                self.list(agent, Said::MyTickets, Filter { holder, ..Filter::default() }).await?;
            }
            Command::Sla => {
                let near = Filter { sla: Some(SlaState::Near), ..Filter::default() };
                self.list(agent, Said::SlaTickets, near).await?;
            }
            Command::View(number) => self.view(agent, number).await?,
            Command::Reply(number, text) => self.write(agent, number, text, false).await?,
            Command::Note(number, text) => self.write(agent, number, text, true).await?,
            Command::Stats => {
                let period = Period { from: self.cx.now.plus_seconds(-DAY_SECONDS), to: self.cx.now };
                let stats = figures::stats(&self.db, site, period, self.cx.now).await?;
                self.say(&reply::stats(&stats, self.russian));
            }
            Command::Status => {
                let open = incidents::read(&self.db.run(incidents::for_snapshot(site)).await?)?;
                self.say(&reply::status(&open, self.russian));
            }
            Command::Incident { title, body } => self.declare(agent, title, body).await?,
            Command::Update { which, phase, text } => self.update(agent, which.as_deref(), phase, text).await?,
            Command::Resolve(which, text) => self.resolve(agent, which.as_deref(), text).await?,
            Command::OnCall => self.on_call(agent).await?,
            Command::New(_) => self.say(say(Said::Access, self.russian)),
            Command::Malformed(form) => self.say(&format!("{}: {form}", say(Said::Form, self.russian))),
            Command::Text(text) => self.agent_writes(agent, text, about).await?,
        }
        if note.brings_a_file() {
            self.say(say(Said::NoFiles, self.russian));
        }
        Ok(())
    }

    /// Numbers are a site's own, so in a group they are read as those of the site whose news goes there. Whoever works for
    /// another one does nothing here, and reads nothing of theirs to these people.
    pub(super) async fn is_at_home(&self, agent: &Agent) -> Result<bool, ApiError> {
        if self.chat.is_private() {
            return Ok(true);
        }
        rows::is_told(&self.db, &agent.site_id, &self.chat.id.to_string()).await
    }

    /// Words without a command: a reply to the bot's message goes to the customer, unless the bot had asked for something
    /// else. Everything else people say to each other; where nobody else hears them, they are told that they went nowhere.
    async fn agent_writes(&mut self, agent: &Agent, text: String, about: Option<About>) -> Result<(), ApiError> {
        let Some(About { number, asks_what_was_done }) = about.filter(|_| !text.is_empty()) else { return Ok(()) };
        let Some(number) = number else {
            if self.chat.is_private() {
                self.say(say(Said::WhichTicket, self.russian));
            }
            return Ok(());
        };
        // Only what replies to the question is its answer: a day later the customer may have written.
        let waits_for = self.person.as_ref().filter(|_| asks_what_was_done).and_then(|person| person.waits_for.clone());
        match waits_for {
            Some(WaitsFor::Summary { number: asked, cause }) if asked == number => {
                self.solve(agent, number, &cause, text).await
            }
            _ => self.write(agent, number, text, false).await,
        }
    }

    /// Active tickets, the most urgent first.
    async fn list(&mut self, agent: &Agent, title: Said, filter: Filter) -> Result<(), ApiError> {
        let known = sites::find(&self.db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
        let priorities: Vec<&str> = known.policy.priorities.iter().map(Named::key).collect();
        let limits = (LOOKED_AT_MAX, self.cx.now);
        let tickets = listing::most_urgent(&self.db, &agent.site_id, &filter, &priorities, limits).await?;
        self.say(&reply::list(title, &tickets, self.cx.now, self.russian));
        Ok(())
    }

    /// A ticket by its number.
    pub(super) async fn ticket(&self, agent: &Agent, number: u32) -> Result<TicketId, ApiError> {
        rows::by_number(&self.db, &agent.site_id, number).await?.ok_or_else(ApiError::not_found)
    }

    pub(super) async fn view(&mut self, agent: &Agent, number: u32) -> Result<(), ApiError> {
        let id = self.ticket(agent, number).await?;
        let found = staff::get(&self.db, &agent.site_id, &id).await?.ok_or_else(ApiError::not_found)?;
        let text = reply::ticket(&found, self.cx.now, self.russian);
        self.say_with(&text, Some(number), Some(buttons::for_ticket(number, self.russian)));
        Ok(())
    }

    async fn write(&mut self, agent: &Agent, number: u32, text: String, internal: bool) -> Result<(), ApiError> {
        may_write(agent)?;
        let id = self.ticket(agent, number).await?;
        let attempt = self.attempt(&format!("write/{number}"));
        let draft = AgentMessageDraft { body: text, internal, ..AgentMessageDraft::default() };
        send_reply(self.cx, &self.db, agent, &id, draft, Some(attempt)).await?;
        self.confirm(number, if internal { Said::Noted } else { Said::Sent });
        Ok(())
    }

    /// Says what became of a ticket.
    pub(super) fn confirm(&mut self, number: u32, said: Said) {
        let text = format!("#{number} {}", say(said, self.russian));
        self.say_about(number, &text);
    }

    /// Solves a ticket with the words that were asked for; the customer hears them.
    async fn solve(&mut self, agent: &Agent, number: u32, cause: &str, text: String) -> Result<(), ApiError> {
        may_write(agent)?;
        let id = self.ticket(agent, number).await?;
        let cause: RootCause = serde_json::from_value(cause.into())?;
        let draft = AgentMessageDraft {
            body: text.clone(),
            status: Some(TicketStatus::Solved),
            root_cause: Some(cause),
            resolution_summary: Some(text),
            ..AgentMessageDraft::default()
        };
        let attempt = self.attempt(&format!("solve/{number}"));
        send_reply(self.cx, &self.db, agent, &id, draft, Some(attempt)).await?;
        self.queries.push(rows::wait_for(self.bot, &self.user.id.to_string(), None, self.cx.now)?);
        self.confirm(number, Said::Solved);
        Ok(())
    }
}
