-- What follows linking: rules U7 to U9, L11 and L12.

-- U9: the round of the remedy that is under way, or was last.
CREATE TABLE directory_steps (
  organization TEXT NOT NULL REFERENCES organizations (id),
  step TEXT NOT NULL,                   -- domain::directory_sync::SyncStep
  done_at BIGINT NOT NULL,
  done_by TEXT NOT NULL,
  result TEXT,                          -- JSON of api::directory_sync::StepResult
  PRIMARY KEY (organization, step)
);
-- Absent users, noted by "convert" and added to the directory by "resume".
CREATE TABLE directory_additions (
  organization TEXT NOT NULL REFERENCES organizations (id),
  spelling TEXT NOT NULL,
  PRIMARY KEY (organization, spelling)
);
CREATE INDEX synced_directory_folded ON synced_directory (organization, lower(spelling));

-- U8: a person's licences.
CREATE TABLE licences (
  organization TEXT NOT NULL REFERENCES organizations (id),
  email_key TEXT NOT NULL,
  service TEXT NOT NULL,                -- domain::services::Service
  assigned_at BIGINT NOT NULL,
  source TEXT NOT NULL,                 -- csv | carried_over | world
  PRIMARY KEY (organization, email_key, service)
);
CREATE INDEX licences_by_service ON licences (organization, service);
CREATE TABLE licence_imports (
  id TEXT PRIMARY KEY,
  site INTEGER NOT NULL REFERENCES sites (id),
  organization TEXT NOT NULL REFERENCES organizations (id),
  remove INTEGER NOT NULL,
  read_as TEXT NOT NULL,
  ignored_columns TEXT NOT NULL,        -- JSON
  created_by TEXT NOT NULL,
  expires_at BIGINT NOT NULL,           -- real time
  applied_at BIGINT
);
CREATE TABLE licence_import_rows (
  import TEXT NOT NULL REFERENCES licence_imports (id),
  line BIGINT NOT NULL,
  address TEXT NOT NULL,                -- as the file spells it
  wanted TEXT NOT NULL,                 -- JSON: what the row says of each service
  result TEXT NOT NULL,                 -- api::licences::LicenceResult
  assign TEXT NOT NULL,                 -- JSON
  remove TEXT NOT NULL,                 -- JSON
  reason TEXT NOT NULL,
  PRIMARY KEY (import, line)
);

-- U7: since which roster revision users count as added later, and who set it so.
ALTER TABLE sites ADD COLUMN account_linking_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN account_linking_at BIGINT;
ALTER TABLE sites ADD COLUMN account_linking_by TEXT;
-- Users were added and are not planned for yet; a crash in between is made up for.
ALTER TABLE sites ADD COLUMN newcomers_due INTEGER NOT NULL DEFAULT 0;
-- What a plan's outcomes are computed by: method | account_linking.
ALTER TABLE plans ADD COLUMN basis TEXT NOT NULL DEFAULT 'method';
CREATE TABLE newcomer_plans (
  site INTEGER PRIMARY KEY REFERENCES sites (id),
  plan TEXT NOT NULL REFERENCES plans (id),
  applied_itself INTEGER NOT NULL DEFAULT 0
);


-- L11 -----------------------------------------------------------------------------------------

CREATE TABLE auto_links (
  site INTEGER PRIMARY KEY REFERENCES sites (id),
  state TEXT NOT NULL,                  -- planned | waiting | linking | done
  waits TEXT,                           -- domain::automatic::Waits
  decided_at BIGINT,
  organization TEXT,
  users TEXT NOT NULL DEFAULT '{}',     -- JSON: outcome code -> count, and "linked"
  next_number INTEGER NOT NULL DEFAULT 0,   -- where linking the users goes on
  end_number INTEGER NOT NULL DEFAULT 0     -- who is added later is not linked silently
);
-- Who was told of what about a site's date, once each; the mail itself is a notice.
CREATE TABLE announcements (
  site INTEGER NOT NULL REFERENCES sites (id),
  kind TEXT NOT NULL,                   -- announced_30 | announced_7 | waits
  about BIGINT NOT NULL,                -- the date
  recipient TEXT NOT NULL,
  notice TEXT NOT NULL REFERENCES notices (id),
  told_at BIGINT NOT NULL,              -- business time
  PRIMARY KEY (site, kind, about, recipient)
);
