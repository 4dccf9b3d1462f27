-- Answers that were mailed to whoever left an address: none is mailed twice, and an address gets so many an hour.
--
-- Only a new table, so that the previous code serves on while this is applied. Addresses stay with the customers.

CREATE TABLE answer_mails (
  site_id          TEXT NOT NULL REFERENCES sites (site_id),
  message_id       TEXT NOT NULL,
  ticket_id        TEXT NOT NULL,
  sent_at          INTEGER NOT NULL,
  PRIMARY KEY (site_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_mails_by_time ON answer_mails (site_id, sent_at);
CREATE INDEX answer_mails_by_age ON answer_mails (sent_at);
