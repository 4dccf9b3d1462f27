//! People who talk to the bots.

use super::agents::Agent;
use super::{Db, Query, Rows};
use crate::auth::TokenRef;
use crate::error::ApiError;
use buoy_shared::id::{AgentId, CustomerId, IncidentId, SiteId, TicketId};
use buoy_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How long numbers of updates are kept, in seconds: Telegram gives up after a day.
const RETENTION_SECONDS: i64 = 2 * 86_400;
/// How long a customer's session lasts from their last message, in seconds.
const SESSION_SECONDS: i64 = 30 * 86_400;

/// Which bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bot {
    /// The agents'.
    Support,
    /// The customers'.
    Customer,
}

impl Bot {
    /// The word in its path and in storage.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Customer => "customer",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Support, Self::Customer].into_iter().find(|bot| bot.as_str() == word)
    }

    /// The variable that holds its token.
    pub(crate) const fn token_variable(self) -> &'static str {
        match self {
            Self::Support => "SUPPORT_BOT_TOKEN",
            Self::Customer => "TELEGRAM_BOT_TOKEN",
        }
    }
}

/// What somebody's next message is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "WaitsRow")]
pub(crate) enum WaitsFor {
    /// A customer describes a problem.
    Description,
    /// An agent says what was done about a ticket.
    Summary {
        /// Its number.
        number: u32,
        /// Why it happened.
        cause: String,
    },
}

/// The same as stored. Read by itself: to find the kind among the fields, serde would keep them all in a tree of its own.
#[derive(Deserialize)]
struct WaitsRow {
    kind: String,
    #[serde(default)]
    number: u32,
    #[serde(default)]
    cause: String,
}

impl TryFrom<WaitsRow> for WaitsFor {
    type Error = &'static str;

    fn try_from(row: WaitsRow) -> Result<Self, Self::Error> {
        match row.kind.as_str() {
            "description" => Ok(Self::Description),
            "summary" => Ok(Self::Summary { number: row.number, cause: row.cause }),
            _ => Err("nobody waits for this"),
        }
    }
}

/// Somebody who has talked to a bot before.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Person {
    pub(crate) site: SiteId,
    pub(crate) waits_for: Option<WaitsFor>,
    /// Who they are on the team, if they are on it still.
    pub(crate) agent: Option<Agent>,
}

/// Whoever has this number.
pub(crate) async fn person(db: &Db, bot: Bot, user: &str) -> Result<Option<Person>, ApiError> {
    // site-free: a person of Telegram says no site; the row does
    let query = Query::new(
        "SELECT json_object('site', u.site_id, 'waits_for', json(u.waits_for), 'agent', \
         (SELECT json_object('site_id', a.site_id, 'agent_id', a.agent_id, 'name', a.name, 'role', a.role) \
         FROM agents a WHERE a.site_id = u.site_id AND a.agent_id = u.agent_id)) AS j FROM telegram_users u WHERE u.bot = ?1 AND u.user_id = ?2",
    )
    .text(bot.as_str())
    .text(user);
    db.run(query).await?.first()
}

/// Whether an update was dealt with.
pub(crate) async fn was_seen(db: &Db, bot: Bot, update: &str) -> Result<bool, ApiError> {
    // site-free: numbers of updates are a bot's
    let query = Query::new("SELECT json_quote(1) AS j FROM telegram_updates WHERE bot = ?1 AND update_id = ?2");
    Ok(db.run(query.text(bot.as_str()).text(update)).await?.first_text().is_some())
}

/// Notes that an update was dealt with.
pub(crate) fn saw(bot: Bot, update: &str, now: Timestamp) -> Query {
    // site-free: numbers of updates are a bot's
    Query::new("INSERT INTO telegram_updates (bot, update_id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .text(bot.as_str())
        .text(update)
        .time(now)
}

/// Notes what somebody's next message is.
pub(crate) fn wait_for(bot: Bot, user: &str, what: Option<&WaitsFor>, now: Timestamp) -> Result<Query, ApiError> {
    let what = what.map(serde_json::to_string).transpose()?;
    // site-free: a person of Telegram has one row a bot
    let query = Query::new("UPDATE telegram_users SET waits_for = ?3, updated_at = ?4 WHERE bot = ?1 AND user_id = ?2");
    Ok(query.text(bot.as_str()).text(user).maybe_text(what.as_deref()).time(now))
}

/// Keeps a code that links an agent, instead of earlier ones.
pub(crate) async fn put_code(db: &Db, agent: &Agent, hash: &str, expires_at: Timestamp) -> Result<(), ApiError> {
    let earlier = Query::new("DELETE FROM telegram_codes WHERE site_id = ?1 AND agent_id = ?2")
        .site(&agent.site_id)
        .text(agent.agent_id.as_str());
    let code =
        Query::new("INSERT INTO telegram_codes (site_id, code_hash, agent_id, expires_at) VALUES (?1, ?2, ?3, ?4)")
            .site(&agent.site_id)
            .text(hash)
            .text(agent.agent_id.as_str())
            .time(expires_at);
    db.batch(vec![earlier, code]).await.map(drop)
}

/// Somebody of Telegram, as they write.
pub(crate) struct Writer<'a> {
    pub(crate) bot: Bot,
    pub(crate) user: &'a str,
    pub(crate) chat: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) locale: &'a str,
}

