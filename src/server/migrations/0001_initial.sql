-- The backend's tables. Times are integers: milliseconds since 1970-01-01T00:00:00Z.
-- Flags are integers 0 and 1. Addresses named *_key are canonical (domain::address).
-- Portable SQL only: no type, function or clause that PostgreSQL lacks.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- People ------------------------------------------------------------------------------------

CREATE TABLE people (
  email TEXT PRIMARY KEY,               -- canonical
  name TEXT NOT NULL,
  backend_admin INTEGER NOT NULL DEFAULT 0,
  password_hash TEXT,                   -- argon2id, PHC string
  created_at BIGINT NOT NULL
);
CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (email),
  label TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,            -- SHA-256 of the secret, hexadecimal
  created_at BIGINT NOT NULL,           -- real time
  revoked_at BIGINT
);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (email),
  token TEXT REFERENCES tokens (id),    -- the token that opened it; revoking that ends it
  hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,           -- real time, as all of this table
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- Organizations -----------------------------------------------------------------------------

CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- partner | customer
  partner TEXT REFERENCES organizations (id),
  created_at BIGINT NOT NULL,
  directory_sync INTEGER NOT NULL DEFAULT 0,
  sync_paused INTEGER NOT NULL DEFAULT 0,
  auto_licence INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE organization_roles (
  organization TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL,                  -- canonical
  role TEXT NOT NULL,                   -- partner_admin | full_admin | read_only_admin
  PRIMARY KEY (organization, email, role)
);
CREATE INDEX organizations_by_partner ON organizations (partner);
CREATE INDEX organizations_by_name ON organizations (name, id);
CREATE INDEX organization_roles_by_email ON organization_roles (email);
-- A person in an organization, known by address; in one organization at most.
CREATE TABLE identities (
  email_key TEXT PRIMARY KEY,
  organization TEXT NOT NULL REFERENCES organizations (id)
);
CREATE INDEX identities_by_organization ON identities (organization);
-- Rule U9: addresses as the directory spells them.
CREATE TABLE synced_directory (
  organization TEXT NOT NULL REFERENCES organizations (id),
  spelling TEXT NOT NULL,
  PRIMARY KEY (organization, spelling)
);

-- Domains (D1 to D5) ------------------------------------------------------------------------

CREATE TABLE domains (
  organization TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,                   -- lower-case A-labels
  state TEXT NOT NULL,                  -- pending | verified | claimed
  token TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  verified_at BIGINT,
  last_check TEXT,                      -- JSON of api::domains::Check
  next_check_at BIGINT,                 -- real time
  checks BIGINT NOT NULL DEFAULT 0,     -- look-ups made by the backend itself, for its back-off
  PRIMARY KEY (organization, name)
);
-- D3: verified or claimed by at most one organization, whoever races.
CREATE UNIQUE INDEX domains_proven ON domains (name) WHERE state IN ('verified', 'claimed');
CREATE TABLE agreements (
  organization TEXT NOT NULL REFERENCES organizations (id),
  domain TEXT NOT NULL,
  site TEXT NOT NULL,
  signed_at BIGINT NOT NULL,
  deadline BIGINT NOT NULL,
  signed_by TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  PRIMARY KEY (organization, domain)    -- D4: one per domain and organization, no second
);
CREATE TABLE consumer_domains (name TEXT PRIMARY KEY);

-- Sites and their users ---------------------------------------------------------------------

