-- When the alert behind a draft ended: a draft that nobody decided on goes with it, and the team hears of it once.
--
-- Only a column without a value and an index, so that the previous code serves on while this is applied.

ALTER TABLE incident_drafts ADD COLUMN alert_over_at INTEGER;
CREATE INDEX incident_drafts_by_alert ON incident_drafts (site_id, dedup_key, created_at)
  WHERE dedup_key IS NOT NULL AND alert_over_at IS NULL;
