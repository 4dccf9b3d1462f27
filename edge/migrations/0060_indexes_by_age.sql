-- The cron renews search indexes before their published copies fade: it asks each minute for the oldest.
CREATE INDEX kb_indexes_by_age ON kb_indexes (published_at);
-- Whether a new one waits already, however much else does.
CREATE INDEX outbox_of_indexes ON outbox (site_id) WHERE kind = 'publish_index';
