-- The life of an incident: how severe it is, what it says of single components and to whom, when the team must say
-- something again, how it ended; who is affected; drafts; post-mortems; planned work.
--
-- Only additions with defaults, so that the previous code serves on while this is applied. Drafts and planned work have
-- tables of their own: the previous code would show them as incidents.

ALTER TABLE incidents ADD COLUMN severity TEXT NOT NULL DEFAULT 'p2' CHECK (severity IN ('p1', 'p2', 'p3', 'p4'));
ALTER TABLE incidents ADD COLUMN component_states TEXT NOT NULL DEFAULT '{}';   -- JSON object: states by component
ALTER TABLE incidents ADD COLUMN target TEXT NOT NULL DEFAULT '{}';             -- JSON object: whose pages show the banner
ALTER TABLE incidents ADD COLUMN summary TEXT;                                  -- JSON object; there once it is over
ALTER TABLE incidents ADD COLUMN owner_id TEXT;                                 -- who is reminded
ALTER TABLE incidents ADD COLUMN owner_name TEXT;
ALTER TABLE incidents ADD COLUMN update_due_at INTEGER;                         -- when an update is due; none once it is over
ALTER TABLE incidents ADD COLUMN postmortem_due_at INTEGER;                     -- none where none is asked for, or it is published
ALTER TABLE incidents ADD COLUMN postmortem_reminded INTEGER NOT NULL DEFAULT 0;
UPDATE incidents SET severity = CASE impact WHEN 'critical' THEN 'p1' WHEN 'major' THEN 'p2' WHEN 'minor' THEN 'p3' ELSE 'p4' END;

-- The cron reads these and nothing else: its cost grows with what is due.
CREATE INDEX incidents_by_update_due ON incidents (update_due_at) WHERE update_due_at IS NOT NULL;
CREATE INDEX incidents_by_postmortem_due ON incidents (postmortem_due_at) WHERE postmortem_due_at IS NOT NULL AND postmortem_reminded = 0;
-- What the status page shows, and figures of a month.
CREATE INDEX incidents_by_end ON incidents (site_id, resolved_at) WHERE resolved_at IS NOT NULL;

-- What was so from this update on; updates from before this say nothing of it.
ALTER TABLE incident_updates ADD COLUMN impact TEXT CHECK (impact IN ('none', 'minor', 'major', 'critical'));
ALTER TABLE incident_updates ADD COLUMN component_states TEXT NOT NULL DEFAULT '{}';
ALTER TABLE incident_updates ADD COLUMN work TEXT;
ALTER TABLE incident_updates ADD COLUMN eta INTEGER;
ALTER TABLE incident_updates ADD COLUMN workaround TEXT;

-- Whom it affects too (I9).
CREATE TABLE incident_me_too (
  site_id          TEXT NOT NULL,
  incident_id      TEXT NOT NULL,
  customer_id      TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, incident_id, customer_id),
  FOREIGN KEY (site_id, incident_id) REFERENCES incidents (site_id, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_me_too_by_customer ON incident_me_too (site_id, customer_id);

-- What may become an incident when a person says so.
CREATE TABLE incident_drafts (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  draft_id         TEXT NOT NULL,
  source           TEXT NOT NULL,              -- a person's name, or what sent the alert
  dedup_key        TEXT,                       -- an alert that fires again finds its draft
  draft            TEXT NOT NULL,              -- JSON, as it would be declared
  created_at       INTEGER NOT NULL,
  decision         TEXT CHECK (decision IN ('published', 'rejected')),
  decided_by       TEXT,
  decided_at       INTEGER,
  incident_id      TEXT,
  PRIMARY KEY (site_id, draft_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_drafts_open ON incident_drafts (site_id, created_at DESC) WHERE decision IS NULL;
CREATE UNIQUE INDEX incident_drafts_by_key ON incident_drafts (site_id, dedup_key) WHERE dedup_key IS NOT NULL AND decision IS NULL;

CREATE TABLE postmortems (
  site_id          TEXT NOT NULL,
  incident_id      TEXT NOT NULL,
  body             TEXT NOT NULL,              -- Markdown
  published_at     INTEGER,
  updated_at       INTEGER NOT NULL,
  updated_by       TEXT NOT NULL,
  PRIMARY KEY (site_id, incident_id),
  FOREIGN KEY (site_id, incident_id) REFERENCES incidents (site_id, incident_id)
) STRICT, WITHOUT ROWID;

-- Planned work (I8).
CREATE TABLE maintenances (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  maintenance_id   TEXT NOT NULL,
  title            TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('scheduled', 'in_progress', 'verifying', 'completed')),
  components       TEXT NOT NULL,              -- JSON array of keys
  target           TEXT NOT NULL,              -- JSON object
  scheduled_for    INTEGER NOT NULL,
  scheduled_until  INTEGER NOT NULL,
  announced        INTEGER NOT NULL DEFAULT 0,
  completed_at     INTEGER,
  notice_until     INTEGER,                    -- when pages stop being told that it is over; cleared once done
  next_step_at     INTEGER,                    -- when the clock does something; none once it is over
  updates          TEXT NOT NULL,              -- JSON array, the newest first
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, maintenance_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX maintenances_by_start ON maintenances (site_id, scheduled_for DESC, maintenance_id DESC);
CREATE INDEX maintenances_by_step ON maintenances (next_step_at) WHERE next_step_at IS NOT NULL;
CREATE INDEX maintenances_by_notice ON maintenances (notice_until) WHERE notice_until IS NOT NULL;
