-- Trials, orders, and the services that come with them (T1 to T3, T8).

ALTER TABLE organizations ADD COLUMN country TEXT;    -- domain::country, decides the region
ALTER TABLE organizations ADD COLUMN vertical TEXT;   -- domain::trial
ALTER TABLE sites ADD COLUMN time_zone TEXT;          -- domain::time_zone

CREATE TABLE organization_services (
  organization TEXT NOT NULL REFERENCES organizations (id),
  service TEXT NOT NULL,                -- domain::services
  quantity INTEGER NOT NULL,
  PRIMARY KEY (organization, service)
);
-- A trial creates its organization, so an organization has at most one.
CREATE TABLE trials (
  organization TEXT PRIMARY KEY REFERENCES organizations (id),
  administrator TEXT NOT NULL,          -- as given at the start, canonical
  site INTEGER REFERENCES sites (id),   -- the site made for its meetings
  days INTEGER NOT NULL,
  started_at BIGINT NOT NULL,
  started_by TEXT NOT NULL,
  ends_at BIGINT NOT NULL,
  extended_at BIGINT,
  expiry_recorded INTEGER NOT NULL DEFAULT 0   -- whether the audit record tells of this end
);
CREATE INDEX trials_by_end ON trials (ends_at, organization);

CREATE TABLE orders (
  number TEXT PRIMARY KEY,
  partner TEXT NOT NULL REFERENCES organizations (id),
  company TEXT NOT NULL,
  country TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  state TEXT NOT NULL,                  -- waiting | mapped | refused
  way TEXT,                             -- administrator | candidate | new
  administrator TEXT,                   -- canonical
  organization TEXT REFERENCES organizations (id),   -- mapped to; while asked_at is set: asked
  asked_at BIGINT,                      -- waiting for that organization's answer
  asked_by TEXT,
  settled_at BIGINT                     -- when it was mapped or refused
);
CREATE INDEX orders_by_partner ON orders (partner, received_at);
CREATE INDEX orders_by_organization ON orders (organization);
CREATE TABLE order_services (
  number TEXT NOT NULL REFERENCES orders (number),
  service TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (number, service)
);
-- An organization that has declined an order is not asked again.
CREATE TABLE order_declines (
  number TEXT NOT NULL REFERENCES orders (number),
  organization TEXT NOT NULL REFERENCES organizations (id),
  declined_at BIGINT NOT NULL,
  declined_by TEXT NOT NULL,
  PRIMARY KEY (number, organization)
);

-- Mails that tell somebody of something, each sent once. What may have been sent is `unknown`.
CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,              -- canonical
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,                  -- queued | sending | sent | refused | unknown
  tries BIGINT NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '',      -- the mail server's words
  queued_at BIGINT NOT NULL,            -- real time
  not_before BIGINT NOT NULL            -- real time
);
CREATE INDEX notices_by_state ON notices (state, not_before);
