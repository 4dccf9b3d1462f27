-- What is broken, and what we know.

CREATE TABLE incidents (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  incident_id      TEXT NOT NULL,
  title            TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('investigating', 'identified', 'monitoring', 'resolved')),
  impact           TEXT NOT NULL CHECK (impact IN ('none', 'minor', 'major', 'critical')),
  components       TEXT NOT NULL,              -- JSON array of keys
  started_at       INTEGER NOT NULL,
  resolved_at      INTEGER,
  notice_until     INTEGER,                    -- when pages stop being told that it is over; cleared once done
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_by_start ON incidents (site_id, started_at DESC, incident_id DESC);
CREATE INDEX incidents_open ON incidents (site_id) WHERE resolved_at IS NULL;
CREATE INDEX incidents_by_notice ON incidents (notice_until) WHERE notice_until IS NOT NULL;

CREATE TABLE incident_updates (
  site_id          TEXT NOT NULL,
  incident_id      TEXT NOT NULL,
  update_id        TEXT NOT NULL,
  status           TEXT NOT NULL,
  body             TEXT NOT NULL,
  author_name      TEXT NOT NULL,              -- for the team; readers are not told
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, incident_id, created_at, update_id),
  FOREIGN KEY (site_id, incident_id) REFERENCES incidents (site_id, incident_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE articles (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  locale           TEXT NOT NULL,
  slug             TEXT NOT NULL,
  article_id       TEXT NOT NULL,
  title            TEXT NOT NULL,
  summary          TEXT NOT NULL,
  keywords         TEXT NOT NULL,
  headings         TEXT NOT NULL,
  body             TEXT NOT NULL,              -- without markup, for the index
  minutes          INTEGER NOT NULL,
  blocks           TEXT NOT NULL,              -- JSON, the tree that pages render
  markdown         TEXT NOT NULL,              -- as its author wrote it
  published        INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, locale, slug)
) STRICT, WITHOUT ROWID;

-- The published index of each locale; its bytes are in KV and can be rebuilt from `articles`.
CREATE TABLE kb_indexes (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  locale           TEXT NOT NULL,
  hash             TEXT NOT NULL,
  articles         INTEGER NOT NULL,
  published_at     INTEGER NOT NULL,
  PRIMARY KEY (site_id, locale)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_votes (
  site_id          TEXT NOT NULL,
  locale           TEXT NOT NULL,
  slug             TEXT NOT NULL,
  vote_id          TEXT NOT NULL,
  helpful          INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, locale, slug, vote_id),
  FOREIGN KEY (site_id, locale, slug) REFERENCES articles (site_id, locale, slug)
) STRICT, WITHOUT ROWID;
