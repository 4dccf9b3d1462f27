//! Buttons: each says what it does by a verb and a number, and whoever presses it is looked up again.

use super::Turn;
use super::agents::may_write;
use crate::error::ApiError;
use crate::handlers::agent_changes::change_as;
use crate::handlers::macros::{gaps_in, known, send_prepared};
use crate::store::agents::Agent;
use crate::store::outbox::{self, Task};
use crate::store::sites;
use crate::store::staff;
use crate::store::telegram::{self as rows, WaitsFor};
use buoy_shared::api::MacroRequest;
use buoy_shared::macro_text::fill;
use buoy_shared::policy::{Macro, localized};
use buoy_shared::telegram::buttons::{button, for_ticket, keyboard};
use buoy_shared::telegram::command::Press;
use buoy_shared::telegram::reply::{self, Said, say};
use buoy_shared::telegram::update::Note;
use buoy_shared::ticket::TicketPatch;
use serde_json::{Value, json};

/// How long a ticket sleeps, in seconds.
const SNOOZE_SECONDS: i64 = 3_600;
/// Macros that one keyboard offers.
const MACROS_MAX: usize = 30;
/// Words for why something happened, as they are stored, in English and in Russian.
const CAUSES: [(&str, &str, &str); 5] = [
    ("user_misconfiguration", "Settings", "Настройки клиента"),
    ("product_bug", "Bug", "Ошибка продукта"),
    ("infrastructure", "Infrastructure", "Инфраструктура"),
    ("third_party", "Third party", "Третья сторона"),
    ("other", "Other", "Другое"),
];

