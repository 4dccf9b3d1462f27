-- The life of a ticket: who has it, in which queue, what answered it, how it ended, when the clock must look at it next.
--
-- Only additions with defaults, so that the previous code serves on while this is applied. `version` counts a ticket's
-- changes; a fact bears the version that it led to, which is how an agent is told what changed since they looked.

ALTER TABLE tickets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tickets ADD COLUMN assignee_id TEXT;
ALTER TABLE tickets ADD COLUMN queue TEXT NOT NULL DEFAULT 'support';
ALTER TABLE tickets ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';                 -- JSON array
ALTER TABLE tickets ADD COLUMN root_cause TEXT CHECK (root_cause IN ('user_misconfiguration', 'product_bug', 'infrastructure', 'third_party', 'other'));
ALTER TABLE tickets ADD COLUMN resolution_summary TEXT;
ALTER TABLE tickets ADD COLUMN solved_at INTEGER;
ALTER TABLE tickets ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;             -- how many times
ALTER TABLE tickets ADD COLUMN auto_answer TEXT;                                -- JSON {rule, confidence, body}
ALTER TABLE tickets ADD COLUMN auto_answer_outcome TEXT CHECK (auto_answer_outcome IN ('waiting', 'accepted', 'rejected', 'silent'));
ALTER TABLE tickets ADD COLUMN rating INTEGER CHECK (rating BETWEEN 1 AND 10);
ALTER TABLE tickets ADD COLUMN rating_comment TEXT;
ALTER TABLE tickets ADD COLUMN rated_at INTEGER;
ALTER TABLE tickets ADD COLUMN escalated_at INTEGER;
ALTER TABLE tickets ADD COLUMN merged_into TEXT;
ALTER TABLE tickets ADD COLUMN due_at INTEGER;                                  -- when the nearest running promise ends
ALTER TABLE tickets ADD COLUMN breached INTEGER NOT NULL DEFAULT 0;             -- a promise was missed, whenever that was
ALTER TABLE tickets ADD COLUMN next_due_at INTEGER;                             -- when the cron must look at it

-- The cron reads this and nothing else: its cost grows with what is due.
CREATE INDEX tickets_by_next_due ON tickets (next_due_at) WHERE next_due_at IS NOT NULL;
-- What a team looks at, by the filters of its list.
CREATE INDEX tickets_by_assignee ON tickets (site_id, assignee_id, updated_at DESC, ticket_id DESC);
-- How much somebody has at hand, whatever they solved before.
CREATE INDEX tickets_active_by_assignee ON tickets (site_id, assignee_id) WHERE status IN ('open', 'in_progress', 'pending');
CREATE INDEX tickets_by_queue ON tickets (site_id, queue, updated_at DESC, ticket_id DESC);
CREATE INDEX tickets_by_priority ON tickets (site_id, priority, updated_at DESC, ticket_id DESC);
-- The end of time stands for tickets that owe nothing.
CREATE INDEX tickets_by_urgency ON tickets (site_id, coalesce(due_at, 253402300799999), ticket_id);
-- Figures of a period.
CREATE INDEX tickets_by_creation ON tickets (site_id, created_at);
CREATE INDEX tickets_by_solution ON tickets (site_id, solved_at) WHERE solved_at IS NOT NULL;
CREATE INDEX tickets_by_rating ON tickets (site_id, rated_at) WHERE rated_at IS NOT NULL;

ALTER TABLE ticket_events ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- Folded words of a ticket, for the team's search. A plain table: a database with virtual ones cannot be exported.
CREATE TABLE ticket_terms (
  site_id          TEXT NOT NULL,
  term             TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  PRIMARY KEY (site_id, term, ticket_id)
) STRICT, WITHOUT ROWID;

-- Who can be given what (R5).
ALTER TABLE agents ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';                -- JSON array of keys: categories, tiers, queues
ALTER TABLE agents ADD COLUMN on_shift_until INTEGER;                           -- none: no roster is kept for them

-- What customers wish for (R6).
CREATE TABLE features (
  site_id          TEXT NOT NULL,
  feature_id       TEXT NOT NULL,
  title            TEXT NOT NULL,
  folded_title     TEXT NOT NULL,
  votes            INTEGER NOT NULL DEFAULT 0,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, feature_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX features_by_title ON features (site_id, folded_title);
CREATE INDEX features_by_votes ON features (site_id, votes DESC, feature_id DESC);

CREATE TABLE feature_votes (
  site_id          TEXT NOT NULL,
  feature_id       TEXT NOT NULL,
  customer_id      TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, feature_id, customer_id)
) STRICT, WITHOUT ROWID;
