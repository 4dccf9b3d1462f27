//! The Telegram bots (B): an update comes in, one method call is the answer, further ones go through the outbox.
//!
//! Who asks is told by Telegram's number of them, never by a name. Whoever is no agent gets the customer's menu. What is
//! done is done under a key that follows from the update's number, and the number is noted when all is done: an update
//! that comes again changes nothing.

mod agents;
pub(crate) mod calls;
mod customers;
mod incidents;
mod pages;
mod presses;

use crate::auth;
use crate::body::Incoming;
use crate::channels;
use crate::cx::Cx;
use crate::error::ApiError;
use crate::jobs;
use crate::platform;
use crate::reply::Reply;
use crate::store::agents::Agent;
use crate::store::idempotency::Attempt;
use crate::store::outbox::{self, Task};
use crate::store::telegram::{self as rows, Bot, Person, Writer};
use crate::store::{Db, Query};
use buoy_shared::api::{Role, TelegramLink};
use buoy_shared::delivery::words::is_russian;
use buoy_shared::id::SiteId;
use buoy_shared::identity::{secrets_match, token_hash};
use buoy_shared::problem::ProblemKind;
use buoy_shared::telegram::command::{Command, parse, pressed, ticket_of};
use buoy_shared::telegram::reply::{self, Said, say};
use buoy_shared::telegram::update::{Chat, Note, Update, User};
use buoy_shared::telegram::{secret, split};
use buoy_shared::text::BODY_BYTES_MAX;
use serde_json::{Value, json};

/// How long a code lives that links an agent, in seconds.
const CODE_SECONDS: i64 = 15 * 60;

/// `POST agent/me/telegram/`: a code for `/start`.
pub(crate) async fn create_link(cx: &Cx, request: &Incoming) -> Result<Reply, ApiError> {
    let agent = auth::agent(cx, request, Role::Viewer).await?;
    let code: String = platform::random_secret().chars().take(26).collect();
    let expires_at = cx.now.plus_seconds(CODE_SECONDS);
    rows::put_code(&cx.db(&agent.site_id)?, &agent, &token_hash(&code), expires_at).await?;
    Reply::created(&TelegramLink { command: format!("/start {code}"), expires_at })
}

/// The message of the bot that somebody replies to.
struct About {
    /// The ticket that it is about, if it is about one.
    number: Option<u32>,
    /// Whether that message asked what was done.
    asks_what_was_done: bool,
}

/// One update on its way through.
struct Turn<'a> {
    cx: &'a Cx,
    db: Db,
    bot: Bot,
    token: String,
    update: i64,
    user: &'a User,
    chat: &'a Chat,
    thread: Option<i64>,
    person: Option<Person>,
    russian: bool,
    /// Calls of the bot, in order; the first is the answer.
    calls: Vec<Value>,
    /// Statements to run when all is done.
    queries: Vec<Query>,
}

/// `POST telegram/<bot>/`.
///
/// 1. the secret, in constant time; a bot that is not set up looks like a wrong secret;
/// 2. an update that was dealt with changes nothing;
/// 3. who asks, and what; do it;
/// 4. note the update, and what else the bot has to call, as one batch; answer with the first call.
pub(crate) async fn take_update(cx: &Cx, request: &Incoming, bot: &str) -> Result<Reply, ApiError> {
    // 1.
    let bot = Bot::parse(bot).ok_or_else(ApiError::unauthenticated)?;
    let token = channels::variable(&cx.env, bot.token_variable());
    let given = request.header(secret::HEADER)?.unwrap_or_default();
    if token.is_empty() || !secrets_match(&given, &secret::of_token(&token)) {
        return Err(ApiError::unauthenticated());
    }
    let Ok(update) = serde_json::from_str::<Update>(request.text(BODY_BYTES_MAX).unwrap_or_default()) else {
        // What we cannot read comes again for ever if we refuse it.
        return Reply::ok(&json!({}));
    };
    let site = cx.default_site_id()?;
    let db = cx.db(&site)?;
    // 2.
    let number = update.update_id.to_string();
    if rows::was_seen(&db, bot, &number).await? {
        return Reply::ok(&json!({}));
    }
    // 3.
    let (mut first, rest, mut queries, of) = match Turn::of(cx, db, bot, token, &update).await? {
        Some(mut turn) => {
            turn.answer(&update).await?;
            let mut calls = turn.calls.into_iter();
            (calls.next(), calls.collect::<Vec<_>>(), turn.queries, turn.person.map(|person| person.site))
        }
        None => (None, Vec::new(), Vec::new(), None),
    };
    // Calls wait as rows of the site that they speak of: its customers' words go with its customers.
    let of = of.as_ref().unwrap_or(&site);
    // 4.
    queries.push(rows::saw(bot, &number, cx.now));
    let mut entries = Vec::new();
    for call in rest {
        let (entry, query) = outbox::put(of, Task::TelegramCall { bot, call }, cx.now)?;
        entries.push(entry);
        queries.push(query);
    }
    cx.db(&site)?.batch(queries).await?;
    jobs::attempt_in_order_after_answer(cx, entries);
    Reply::ok(&first.take().unwrap_or_else(|| json!({})))
}

