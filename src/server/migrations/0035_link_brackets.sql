-- What is switched for a whole organization at the provider while its accounts are linked: how it stood
-- before.

CREATE TABLE link_brackets (
  organization TEXT PRIMARY KEY REFERENCES organizations (id),
  before TEXT NOT NULL,                 -- in the provider's words
  run TEXT NOT NULL REFERENCES runs (id),
  claim BIGINT NOT NULL                 -- the epoch of the node that has it
);
