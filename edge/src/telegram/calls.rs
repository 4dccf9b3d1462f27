//! Calls of the bots: made ready, and carried out by the outbox.

use crate::channels;
use crate::error::ApiError;
use crate::store::Db;
use crate::store::telegram::{self as rows, Bot, CustomerChat};
use buoy_shared::api::DestinationKind;
use buoy_shared::delivery::event::{TicketBrief, cut};
use buoy_shared::delivery::payload::{Outgoing, telegram_url};
use buoy_shared::delivery::verdict::{Verdict, judge};
use buoy_shared::id::SiteId;
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

/// What a customer reads of an answer, in pieces. The first begins with the ticket's number, so that a reply finds it.
pub(crate) fn answer(told: &CustomerChat) -> Vec<Value> {
    let author = told.author.as_deref().map(|name| format!("{name}:\n")).unwrap_or_default();
    let text = format!("#{} {}\n\n{author}{}", told.number, told.subject, told.body);
    split::split(&text, split::UNITS_MAX).iter().map(|piece| message(&told.chat, None, piece, None)).collect()
}

fn outgoing(env: &Env, bot: Bot, call: &Value) -> Result<Outgoing, ApiError> {
    let method = call.get("method").and_then(Value::as_str).ok_or_else(|| ApiError::internal("a call of no method"))?;
    let bases = channels::settings(env).bases(channels::variable(env, bot.token_variable()));
    Ok(Outgoing { url: telegram_url(&bases, method), headers: Vec::new(), body: call.to_string() })
}

/// Carries a call out. A refusal ends it: the chat is gone or the button is old; too many are tried later.
pub(crate) async fn carry_out(env: &Env, bot: Bot, call: &Value, now: Timestamp) -> Result<(), ApiError> {
    let answer = channels::send(env, &outgoing(env, bot, call)?, true).await.map_err(ApiError::internal)?;
    match judge(DestinationKind::Telegram, answer.status, answer.retry_after.as_deref(), &answer.body, now) {
        Verdict::Delivered => Ok(()),
        Verdict::Retry { asked: Some(seconds) } => Err(ApiError::rate_limited(seconds)),
        Verdict::Retry { asked: None } => Err(ApiError::internal("a bot's call failed")),
        Verdict::Refused | Verdict::Gone | Verdict::Moved { .. } => {
            worker::console_log!("a bot's call was refused with {}", answer.status);
            Ok(())
        }
    }
}

/// The forum topic of a ticket in a group; made when it is the first message about it. None where the group has none.
pub(crate) async fn topic(
    env: &Env,
    db: &Db,
    site: &SiteId,
    chat: &str,
    ticket: &TicketBrief,
) -> Result<Option<i64>, ApiError> {
    if let Some(topic) = rows::topic(db, site, chat, &ticket.id).await? {
        return Ok(Some(topic));
    }
    let name = cut(&format!("#{} {}", ticket.number, ticket.subject), TOPIC_CHARS_MAX);
    let call =
        json!({ "method": "createForumTopic", "chat_id": chat.parse::<i64>().unwrap_or_default(), "name": name });
    let answer = channels::send(env, &outgoing(env, Bot::Support, &call)?, true).await.map_err(ApiError::internal)?;
    if answer.status == 429 {
        return Err(ApiError::rate_limited(1));
    }
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let made = said.pointer("/result/message_thread_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
    match made {
        Some(topic) => rows::keep_topic(db, site, chat, &ticket.id, topic).await.map(Some),
        None => Ok(None),
    }
}
