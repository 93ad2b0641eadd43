-- An import of licences is applied a little at a time: how far it is, and whose it is.

ALTER TABLE licence_imports ADD COLUMN begun_by TEXT;                     -- absent: not begun
ALTER TABLE licence_imports ADD COLUMN done_through BIGINT NOT NULL DEFAULT -1;  -- line
