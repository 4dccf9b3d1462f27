-- Who took a page in Slack or PagerDuty, as they are called there. The previous code leaves it empty.

ALTER TABLE pages ADD COLUMN acknowledged_as TEXT;
