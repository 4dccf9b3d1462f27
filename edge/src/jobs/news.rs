//! Does what an outbox row asks for. News becomes an event with its deliveries, and calls of the bots for those whom no
//! destination stands for: the customer who wrote by Telegram, the person on call, the owner of an incident.

use super::pages::{self as calls, Call};
use super::{answer_mails, site_of, subscribers};
use crate::channels;
use crate::error::ApiError;
use crate::store::outbox::{self, Entry, Task};
use crate::store::telegram::{self as rows, Bot};
use crate::store::{Db, Query, events, incident_life, pages};
use crate::telegram::calls as bots;
use buoy_shared::api::PageState;
use buoy_shared::delivery::event::{EventData, EventKind, Happening};
use buoy_shared::delivery::words::{is_russian, words};
use buoy_shared::id::{AgentId, CustomerId, IncidentId, SiteId, TicketId};
use buoy_shared::telegram::buttons;
use buoy_shared::telegram::reply::{Said, say};
use buoy_shared::time::Timestamp;
use worker::Env;

/// What has happened.
pub(super) enum Done {
    /// What the row asks for; the row is still there, and this follows.
    Task(Vec<Entry>),
    /// The row became something else and is gone; this follows.
    Row(Vec<Entry>),
}

/// Does it; may be done twice.
pub(super) async fn perform(env: &Env, db: &Db, entry: &Entry, now: Timestamp) -> Result<Done, ApiError> {
    let site = site_of(entry)?;
    match &entry.payload {
        Task::TelegramCall { bot, call } => bots::carry_out(env, *bot, call, now).await?,
        Task::PageOnDuty { ticket_id } => return page_on_duty(db, &site, entry, ticket_id, now).await,
        Task::SubscriptionAsked { subscriber_id } => subscribers::ask(env, db, &site, subscriber_id, now).await?,
        Task::AnswerMailed { ticket_id, message_id } => {
            answer_mails::send(env, db, &site, (ticket_id, message_id), now).await?;
        }
        Task::IncidentOver { incident_id, customer_id } => {
            return incident_over(env, db, &site, entry, (incident_id, customer_id), now).await;
        }
        news => {
            let Some(kind) = news.event() else { return Ok(Done::Task(Vec::new())) };
            return tell(db, &site, entry, kind, now).await;
        }
    }
    Ok(Done::Task(Vec::new()))
}

async fn tell(db: &Db, site: &SiteId, entry: &Entry, kind: EventKind, now: Timestamp) -> Result<Done, ApiError> {
    if !events::is_untold(db, site, entry).await? {
        return Ok(Done::Row(Vec::new()));
    }
    let Some(data) = events::story(db, site, &entry.payload).await? else {
        db.run(events::forget_row(site, entry)).await?;
        return Ok(Done::Row(Vec::new()));
    };
    let mut queries = events::tell(site, entry, kind, &data, now)?;
    let (follows, rows) = personal_calls(db, site, entry, kind, &data, now).await?;
    queries.extend(rows);
    db.batch(queries).await?;
    Ok(Done::Row(follows))
}

/// Calls of the bots that follow from news, under names that follow from it.
async fn personal_calls(
    db: &Db,
    site: &SiteId,
    entry: &Entry,
    kind: EventKind,
    data: &EventData,
    now: Timestamp,
) -> Result<(Vec<Entry>, Vec<Query>), ApiError> {
    let event = entry.event_id();
    let (bot, calls) = if let Task::MessageCreated { ticket_id, message_id } = &entry.payload {
        let Some(told) = rows::customer_chat(db, site, ticket_id, message_id.as_str()).await? else {
            return Ok((Vec::new(), Vec::new()));
        };
        (told.bot, bots::answer(&told))
    } else {
        let Some(person) = person_of(db, site, &entry.payload, data).await? else {
            return Ok((Vec::new(), Vec::new()));
        };
        let Some(chat) = rows::chat_of_agent(db, site, &person).await? else { return Ok((Vec::new(), Vec::new())) };
        let happening = Happening { id: event.clone(), kind, at: now, data: data.clone() };
        let said = words(&happening, &chat.locale);
        let text = format!("{}\n{}", said.headline, said.text);
        let markup = buttons::for_event(&happening, &chat.locale);
        (Bot::Support, vec![bots::message(&chat.chat, None, &text, markup)])
    };
    let named = calls.into_iter().enumerate().map(|(place, call)| {
        outbox::put_named(site, &format!("{event}|call|{place}"), Task::TelegramCall { bot, call }, now)
    });
    Ok(named.collect::<Result<Vec<_>, _>>()?.into_iter().unzip())
}

