-- Files that people attach, and what erasing a person needs to find.
--
-- Only additions, so that the previous code serves on while this is applied. A file's bytes are in R2 under
-- `<site>/<upload_id>`; this row says whose they are.

CREATE TABLE uploads (
  site_id          TEXT NOT NULL,
  upload_id        TEXT NOT NULL,
  customer_id      TEXT NOT NULL,              -- who sent it; nobody else may attach or download it but the team
  name             TEXT NOT NULL,              -- cleaned; to show, never a path
  content_type     TEXT NOT NULL,              -- checked against the first bytes
  size             INTEGER NOT NULL,
  ticket_id        TEXT,                       -- none: not attached yet
  message_id       TEXT,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, upload_id),
  FOREIGN KEY (site_id, customer_id) REFERENCES customers (site_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_customer ON uploads (site_id, customer_id, upload_id);
CREATE INDEX uploads_by_message ON uploads (site_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX uploads_unattached ON uploads (created_at) WHERE ticket_id IS NULL;

-- What a message shows of its files, so that reading a thread costs nothing more. What is no JSON is refused: a batch
-- that could not claim its files writes such a text, and is refused as a whole.
ALTER TABLE messages ADD COLUMN attachments TEXT CONSTRAINT files_are_claimed CHECK (attachments IS NULL OR json_valid(attachments));

ALTER TABLE customers ADD COLUMN erased_at INTEGER;
CREATE INDEX sessions_by_customer ON sessions (site_id, customer_id);
