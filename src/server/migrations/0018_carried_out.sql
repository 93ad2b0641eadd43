-- Noted in the transactions of the act itself: where this stands and no answer does, the backend ended
-- in between, and the act must not be carried out again for its key.
ALTER TABLE idempotency ADD COLUMN carried_out_at BIGINT;
