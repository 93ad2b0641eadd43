-- What is kept of an upload stands in pieces of some thousand rows: a million are never in memory
-- together, neither while they are compared nor while they are written.
CREATE TABLE import_pieces (
  import TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  piece INTEGER NOT NULL,               -- from 0 on
  said BLOB NOT NULL,                   -- a roster file of its own, header included
  PRIMARY KEY (import, piece)
);
INSERT INTO import_pieces (import, piece, said)
  SELECT id, 0, file FROM imports WHERE applied_at IS NULL AND length(file) > 0;
ALTER TABLE imports DROP COLUMN file;
