-- News that leaves the desk: where it goes, what happened, and how each piece of it stands.
--
-- Only new tables, so that the previous code serves on while this is applied.

CREATE TABLE destinations (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  destination_id   TEXT NOT NULL,
  kind             TEXT NOT NULL CHECK (kind IN ('webhook', 'telegram', 'slack', 'pagerduty', 'email', 'jira', 'zendesk')),
  name             TEXT NOT NULL,
  address          TEXT NOT NULL,
  project          TEXT,
  topics           INTEGER NOT NULL DEFAULT 0, -- Telegram: a forum topic for each ticket
  secrets          TEXT NOT NULL,              -- JSON array, the newest first; two during a rotation
  events           TEXT NOT NULL,              -- JSON array of types, or ["*"]
  locale           TEXT NOT NULL,
  enabled          INTEGER NOT NULL DEFAULT 1,
  disabled_reason  TEXT,
  failures         INTEGER NOT NULL DEFAULT 0, -- in a row
  resting_until    INTEGER,                    -- it seems to be down, or asked for a pause
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, destination_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  site_id          TEXT NOT NULL,
  event_id         TEXT NOT NULL,
  kind             TEXT NOT NULL,
  task             TEXT NOT NULL,              -- JSON, what the outbox said
  data             TEXT NOT NULL,              -- JSON, what is told
  ticket_id        TEXT,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_age ON events (created_at);
CREATE INDEX events_by_ticket ON events (site_id, ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE deliveries (
  site_id          TEXT NOT NULL,
  destination_id   TEXT NOT NULL,
  event_id         TEXT NOT NULL,
  state            TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts         INTEGER NOT NULL DEFAULT 0,
  due_at           INTEGER NOT NULL,           -- while an attempt is under way: when it counts as lost
  last_status      INTEGER,
  last_error       TEXT,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, destination_id, event_id),
  FOREIGN KEY (site_id, destination_id) REFERENCES destinations (site_id, destination_id),
  FOREIGN KEY (site_id, event_id) REFERENCES events (site_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_due ON deliveries (due_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_event ON deliveries (site_id, event_id);
CREATE INDEX deliveries_by_time ON deliveries (site_id, created_at DESC, event_id DESC);

-- What waited for a channel is told to nobody, as there was none: it was about moments that are over.
DELETE FROM outbox WHERE kind NOT IN ('publish_site', 'publish_index', 'notify_thread');
