-- Silent links that are about to be asked of the provider: what may be done there and is not yet
-- written down here.

CREATE TABLE link_intents (
  id TEXT PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id),
  numbers TEXT NOT NULL,                -- as ranges
  claim BIGINT NOT NULL                 -- the epoch of the node that has it
);
CREATE INDEX link_intents_by_run ON link_intents (run);
