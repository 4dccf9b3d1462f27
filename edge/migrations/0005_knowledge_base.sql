-- Articles with a history, old addresses, and what readers do with them.
--
-- Only additions with defaults, so that the previous code serves on while this is applied. What it stores meanwhile has
-- no version of its own; the next save gives it one.

ALTER TABLE articles ADD COLUMN section TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN difficulty TEXT;
ALTER TABLE articles ADD COLUMN related TEXT NOT NULL DEFAULT '[]';   -- JSON array of slugs, where the author chose them
ALTER TABLE articles ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN version INTEGER NOT NULL DEFAULT 1;   -- the version whose text this row has

-- Every text that was saved. A version above the article's own is a draft.
CREATE TABLE article_versions (
  site_id          TEXT NOT NULL,
  locale           TEXT NOT NULL,
  slug             TEXT NOT NULL,
  version          INTEGER NOT NULL,
  title            TEXT NOT NULL,
  markdown         TEXT NOT NULL,
  author_name      TEXT NOT NULL,              -- for the team; readers are not told
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, locale, slug, version)
) STRICT, WITHOUT ROWID;
INSERT INTO article_versions (site_id, locale, slug, version, title, markdown, author_name, created_at)
  SELECT site_id, locale, slug, 1, title, markdown, '', updated_at FROM articles;

-- Old addresses: slugs, or paths that begin with a slash and do not end with one.
CREATE TABLE article_redirects (
  site_id          TEXT NOT NULL,
  old_address      TEXT NOT NULL,
  slug             TEXT NOT NULL,
  PRIMARY KEY (site_id, old_address)
) STRICT, WITHOUT ROWID;

ALTER TABLE article_votes ADD COLUMN reason TEXT;

-- How often something happened on a day (UTC). Nothing here says who.
CREATE TABLE kb_counts (
  site_id          TEXT NOT NULL,
  day              INTEGER NOT NULL,           -- days since 1970
  kind             TEXT NOT NULL,
  locale           TEXT NOT NULL,
  slug             TEXT NOT NULL,              -- empty where it concerns no article
  place            INTEGER NOT NULL,           -- of a result that was clicked, from 1; else 0
  count            INTEGER NOT NULL,
  PRIMARY KEY (site_id, day, kind, locale, slug, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX kb_counts_by_day ON kb_counts (day);

-- Searches that found nothing, redacted.
CREATE TABLE kb_gaps (
  site_id          TEXT NOT NULL,
  locale           TEXT NOT NULL,
  query            TEXT NOT NULL,
  count            INTEGER NOT NULL,
  last_at          INTEGER NOT NULL,
  PRIMARY KEY (site_id, locale, query)
) STRICT, WITHOUT ROWID;

-- Articles that the team linked to in an answer.
CREATE TABLE ticket_articles (
  site_id          TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  slug             TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, ticket_id, slug)
) STRICT, WITHOUT ROWID;