/// Links somebody with the agent whose code this is, and uses the code up; false when there is none.
pub(crate) async fn link(db: &Db, writer: &Writer<'_>, hash: &str, now: Timestamp) -> Result<bool, ApiError> {
    let link = Query::new(
        "INSERT INTO telegram_users (bot, user_id, site_id, chat_id, agent_id, locale, updated_at) \
         SELECT ?1, ?2, c.site_id, ?3, c.agent_id, ?4, ?5 FROM telegram_codes c WHERE c.code_hash = ?6 AND c.expires_at > ?5 \
         ON CONFLICT (bot, user_id) DO UPDATE SET site_id = excluded.site_id, chat_id = excluded.chat_id, agent_id = excluded.agent_id, \
         customer_id = CASE WHEN site_id = excluded.site_id THEN customer_id END, waits_for = NULL, updated_at = excluded.updated_at \
         RETURNING user_id AS j",
    )
    .text(writer.bot.as_str())
    .text(writer.user)
    .text(writer.chat)
    .text(writer.locale)
    .time(now)
    .text(hash);
    // site-free: a code is found by its hash, which nobody can aim
    let used = Query::new("DELETE FROM telegram_codes WHERE code_hash = ?1 OR expires_at <= ?2").text(hash).time(now);
    Ok(db.batch(vec![link, used]).await?.first().and_then(Rows::first_text).is_some())
}

/// A customer's session: made with the customer when they are new, prolonged with each message.
pub(crate) async fn open_session(
    db: &Db,
    writer: &Writer<'_>,
    token: &TokenRef,
    tier: &str,
    now: Timestamp,
) -> Result<(), ApiError> {
    let fresh = CustomerId::from_random(crate::platform::random_16());
    let customer = Query::new(
        "INSERT INTO customers (site_id, customer_id, name, tier, locale, verified, created_at, updated_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, 0, ?6, ?6 WHERE NOT EXISTS (SELECT 1 FROM telegram_customers \
         WHERE bot = ?7 AND user_id = ?8 AND site_id = ?1)",
    )
    .site(&token.site)
    .text(fresh.as_str())
    .maybe_text(writer.name)
    .text(tier)
    .text(writer.locale)
    .time(now)
    .text(writer.bot.as_str())
    .text(writer.user);
    // Whoever comes back to a site is who they were there.
    let known = Query::new(
        "INSERT INTO telegram_customers (bot, user_id, site_id, customer_id, chat_id, locale) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (bot, user_id, site_id) DO UPDATE SET chat_id = excluded.chat_id, locale = excluded.locale",
    )
    .text(writer.bot.as_str())
    .text(writer.user)
    .site(&token.site)
    .text(fresh.as_str())
    .text(writer.chat)
    .text(writer.locale);
    let person = Query::new(
        "INSERT INTO telegram_users (bot, user_id, site_id, chat_id, customer_id, locale, updated_at) \
         SELECT k.bot, k.user_id, k.site_id, k.chat_id, k.customer_id, k.locale, ?4 FROM telegram_customers k \
         WHERE k.bot = ?1 AND k.user_id = ?2 AND k.site_id = ?3 \
         ON CONFLICT (bot, user_id) DO UPDATE SET chat_id = excluded.chat_id, locale = excluded.locale, updated_at = excluded.updated_at, \
         customer_id = excluded.customer_id, agent_id = CASE WHEN site_id = excluded.site_id THEN agent_id END, site_id = excluded.site_id",
    )
    .text(writer.bot.as_str())
    .text(writer.user)
    .site(&token.site)
    .time(now);
    let session = Query::new(
        "INSERT INTO sessions (site_id, token_hash, customer_id, created_at, expires_at) \
         SELECT u.site_id, ?2, u.customer_id, ?3, ?4 FROM telegram_customers u WHERE u.site_id = ?1 AND u.bot = ?5 AND u.user_id = ?6 \
         ON CONFLICT (site_id, token_hash) DO UPDATE SET customer_id = excluded.customer_id, expires_at = excluded.expires_at",
    )
    .site(&token.site)
    .text(&token.hash)
    .time(now)
    .time(now.plus_seconds(SESSION_SECONDS))
    .text(writer.bot.as_str())
    .text(writer.user);
    db.batch(vec![customer, known, person, session]).await.map(drop)
}

