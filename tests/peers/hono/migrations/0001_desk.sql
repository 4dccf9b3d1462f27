-- What the measured routes need of edge/migrations: the same tables, keys and indexes, so that a write costs the same.

CREATE TABLE sites (
  site_id          TEXT PRIMARY KEY,
  name             TEXT NOT NULL,
  policy_json      TEXT NOT NULL,
  policy_version   INTEGER NOT NULL DEFAULT 1,
  origins          TEXT NOT NULL,              -- JSON array
  anonymous        INTEGER NOT NULL,
  identity_keys    TEXT NOT NULL,              -- JSON array of {kid, secret}
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE ticket_numbers (
  site_id          TEXT PRIMARY KEY REFERENCES sites (site_id),
  last_number      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE customers (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  customer_id      TEXT NOT NULL,
  external_id      TEXT,
  name             TEXT,
  email            TEXT,
  tier             TEXT NOT NULL,
  plan             TEXT,
  locale           TEXT,
  verified         INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX customers_by_external_id ON customers (site_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE sessions (
  site_id          TEXT NOT NULL,
  token_hash       TEXT NOT NULL,
  customer_id      TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  expires_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, token_hash),
  FOREIGN KEY (site_id, customer_id) REFERENCES customers (site_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE tickets (
  site_id               TEXT NOT NULL,
  ticket_id             TEXT NOT NULL,
  number                INTEGER NOT NULL,
  customer_id           TEXT NOT NULL,
  status                TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'pending', 'solved', 'closed')),
  priority              TEXT NOT NULL,
  category              TEXT NOT NULL,
  tier                  TEXT NOT NULL,
  subject               TEXT NOT NULL,
  locale                TEXT NOT NULL,
  origin                TEXT NOT NULL,
  context               TEXT NOT NULL,         -- JSON object
  first_response_due_at INTEGER,
  first_responded_at    INTEGER,
  resolution_due_at     INTEGER,
  last_seq              INTEGER NOT NULL,
  seen_seq              INTEGER NOT NULL,
  created_at            INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL,
  PRIMARY KEY (site_id, ticket_id),
  FOREIGN KEY (site_id, customer_id) REFERENCES customers (site_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tickets_by_number ON tickets (site_id, number);
CREATE INDEX tickets_by_customer ON tickets (site_id, customer_id, updated_at DESC, ticket_id DESC);
CREATE INDEX tickets_by_change ON tickets (site_id, updated_at DESC, ticket_id DESC);
CREATE INDEX tickets_by_status ON tickets (site_id, status, updated_at DESC, ticket_id DESC);

CREATE TABLE messages (
  site_id          TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  seq              INTEGER NOT NULL,
  message_id       TEXT NOT NULL,
  author_kind      TEXT NOT NULL CHECK (author_kind IN ('requester', 'agent', 'automation')),
  author_id        TEXT,
  author_name      TEXT,
  body             TEXT NOT NULL,
  internal         INTEGER NOT NULL DEFAULT 0,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, ticket_id, seq),
  FOREIGN KEY (site_id, ticket_id) REFERENCES tickets (site_id, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ticket_events (
  site_id          TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  event_id         TEXT NOT NULL,
  kind             TEXT NOT NULL,
  actor_kind       TEXT NOT NULL,
  actor_name       TEXT,
  data             TEXT NOT NULL,              -- JSON object
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, ticket_id, created_at, event_id),
  FOREIGN KEY (site_id, ticket_id) REFERENCES tickets (site_id, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  site_id          TEXT NOT NULL,
  caller           TEXT NOT NULL,
  key              TEXT NOT NULL,
  request_hash     TEXT NOT NULL,
  response         TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
