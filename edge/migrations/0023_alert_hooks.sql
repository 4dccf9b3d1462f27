-- Tokens of those who send alerts; two live at once, so that one can be replaced.
--
-- Only a new table, so that the previous code serves on while this is applied.

CREATE TABLE hook_tokens (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  token_hash       TEXT NOT NULL UNIQUE,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, token_hash)
) STRICT, WITHOUT ROWID;
