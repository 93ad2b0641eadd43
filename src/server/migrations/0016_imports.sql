-- An import is written a little at a time: one that was begun goes on after a restart.
ALTER TABLE imports ADD COLUMN begun_at BIGINT;
ALTER TABLE imports ADD COLUMN resumed INTEGER NOT NULL DEFAULT 0;
-- Addresses that an import's users have left: what was sent to them is revoked once all is written.
CREATE TABLE import_left (
  import TEXT NOT NULL,
  address_key TEXT NOT NULL,
  PRIMARY KEY (import, address_key)
);
