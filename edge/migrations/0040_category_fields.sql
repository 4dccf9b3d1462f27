-- What the form of a ticket's category asked besides subject and text: a JSON object of texts by the field's key.
--
-- An addition with a default, so that the previous code serves on while this is applied.

ALTER TABLE tickets ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