/// Who hears of it in their own chat, whatever the destinations are: who is on call, while nobody has taken the page; and
/// the owner of an incident that waits for their word (I4, I6), or whose alert is over (C1).
async fn person_of(db: &Db, site: &SiteId, task: &Task, data: &EventData) -> Result<Option<AgentId>, ApiError> {
    match task {
        Task::PageTriggered { page_id, .. } => {
            let page = pages::get(db, site, page_id).await?.filter(|page| page.state == PageState::Triggered);
            Ok(page.and_then(|page| page.person))
        }
        Task::IncidentUpdateDue { incident_id, .. } | Task::PostmortemDue { incident_id, .. } => {
            incident_life::owner(db, site, incident_id).await
        }
        Task::AlertOver { .. } => match data.incident.as_ref().map(|told| IncidentId::parse(&told.id)) {
            Some(Ok(incident)) => incident_life::owner(db, site, &incident).await,
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Calls the engineer on duty for a ticket whose priority asks for it (P).
async fn page_on_duty(
    db: &Db,
    site: &SiteId,
    entry: &Entry,
    ticket: &TicketId,
    now: Timestamp,
) -> Result<Done, ApiError> {
    let Some(told) = events::story(db, site, &entry.payload).await?.and_then(|data| data.ticket) else {
        return Ok(Done::Task(Vec::new()));
    };
    let summary = format!("#{} {}", told.number, told.subject);
    let call = Call {
        site,
        name: ticket.as_str(),
        summary: &summary,
        ticket: Some(ticket.as_str()),
        incident: None,
        // Support would have to wake the engineer first.
        level: Some(calls::ENGINEERS),
    };
    let follows = match calls::trigger(db, &call, now).await? {
        Some(id) => pages::get(db, site, id.as_str()).await?.map(|page| Entry::of_page(site, &page.id, page.place)),
        None => None,
    };
    Ok(Done::Task(follows.into_iter().collect()))
}

/// Tells somebody whom an incident affected that it is over (I9): where they wrote by Telegram there, else by mail, if the
/// site vouches for the address.
async fn incident_over(
    env: &Env,
    db: &Db,
    site: &SiteId,
    entry: &Entry,
    (incident, customer): (&IncidentId, &CustomerId),
    now: Timestamp,
) -> Result<Done, ApiError> {
    let Some(told) = rows::affected(db, site, incident, customer).await? else { return Ok(Done::Task(Vec::new())) };
    let russian = is_russian(&told.locale);
    let text = format!("{}: {}\n{}", say(Said::Resolved, russian), told.title, told.body);
    if let (Some(bot), Some(chat)) = (told.bot, &told.chat) {
        let task = Task::TelegramCall { bot, call: bots::message(chat, None, &text, None) };
        let (next, row) = outbox::put_named(site, &format!("{}|call", entry.outbox_id), task, now)?;
        db.run(row).await?;
        return Ok(Done::Task(vec![next]));
    }
    if let Some(email) = &told.email
        && channels::mails(env)
    {
        channels::mail(env, email, &told.title, &text, None).await.map_err(ApiError::internal)?;
    }
    Ok(Done::Task(Vec::new()))
}
