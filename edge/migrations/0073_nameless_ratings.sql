-- Ratings without a name, and ratings that were waved away.
--
-- Only a column without a value and a table, so that the previous code serves on while this is applied. A rating without a
-- name has neither customer nor ticket, and is dated to the day of the solution, by which ratings are counted; the ticket
-- says only that it was rated.

ALTER TABLE tickets ADD COLUMN rating_end TEXT CHECK (rating_end IN ('declined', 'nameless'));

CREATE TABLE nameless_ratings (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  solved_on        INTEGER NOT NULL,         -- the first moment of a day
  rating_id        TEXT NOT NULL,
  tier             TEXT NOT NULL,
  category         TEXT NOT NULL,
  channel          TEXT NOT NULL,
  score            INTEGER NOT NULL CHECK (score BETWEEN 1 AND 10),
  comment          TEXT,
  PRIMARY KEY (site_id, solved_on, rating_id)
) STRICT, WITHOUT ROWID;
