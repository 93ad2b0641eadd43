-- One outbox for every mail, and who is alive to send it.

-- A worker of a process. What it has taken bears its epoch, which no other ever has.
CREATE TABLE nodes (
  id TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL UNIQUE,
  beat_until BIGINT NOT NULL            -- real time; what is later than that is dead
);
-- What one node alone does at a time.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,                 -- nodes.id
  epoch BIGINT NOT NULL,                -- grows with each holder
  until BIGINT NOT NULL                 -- real time
);
-- Facts, not letters: a letter is written when its mail is about to leave, and a secret in it stands
-- nowhere.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  queue TEXT NOT NULL,                  -- whose letter it is: passwords | linking | welcomes | notices
  kind TEXT NOT NULL DEFAULT '',        -- which of its letters
  about TEXT NOT NULL DEFAULT '',       -- the queue's own id of what the letter is about
  recipient TEXT NOT NULL,              -- canonical
  organization TEXT,
  site INTEGER,
  subject TEXT NOT NULL DEFAULT '',     -- of a letter without a secret that was written before
  text TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,                  -- queued | claimed | sending | sent | refused | unknown
  claim BIGINT NOT NULL DEFAULT 0,      -- nodes.epoch of who has it, or had it last
  attempt BIGINT NOT NULL DEFAULT 0,
  deferrals BIGINT NOT NULL DEFAULT 0,  -- how often the recipient's side said "later"
  message_id TEXT,
  detail TEXT NOT NULL DEFAULT '',      -- the mail server's words
  queued_at BIGINT NOT NULL,            -- real time
  not_before BIGINT NOT NULL,           -- real time
  settled_at BIGINT,                    -- real time
  taken_at BIGINT                       -- business time: when the mail server took it
);
CREATE INDEX outbox_by_state ON outbox (state, queue, not_before);
CREATE INDEX outbox_by_site ON outbox (site, queue, recipient);
CREATE INDEX outbox_by_organization ON outbox (organization, queue, recipient);

-- What waits in a database of before goes on here. What was being sent belongs to no node that lives.
INSERT INTO outbox (id, queue, recipient, subject, text, state, attempt, detail, queued_at,
                    not_before, settled_at, taken_at)
SELECT id, 'notices', recipient, subject, text, state, tries, detail, queued_at, not_before,
       CASE WHEN state NOT IN ('queued', 'sending') THEN not_before END, taken_at
  FROM notices;
CREATE TABLE announced (
  site INTEGER NOT NULL REFERENCES sites (id),
  kind TEXT NOT NULL,                   -- announced_30 | announced_7 | waits
  about BIGINT NOT NULL,                -- the date
  recipient TEXT NOT NULL,
  notice TEXT NOT NULL REFERENCES outbox (id),
  told_at BIGINT NOT NULL,              -- business time
  PRIMARY KEY (site, kind, about, recipient)
);
INSERT INTO announced SELECT site, kind, about, recipient, notice, told_at FROM announcements;
DROP TABLE announcements;
ALTER TABLE announced RENAME TO announcements;
DROP TABLE notices;

INSERT INTO outbox (id, queue, about, recipient, state, attempt, queued_at, not_before)
SELECT 'mal_' || id, 'passwords', id, email,
       CASE state WHEN 'asked' THEN 'queued' ELSE 'sending' END, tries, asked_at, not_before
  FROM password_resets WHERE state IN ('asked', 'sending');
DROP INDEX password_resets_by_state;
ALTER TABLE password_resets DROP COLUMN not_before;
ALTER TABLE password_resets DROP COLUMN tries;
