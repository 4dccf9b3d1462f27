-- Who takes turns on call, and the calls for them.
--
-- Only new tables, so that the previous code serves on while this is applied.

CREATE TABLE on_call_rosters (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  level            TEXT NOT NULL,              -- key of one of the policy's levels
  people           TEXT NOT NULL,              -- JSON array of agents, in the order of their turns
  since            INTEGER NOT NULL,           -- when the first turn began
  told_from        INTEGER NOT NULL,           -- beginning of the turn whose handoff was told
  PRIMARY KEY (site_id, level)
) STRICT, WITHOUT ROWID;

CREATE TABLE pages (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  page_id          TEXT NOT NULL,
  summary          TEXT NOT NULL,
  ticket_id        TEXT,
  incident_id      TEXT,
  level            TEXT NOT NULL,
  place            INTEGER NOT NULL,           -- of the level in the policy's order
  person           TEXT,                       -- the agent who is called
  state            TEXT NOT NULL DEFAULT 'triggered' CHECK (state IN ('triggered', 'acknowledged')),
  climbs_at        INTEGER,                    -- when it goes to the next level
  acknowledged_by  TEXT,
  acknowledged_at  INTEGER,
  created_at       INTEGER NOT NULL,
  PRIMARY KEY (site_id, page_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_by_climb ON pages (climbs_at) WHERE climbs_at IS NOT NULL;
CREATE INDEX pages_by_time ON pages (site_id, created_at DESC, page_id DESC);
CREATE INDEX pages_by_incident ON pages (site_id, incident_id) WHERE incident_id IS NOT NULL;
