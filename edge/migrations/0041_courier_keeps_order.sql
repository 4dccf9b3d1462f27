-- What the courier asks for each minute and each erasure, by indexes, and who makes a forum topic.
--
-- Additions with defaults and indexes, so that the previous code serves on while this is applied.

-- When a roster's turn is looked at next; the past means now.
ALTER TABLE on_call_rosters ADD COLUMN look_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX on_call_rosters_by_look ON on_call_rosters (look_at);

-- Since when somebody makes the topic; while it is set, the topic is not there yet.
ALTER TABLE telegram_topics ADD COLUMN claimed_at INTEGER;

-- Deliveries that have not arrived: how many they are, and which are laid aside with their destination.
CREATE INDEX deliveries_undelivered ON deliveries (site_id, destination_id, state) WHERE state <> 'delivered';

-- What was told of a page is told of its ticket: whoever forgets the ticket's customer forgets that, too.
CREATE INDEX pages_by_ticket ON pages (site_id, ticket_id) WHERE ticket_id IS NOT NULL;
UPDATE events SET ticket_id = (SELECT p.ticket_id FROM pages p WHERE p.site_id = events.site_id AND p.page_id = events.data ->> '$.page.id')
WHERE ticket_id IS NULL AND kind IN ('page.triggered', 'page.acknowledged');

-- Who a person of Telegram is to each site that they have written to; `telegram_users` says which one they talk to now.
-- What the previous code writes meanwhile comes here with the person's next message.
CREATE TABLE telegram_customers (
  bot              TEXT NOT NULL,
  user_id          TEXT NOT NULL,
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  customer_id      TEXT NOT NULL,
  chat_id          TEXT NOT NULL,
  locale           TEXT NOT NULL,
  PRIMARY KEY (bot, user_id, site_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX telegram_customers_by_customer ON telegram_customers (site_id, customer_id);
INSERT INTO telegram_customers (bot, user_id, site_id, customer_id, chat_id, locale)
SELECT bot, user_id, site_id, customer_id, chat_id, locale FROM telegram_users WHERE customer_id IS NOT NULL;