impl Turn<'_> {
    /// What a press asks; `below` is the message with the button.
    pub(super) async fn press(&mut self, press: Press, below: Option<&Note>) -> Result<(), ApiError> {
        let Some(agent) = self.agent() else {
            return match press {
                Press::New if self.chat.is_private() => self.ask_description().await,
                Press::Mine if self.chat.is_private() => self.own_tickets().await,
                Press::Into(number) if self.chat.is_private() => self.choose(number, below).await,
                _ => Ok(()),
            };
        };
        if !self.is_at_home(&agent).await? {
            self.say(say(Said::OtherTeam, self.russian));
            return Ok(());
        }
        may_write(&agent)?;
        match press {
            Press::New | Press::Mine | Press::Into(_) => Ok(()),
            Press::Assign(number) => self.assign(&agent, number).await,
            Press::Reply(number) => {
                self.ticket(&agent, number).await?;
                self.ask(number, Said::WriteAnswer);
                Ok(())
            }
            Press::Macros(number) => self.offer_macros(&agent, number).await,
            Press::Macro(number, place) => self.send_macro(&agent, number, place).await,
            Press::Snooze(number) => self.snooze(&agent, number).await,
            Press::Solve(number) => self.ask_cause(&agent, number).await,
            Press::Cause(number, cause) => self.ask_summary(&agent, number, cause).await,
            Press::Publish(draft) => self.decide_draft(&agent, &draft, true).await,
            Press::Reject(draft) => self.decide_draft(&agent, &draft, false).await,
            Press::Acknowledge(page) => self.acknowledge(&agent, &page).await,
        }
    }

    async fn assign(&mut self, agent: &Agent, number: u32) -> Result<(), ApiError> {
        let id = self.ticket(agent, number).await?;
        let patch = TicketPatch { assignee: Some(Some(agent.agent_id.to_string())), ..TicketPatch::default() };
        change_as(self.cx, agent, id.as_str(), &patch).await?;
        self.confirm(number, Said::Assigned);
        Ok(())
    }

    /// The macros whose gaps the ticket fills by itself: nothing can be typed into a button.
    async fn offer_macros(&mut self, agent: &Agent, number: u32) -> Result<(), ApiError> {
        let id = self.ticket(agent, number).await?;
        let ticket = staff::get(&self.db, &agent.site_id, &id).await?.ok_or_else(ApiError::not_found)?;
        let site = sites::find(&self.db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
        let (macros, fallback) = (&site.policy.macros, &site.policy.site.default_locale);
        let variables = known(&ticket, agent, &site.name, &site.policy, self.cx.now);
        let can_go = |prepared: &Macro| fill(prepared, &ticket.locale, fallback, &variables).is_ok();
        let fitting = macros.iter().enumerate().filter(|(_, prepared)| can_go(prepared));
        let rows: Vec<Vec<Value>> = fitting
            .take(MACROS_MAX)
            .map(|(place, prepared)| {
                let label = localized(&prepared.label, self.locale(), fallback);
                vec![button(label, &format!("macro:{number}:{place}"))]
            })
            .collect();
        if rows.is_empty() {
            self.confirm(number, if macros.is_empty() { Said::NoMacros } else { Said::NoMacroFits });
        } else {
            let text = format!("#{number} {}", say(Said::WhichMacro, self.russian));
            self.say_with(&text, Some(number), Some(keyboard(&rows)));
        }
        Ok(())
    }

    async fn send_macro(&mut self, agent: &Agent, number: u32, place: usize) -> Result<(), ApiError> {
        let id = self.ticket(agent, number).await?;
        let site = sites::find(&self.db, &agent.site_id).await?.ok_or_else(ApiError::not_found)?;
        let prepared = site.policy.macros.get(place).ok_or_else(ApiError::not_found)?;
        let wanted: MacroRequest = serde_json::from_value(json!({ "key": prepared.key }))?;
        let attempt = self.attempt(&format!("macro/{number}/{place}"));
        match send_prepared(self.cx, agent, id.as_str(), &wanted, Some(attempt)).await {
            Ok(_) => self.confirm(number, if prepared.internal { Said::Noted } else { Said::Sent }),
            // The button is an old one, or the ticket's promise has passed since.
            Err(refusal) if !gaps_in(&refusal).is_empty() => {
                let gaps = gaps_in(&refusal).into_iter().map(|gap| reply::gap(gap, self.russian));
                let lacks = format!("{}: {}", say(Said::MacroLacks, self.russian), gaps.collect::<Vec<_>>().join(", "));
                self.say_about(number, &format!("#{number} {lacks}"));
            }
            Err(refusal) => return Err(refusal),
        }
        Ok(())
    }

    /// Shows the ticket again in an hour, as it is now.
    async fn snooze(&mut self, agent: &Agent, number: u32) -> Result<(), ApiError> {
        let id = self.ticket(agent, number).await?;
        let found = staff::get(&self.db, &agent.site_id, &id).await?.ok_or_else(ApiError::not_found)?;
        let brief = reply::ticket(&found, self.cx.now, self.russian);
        let text = buoy_shared::delivery::event::cut(&brief, 1_000);
        let markup = for_ticket(number, self.russian);
        let call = super::calls::message(&self.chat.id.to_string(), self.thread, &text, Some(markup));
        let later = self.cx.now.plus_seconds(SNOOZE_SECONDS);
        let name = format!("snooze|{}|{}", self.bot.as_str(), self.update);
        self.queries.push(outbox::put_later(
            &agent.site_id,
            &name,
            &Task::TelegramCall { bot: self.bot, call },
            later,
        )?);
        self.confirm(number, Said::Snoozed);
        Ok(())
    }

    async fn ask_cause(&mut self, agent: &Agent, number: u32) -> Result<(), ApiError> {
        self.ticket(agent, number).await?;
        let rows: Vec<Vec<Value>> = CAUSES
            .iter()
            .map(|(cause, en, ru)| vec![button(if self.russian { ru } else { en }, &format!("cause:{number}:{cause}"))])
            .collect();
        let text = format!("#{number} {}", say(Said::WhyHappened, self.russian));
        self.say_with(&text, Some(number), Some(keyboard(&rows)));
        Ok(())
    }

    async fn ask_summary(&mut self, agent: &Agent, number: u32, cause: String) -> Result<(), ApiError> {
        self.ticket(agent, number).await?;
        if !CAUSES.iter().any(|(known, ..)| *known == cause) {
            return Ok(());
        }
        let waits = WaitsFor::Summary { number, cause };
        self.queries.push(rows::wait_for(self.bot, &self.user.id.to_string(), Some(&waits), self.cx.now)?);
        self.ask(number, Said::WhatWasDone);
        Ok(())
    }
}