impl<'a> Turn<'a> {
    /// Finds out who asks. A message without a person, such as a channel's, is none of ours.
    async fn of(cx: &'a Cx, db: Db, bot: Bot, token: String, update: &'a Update) -> Result<Option<Self>, ApiError> {
        let (user, note) = match (&update.message, &update.callback_query) {
            (Some(note), _) => (note.from.as_ref(), Some(note)),
            (None, Some(callback)) => (Some(&callback.from), callback.message.as_ref()),
            (None, None) => (None, None),
        };
        let (Some(user), Some(note)) = (user.filter(|user| !user.is_bot), note) else { return Ok(None) };
        let person = rows::person(&db, bot, &user.id.to_string()).await?;
        let russian = is_russian(user.language_code.as_deref().unwrap_or_default());
        let (update, thread) = (update.update_id, note.topic());
        let (calls, queries) = (Vec::new(), Vec::new());
        Ok(Some(Self { cx, db, bot, token, update, user, chat: &note.chat, thread, person, russian, calls, queries }))
    }

    /// Does what was asked. A refusal is said, a fault of ours is not dealt with: Telegram sends the update again.
    async fn answer(&mut self, update: &Update) -> Result<(), ApiError> {
        let outcome = match (&update.message, &update.callback_query) {
            (Some(note), _) => self.hear(note).await,
            (None, Some(callback)) => {
                let press = pressed(callback.data.as_deref().unwrap_or_default());
                // A button goes on turning until it is answered.
                self.calls.push(json!({ "method": "answerCallbackQuery", "callback_query_id": callback.id }));
                match press {
                    Some(press) => self.press(press, callback.message.as_ref()).await,
                    None => Ok(()),
                }
            }
            (None, None) => Ok(()),
        };
        outcome.or_else(|error| self.excuse(error))
    }

    /// Says a refusal in words. What can have changed for a customer is that a ticket was closed, and what they can have
    /// chosen twice is where their words go: those are told in full, in their language.
    fn excuse(&mut self, error: ApiError) -> Result<(), ApiError> {
        let said = match error.kind() {
            ProblemKind::Internal | ProblemKind::Unavailable => return Err(error),
            ProblemKind::NotFound => Said::NotFound,
            ProblemKind::RateLimited => Said::Busy,
            ProblemKind::Unauthenticated => Said::NoStrangers,
            ProblemKind::Forbidden => Said::NotAllowed,
            ProblemKind::Conflict if self.agent().is_none() => Said::Closed,
            ProblemKind::IdempotencyKeyReused if self.agent().is_none() => Said::Arrived,
            _ => Said::Failed,
        };
        let detail = if matches!(said, Said::Closed | Said::Arrived) { String::new() } else { error.in_words() };
        let text = say(said, self.russian);
        self.say(format!("{text}\n{detail}").trim_end());
        Ok(())
    }