/// A ticket by the number that people say.
pub(crate) async fn by_number(db: &Db, site: &SiteId, number: u32) -> Result<Option<TicketId>, ApiError> {
    let query = Query::new("SELECT json_quote(ticket_id) AS j FROM tickets WHERE site_id = ?1 AND number = ?2");
    db.run(query.site(site).number(number)).await?.first()
}

/// Where a customer hears of an answer to their ticket, and what it says.
#[derive(Debug, Deserialize)]
pub(crate) struct CustomerChat {
    pub(crate) bot: Bot,
    pub(crate) chat: String,
    pub(crate) number: u32,
    pub(crate) subject: String,
    pub(crate) author: Option<String>,
    pub(crate) body: String,
}

/// The chat of the customer whose ticket it is, when somebody else wrote this message.
pub(crate) async fn customer_chat(
    db: &Db,
    site: &SiteId,
    ticket: &TicketId,
    message: &str,
) -> Result<Option<CustomerChat>, ApiError> {
    let query = Query::new(
        "SELECT json_object('bot', u.bot, 'chat', u.chat_id, 'number', t.number, 'subject', t.subject, 'author', m.author_name, 'body', m.body) AS j \
         FROM tickets t JOIN telegram_customers u ON u.site_id = t.site_id AND u.customer_id = t.customer_id \
         JOIN messages m ON m.site_id = t.site_id AND m.ticket_id = t.ticket_id \
         WHERE t.site_id = ?1 AND t.ticket_id = ?2 AND m.message_id = ?3 AND m.internal = 0 AND m.author_kind <> 'requester' LIMIT 1",
    )
    .site(site)
    .text(ticket.as_str())
    .text(message);
    db.run(query).await?.first()
}

/// Somebody whom an incident affected, where they are reached, and how it ended.
#[derive(Debug, Deserialize)]
pub(crate) struct Affected {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) locale: String,
    pub(crate) bot: Option<Bot>,
    pub(crate) chat: Option<String>,
    /// Only an address that the site vouches for.
    pub(crate) email: Option<String>,
}

/// Reads it; none when either is gone.
pub(crate) async fn affected(
    db: &Db,
    site: &SiteId,
    incident: &IncidentId,
    customer: &CustomerId,
) -> Result<Option<Affected>, ApiError> {
    let query = Query::new(
        "SELECT json_object('title', i.title, 'locale', coalesce(u.locale, c.locale, 'en'), 'bot', u.bot, 'chat', u.chat_id, \
         'email', CASE c.verified WHEN 1 THEN c.email END, 'body', coalesce((SELECT n.body FROM incident_updates n \
         WHERE n.site_id = i.site_id AND n.incident_id = i.incident_id ORDER BY n.created_at DESC LIMIT 1), '')) AS j \
         FROM incidents i JOIN customers c ON c.site_id = i.site_id AND c.customer_id = ?3 \
         LEFT JOIN telegram_customers u ON u.site_id = c.site_id AND u.customer_id = c.customer_id \
         WHERE i.site_id = ?1 AND i.incident_id = ?2 LIMIT 1",
    );
    db.run(query.site(site).text(incident.as_str()).text(customer.as_str())).await?.first()
}

/// Whether a site's news goes to a chat.
pub(crate) async fn is_told(db: &Db, site: &SiteId, chat: &str) -> Result<bool, ApiError> {
    let query = Query::new(
        "SELECT json_quote(1) AS j FROM destinations WHERE site_id = ?1 AND kind = 'telegram' AND address = ?2 LIMIT 1",
    );
    Ok(db.run(query.site(site).text(chat)).await?.first_text().is_some())
}

/// Where a page reaches a person.
#[derive(Debug, Deserialize)]
pub(crate) struct AgentChat {
    pub(crate) chat: String,
    pub(crate) locale: String,
}

/// The private chat of an agent with the agents' bot; none when they linked none.
pub(crate) async fn chat_of_agent(db: &Db, site: &SiteId, agent: &AgentId) -> Result<Option<AgentChat>, ApiError> {
    let query = Query::new(
        "SELECT json_object('chat', chat_id, 'locale', locale) AS j FROM telegram_users \
         WHERE site_id = ?1 AND agent_id = ?2 AND bot = 'support' ORDER BY updated_at DESC LIMIT 1",
    );
    db.run(query.site(site).text(agent.as_str())).await?.first()
}

/// Forgets numbers of updates, a bounded number at a time.
pub(crate) fn forget_old(now: Timestamp) -> Query {
    // site-free: numbers of updates are a bot's
    Query::new(
        "DELETE FROM telegram_updates WHERE (bot, update_id) IN \
         (SELECT bot, update_id FROM telegram_updates WHERE created_at < ?1 ORDER BY created_at LIMIT 500)",
    )
    .time(now.plus_seconds(-RETENTION_SECONDS))
}
