-- Access ends (rule P5). All times here are real time, milliseconds since 1970.
-- Tokens and sessions that exist stay as they are: without an expiry, and never used as far as is
-- known.

ALTER TABLE people ADD COLUMN disabled_at BIGINT;   -- absent: may sign in
ALTER TABLE people ADD COLUMN disabled_as TEXT;     -- backend_admin | full_admin: who did it
ALTER TABLE tokens ADD COLUMN expires_at BIGINT;    -- absent: never
ALTER TABLE tokens ADD COLUMN used_at BIGINT;       -- written once a minute at most
ALTER TABLE tokens ADD COLUMN told_at BIGINT;       -- when its person was told that it expires
ALTER TABLE sessions ADD COLUMN used_at BIGINT;

CREATE INDEX tokens_by_person ON tokens (person);
CREATE INDEX sessions_by_person ON sessions (person);

-- Every way in that somebody has, and until when it is one. Who can sign in is read here alone.
CREATE VIEW ways_in AS
  SELECT email AS person, 9223372036854775807 AS until
    FROM people WHERE disabled_at IS NULL AND password_hash IS NOT NULL
  UNION ALL
  SELECT p.email, coalesce(t.expires_at, 9223372036854775807)
    FROM people p JOIN tokens t ON t.person = p.email
   WHERE p.disabled_at IS NULL AND t.revoked_at IS NULL;

-- Passwords that somebody says to have forgotten. Whether anybody has the address is looked up when
-- the mail is made, so that asking takes the same time for all.
CREATE TABLE password_resets (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,                  -- canonical, as asked
  asked_from TEXT NOT NULL,             -- the peer's network
  asked_at BIGINT NOT NULL,
  state TEXT NOT NULL,                  -- asked | sending | mailed | nobody | refused
  not_before BIGINT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  token_hash TEXT UNIQUE,               -- SHA-256 of the code, hexadecimal
  expires_at BIGINT,
  used_at BIGINT
);
CREATE INDEX password_resets_by_email ON password_resets (email, asked_at);
CREATE INDEX password_resets_by_peer ON password_resets (asked_from, asked_at);
CREATE INDEX password_resets_by_state ON password_resets (state, not_before);