    async fn hear(&mut self, note: &Note) -> Result<(), ApiError> {
        let bot_name = match self.bot {
            Bot::Customer => channels::variable(&self.cx.env, "TELEGRAM_BOT_USERNAME"),
            Bot::Support => channels::variable(&self.cx.env, "SUPPORT_BOT_USERNAME"),
        };
        let Some(command) = parse(note.words(), bot_name.trim_start_matches('@')) else { return Ok(()) };
        // Somebody else's words are no command, whoever passes them on.
        if note.forward_origin.is_some() && !matches!(command, Command::Text(_)) {
            return Ok(());
        }
        let replied = note.reply_to_message.as_ref().filter(|replied| replied.is_by_bot(&self.token));
        let about = replied.map(|replied| About {
            number: ticket_of(replied.words()),
            asks_what_was_done: reply::asks_what_was_done(replied.words()),
        });
        if let Command::Start(code) = &command {
            return self.start(code).await;
        }
        match self.agent() {
            Some(agent) => self.agent_says(&agent, command, about, note).await,
            None => self.customer_says(command, about.and_then(|about| about.number), note).await,
        }
    }

    /// The agent who asks, at the agents' bot.
    fn agent(&self) -> Option<Agent> {
        self.person.as_ref().filter(|_| self.bot == Bot::Support)?.agent.clone()
    }

    /// `/start`: a code links an agent; without one, everybody hears what they can do here.
    async fn start(&mut self, code: &str) -> Result<(), ApiError> {
        if !self.chat.is_private() {
            self.say(say(Said::PrivateOnly, self.russian));
            return Ok(());
        }
        let is_code = self.bot == Bot::Support && !code.is_empty() && SiteId::parse(code).is_err();
        if is_code {
            let (user, chat) = (self.user.id.to_string(), self.chat.id.to_string());
            let writer = Writer { bot: self.bot, user: &user, chat: &chat, name: None, locale: self.locale() };
            let linked = rows::link(&self.db, &writer, &token_hash(code), self.cx.now).await?;
            let said = if linked { Said::Linked } else { Said::WrongCode };
            self.say(say(said, self.russian));
            if linked {
                self.say(say(Said::Access, self.russian));
            }
            return Ok(());
        }
        if self.agent().is_some() {
            self.say(say(Said::Access, self.russian));
            return Ok(());
        }
        self.welcome(code).await
    }

    fn locale(&self) -> &'static str {
        if self.russian { "ru" } else { "en" }
    }

    /// The key under which this update changes something at most once.
    fn attempt(&self, what: &str) -> Attempt {
        Attempt::new(format!("telegram:{}:{}", self.bot.as_str(), self.update), what, "")
    }

    /// Says a text in the chat that is about no one ticket, in pieces where it is long.
    fn say(&mut self, text: &str) {
        self.say_with(text, None, None);
    }

    /// The same about a ticket, so that whoever replies to any of the pieces writes in it.
    fn say_about(&mut self, number: u32, text: &str) {
        self.say_with(text, Some(number), None);
    }

    /// The same, with a keyboard below the last piece.
    fn say_with(&mut self, text: &str, about: Option<u32>, mut markup: Option<Value>) {
        let pieces = split::messages(text, about);
        let last = pieces.len().saturating_sub(1);
        for (at, piece) in pieces.into_iter().enumerate() {
            let markup = if at == last { markup.take() } else { None };
            self.calls.push(calls::message(&self.chat.id.to_string(), self.thread, &piece, markup));
        }
    }

    /// Asks about a message of theirs, below it.
    fn ask_of(&mut self, message: i64, text: &str, markup: Value) {
        self.say_with(text, None, Some(markup));
        if let Some(call) = self.calls.last_mut().and_then(Value::as_object_mut) {
            let to = json!({ "message_id": message, "allow_sending_without_reply": true });
            call.insert("reply_parameters".to_owned(), to);
        }
    }

    /// Asks for words about a ticket: whoever replies to this message says them.
    fn ask(&mut self, number: u32, said: Said) {
        let text = format!("#{number} {}", say(said, self.russian));
        self.say_with(&text, Some(number), Some(json!({ "force_reply": true, "selective": true })));
    }
}
