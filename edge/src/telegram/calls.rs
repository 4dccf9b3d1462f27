//! Calls of the bots: made ready, and carried out by the outbox.

use crate::channels;
use crate::error::ApiError;
use crate::store::Db;
use crate::store::telegram::{Bot, CustomerChat};
use crate::store::topics::{self, TopicPlace};
use buoy_shared::api::DestinationKind;
use buoy_shared::delivery::event::{TicketBrief, cut};
use buoy_shared::delivery::payload::{Outgoing, telegram_url};
use buoy_shared::delivery::verdict::Verdict;
use buoy_shared::telegram::split;
use buoy_shared::time::Timestamp;
use serde_json::{Value, json};
use worker::Env;

/// Characters of a forum topic's name.
const TOPIC_CHARS_MAX: usize = 128;

/// A message to a chat, plain text.
pub(crate) fn message(chat: &str, thread: Option<i64>, text: &str, markup: Option<Value>) -> Value {
    let mut call = json!({ "method": "sendMessage", "chat_id": chat.parse::<i64>().unwrap_or_default(), "text": text,
        "link_preview_options": { "is_disabled": true } });
    if let Some(call) = call.as_object_mut() {
        call.extend(thread.map(|thread| ("message_thread_id".to_owned(), thread.into())));
        call.extend(markup.map(|markup| ("reply_markup".to_owned(), markup)));
    }
    call
}

/// What a customer reads of an answer, in pieces, each of which a reply may be to.
pub(crate) fn answer(told: &CustomerChat) -> Vec<Value> {
    let author = told.author.as_deref().map(|name| format!("{name}:\n")).unwrap_or_default();
    let text = format!("#{} {}\n\n{author}{}", told.number, told.subject, told.body);
    split::messages(&text, Some(told.number)).iter().map(|piece| message(&told.chat, None, piece, None)).collect()
}

fn outgoing(env: &Env, bot: Bot, call: &Value) -> Result<Outgoing, ApiError> {
    let method = call.get("method").and_then(Value::as_str).ok_or_else(|| ApiError::internal("a call of no method"))?;
    let bases = channels::settings(env).bases(channels::variable(env, bot.token_variable()));
    Ok(Outgoing { url: telegram_url(&bases, method), headers: Vec::new(), body: call.to_string() })
}

/// Carries a call out. A refusal ends it: the chat is gone or the button is old; too many are tried later.
pub(crate) async fn carry_out(env: &Env, bot: Bot, call: &Value, now: Timestamp) -> Result<(), ApiError> {
    let answer = channels::send(env, &outgoing(env, bot, call)?, true).await.map_err(ApiError::internal)?;
    match answer.verdict(DestinationKind::Telegram, now) {
        Verdict::Delivered => Ok(()),
        Verdict::Retry { asked: Some(seconds) } => Err(ApiError::rate_limited(seconds)),
        Verdict::Retry { asked: None } => Err(ApiError::internal("a bot's call failed")),
        Verdict::Refused | Verdict::Gone | Verdict::TopicGone | Verdict::Moved { .. } => {
            worker::console_log!("a bot's call was refused with {}", answer.status);
            Ok(())
        }
    }
}

/// Where in a group a ticket is told of.
pub(crate) enum Where {
    /// In its topic.
    Topic(u32),
    /// In the group as a whole: it has no topics, or the bot may not make any.
    Whole,
    /// In a topic that somebody makes just now.
    Soon,
}

/// The forum topic of a ticket in a group; made when it is the first message about it, by one of those who ask: two topics
/// of one ticket would tear its story apart.
pub(crate) async fn topic(
    env: &Env,
    db: &Db,
    place: &TopicPlace<'_>,
    ticket: &TicketBrief,
    now: Timestamp,
) -> Result<Where, ApiError> {
    match topics::topic(db, place, now).await? {
        Some(topic) if topic.is_being_made() => return Ok(Where::Soon),
        Some(topic) if !topic.is_to_be_made() => return Ok(Where::Topic(topic.topic)),
        _ => {}
    }
    match make_topic(env, place.chat, ticket, now).await {
        Ok(Some(topic)) => {
            db.run(topics::keep_topic(place, topic)).await?;
            Ok(Where::Topic(topic))
        }
        outcome => {
            db.run(topics::forget_topic(place, 0)).await?;
            outcome.map(|_| Where::Whole)
        }
    }
}

async fn make_topic(env: &Env, chat: &str, ticket: &TicketBrief, now: Timestamp) -> Result<Option<u32>, ApiError> {
    let name = cut(&format!("#{} {}", ticket.number, ticket.subject), TOPIC_CHARS_MAX);
    let call =
        json!({ "method": "createForumTopic", "chat_id": chat.parse::<i64>().unwrap_or_default(), "name": name });
    let answer = channels::send(env, &outgoing(env, Bot::Support, &call)?, true).await.map_err(ApiError::internal)?;
    let verdict = answer.verdict(DestinationKind::Telegram, now);
    if let Verdict::Retry { asked } = verdict {
        return Err(ApiError::rate_limited(asked.unwrap_or(1)));
    }
    // It may have made one: without its number nobody can say that the group has none.
    if matches!(verdict, Verdict::Delivered) && answer.is_broken {
        return Err(ApiError::rate_limited(1));
    }
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let made = said.pointer("/result/message_thread_id").and_then(Value::as_u64);
    // A group without topics, or one where the bot may not make any, is told as a whole.
    Ok(made.and_then(|id| u32::try_from(id).ok()))
}
