-- A second mail that a human ordered: until it is taken, the first one may be all that came.

-- The Message-ID of the earlier mail, empty where it is not known; absent: there is none.
ALTER TABLE run_items ADD COLUMN may_have_gone TEXT;
CREATE INDEX run_items_second ON run_items (run) WHERE may_have_gone IS NOT NULL;

-- Links of an invitation's earlier mails: they work until a later mail is taken.
CREATE TABLE earlier_links (
  token_hash TEXT PRIMARY KEY,          -- SHA-256 of the link's token, hexadecimal
  organization TEXT NOT NULL,
  address_key TEXT NOT NULL,
  expires_at BIGINT                     -- business time
);
CREATE INDEX earlier_links_by_address ON earlier_links (organization, address_key, expires_at);
