-- The index of a language has what only the site's own language says, too. Those of before have not, and a language without
-- articles has none at all: the cron builds anew what looks old. The previous code takes an index without a hash for none.

INSERT OR IGNORE INTO kb_indexes (site_id, locale, hash, articles, published_at)
  SELECT s.site_id, l.value, '', 0, 0 FROM sites s, json_each(s.policy_json, '$.site.locales') l
  WHERE EXISTS (SELECT 1 FROM kb_indexes k WHERE k.site_id = s.site_id);
UPDATE kb_indexes SET published_at = 0
  WHERE locale <> (SELECT policy_json ->> '$.site.default_locale' FROM sites s WHERE s.site_id = kb_indexes.site_id);
