-- The cron renews search indexes before their published copies fade: it asks each minute for the oldest.
CREATE INDEX kb_indexes_by_age ON kb_indexes (published_at);