CREATE TABLE sites (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  company TEXT NOT NULL,
  organization TEXT REFERENCES organizations (id),   -- L6: one column, so one at most
  state TEXT NOT NULL,                  -- not_enrolled | linking | enrolled | link_failed
  linked_at BIGINT,
  organization_hint TEXT NOT NULL DEFAULT '',
  may_link INTEGER NOT NULL DEFAULT 1,
  csm TEXT NOT NULL DEFAULT '',
  method TEXT,
  account_linking TEXT NOT NULL DEFAULT 'off',
  auto_link_on BIGINT,
  roster_revision BIGINT NOT NULL DEFAULT 0,
  roster_columns TEXT NOT NULL DEFAULT '[]'   -- JSON: header names of unknown columns, for export
);
CREATE INDEX sites_by_organization ON sites (organization);
CREATE TABLE site_admins (
  site INTEGER NOT NULL REFERENCES sites (id),
  email TEXT NOT NULL,                  -- canonical
  PRIMARY KEY (site, email)
);
CREATE INDEX site_admins_by_email ON site_admins (email);
CREATE TABLE site_users (
  site INTEGER NOT NULL REFERENCES sites (id),
  number INTEGER NOT NULL,              -- from 0 on, dense, never reused
  user_id TEXT NOT NULL,
  active INTEGER NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  user_name TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL,                -- as spelled
  address_key TEXT,                     -- canonical; absent: not usable
  domain TEXT,                          -- of address_key
  department TEXT NOT NULL,
  host_privilege TEXT NOT NULL DEFAULT '',
  extra TEXT NOT NULL DEFAULT '[]',     -- JSON: values of unknown columns
  link TEXT NOT NULL DEFAULT 'none',    -- none | provisional | linked
  linked_at BIGINT,
  added_revision BIGINT NOT NULL,       -- the roster revision that first had this user
  PRIMARY KEY (site, number)
);
CREATE UNIQUE INDEX site_users_by_user_id ON site_users (site, user_id);
-- Row 4 counts active accounts of one address; the count of all users reads the one by domain.
CREATE INDEX site_users_by_address ON site_users (site, address_key, active);
CREATE INDEX site_users_by_domain ON site_users (site, domain, active, link);
-- Row 5: whether an address is linked elsewhere.
CREATE INDEX site_users_linked ON site_users (address_key, site) WHERE link = 'linked';

-- Who holds which role towards what (SPEC section 3). Authorization and the filtering of lists
-- both read these two, so that they cannot disagree.
CREATE VIEW organization_standing AS
  SELECT organization, email, role FROM organization_roles
  UNION ALL
  SELECT o.id, r.email, r.role
    FROM organizations o JOIN organization_roles r ON r.organization = o.partner
   WHERE r.role = 'partner_admin'
  UNION ALL
  SELECT s.organization, a.email, 'site_admin'
    FROM site_admins a JOIN sites s ON s.id = a.site
   WHERE s.organization IS NOT NULL;
CREATE VIEW site_standing AS
  SELECT site, email, 'site_admin' AS role FROM site_admins
  UNION ALL
  SELECT s.id, r.email, r.role
    FROM sites s JOIN organization_roles r ON r.organization = s.organization
  UNION ALL
  SELECT s.id, r.email, r.role
    FROM sites s JOIN organizations o ON o.id = s.organization
    JOIN organization_roles r ON r.organization = o.partner
   WHERE r.role = 'partner_admin';

-- Invitations: facts of (organization, address) -----------------------------------------------

CREATE TABLE invitations (
  organization TEXT NOT NULL REFERENCES organizations (id),
  address_key TEXT NOT NULL,
  invited_at BIGINT,                    -- the last mail that was accepted
  unknown INTEGER NOT NULL DEFAULT 0,   -- a mail may have been sent
  confirmed_at BIGINT,
  declined_at BIGINT,
  token_hash TEXT,                      -- SHA-256 of the link's token, hexadecimal
  token_expires_at BIGINT,
  link_due_at BIGINT,                   -- U6: confirmed; linked within 48 hours
  PRIMARY KEY (organization, address_key)
);
CREATE UNIQUE INDEX invitations_by_token ON invitations (token_hash);
CREATE INDEX invitations_due ON invitations (organization, address_key)
  WHERE link_due_at IS NOT NULL;

-- The engine --------------------------------------------------------------------------------

CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  site INTEGER NOT NULL REFERENCES sites (id),
  replace_all INTEGER NOT NULL,
  file BLOB NOT NULL,
  preview TEXT NOT NULL,                -- JSON of api::import::ImportPreview
  roster_revision BIGINT NOT NULL,      -- the revision the preview was made against
  created_by TEXT NOT NULL,
  expires_at BIGINT NOT NULL,           -- real time
  applied_at BIGINT
);
CREATE TABLE cohorts (
  site INTEGER NOT NULL REFERENCES sites (id),
  name_key TEXT NOT NULL,               -- lower case
  name TEXT NOT NULL,
  numbers TEXT NOT NULL,                -- ranges of roster numbers
  users BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  saved_by TEXT NOT NULL,
  PRIMARY KEY (site, name_key)
);
CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  site INTEGER NOT NULL REFERENCES sites (id),
  organization TEXT NOT NULL REFERENCES organizations (id),
  method TEXT NOT NULL,
  held TEXT NOT NULL,                   -- hold | email
  selected BIGINT NOT NULL,
  emails BIGINT NOT NULL,
  second_invitations BIGINT NOT NULL,
  outcomes TEXT NOT NULL,               -- JSON: code -> count
  email_domains TEXT NOT NULL,          -- JSON
  linked_domains TEXT NOT NULL,         -- JSON
  roster_revision BIGINT NOT NULL,
  digest TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE TABLE plan_items (
  plan TEXT NOT NULL REFERENCES plans (id),
  number INTEGER NOT NULL,
  address TEXT NOT NULL,                -- as spelled when frozen
  outcome TEXT NOT NULL,
  second INTEGER NOT NULL,              -- invited before
  PRIMARY KEY (plan, number)
);
CREATE INDEX plan_items_by_outcome ON plan_items (plan, outcome, number);
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL UNIQUE REFERENCES plans (id),   -- U5: once
  site INTEGER NOT NULL REFERENCES sites (id),
  organization TEXT NOT NULL REFERENCES organizations (id),
  state TEXT NOT NULL,                  -- queued | running | paused | cancelled | done
  trouble TEXT,
  started_at BIGINT NOT NULL,
  started_by TEXT NOT NULL,
  ended_at BIGINT,
  revision BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX runs_by_site ON runs (site, started_at);
CREATE TABLE run_items (
  run TEXT NOT NULL REFERENCES runs (id),
  number INTEGER NOT NULL,
  address TEXT NOT NULL,                -- as spelled in the plan
  address_key TEXT,
  outcome TEXT NOT NULL,
  state TEXT NOT NULL,                  -- domain::run::ItemState
  reason TEXT NOT NULL DEFAULT '',
  attempt INTEGER NOT NULL DEFAULT 0,
  epoch BIGINT NOT NULL DEFAULT 0,      -- the worker's claim; a late worker's write does not fit
  lease_until BIGINT,                   -- real time
  not_before BIGINT,                    -- real time: when a deferred one is tried again
  message_id TEXT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (run, number)
);
CREATE INDEX run_items_by_state ON run_items (run, state, number);
-- I1: one mail in flight for an organization's address, whichever runs race.
CREATE TABLE sending (
  organization TEXT NOT NULL,
  address_key TEXT NOT NULL,
  run TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (organization, address_key)
);
CREATE TABLE drafts (
  wizard TEXT NOT NULL,
  subject TEXT NOT NULL,
  step TEXT NOT NULL,
  answers TEXT NOT NULL,
  revision BIGINT NOT NULL,
  holder TEXT NOT NULL,
  held_since BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (wizard, subject)
);
CREATE TABLE idempotency (
  actor TEXT NOT NULL,
  route TEXT NOT NULL,                  -- method and path
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER,                       -- absent: not finished
  location TEXT,                        -- the header, where there was one
  body BLOB,
  created_at BIGINT NOT NULL,           -- real time
  PRIMARY KEY (actor, route, key)
);

-- The record ----------------------------------------------------------------------------------

CREATE TABLE audit (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  organization TEXT,
  site TEXT,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_by_organization ON audit (organization, seq);
