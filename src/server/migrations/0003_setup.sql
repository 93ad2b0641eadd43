-- Services setup, subdomains, the welcome mail, Contact Center (rules T4 to T7).

CREATE TABLE setups (
  organization TEXT PRIMARY KEY REFERENCES organizations (id),
  begun_at BIGINT,                      -- when a trial or an order asked for it
  subdomain TEXT,                       -- lower case
  finished_at BIGINT,
  finished_by TEXT
);
-- T6: unique over all organizations, whoever races.
CREATE UNIQUE INDEX setups_by_subdomain ON setups (subdomain);

-- T4: the mail to a customer's administrator. The newest row of an organization is the one that
-- is shown, resent and corrected.
CREATE TABLE welcomes (
  organization TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL,                  -- canonical
  origin TEXT NOT NULL,                 -- created | existing: did the trial or order make the organization?
  begun_at BIGINT NOT NULL,
  state TEXT NOT NULL,                  -- domain::welcome::WelcomeState
  detail TEXT NOT NULL DEFAULT '',      -- the mail server's words
  attempt BIGINT NOT NULL DEFAULT 0,
  message_id TEXT,
  not_before BIGINT,                    -- real time: when a deferred one is tried again
  deferrals BIGINT NOT NULL DEFAULT 0,
  sent_at BIGINT,
  expires_at BIGINT,                    -- the link's
  accepted_at BIGINT,
  password_hash TEXT,                   -- chosen on the page, until the terms are accepted
  step_hash TEXT,                       -- SHA-256 of what ties the page of the terms to that password
  PRIMARY KEY (organization, email)
);
CREATE INDEX welcomes_by_state ON welcomes (state);
-- Every link there was, so that an old one can say whom to ask. Only the newest of a welcome opens.
CREATE TABLE welcome_links (
  token_hash TEXT PRIMARY KEY,          -- SHA-256, hexadecimal
  organization TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  dead INTEGER NOT NULL DEFAULT 0       -- replaced by a newer mail, or the address was corrected
);
CREATE INDEX welcome_links_by_welcome ON welcome_links (organization, email);
-- Who accepted which text, when.
CREATE TABLE terms_accepted (
  person TEXT NOT NULL,
  organization TEXT NOT NULL REFERENCES organizations (id),
  version TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (person, organization, text_hash)
);

-- T7: one row per organization and part that was begun.
CREATE TABLE contact_centers (
  organization TEXT PRIMARY KEY REFERENCES organizations (id),
  country TEXT,                         -- of operation; ISO code
  trouble TEXT,                         -- why the next job will fail; a world file's
  revision BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE contact_center_parts (
  organization TEXT NOT NULL REFERENCES organizations (id),
  part TEXT NOT NULL,                   -- domain::setup::CenterPart
  state TEXT NOT NULL,                  -- domain::setup::PartState
  started_at BIGINT,
  started_by TEXT,
  due_at BIGINT,
  ended_at BIGINT,
  reason TEXT,
  PRIMARY KEY (organization, part)
);
CREATE INDEX contact_center_parts_due ON contact_center_parts (due_at) WHERE state = 'under_way';
