-- Invitations of runs go by the outbox: a run has a window of its mails there.

ALTER TABLE run_items ADD COLUMN mail TEXT;                     -- outbox.id of its last mail
-- Who has an item is the outbox's to say.
ALTER TABLE run_items DROP COLUMN epoch;
-- Mails since the last that was taken: that did not get through; that the server wants mended.
ALTER TABLE runs ADD COLUMN failures_in_a_row BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN to_mend_in_a_row BIGINT NOT NULL DEFAULT 0;

-- What was only claimed in a database of before waits again. What was being sent belongs to no node
-- that lives: the outbox finds it so.
UPDATE run_items SET state = 'queued' WHERE state = 'claimed';
INSERT INTO outbox (id, queue, about, recipient, organization, state, attempt, message_id, queued_at,
                    not_before)
SELECT 'mal_' || s.run || '_' || s.number, 'invitations', s.run || '/' || s.number, s.address_key,
       s.organization, 'sending', 1, i.message_id, coalesce(r.applied_at, 0),
       coalesce(r.applied_at, 0)
  FROM sending s JOIN run_items i ON i.run = s.run AND i.number = s.number
       JOIN runs r ON r.id = s.run
 WHERE i.state = 'sending';
UPDATE run_items SET mail = 'mal_' || run || '_' || number WHERE state = 'sending';
