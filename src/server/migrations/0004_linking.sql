-- Linking a site to an organization (rules L1 to L8). Times, flags and portability as in 0001;
-- the triggers at the end are all that another database spells otherwise.

-- Rule L1: who pressed Enroll Now for which site, and what became of the connect mail's code.
CREATE TABLE site_connects (
  site INTEGER NOT NULL REFERENCES sites (id),
  email TEXT NOT NULL,                  -- canonical
  code_hash TEXT UNIQUE,                -- SHA-256 of the newest mail's code; absent: not sent yet
  expires_at BIGINT,
  connected_at BIGINT,
  PRIMARY KEY (site, email)
);

-- Rules L5, L6: a link, made once. No row is changed or removed: the job refers to both columns,
-- so that a link whose job is on record can be neither moved nor taken back.
CREATE TABLE site_links (
  site INTEGER PRIMARY KEY REFERENCES sites (id),
  organization TEXT NOT NULL REFERENCES organizations (id),
  made_organization INTEGER NOT NULL,
  automatic INTEGER NOT NULL DEFAULT 0,   -- rule L11
  agreed_by TEXT NOT NULL,
  agreed_at BIGINT NOT NULL,
  text_hash TEXT NOT NULL,              -- empty: nobody was asked (L11, world files)
  text TEXT NOT NULL,
  UNIQUE (site, organization)
);

-- Rule L7: the job, one a link.
CREATE TABLE link_jobs (
  site INTEGER PRIMARY KEY,
  organization TEXT NOT NULL,
  state TEXT NOT NULL,                  -- running | failed | done
  started_at BIGINT NOT NULL,           -- of this try
  due_at BIGINT,                        -- absent: the backend fills it in when it sees the row
  next_number BIGINT NOT NULL DEFAULT 0,  -- users before this one have been looked at
  failures BIGINT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  retry_at BIGINT,
  ended_at BIGINT,
  revision BIGINT NOT NULL DEFAULT 1,
  FOREIGN KEY (site, organization) REFERENCES site_links (site, organization)
);
CREATE INDEX link_jobs_by_state ON link_jobs (state);

-- Rule L8: users whom completing the link was for, with what became of each.
CREATE TABLE link_users (
  site INTEGER NOT NULL REFERENCES link_jobs (site),
  number INTEGER NOT NULL,
  address TEXT NOT NULL,                -- as it was
  outcome TEXT NOT NULL,
  known INTEGER NOT NULL,               -- the organization had the person already
  PRIMARY KEY (site, number)
);
CREATE INDEX link_users_by_outcome ON link_users (site, outcome, number);

-- Mails of linking: to an operator (connect), to full admins (notice). An intent is durable before
-- a mail may leave, and what may have left is never sent again by a machine.
CREATE TABLE link_mails (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,                   -- connect | notice
  site INTEGER NOT NULL REFERENCES sites (id),
  email TEXT NOT NULL,                  -- canonical
  state TEXT NOT NULL,                  -- domain::site_link::LinkMailState
  attempt BIGINT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL DEFAULT 0, -- real time
  detail TEXT NOT NULL DEFAULT '',
  asked_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX link_mails_by_state ON link_mails (state, not_before);
CREATE INDEX link_mails_by_site ON link_mails (site, kind, email);
-- One notice per full admin, ever: a site is linked once.
CREATE UNIQUE INDEX link_mails_notices ON link_mails (site, email) WHERE kind = 'notice';

-- How often the next tries shall fail (world files: demos and tests).
ALTER TABLE sites ADD COLUMN link_fails BIGINT NOT NULL DEFAULT 0;

-- Rule L6, whoever races and whatever is written by hand: a site's organization is set once.
CREATE TRIGGER sites_organization_is_final BEFORE UPDATE OF organization ON sites
  WHEN OLD.organization IS NOT NULL AND (NEW.organization IS NULL OR NEW.organization <> OLD.organization)
  BEGIN SELECT RAISE(ABORT, 'link_permanent: a site is linked once, for good'); END;
CREATE TRIGGER site_links_are_final BEFORE UPDATE ON site_links
  BEGIN SELECT RAISE(ABORT, 'link_permanent: a site is linked once, for good'); END;
CREATE TRIGGER site_links_stay BEFORE DELETE ON site_links
  BEGIN SELECT RAISE(ABORT, 'link_permanent: a site is linked once, for good'); END;
