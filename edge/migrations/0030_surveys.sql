-- What customers were asked, and what they said.
--
-- Only additions, so that the previous code serves on while this is applied. `subject` is what makes a question one that
-- was asked: the ticket, the day of a question for a recommendation, or the one exit. An anonymous answer is a second row
-- without customer or ticket, dated to the day; the first says only that they were asked and answered.

ALTER TABLE customers ADD COLUMN surveys_off INTEGER NOT NULL DEFAULT 0;

CREATE TABLE surveys (
  site_id          TEXT NOT NULL,
  survey_id        TEXT NOT NULL,
  kind             TEXT NOT NULL CHECK (kind IN ('effort', 'nps', 'exit')),
  customer_id      TEXT,                     -- NULL when the answer is anonymous
  subject          TEXT,
  tier             TEXT NOT NULL,
  category         TEXT NOT NULL DEFAULT '',
  channel          TEXT NOT NULL,
  answered         INTEGER NOT NULL,         -- something was said, here or in the anonymous row
  score            INTEGER,
  reason           TEXT,
  comment          TEXT,
  asked_at         INTEGER NOT NULL,
  PRIMARY KEY (site_id, survey_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX surveys_by_customer ON surveys (site_id, customer_id, kind, subject) WHERE customer_id IS NOT NULL;
CREATE INDEX surveys_by_time ON surveys (site_id, asked_at);
