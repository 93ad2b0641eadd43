-- What was signed, word for word (D4), and when the relay took a notice (L11).

-- The text whose hash is kept; empty for what was signed before it was kept, and for world files.
ALTER TABLE agreements ADD COLUMN text TEXT NOT NULL DEFAULT '';
-- Business time; absent: not taken, or taken before this was kept.
ALTER TABLE notices ADD COLUMN taken_at BIGINT;
-- Rule L10: a site that may not link is not waited for; it is announced once it may.
DELETE FROM auto_links WHERE state = 'waiting' AND waits = 'may_not_link';
