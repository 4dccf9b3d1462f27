-- Which articles are read on which kind of page, for what the panel suggests there (W3). Not who, and not the address itself.
CREATE TABLE kb_page_views (
  site_id          TEXT NOT NULL,
  page             TEXT NOT NULL,              -- a hash of the path's shape
  slug             TEXT NOT NULL,
  count            INTEGER NOT NULL,           -- readings; the same reader again counts nothing
  last_reader      TEXT NOT NULL,              -- a hash with page and article, so that two cannot be joined
  last_day         INTEGER NOT NULL,           -- of the latest, in days since 1970
  PRIMARY KEY (site_id, page, slug)
) STRICT, WITHOUT ROWID;
CREATE INDEX kb_page_views_by_day ON kb_page_views (last_day);
