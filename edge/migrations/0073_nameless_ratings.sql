-- Ratings without a name, and ratings that were waved away.
--
-- Only a column without a value and a table, so that the previous code serves on while this is applied. A rating without a
-- name has neither customer nor ticket, and is dated to days alone: that of the solution, by which the surveys' report counts, and
-- its own, by which the figures do; the ticket says only that it was rated.

ALTER TABLE tickets ADD COLUMN rating_end TEXT CHECK (rating_end IN ('declined', 'nameless'));

CREATE TABLE nameless_ratings (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  solved_on        INTEGER NOT NULL,         -- the first moment of a day
  rated_on         INTEGER NOT NULL,         -- the same
  rating_id        TEXT NOT NULL,
  tier             TEXT NOT NULL,
  category         TEXT NOT NULL,
  channel          TEXT NOT NULL,
  score            INTEGER NOT NULL CHECK (score BETWEEN 1 AND 10),
  comment          TEXT,
  PRIMARY KEY (site_id, solved_on, rating_id)
) STRICT, WITHOUT ROWID;
