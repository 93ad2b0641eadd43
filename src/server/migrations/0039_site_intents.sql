-- Linking a site is asked of the provider under an intent that is durable; `there` once it is linked there.
ALTER TABLE link_jobs ADD COLUMN intent TEXT;
ALTER TABLE link_jobs ADD COLUMN there INTEGER NOT NULL DEFAULT 0;
-- Users of these are being linked already, or were: nothing is asked for them any more.
UPDATE link_jobs SET there = 1 WHERE next_number > 0 OR state = 'done';
