-- People who talk to the bots, and what the bots must remember of them.
--
-- Only new tables, so that the previous code serves on while this is applied.

CREATE TABLE telegram_users (
  bot              TEXT NOT NULL CHECK (bot IN ('support', 'customer')),
  user_id          TEXT NOT NULL,              -- Telegram's number; names change
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  chat_id          TEXT NOT NULL,              -- their private chat with the bot
  agent_id         TEXT,                       -- linked by a one-time code
  customer_id      TEXT,
  locale           TEXT NOT NULL,
  waits_for        TEXT,                       -- JSON: what their next message is
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (bot, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX telegram_users_by_customer ON telegram_users (site_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX telegram_users_by_agent ON telegram_users (site_id, agent_id) WHERE agent_id IS NOT NULL;

-- Codes that link an agent, hashed.
CREATE TABLE telegram_codes (
  site_id          TEXT NOT NULL,
  code_hash        TEXT NOT NULL,
  agent_id         TEXT NOT NULL,
  expires_at       INTEGER NOT NULL,
  PRIMARY KEY (code_hash),
  FOREIGN KEY (site_id, agent_id) REFERENCES agents (site_id, agent_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX telegram_codes_by_agent ON telegram_codes (site_id, agent_id);

-- Updates that were dealt with: Telegram sends again what it believes was lost.
CREATE TABLE telegram_updates (
  bot              TEXT NOT NULL,
  update_id        TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (bot, update_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX telegram_updates_by_age ON telegram_updates (created_at);

-- The forum topic of a ticket in a group.
CREATE TABLE telegram_topics (
  site_id          TEXT NOT NULL,
  chat_id          TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  topic            INTEGER NOT NULL,
  PRIMARY KEY (site_id, chat_id, ticket_id)
) STRICT, WITHOUT ROWID;
