-- How often somebody has asked what tells of others (rules P2, L1), per person and kind, in real
-- time. Kept here, so that a restart forgives nothing; a row a day old is forgotten.
CREATE TABLE questions (
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- the limit's name
  span_ms BIGINT NOT NULL,              -- how long its window is
  since BIGINT NOT NULL,                -- when the window began
  asked BIGINT NOT NULL,                -- how often in it; one more than allowed: it was refused
  last TEXT NOT NULL,                   -- the hash of the newest question
  PRIMARY KEY (actor, kind, span_ms)
);
