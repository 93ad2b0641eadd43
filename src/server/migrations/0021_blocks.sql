-- Blocks that were made of large rosters, so that a start need not make them again. One counts while
-- the marks of its rows are what they were when it was made (0014); else it is as good as not there.
CREATE TABLE roster_parts (
  site INTEGER NOT NULL REFERENCES sites (id),
  block INTEGER NOT NULL,
  form INTEGER NOT NULL,                -- what it is and how it is packed: api::blocks
  changes BIGINT NOT NULL,              -- of its rows, as roster_marks counted them
  directory BIGINT NOT NULL,            -- of the directory, where that counts
  bytes BLOB NOT NULL,
  PRIMARY KEY (site, block, form)
);
