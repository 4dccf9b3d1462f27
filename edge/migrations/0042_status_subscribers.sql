-- Who wants to hear of incidents and planned work, and what is on its way to them.
--
-- Only new tables, so that the previous code serves on while this is applied.

CREATE TABLE status_subscribers (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  subscriber_id    TEXT NOT NULL,
  kind             TEXT NOT NULL CHECK (kind IN ('email', 'webhook')),
  address          TEXT NOT NULL,
  components       TEXT NOT NULL,              -- JSON array of keys; an empty one is all of them
  locale           TEXT NOT NULL,
  origin           TEXT NOT NULL,              -- scheme and host of the pages that links lead to
  code             TEXT NOT NULL,              -- confirms and unsubscribes, and opens nothing else
  other_code       TEXT,                       -- unsubscribes, too: of the last time that the same address was confirmed again
  secret           TEXT,                       -- signs a webhook
  confirmed_at     INTEGER,                    -- nobody hears anything before
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX status_subscribers_by_code ON status_subscribers (site_id, code);
CREATE INDEX status_subscribers_by_other_code ON status_subscribers (site_id, other_code) WHERE other_code IS NOT NULL;
CREATE INDEX status_subscribers_by_address ON status_subscribers (site_id, address);
CREATE INDEX status_subscribers_waiting ON status_subscribers (created_at) WHERE confirmed_at IS NULL;

CREATE TABLE status_news (
  site_id          TEXT NOT NULL,
  subscriber_id    TEXT NOT NULL,
  event_id         TEXT NOT NULL,
  attempts         INTEGER NOT NULL DEFAULT 0,
  due_at           INTEGER NOT NULL,           -- while an attempt is under way: when it counts as lost
  PRIMARY KEY (site_id, subscriber_id, event_id),
  FOREIGN KEY (site_id, subscriber_id) REFERENCES status_subscribers (site_id, subscriber_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX status_news_by_due ON status_news (due_at);
CREATE INDEX status_news_by_event ON status_news (site_id, event_id);
